//! Sums over groups of figures as known at a moment: from the sums that are kept where these have what is
//! asked for, and otherwise over the figures themselves.

mod shelf;
mod sql;
mod which;
pub(crate) mod years;

use std::collections::{BTreeMap, BTreeSet};

use aip::Sql;
use jiff::Timestamp;
use storage::{Error, Statement, Tx, args};

pub(super) use self::sql::figures_sql;
use self::{
    shelf::{Shelf, SumRow},
    sql::{codes_sql, node_series},
    which::Which,
};
use super::{
    key::{self, Key, Series},
    observations,
    releases::{self, Counting},
    standing::stands,
    sums::{self, CHAPTERS, MONTHS_OF_YEARS, Pages, WHOLE},
};
use crate::domain::{
    cell::{Commodity, Flow, HsEdition},
    group::{self, Book, Level, Side},
    period::{Stretch, Window},
    release::Release,
};

/// Which regions are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Regions {
    /// Only the whole country (empty), or one region.
    One(String),
    /// All regions, without the whole country.
    All,
}

/// What is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// The partnership.
    pub partnership: String,
    /// The reporters, each with its partner.
    pub sides: Vec<(String, String)>,
    /// The flows.
    pub flows: Vec<Flow>,
    /// What is traded: with a level all that it takes in, otherwise only itself.
    pub commodity: Commodity,
    /// Only commodities of this edition.
    pub edition: Option<HsEdition>,
    /// The level of the commodities.
    pub level: Option<Level>,
    /// Only figures with codes at least as long as those of this level.
    pub deepness: Option<Level>,
    /// The regions.
    pub regions: Regions,
    /// The first and the last year.
    pub years: (i16, i16),
    /// Whether the months of a year may be given in one sum.
    pub whole_years: bool,
    /// As of when.
    pub known: Timestamp,
    /// Leaves out what was recorded then or later.
    pub recorded_before: Option<Timestamp>,
}

/// What a group is, in full.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Node {
    /// The edition of the code.
    pub edition: Option<HsEdition>,
    /// The code of the level, or of what was asked for.
    pub commodity: String,
    /// The region; empty for the whole country.
    pub region: String,
    /// The reporter.
    pub reporter: String,
    /// The direction.
    pub flow: Flow,
}

/// What is known about groups.
#[derive(Clone, Debug)]
pub(crate) struct Grouped {
    /// The releases that count, the earliest vintage first.
    pub releases: Vec<Release>,
    /// The groups.
    pub books: BTreeMap<Node, Book>,
}

/// A release, its number and its place among those that count.
struct Source<'a> {
    counting: &'a Counting,
    rank: usize,
}

/// Returns the releases that count, the earliest vintage first.
async fn counting(tx: &mut Tx, asked: &Asked) -> Result<Vec<Counting>, Error> {
    let mut counting = Vec::new();
    let mut reporters: Vec<&str> = asked
        .sides
        .iter()
        .map(|(reporter, _)| reporter.as_str())
        .collect();
    reporters.dedup();
    for reporter in reporters {
        let reporters = [reporter, reporter];
        let (known, before) = (asked.known, asked.recorded_before);
        counting
            .extend(releases::counting(tx, &asked.partnership, reporters, known, before).await?);
    }
    counting.sort_by(|a, b| a.release.vintage().cmp(&b.release.vintage()));
    Ok(counting)
}

/// Of which groups the sums do not suffice that are kept by length of code: where a group has figures by codes of
/// several lengths, but none by its own, only the figures code by code tell which are parts of others.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Resolved<'a> {
    /// All groups are right.
    All,
    /// Of these groups only.
    Only(&'a BTreeSet<Node>),
    /// Of no group: each has the sums over its shortest codes, with which mostly all is told.
    Shortest,
}

/// Reads groups.
pub(crate) async fn read(tx: &mut Tx, asked: &Asked) -> Result<Grouped, Error> {
    read_resolved(tx, asked, Resolved::All).await
}

/// Reads groups, of which only some need be right.
pub(crate) async fn read_resolved(
    tx: &mut Tx,
    asked: &Asked,
    resolved: Resolved<'_>,
) -> Result<Grouped, Error> {
    let counting = counting(tx, asked).await?;
    let sources: Vec<Source<'_>> = counting
        .iter()
        .enumerate()
        .map(|(rank, counting)| Source { counting, rank })
        .collect();
    let mut shelf = Shelf::default();
    for (reporter, partner) in &asked.sides {
        let own: Vec<&Source<'_>> = sources
            .iter()
            .filter(|source| source.counting.release.publication.reporter == *reporter)
            .collect();
        read_side(tx, asked, partner, &own, &mut shelf).await?;
        let mut unclear = match resolved {
            Resolved::Shortest => continue,
            Resolved::All | Resolved::Only(_) => shelf.unclear(reporter),
        };
        if let Resolved::Only(nodes) = resolved {
            let is_among = |series: &i64| {
                let node = shelf::node_of(*series, reporter);
                node.is_some_and(|node| nodes.contains(&node))
            };
            unclear.retain(is_among);
        }
        read_codes(tx, asked, partner, &own, &unclear, &mut shelf).await?;
    }
    if matches!(resolved, Resolved::Shortest) {
        shelf.keep_shortest();
    }
    let books = shelf.into_books()?;
    Ok(Grouped {
        releases: counting
            .into_iter()
            .map(|counting| counting.release)
            .collect(),
        books,
    })
}

