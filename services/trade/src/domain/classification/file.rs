//! The public files of nomenclatures and concordances, with their defects repaired and reported.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::{
    HsEdition, Level, Section,
    concordance::{Concordance, Map, Pair, Relationship},
    level_of, parent_of,
};
use crate::domain::cell::TOTAL;

/// How many findings of one kind a report lists.
const MAX_FINDINGS: usize = 100;

/// The header of a nomenclature.
const NOMENCLATURE: [&str; 5] = ["section", "hscode", "description", "parent", "level"];

/// The header of a concordance.
const CONCORDANCE: [&str; 4] = ["code.after", "code.before", "Relationship", "adjustment"];

/// What was found in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Repaired: a code had lost its leading zero.
    LeadingZeroLost,
    /// Doubtful: the file states another relationship than its pairs make.
    RelationshipDiffers,
    /// Doubtful: the nomenclature of the edition does not have the code.
    CodeNotInNomenclature,
    /// Left out: the row repeats an earlier one.
    Duplicate,
    /// Left out: the row is about another classification.
    OtherClassification,
    /// Left out: a code that is none.
    CodeInvalid,
    /// Left out: the row has not the columns of the header.
    RowInvalid,
    /// Left out: the total of all codes.
    Total,
    /// Doubtful: another parent or level is stated than that of the code.
    HierarchyDiffers,
    /// Doubtful: the entry has no name.
    NameMissing,
}

/// What a finding means for its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It was repaired and taken.
    Repaired,
    /// It was taken.
    Doubtful,
    /// It was left out.
    LeftOut,
}

impl Kind {
    /// Returns what it means for the row.
    #[must_use]
    pub fn fate(self) -> Fate {
        match self {
            Self::LeadingZeroLost => Fate::Repaired,
            Self::RelationshipDiffers
            | Self::CodeNotInNomenclature
            | Self::HierarchyDiffers
            | Self::NameMissing => Fate::Doubtful,
            Self::Duplicate
            | Self::OtherClassification
            | Self::CodeInvalid
            | Self::RowInvalid
            | Self::Total => Fate::LeftOut,
        }
    }
}

/// Something found in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The line, the header being 1.
    pub line: usize,
    /// What.
    pub kind: Kind,
    /// The facts.
    pub description: String,
}

/// What was found in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How many rows of data there are.
    pub rows: usize,
    /// How many rows each kind is about.
    pub counts: BTreeMap<Kind, usize>,
    /// The first findings of each kind, by line.
    pub findings: Vec<Finding>,
}

impl Report {
    fn add(&mut self, line: usize, kind: Kind, description: impl Into<String>) {
        let count = self.counts.entry(kind).or_default();
        *count += 1;
        if *count <= MAX_FINDINGS {
            let description = description.into();
            self.findings.push(Finding {
                line,
                kind,
                description,
            });
        }
    }

    /// Returns how many rows a fate has come to.
    #[must_use]
    pub fn count(&self, fate: Fate) -> usize {
        let of = self.counts.iter().filter(|(kind, _)| kind.fate() == fate);
        of.map(|(_, count)| count).sum()
    }

    /// Returns how many rows were taken.
    #[must_use]
    pub fn taken(&self) -> usize {
        self.rows - self.count(Fate::LeftOut)
    }
}

/// A code with its name, as a nomenclature has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// 2, 4 or 6 digits.
    pub code: String,
    /// The name; may be empty.
    pub name: String,
}

/// What a file brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// The entries of one edition, by code.
    Nomenclature(Vec<Entry>),
    /// Concordances by their earlier edition.
    Concordances(BTreeMap<HsEdition, Concordance>),
}

/// Why a file cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Its header line is that of no format.
    #[error(
        "the header line is neither section,hscode,description,parent,level nor \
         code.after,code.before,Relationship,adjustment"
    )]
    Header,
    /// None of its rows is usable.
    #[error("none of the rows can be taken")]
    Empty,
}

/// The codes of six digits that nomenclatures have, by edition.
pub type Known = BTreeMap<HsEdition, HashSet<String>>;

/// Reads a file. `known` is what nomenclatures of other files have.
pub fn read(file: &[u8], known: &Known) -> Result<(Content, Report), Error> {
    let file = file.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(file);
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(file);
    let header: Vec<String> = reader
        .headers()
        .map_err(|_| Error::Header)?
        .iter()
        .map(|cell| cell.trim().to_owned())
        .collect();
    let rows = Rows { reader };
    if header == NOMENCLATURE {
        nomenclature(rows)
    } else if header == CONCORDANCE {
        concordances(rows, known)
    } else {
        Err(Error::Header)
    }
}

