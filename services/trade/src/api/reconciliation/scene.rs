//! What both sides report, read from the database.

use std::collections::{BTreeMap, BTreeSet};

use ::fault::Fault;
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use storage::Tx;

use super::levels::{Levels, Told, counting, family, nodes, untold};
use crate::{
    api::{
        classifications::convert::{later, steps},
        convert::mirror::Placed,
        query::{
            editions::{self, Several},
            vintages_in,
        },
    },
    domain::{
        cell::{Commodity, Flow, HsEdition, TOTAL},
        classification::conversion::Conversion,
        group::{Book, Level, editions::Choice},
        mirror::{
            Gap, Notice, Role, Row, Source, State, Why,
            cells::{Cell, Edited},
            depth::{self, Hidden, Untold},
            periods_beside,
            totals::Totals,
            units::{Node, Unit, at, is_coarser, take_classification, units},
        },
        period::{Period, Window},
        release::Release,
        turnover::Warning,
    },
    store::{
        groups::{Asked, Regions},
        observations::Series,
    },
};

/// As of when, and of whom.
#[derive(Clone, Debug)]
pub(super) struct Scene {
    pub(super) partnership: String,
    /// Both parties, the first one first.
    pub(super) parties: [String; 2],
    pub(super) known: Timestamp,
    pub(super) recorded_before: Option<Timestamp>,
    pub(super) factor_ppm: Option<i64>,
}

/// One direction of trade by commodity.
struct Direction {
    exporter: String,
    importer: String,
    edition: Option<HsEdition>,
    units: Vec<Unit>,
    /// What counts of the exporter's and of the importer's figures in each period that is looked at; empty for
    /// everything.
    counted: [BTreeMap<Period, Choice>; 2],
    /// The sides that have published more than their codes add up to.
    untold: BTreeSet<Role>,
    /// The codes of which they have published more in an edition that is not compared.
    hidden: Hidden,
    /// The concordances that were imported after the moment asked about.
    later: BTreeSet<HsEdition>,
}

impl Direction {
    /// The sides that have published more of a unit than is compared.
    fn short(&self, unit: &Unit, level: Level) -> BTreeSet<Role> {
        let is_in = |code: &str, hidden: &str| match level {
            Level::Section => code == at(level, hidden),
            Level::Chapter | Level::Heading | Level::Subheading => code.starts_with(hidden),
        };
        let touches = |hidden: &String| unit.codes.iter().any(|code| is_in(code, hidden));
        let sides = self.hidden.iter();
        let short = sides.filter(|(_, codes)| codes.iter().any(touches));
        short.map(|(role, _)| *role).collect()
    }
}

/// Both directions by commodity.
pub(super) struct Books {
    pub(super) releases: Vec<Release>,
    directions: Vec<Direction>,
    level: Level,
}

impl Scene {
    pub(super) fn today(&self) -> Date {
        self.known.to_zoned(TimeZone::UTC).date()
    }

    /// Returns both directions, exports of the first party first.
    pub(super) fn directions(&self) -> [(&str, &str); 2] {
        let [first, second] = &self.parties;
        [(first, second), (second, first)]
    }

    /// Reads figures for all commodities together.
    pub(super) async fn totals(&self, tx: &mut Tx, years: (i16, i16)) -> Result<Totals, Fault> {
        let series = Series {
            partnership: self.partnership.clone(),
            commodity: Commodity::Total,
            region: String::new(),
            reporters: self.parties.clone(),
            partners: self.parties.clone(),
            years,
            known: self.known,
            recorded_before: self.recorded_before,
        };
        Ok(Totals::new(vintages_in(tx, &series).await?, self.today()))
    }

    /// Returns the row of one window and direction.
    pub(super) fn window(
        &self,
        totals: &Totals,
        direction: (&str, &str),
        period: Period,
    ) -> Placed {
        let (exporter, importer) = direction;
        let source = totals.between(exporter, importer);
        let mut row = self.open(&source, period);
        row.take_classification(0, State::Nothing, Why::Coarsest);
        row.close();
        Placed {
            exporter: exporter.to_owned(),
            importer: importer.to_owned(),
            codes: BTreeSet::from([TOTAL.to_owned()]),
            edition: None,
            row,
        }
    }

    /// Sets both sides against each other, and takes off scope, valuation and timing.
    fn open(&self, source: &dyn Source, period: Period) -> Row {
        let mut row = Row::open(source, period, self.factor_ppm);
        let mut known: BTreeMap<Period, Option<i64>> = BTreeMap::new();
        row.take_timing(&mut |other| {
            *known.entry(other).or_insert_with(|| {
                let other = Row::open(source, other, self.factor_ppm);
                other.gap.as_ref().and_then(Gap::exact_rest)
            })
        });
        row
    }