/// Reads the groups of one reporter.
async fn read_side(
    tx: &mut Tx,
    asked: &Asked,
    partner: &str,
    sources: &[&Source<'_>],
    shelf: &mut Shelf,
) -> Result<(), Error> {
    let strict = is_strict(asked, sources);
    let by_chapter = matches!(asked.level, Some(Level::Section | Level::Chapter));
    if strict || asked.level.is_none() {
        return read_figures(tx, asked, partner, sources, strict, "", shelf).await;
    }
    let seen: Vec<&Source<'_>> = sources
        .iter()
        .copied()
        .filter(|source| !source.counting.is_hidden(asked.known))
        .collect();
    if by_chapter && asked.commodity == Commodity::Total {
        let rows = read_sums(tx, asked, partner, &seen, CHAPTERS).await?;
        shelf.put(rows, &seen, asked, false)
    } else if asked.whole_years {
        let rows = read_sums(tx, asked, partner, &seen, MONTHS_OF_YEARS).await?;
        let releases: Vec<Release> = sources
            .iter()
            .map(|source| source.counting.release.clone())
            .collect();
        let is_exhausted = |year, series| is_exhausted(&releases, partner, year, series);
        if !shelf::tells_months(&rows, asked.level, &is_exhausted) {
            return read_figures(tx, asked, partner, &seen, false, "", shelf).await;
        }
        let others = with_other_spans(tx, asked, partner, &seen).await?;
        let mut of_others = Vec::new();
        for place in 0..others.len() {
            of_others.push(
                read_release(
                    tx,
                    asked,
                    partner,
                    (&others, place),
                    false,
                    " AND o.span > 112",
                )
                .await?,
            );
        }
        // From January to a month: months are told by differences too, which are not among those that the sums are over.
        let january = key::span(Window::JanuaryToMonth, 1);
        let december = key::span(Window::JanuaryToMonth, 12);
        if of_others
            .iter()
            .flatten()
            .any(|row| (january..=december).contains(&row.key.span))
        {
            return read_figures(tx, asked, partner, &seen, false, "", shelf).await;
        }
        shelf.put(rows, &seen, asked, true)?;
        for (source, rows) in others.into_iter().zip(of_others) {
            shelf.put(rows, &[source], asked, false)?;
        }
        Ok(())
    } else {
        read_figures(tx, asked, partner, &seen, false, "", shelf).await
    }
}

/// Reads groups code by code, some chapters of all releases at once.
async fn read_codes(
    tx: &mut Tx,
    asked: &Asked,
    partner: &str,
    sources: &[&Source<'_>],
    unclear: &BTreeSet<i64>,
    shelf: &mut Shelf,
) -> Result<(), Error> {
    let Some(first) = sources.first() else {
        return Ok(());
    };
    let reporter = &first.counting.release.publication.reporter;
    let strict = is_strict(asked, sources);
    let chapters: BTreeSet<i64> = unclear.iter().map(|series| chapter_of(*series)).collect();
    let series = chapters
        .into_iter()
        .filter_map(|chapter| Series::unpack(chapter, reporter));
    let chapters: Vec<Asked> = series
        .map(|series| Asked {
            flows: vec![series.flow],
            edition: series.commodity.edition(),
            commodity: match &asked.commodity {
                Commodity::Total => series.commodity,
                own @ Commodity::Heading { .. } => own.clone(),
            },
            regions: Regions::One(series.region),
            ..asked.clone()
        })
        .collect();
    for chapters in chapters.chunks(MOST_CHAPTERS) {
        let seen = sources.iter().enumerate();
        let seen = seen.filter(|(_, own)| strict || !own.counting.is_hidden(asked.known));
        let texts: Vec<String> = seen
            .flat_map(|(place, source)| {
                let stands = stands_at(sources, place, strict);
                let text = move |own| codes_sql(own, partner, source.counting, &stands);
                chapters.iter().map(text)
            })
            .collect();
        let mut rows = Vec::new();
        // Each part goes by the primary key, which a condition on several chapters would not.
        for texts in texts.chunks(MOST_PARTS) {
            let args = args![clock::to_micros(asked.known)];
            let text = texts.join(" UNION ALL ");
            rows.extend(tx.all::<SumRow>(once(text, args), Vec::new()).await?);
        }
        rows.retain(|row| unclear.contains(&shelf::group_of(row.key.series, asked.level)));
        shelf.resolve(rows, sources, asked)?;
    }
    Ok(())
}

/// How many chapters are looked at together, so that their figures do not take much memory.
const MOST_CHAPTERS: usize = 16;

/// How many parts a statement has at most; SQLite takes 500.
const MOST_PARTS: usize = 100;

/// Whether what stands is worked out from the releases that count.
fn is_strict(asked: &Asked, sources: &[&Source<'_>]) -> bool {
    asked.recorded_before.is_some() || sources.iter().any(|source| !source.counting.settled)
}

/// The series of the chapter that a series is in.
fn chapter_of(series: i64) -> i64 {
    (node_series(series, Some(Level::Chapter)) & !7) + 2
}

/// The condition by which figures of the release at a place stand.
fn stands_at(sources: &[&Source<'_>], place: usize, strict: bool) -> String {
    let later: Vec<&Counting> = sources
        .iter()
        .skip(place + 1)
        .map(|source| source.counting)
        .collect();
    let number = sources
        .get(place)
        .map_or(0, |source| source.counting.release.number);
    stands(number, strict.then_some(later.as_slice()))
}

/// Tells whether releases of one reporter cover a year of the side of a series, so that what is not there is nothing.
fn is_exhausted(releases: &[Release], partner: &str, year: i64, series: i64) -> bool {
    let Some(reporter) = releases
        .first()
        .map(|release| &release.publication.reporter)
    else {
        return false;
    };
    let unpacked = Series::unpack(series, reporter);
    let (Some(series), Ok(year)) = (unpacked, i16::try_from(year)) else {
        return false;
    };
    let side = Side {
        book: None,
        reporter,
        partner,
        flow: series.flow,
        region: &series.region,
        untold: None,
    };
    let year = Stretch {
        year,
        first: 1,
        last: 12,
    };
    group::is_exhausted(side, releases, year)
}

/// The pages of sums that have what is asked for.
fn pages(asked: &Asked, which: &Which, sources: &[&Source<'_>], level: i64) -> Pages {
    let numbers = sources.iter().map(|source| source.counting.release.number);
    let countings: Vec<Counting> = sources
        .iter()
        .map(|source| source.counting.clone())
        .collect();
    Pages {
        level,
        releases: numbers.collect(),
        years: observations::years(asked.years, &countings).collect(),
        series: which.series,
        at_us: clock::to_micros(asked.known),
    }
}

async fn read_sums(
    tx: &mut Tx,
    asked: &Asked,
    partner: &str,
    sources: &[&Source<'_>],
    level: i64,
) -> Result<Vec<SumRow>, Error> {
    let which = Which::new(asked, partner);
    let mut rows = Vec::new();
    for page in sums::read(tx, &pages(asked, &which, sources, level)).await? {
        page.each(|entry| {
            if which.admits(entry.series) {
                rows.push(SumRow {
                    release: page.release,
                    key: Key {
                        year: page.period_year,
                        series: entry.series,
                        span: entry.span,
                    },
                    marks: entry.marks,
                    whole: page.at_us == WHOLE,
                    stands: true,
                    measures: entry.measures,
                });
            }
        })?;
    }
    Ok(rows)
}

/// Returns the releases that have figures about years, quarters or more months than one: years are
/// published as such only there.
async fn with_other_spans<'a>(
    tx: &mut Tx,
    asked: &Asked,
    partner: &str,
    sources: &[&'a Source<'a>],
) -> Result<Vec<&'a Source<'a>>, Error> {
    let pages = pages(asked, &Which::new(asked, partner), sources, CHAPTERS);
    let numbers = sums::with_other_spans(tx, &pages).await?;
    let mut sources = sources.to_vec();
    sources.retain(|source| numbers.contains(&source.counting.release.number));
    Ok(sources)
}

/// Sums up figures. In the strict reading what stands is worked out from the releases that count in it.
async fn read_figures(
    tx: &mut Tx,
    asked: &Asked,
    partner: &str,
    sources: &[&Source<'_>],
    strict: bool,
    spans: &str,
    shelf: &mut Shelf,
) -> Result<(), Error> {
    for (place, source) in sources.iter().enumerate() {
        let rows = read_release(tx, asked, partner, (sources, place), strict, spans).await?;
        shelf.put(rows, &[source], asked, false)?;
    }
    Ok(())
}

/// Sums up the figures of the release at a place.
async fn read_release(
    tx: &mut Tx,
    asked: &Asked,
    partner: &str,
    (sources, place): (&[&Source<'_>], usize),
    strict: bool,
    spans: &str,
) -> Result<Vec<SumRow>, Error> {
    let Some(source) = sources.get(place) else {
        return Ok(Vec::new());
    };
    let stands = stands_at(sources, place, strict);
    let text = figures_sql(asked, partner, source.counting, &stands, spans);
    let args = args![clock::to_micros(asked.known)];
    tx.all::<SumRow>(once(text, args), Vec::new()).await
}

fn once(text: String, args: Vec<aip::Value>) -> Statement {
    // The best plan depends on the numbers in it.
    Statement::from(Sql { text, args }).once()
}

#[cfg(test)]
mod plans;