struct Rows<'a> {
    reader: csv::Reader<&'a [u8]>,
}

impl Rows<'_> {
    /// Calls `take` with the line and the trimmed cells of each row of `N` cells; reports the others.
    fn each<const N: usize>(
        mut self,
        report: &mut Report,
        mut take: impl FnMut(usize, [&str; N], &mut Report),
    ) {
        let mut record = csv::StringRecord::new();
        loop {
            let read = self.reader.read_record(&mut record);
            let line = |position: Option<&csv::Position>| {
                position.map_or(0, |at| usize::try_from(at.line()).unwrap_or(usize::MAX))
            };
            match read {
                Ok(false) => return,
                Ok(true) => {
                    report.rows += 1;
                    let line = line(record.position());
                    let cells: Vec<&str> = record.iter().map(str::trim).collect();
                    match <[&str; N]>::try_from(cells) {
                        Ok(cells) => take(line, cells, report),
                        Err(cells) => {
                            let found = format!("has {} cells, not {N}", cells.len());
                            report.add(line, Kind::RowInvalid, found);
                        }
                    }
                }
                Err(error) => {
                    report.rows += 1;
                    let line = line(error.position());
                    report.add(line, Kind::RowInvalid, "is not UTF-8");
                    if error.is_io_error() {
                        return;
                    }
                }
            }
        }
    }
}

fn nomenclature(rows: Rows<'_>) -> Result<(Content, Report), Error> {
    let mut report = Report::default();
    let mut entries: BTreeMap<String, Entry> = BTreeMap::new();
    rows.each(
        &mut report,
        |line, [section, given, name, parent, level], report| {
            if given == TOTAL {
                report.add(line, Kind::Total, name);
                return;
            }
            let Some(code) = whole(given, |length| length % 2 == 1 && length < 6) else {
                report.add(line, Kind::CodeInvalid, format!("{given:?} is no code"));
                return;
            };
            if entries.contains_key(&code) {
                report.add(line, Kind::Duplicate, format!("{code} stands above"));
                return;
            }
            if code != given {
                report.add(line, Kind::LeadingZeroLost, format!("{given} is {code}"));
            }
            if name.is_empty() {
                report.add(line, Kind::NameMissing, format!("{code} has no name"));
            }
            if let Some(differs) = misplaced(&code, section, parent, level) {
                report.add(line, Kind::HierarchyDiffers, differs);
            }
            let name = name.to_owned();
            entries.insert(code.clone(), Entry { code, name });
        },
    );
    if entries.is_empty() {
        return Err(Error::Empty);
    }
    let entries = entries.into_values().collect();
    Ok((Content::Nomenclature(entries), report))
}

/// Says where a row places a code elsewhere than where it belongs. A code whose parent also lost its leading zero is
/// in its place.
fn misplaced(code: &str, section: &str, parent: &str, level: &str) -> Option<String> {
    let own = Section::of(code).map_or(TOTAL, |section| section.numeral.as_str());
    let above = match level_of(code) {
        Some(Level::Chapter) => TOTAL,
        _ => parent_of(code),
    };
    let stated = whole(parent, |length| length % 2 == 1).unwrap_or_else(|| parent.to_owned());
    if section != own {
        Some(format!("{code} is in section {own}, not {section:?}"))
    } else if stated != above {
        Some(format!("{code} is below {above}, not {parent:?}"))
    } else if level != code.len().to_string() {
        Some(format!("{code} is of level {}, not {level:?}", code.len()))
    } else {
        None
    }
}

/// Returns a code of digits, with the zero that it has lost where `lost` says so by its length.
fn whole(code: &str, lost: impl Fn(usize) -> bool) -> Option<String> {
    if code.is_empty() || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let code = if lost(code.len()) {
        format!("0{code}")
    } else {
        code.to_owned()
    };
    matches!(code.len(), 2 | 4 | 6).then_some(code)
}