    /// Reads figures by commodity that tell about a period: about codes that begin with `prefix`, and others where
    /// they have a part in these.
    pub(super) async fn books(
        &self,
        tx: &mut Tx,
        period: Period,
        level: Level,
        prefix: &str,
    ) -> Result<Books, Fault> {
        let mut asked = self.asked(period, level);
        if let Some(family) = family(level, prefix)
            && editions::is_only_one(tx, &asked).await?
        {
            asked.commodity = family;
        }
        let mut levels = Levels::new(asked.clone());
        let asked_for = levels.read(tx, level).await?;
        let releases = asked_for.releases.clone();
        let several = Several::read(tx, &asked, Some(asked_for)).await?;
        let totals = self
            .totals(tx, (period.first_year(), period.year()))
            .await?;
        let mut wide = Levels::new(Asked {
            commodity: Commodity::Total,
            ..asked.clone()
        });
        let mut directions = Vec::new();
        for (exporter, importer) in self.directions() {
            let counted = counted(&several, exporter, importer, period);
            let asked_for = levels.read(tx, level).await?;
            let mut nodes = counting(nodes(asked_for, exporter, importer), &counted);
            let met: BTreeSet<HsEdition> = nodes.iter().map(|node| node.edition).collect();
            let mut base = level;
            if met.len() > 1 && level != Level::Subheading {
                // Only subheadings can be brought to another edition without losing what they are.
                base = Level::Subheading;
                let fine = levels.read(tx, base).await?;
                nodes = counting(self::nodes(fine, exporter, importer), &counted);
            }
            let mut above = Vec::new();
            for coarser in [Level::Chapter, Level::Heading] {
                if coarser < base {
                    let read = levels.read(tx, coarser).await?;
                    above.push(counting(self::nodes(read, exporter, importer), &counted));
                }
            }
            let amounts = Told {
                releases: &releases,
                exporter,
                importer,
                period,
                counted: &counted,
            };
            let chapters = match asked.commodity {
                Commodity::Total => levels.read(tx, Level::Chapter).await?,
                Commodity::Heading { .. } => wide.read(tx, Level::Chapter).await?,
            };
            let chapters = counting(self::nodes(chapters, exporter, importer), &counted);
            let untold = untold(&amounts, &totals, chapters);
            let (nodes, hidden) = depth::common(
                nodes,
                above,
                period,
                &|role, edition, book: &Book, period| amounts.within(role, edition, book, period),
            );
            let edition = nodes.iter().map(|node| node.edition).min();
            let conversions = conversions(tx, &nodes, edition).await?;
            let mut later = BTreeSet::new();
            for own in conversions.keys() {
                let way = (*own, edition.unwrap_or(*own));
                later.extend(self::later(tx, way, self.known, self.recorded_before).await?);
            }
            let image = |own: HsEdition, code: &str| {
                if Some(own) == edition {
                    return Some(BTreeSet::from([code.to_owned()]));
                }
                let image = conversions.get(&own)?.image(code);
                Some(image.into_iter().map(str::to_owned).collect())
            };
            directions.push(Direction {
                exporter: exporter.to_owned(),
                importer: importer.to_owned(),
                edition,
                units: units(nodes, level, &image),
                counted,
                untold,
                hidden,
                later,
            });
        }
        Ok(Books {
            releases,
            directions,
            level,
        })
    }

    fn asked(&self, period: Period, level: Level) -> Asked {
        let [first, second] = &self.parties;
        let is_year = period
            .stretches()
            .iter()
            .all(|stretch| (stretch.first, stretch.last) == (1, 12));
        Asked {
            partnership: self.partnership.clone(),
            sides: vec![
                (first.clone(), second.clone()),
                (second.clone(), first.clone()),
            ],
            flows: vec![Flow::Export, Flow::Import],
            commodity: Commodity::Total,
            edition: None,
            level: Some(level),
            deepness: None,
            regions: Regions::One(String::new()),
            years: (period.first_year(), period.year()),
            whole_years: is_year && period.window() != Window::TwelveMonths,
            known: self.known,
            recorded_before: self.recorded_before,
        }
    }

