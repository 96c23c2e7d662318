//! Groups in whole years as plain numbers, from sums over the months of years: for breakdowns of a year
//! into thousands of products. Whatever these sums do not tell is left to [`super::read`].

use std::collections::{BTreeMap, BTreeSet};

use storage::{Error, Tx};

use super::{Asked, Regions, counting, node_series, shelf::MONTHS, which::Which};
use crate::{
    domain::{
        breakdown::years::{MOST_RELEASES, YearSum},
        cell::{Flow, HsEdition},
        group::{GroupKey, Level},
        release::Release,
        tally::{Measures, Tally},
    },
    store::{
        codes::Coded as _,
        key,
        releases::Counting,
        sums::{self, CHAPTERS, MONTHS_OF_YEARS, Merged, Pages, StoredPage},
    },
};

/// A side of a year: reporter, flow and year.
type SideYear = (String, Flow, i64);

/// What stands of groups in whole years.
#[derive(Clone, Debug)]
pub(crate) struct Years {
    /// The releases that count, the earliest vintage first.
    pub releases: Vec<Release>,
    /// The places of those among them that the sums tell apart, by their bits.
    pub ranks: Vec<usize>,
    /// The groups by reporter, flow and year.
    sums: BTreeMap<SideYear, Vec<YearSum>>,
}

impl Years {
    /// Returns the groups of one side in a year, by ascending numbers.
    pub(crate) fn side(&self, reporter: &str, flow: Flow, year: i16) -> &[YearSum] {
        self.sums
            .get(&(reporter.to_owned(), flow, year.into()))
            .map_or(&[], Vec::as_slice)
    }

    /// Says what a group is.
    pub(crate) fn name(group: i64) -> GroupKey {
        GroupKey {
            edition: key::edition(group),
            commodity: Some(key::commodity_text(group & key::COMMODITY_MASK)),
            ..GroupKey::default()
        }
    }
}

/// Reads headings or subheadings in whole years; nothing if the sums that are kept do not tell all of it.
pub(crate) async fn read(
    tx: &mut Tx,
    asked: &Asked,
    years: [i16; 2],
) -> Result<Option<Years>, Error> {
    let is_kept = asked.whole_years && asked.recorded_before.is_none();
    let level = asked
        .level
        .filter(|level| matches!(level, Level::Heading | Level::Subheading));
    let (Some(level), Regions::One(_), true) = (level, &asked.regions, is_kept) else {
        return Ok(None);
    };
    let counting = counting(tx, asked).await?;
    if counting.iter().any(|counting| !counting.settled) {
        return Ok(None);
    }
    let mut gathered = Gathered {
        counting,
        level,
        ranks: Vec::new(),
        sums: BTreeMap::new(),
    };
    let mut years = years.map(i64::from).to_vec();
    years.dedup();
    for (reporter, partner) in &asked.sides {
        let is_told = gathered.side(tx, asked, reporter, partner, &years).await?;
        if !is_told {
            return Ok(None);
        }
    }
    if gathered.has_several_editions() {
        return Ok(None);
    }
    let releases = gathered
        .counting
        .into_iter()
        .map(|counting| counting.release);
    Ok(Some(Years {
        releases: releases.collect(),
        ranks: gathered.ranks,
        sums: gathered.sums,
    }))
}

/// What has been read.
struct Gathered {
    counting: Vec<Counting>,
    level: Level,
    ranks: Vec<usize>,
    sums: BTreeMap<SideYear, Vec<YearSum>>,
}

impl Gathered {
    /// Tells whether some side counts in one edition in one year and in another in the other.
    fn has_several_editions(&self) -> bool {
        let mut editions: BTreeMap<(&str, Flow), BTreeSet<Option<HsEdition>>> = BTreeMap::new();
        for ((reporter, flow, _), sums) in &self.sums {
            let own = editions.entry((reporter, *flow)).or_default();
            own.extend(sums.first().map(|sum| key::edition(sum.group)));
        }
        editions.values().any(|own| own.len() > 1)
    }