fn concordances(rows: Rows<'_>, known: &Known) -> Result<(Content, Report), Error> {
    let mut report = Report::default();
    let mut pairs: BTreeMap<HsEdition, Vec<Row>> = BTreeMap::new();
    let mut seen: HashSet<(HsEdition, Pair)> = HashSet::new();
    rows.each(
        &mut report,
        |line, [later, earlier, stated, adjustment], report| {
            let Some(edition) = earlier_of(adjustment) else {
                report.add(line, Kind::OtherClassification, adjustment);
                return;
            };
            let six = |code: &str| whole(code, |length| length == 5).filter(|code| code.len() == 6);
            let (Some(whole_later), Some(whole_earlier)) = (six(later), six(earlier)) else {
                let text = format!("{later:?} or {earlier:?} is no code of six digits");
                report.add(line, Kind::CodeInvalid, text);
                return;
            };
            let pair = Pair {
                earlier: whole_earlier,
                later: whole_later,
            };
            if !seen.insert((edition, pair.clone())) {
                let text = format!("{} to {} stands above", pair.earlier, pair.later);
                report.add(line, Kind::Duplicate, text);
                return;
            }
            if pair.later != later || pair.earlier != earlier {
                let text = format!("{later}, {earlier} are {}, {}", pair.later, pair.earlier);
                report.add(line, Kind::LeadingZeroLost, text);
            }
            let missing: Vec<&String> = [
                (edition.next(), &pair.later),
                (Some(edition), &pair.earlier),
            ]
            .into_iter()
            .filter(|(edition, code)| {
                let codes = edition.and_then(|edition| known.get(&edition));
                codes.is_some_and(|codes| !codes.contains(*code))
            })
            .map(|(_, code)| code)
            .collect();
            if !missing.is_empty() {
                let text = format!("no nomenclature has {missing:?}");
                report.add(line, Kind::CodeNotInNomenclature, text);
            }
            let stated = stated.to_owned();
            pairs
                .entry(edition)
                .or_default()
                .push(Row { line, pair, stated });
        },
    );
    if pairs.is_empty() {
        return Err(Error::Empty);
    }
    let mut concordances = BTreeMap::new();
    for (edition, rows) in pairs {
        let concordance = Concordance::of(rows.iter().map(|row| row.pair.clone()).collect());
        compare(&rows, &concordance, &mut report);
        concordances.insert(edition, concordance);
    }
    report.findings.sort_by_key(|finding| finding.line);
    Ok((Content::Concordances(concordances), report))
}

struct Row {
    line: usize,
    pair: Pair,
    stated: String,
}

/// Compares the stated relationships with those that the pairs make: among all codes that hang together, or
/// between the two of the row alone. The public file mixes both.
fn compare(rows: &[Row], concordance: &Concordance, report: &mut Report) {
    let (forward, backward) = (concordance.forward(), concordance.backward());
    for row in rows {
        let written = written(concordance.relationship(&row.pair));
        let count = |map: &Map, code: &String| map.get(code).map_or(0, BTreeSet::len);
        let alone = Relationship::of(
            count(&backward, &row.pair.later),
            count(&forward, &row.pair.earlier),
        );
        if row.stated != written && row.stated != self::written(alone) {
            let (pair, stated) = (&row.pair, &row.stated);
            let text = format!(
                "{}, {} are {written}, not {stated:?}",
                pair.later, pair.earlier
            );
            report.add(row.line, Kind::RelationshipDiffers, text);
        }
    }
}

/// How files write a relationship: the later edition first.
fn written(relationship: Relationship) -> &'static str {
    match relationship {
        Relationship::OneToOne => "1:1",
        Relationship::ManyToOne => "1:n",
        Relationship::OneToMany => "n:1",
        Relationship::ManyToMany => "n:n",
    }
}

/// Returns the earlier edition of neighbours in `2022 to 2017`.
fn earlier_of(adjustment: &str) -> Option<HsEdition> {
    let (later, earlier) = adjustment.split_once(" to ")?;
    let edition = |year: &str| HsEdition::started(year.trim().parse().ok()?);
    let (later, earlier) = (edition(later)?, edition(earlier)?);
    (earlier.next() == Some(later)).then_some(earlier)
}

/// Returns the editions that a content is about, `own` being that of a nomenclature.
#[must_use]
pub fn editions(content: &Content, own: Option<HsEdition>) -> BTreeSet<HsEdition> {
    match content {
        Content::Nomenclature(_) => own.into_iter().collect(),
        Content::Concordances(concordances) => concordances
            .keys()
            .flat_map(|edition| [Some(*edition), edition.next()])
            .flatten()
            .collect(),
    }
}