    /// Sets both sides' figures for some codes against each other.
    fn row(&self, direction: &Direction, unit: &Unit, books: &Books, period: Period) -> Row {
        let releases = books.releases.as_slice();
        let short = direction.short(unit, books.level);
        let none = Book::default();
        let mut cell = Cell {
            releases,
            exporter: &direction.exporter,
            importer: &direction.importer,
            exports: &none,
            imports: &none,
            // Cells are compared at a level at which shorter codes tell no more, or are opened as untold.
            untold: [None, None],
            today: self.today(),
        };
        let [exports, imports] = &direction.counted;
        if exports.is_empty() && imports.is_empty() {
            cell.exports = unit.exports.values().next().unwrap_or(&none);
            cell.imports = unit.imports.values().next().unwrap_or(&none);
            return self.open(&Untold::new(&cell, &direction.untold, short), period);
        }
        let edited = Edited {
            cell,
            exports: (&unit.exports, exports),
            imports: (&unit.imports, imports),
        };
        let mut row = self.open(&Untold::new(&edited, &direction.untold, short), period);
        let sides = [
            (Role::Exporter, &unit.exports, exports, &direction.exporter),
            (Role::Importer, &unit.imports, imports, &direction.importer),
        ];
        for (role, books, choices, reporter) in sides {
            let Some(choice) = choices.get(&period) else {
                continue;
            };
            if books
                .keys()
                .any(|edition| choice.left_out().contains(edition))
            {
                row.notices.insert(Notice::Figure(Warning::OtherEdition {
                    period,
                    reporter: reporter.clone(),
                    flow: role.flow(),
                    counted: choice.counted(),
                    left_out: choice.left_out().clone(),
                }));
            }
        }
        row
    }

    /// Returns the rows of a period, one for each commodity that a side has.
    pub(super) fn cells(&self, books: &Books, period: Period) -> Vec<Placed> {
        let mut placed = Vec::new();
        for direction in &books.directions {
            let mut rows = Vec::new();
            for unit in &direction.units {
                let mut row = self.row(direction, unit, books, period);
                if row.exports.figure().is_none() && row.imports.figure().is_none() {
                    continue;
                }
                if unit.codes.len() > 1 {
                    row.notices.insert(Notice::EditionsMerged);
                }
                if !direction.later.is_empty() {
                    let later = Warning::LaterConcordance(direction.later.clone());
                    row.notices.insert(Notice::Figure(later));
                }
                if unit.unconverted {
                    row.notices.insert(Notice::CodeNotConverted);
                }
                if unit.by_digits {
                    row.notices.insert(Notice::ComparedByDigits);
                }
                if unit.codes.iter().any(|code| is_coarser(books.level, code)) {
                    row.notices.insert(Notice::CoarserCode);
                }
                rows.push((unit.codes.clone(), row));
            }
            take_classification(books.level, &mut rows);
            placed.extend(rows.into_iter().map(|(codes, mut row)| {
                row.close();
                Placed {
                    exporter: direction.exporter.clone(),
                    importer: direction.importer.clone(),
                    codes,
                    edition: direction.edition,
                    row,
                }
            }));
        }
        placed
    }
}

/// What counts of both sides of one direction in each period that is looked at.
fn counted(
    several: &Several,
    exporter: &str,
    importer: &str,
    period: Period,
) -> [BTreeMap<Period, Choice>; 2] {
    let mut counted = [BTreeMap::new(), BTreeMap::new()];
    if several.is_empty() {
        return counted;
    }
    for period in periods_beside(period) {
        let choices = several.choose(period);
        let sides = [(exporter, Flow::Export), (importer, Flow::Import)];
        for (own, (reporter, flow)) in counted.iter_mut().zip(sides) {
            if let Some(choice) = choices.of_side(reporter, flow, "") {
                own.insert(period, choice.clone());
            }
        }
    }
    counted
}

/// The ways from the editions of some codes to one of them.
async fn conversions(
    tx: &mut Tx,
    nodes: &[Node],
    to: Option<HsEdition>,
) -> Result<BTreeMap<HsEdition, Conversion>, Fault> {
    let mut conversions = BTreeMap::new();
    // Codes of fewer digits are compared by these.
    let converted = nodes
        .iter()
        .filter(|node| node.code.len() == Level::Subheading.digits());
    let editions: BTreeSet<HsEdition> = converted.map(|node| node.edition).collect();
    for edition in editions {
        if let Some(to) = to.filter(|to| *to != edition) {
            let steps = steps(tx, edition, to).await?;
            conversions.insert(edition, Conversion::of(steps));
        }
    }
    Ok(conversions)
}
