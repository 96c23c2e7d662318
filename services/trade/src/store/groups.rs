//! Sums over groups of figures as known at a moment: from the sums that are kept where these have what is
//! asked for, and otherwise over the figures themselves.

mod shelf;

use std::collections::BTreeMap;

use aip::Sql;
use jiff::Timestamp;
use storage::{Error, Statement, Tx, args};

use self::shelf::{Shelf, SumRow};
use super::{
    codes::Coded,
    key,
    observations::{list_of, years},
    releases::{self, Counting},
    standing::stands,
    sums::{CHAPTERS, MONTHS_OF_YEARS, WHOLE},
};
use crate::domain::{
    cell::{Commodity, Flow, HsEdition},
    group::{Book, Level},
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

/// Reads groups.
pub(crate) async fn read(tx: &mut Tx, asked: &Asked) -> Result<Grouped, Error> {
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
    }
    let books = shelf.into_books();
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
    let strict =
        asked.recorded_before.is_some() || sources.iter().any(|source| !source.counting.settled);
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
        shelf.put(rows, &seen, asked, true)?;
        // Years are published as such only where chapters have other spans than months.
        let mut others = Vec::new();
        for source in &seen {
            let sql = format!(
                "SELECT span FROM sums WHERE release = {} AND level = {CHAPTERS} AND period_year IN ({}) \
                 AND span > 112 LIMIT 1",
                source.counting.release.number,
                list_of(i64::from(asked.years.0)..=i64::from(asked.years.1)),
            );
            if tx
                .optional::<(i64,)>(once(sql, Vec::new()), Vec::new())
                .await?
                .is_some()
            {
                others.push(*source);
            }
        }
        read_figures(
            tx,
            asked,
            partner,
            &others,
            false,
            " AND o.span > 112",
            shelf,
        )
        .await
    } else {
        read_figures(tx, asked, partner, &seen, false, "", shelf).await
    }
}

async fn read_sums(
    tx: &mut Tx,
    asked: &Asked,
    partner: &str,
    sources: &[&Source<'_>],
    level: i64,
) -> Result<Vec<SumRow>, Error> {
    if sources.is_empty() {
        return Ok(Vec::new());
    }
    let countings: Vec<Counting> = sources
        .iter()
        .map(|source| source.counting.clone())
        .collect();
    let text = format!(
        "SELECT o.release, o.period_year, o.series, o.span, o.marks, \
         CASE WHEN o.at_us = $1 THEN 1 ELSE 0 END AS whole, 1 AS stands, o.figures, o.value_cents, \
         o.half_units, o.weighed, o.net_weight_grams, o.weighed_cents FROM sums o \
         WHERE o.release IN ({}) AND o.level = {level} AND o.period_year IN ({}) AND {} AND o.at_us <= $2",
        list_of(sources.iter().map(|source| source.counting.release.number)),
        list_of(years(asked.years, &countings)),
        which(asked, partner),
    );
    let args = args![WHOLE, clock::to_micros(asked.known)];
    tx.all::<SumRow>(once(text, args), Vec::new()).await
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
        let number = source.counting.release.number;
        let later: Vec<&Counting> = sources[place + 1..]
            .iter()
            .map(|source| source.counting)
            .collect();
        let stands = stands(number, strict.then_some(later.as_slice()));
        let counting = std::slice::from_ref(source.counting);
        let text = format!(
            "SELECT {number} AS release, o.period_year, {} AS series, o.span, o.marks, 1 AS whole, \
             CASE WHEN {stands} THEN 1 ELSE 0 END AS stands, {} FROM observations o WHERE o.release = {number} \
             AND o.period_year IN ({}) AND {}{spans} GROUP BY 2, 3, 4, 5, 7",
            node(asked.level),
            MEASURES,
            list_of(years(asked.years, counting)),
            which(asked, partner),
        );
        let args = args![clock::to_micros(asked.known)];
        let rows = tx.all::<SumRow>(once(text, args), Vec::new()).await?;
        shelf.put(rows, &[source], asked, false)?;
    }
    Ok(())
}

/// What figures add up to.
const MEASURES: &str = "count(*), CAST(coalesce(sum(o.value_cents), 0) AS BIGINT), \
    CAST(sum(CASE WHEN o.marks / 256 = 2 THEN o.unit_cents / 2 + o.unit_cents % 2 ELSE 0 END) AS BIGINT), \
    count(o.net_weight_grams), CAST(coalesce(sum(o.net_weight_grams), 0) AS BIGINT), \
    CAST(sum(CASE WHEN o.net_weight_grams IS NULL THEN 0 ELSE coalesce(o.value_cents, 0) END) AS BIGINT)";

/// The series of the group that a figure is in: the code of the level, with the number of digits of the
/// figure's own.
fn node(level: Option<Level>) -> String {
    let Some(width) = level.map(width) else {
        return "o.series".to_owned();
    };
    format!(
        "o.series - (o.series & 8388607) + (o.series & 8388607) / {width} * {width} + (o.series & 7)"
    )
}

/// How many codes of series one code of the level takes in.
fn width(level: Level) -> i64 {
    match level {
        Level::Section | Level::Chapter => 80_000,
        Level::Heading => 800,
        Level::Subheading => 8,
    }
}

/// Which series are asked for.
fn which(asked: &Asked, partner: &str) -> String {
    let partner = key::partner_code(partner);
    let (first, last) = match &asked.regions {
        Regions::One(region) => {
            let code =
                partner << (key::PARTNER_SHIFT - key::REGION_SHIFT) | key::region_code(region);
            (
                code << key::REGION_SHIFT,
                ((code + 1) << key::REGION_SHIFT) - 1,
            )
        }
        Regions::All => (
            partner << key::PARTNER_SHIFT | 1 << key::REGION_SHIFT,
            ((partner + 1) << key::PARTNER_SHIFT) - 1,
        ),
    };
    let mut conditions = vec![format!("o.series BETWEEN {first} AND {last}")];
    let flows = asked.flows.iter().map(|flow| flow.code());
    conditions.push(format!(
        "((o.series >> {}) & 7) IN ({})",
        key::FLOW_SHIFT,
        list_of(flows)
    ));
    if let Some(edition) = asked.edition {
        let edition = i64::from(edition.number()) + 1;
        conditions.push(format!(
            "((o.series >> {}) & 7) = {edition}",
            key::COMMODITY_BITS
        ));
    }
    let code = key::commodity_code(asked.commodity.code());
    match asked.level {
        None => conditions.push(format!("(o.series & {}) = {code}", key::COMMODITY_MASK)),
        Some(level) => {
            conditions.push(format!(
                "(o.series & 7) >= {}",
                if level == Level::Section {
                    2
                } else {
                    level.digits()
                }
            ));
            if level == Level::Subheading {
                conditions.push("(o.series & 7) = 6".to_owned());
            }
            if asked.commodity != Commodity::Total {
                let (first, last) = key::commodity_range(asked.commodity.code());
                conditions.push(format!(
                    "(o.series & {}) BETWEEN {first} AND {last}",
                    key::COMMODITY_MASK
                ));
            }
        }
    }
    conditions.join(" AND ")
}

fn once(text: String, args: Vec<aip::Value>) -> Statement {
    // The best plan depends on the numbers in it.
    Statement::from(Sql { text, args }).once()
}