    /// Reads one side; false if the sums do not tell all of it.
    async fn side(
        &mut self,
        tx: &mut Tx,
        asked: &Asked,
        reporter: &str,
        partner: &str,
        years: &[i64],
    ) -> Result<bool, Error> {
        let which = Which::new(asked, partner);
        let own = self.counting.iter().filter(|counting| {
            counting.release.publication.reporter == reporter && !counting.is_hidden(asked.known)
        });
        let mut pages = Pages {
            level: CHAPTERS,
            releases: own.map(|counting| counting.release.number).collect(),
            years: years.to_vec(),
            series: which.series,
            at_us: clock::to_micros(asked.known),
        };
        if !sums::with_other_spans(tx, &pages).await?.is_empty() {
            return Ok(false);
        }
        pages.level = MONTHS_OF_YEARS;
        let mut bits = BTreeMap::new();
        let mut of_years: BTreeMap<i64, Vec<StoredPage>> = BTreeMap::new();
        for page in sums::read(tx, &pages).await? {
            let Some(bit) = self.bit(page.release)? else {
                return Ok(false);
            };
            bits.insert(page.release, bit);
            of_years.entry(page.period_year).or_default().push(page);
        }
        for (year, pages) in of_years {
            let items = Items::new(pages, &which, &bits)?;
            let is_told = self.add((reporter, partner), year, items)?;
            if !is_told {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The bit of a release; none if there are too many.
    fn bit(&mut self, number: i64) -> Result<Option<u8>, Error> {
        let mut releases = self.counting.iter();
        let rank = releases
            .position(|counting| counting.release.number == number)
            .ok_or(Error::NotFound)?;
        let known = self.ranks.iter().position(|other| *other == rank);
        let place = known.unwrap_or_else(|| {
            self.ranks.push(rank);
            self.ranks.len() - 1
        });
        let bit = u8::try_from(place).ok();
        Ok(bit.filter(|_| place < MOST_RELEASES))
    }

    /// Adds the sums of a year up to groups; false if these do not tell which figures count in each month.
    fn add(
        &mut self,
        (reporter, partner): (&str, &str),
        year: i64,
        mut items: Items<'_>,
    ) -> Result<bool, Error> {
        let side = items.which.series.0;
        let mut groups = Groups::new(self.level);
        let mut same: Vec<Item> = Vec::new();
        while let Some(item) = items.next()? {
            if same
                .first()
                .is_some_and(|other| other.series != item.series)
            {
                groups.add(&mut same)?;
                same.clear();
            }
            same.push(item);
        }
        groups.add(&mut same)?;
        let (found, is_told) = groups.finish();
        for (flow, sums) in found {
            // They are in the order of their editions.
            let edition = |sum: Option<&YearSum>| sum.map(|sum| key::edition(sum.group));
            if edition(sums.first()) != edition(sums.last()) {
                return Ok(false);
            }
            // No code of a group is there in all months, but together they may be.
            let is_unclear =
                |sum: &YearSum| sum.months < MONTHS && sum.tally.measures.figures >= MONTHS;
            if sums.iter().any(is_unclear) {
                let own = self.counting.iter().map(|counting| &counting.release);
                let releases: Vec<Release> = own
                    .filter(|release| release.publication.reporter == reporter)
                    .cloned()
                    .collect();
                let side = side | flow << key::FLOW_SHIFT;
                if !super::is_exhausted(&releases, partner, year, side) {
                    return Ok(false);
                }
            }
            let flow = Flow::of_code(flow).ok_or_else(|| corrupt("flow", flow))?;
            self.sums.insert((reporter.to_owned(), flow, year), sums);
        }
        Ok(is_told)
    }
}

/// A sum of one release.
#[derive(Clone, Copy, Debug)]
struct Item {
    series: i64,
    bit: u8,
    marks: i64,
    measures: Measures,
}

/// The sums of a year that are asked for, by ascending series.
struct Items<'a> {
    merged: Merged,
    which: &'a Which,
    bits: &'a BTreeMap<i64, u8>,
}

impl<'a> Items<'a> {
    fn new(
        pages: Vec<StoredPage>,
        which: &'a Which,
        bits: &'a BTreeMap<i64, u8>,
    ) -> Result<Self, Error> {
        Ok(Self {
            merged: Merged::new(pages)?,
            which,
            bits,
        })
    }

    fn next(&mut self) -> Result<Option<Item>, Error> {
        while let Some((release, entry)) = self.merged.next()? {
            if self.which.admits(entry.series) {
                return Ok(Some(Item {
                    series: entry.series,
                    bit: *self.bits.get(&release).ok_or(Error::NotFound)?,
                    marks: entry.marks,
                    measures: entry.measures,
                }));
            }
        }
        Ok(None)
    }
}

/// The groups of a year, as they come by ascending series.
struct Groups {
    level: Level,
    flows: Vec<(i64, Vec<YearSum>)>,
    /// The group that is being added up, and the number of digits of its codes.
    open: Option<(YearSum, i64)>,
    open_flow: i64,
    /// Whether the group has longer codes too.
    has_longer: bool,
    /// Whether a group has had codes of several lengths, and not in all months a value of its own.
    is_unclear: bool,
}

impl Groups {
    fn new(level: Level) -> Self {
        Self {
            level,
            flows: Vec::new(),
            open: None,
            open_flow: 0,
            has_longer: false,
            is_unclear: false,
        }
    }

    /// Adds the sums of one series. Of codes of different lengths in one group its own counts, of which the others are
    /// parts.
    fn add(&mut self, items: &mut [Item]) -> Result<(), Error> {
        items.sort_unstable_by_key(|item| (item.bit, item.marks));
        let Some(series) = items.first().map(|item| item.series) else {
            return Ok(());
        };
        let node = node_series(series, Some(self.level));
        let digits = node & 7;
        let code = node & ((1 << key::FLOW_SHIFT) - 1);
        let own = i64::try_from(self.level.digits()).unwrap_or(digits);
        let sum = of_series(items, code - digits + own)?;
        if sum.releases == 0 {
            return Ok(());
        }
        let flow = series >> key::FLOW_SHIFT & 7;
        match &mut self.open {
            Some((open, shortest)) if self.open_flow == flow && open.group == sum.group => {
                if digits == *shortest {
                    open.tally.merge(&sum.tally);
                    open.months = open.months.max(sum.months);
                    open.releases |= sum.releases;
                } else {
                    self.has_longer = true;
                    if digits < *shortest {
                        (*open, *shortest) = (sum, digits);
                    }
                }
            }
            _ => {
                self.close();
                self.open = Some((sum, digits));
                self.open_flow = flow;
            }
        }
        Ok(())
    }

    fn close(&mut self) {
        let Some((sum, digits)) = self.open.take() else {
            return;
        };
        let is_own = i64::try_from(self.level.digits()) == Ok(digits);
        let valued = sum.tally.measures.figures - sum.tally.missing;
        self.is_unclear |= self.has_longer && !(is_own && valued >= MONTHS);
        self.has_longer = false;
        match self.flows.last_mut() {
            Some((flow, sums)) if *flow == self.open_flow => sums.push(sum),
            _ => self.flows.push((self.open_flow, vec![sum])),
        }
    }

    /// Returns the groups by flow, and whether the sums tell which figures count in each month.
    fn finish(mut self) -> (Vec<(i64, Vec<YearSum>)>, bool) {
        self.close();
        (self.flows, !self.is_unclear)
    }
}

/// What stands of one series, its releases together.
fn of_series(items: &[Item], group: i64) -> Result<YearSum, Error> {
    let mut sum = YearSum {
        group,
        tally: Tally::default(),
        months: 0,
        releases: 0,
    };
    for same in items.chunk_by(|one, other| (one.bit, one.marks) == (other.bit, other.marks)) {
        let mut measures = Measures::default();
        for item in same {
            measures.add(item.measures);
        }
        let Some(item) = same.first().filter(|_| measures.figures != 0) else {
            continue;
        };
        let (status, qualifier) =
            key::unmark(item.marks).ok_or_else(|| corrupt("marks", item.marks))?;
        sum.tally.add(status, qualifier, measures);
        sum.releases |= 1 << item.bit;
    }
    sum.months = sum.tally.measures.figures;
    Ok(sum)
}

fn corrupt(what: &str, found: i64) -> Error {
    Error::corrupt("sum_pages", "body", what, format!("{found} means nothing"))
}
