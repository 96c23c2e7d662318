//! Figures of groups: their sums are read as the question reads them, and then, page by page, the figures that
//! were summed up.

use std::collections::{BTreeMap, BTreeSet};

use ::fault::Fault;
use storage::Tx;

use super::{Amount, Cell, Explained, Scene};
use crate::{
    api::query::{
        editions::Several,
        groups::{self, Grouping, Read, arrange, sides},
        untold::Untolds,
    },
    domain::{
        cell::{Commodity, Flow},
        figure::{
            Step,
            group::{self as figure, Basis, Leaf},
        },
        group::{Book, GroupKey, Lengths, Level, Side},
        period::Period,
        section,
        turnover::Warning,
    },
    store::{
        self,
        figures::{Batch, Range, series_of},
        groups::{Asked, Grouped, Node, Regions},
        key,
        releases::Counting,
    },
};

/// A group and how it is read.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    grouping: Grouping,
    /// The group as the answer names it.
    key: GroupKey,
    /// The same with the only flow of a breakdown.
    side_key: GroupKey,
    region: String,
    groups: Asked,
    /// What the question reads, with all commodities.
    wide: Asked,
    /// Whether growth is told of.
    compared: bool,
}

impl Wanted {
    /// Leaves out of what the question reads what is not of the group.
    pub(super) fn new(
        grouping: Grouping,
        key: GroupKey,
        flow: Option<Flow>,
        region: String,
        mut groups: Asked,
    ) -> Self {
        groups
            .flows
            .retain(|own| flow.is_none_or(|flow| flow == *own));
        if let Some(reporter) = &key.reporter {
            groups.sides.retain(|(own, _)| own == reporter);
        }
        if let Some(region) = &key.region {
            groups.regions = Regions::One(region.clone());
        }
        let wide = groups.clone();
        if key.edition.is_some() {
            groups.edition = key.edition;
        }
        // Chapters are read from sums, which have all of them.
        let is_narrow = matches!(grouping.level, Some(Level::Heading | Level::Subheading));
        if let (Some(code), true) = (&key.commodity, is_narrow)
            && let Ok(commodity) = Commodity::parse(code, key.edition)
        {
            groups.commodity = commodity;
        }
        Self {
            side_key: GroupKey {
                flow,
                ..key.clone()
            },
            grouping,
            key,
            region,
            groups,
            wide,
            compared: true,
        }
    }

    /// Without growth on other periods.
    pub(super) fn alone(mut self) -> Self {
        self.compared = false;
        self
    }

    /// The first and the last series of one side of the group.
    pub(super) fn series(&self, side: (&str, Flow), partner: &str) -> (i64, i64) {
        let node = |code: &str| Node {
            edition: self.groups.edition,
            commodity: code.to_owned(),
            region: self.region().to_owned(),
            reporter: side.0.to_owned(),
            flow: side.1,
        };
        let code = match (&self.key.commodity, self.grouping.level) {
            (Some(section), Some(Level::Section)) => {
                let Some((first, last)) = section::chapters(section) else {
                    return (0, -1);
                };
                let first = series_of(&node(&first), partner, false);
                return (first.0, series_of(&node(&last), partner, false).1);
            }
            (Some(code), _) => code.as_str(),
            (None, _) => self.groups.commodity.code(),
        };
        series_of(&node(code), partner, self.groups.level.is_none())
    }

    fn region(&self) -> &str {
        match &self.groups.regions {
            Regions::One(region) => region,
            Regions::All => "",
        }
    }
}

pub(super) async fn explain(
    tx: &mut Tx,
    scene: &Scene,
    wanted: &Wanted,
) -> Result<Explained, Fault> {
    let several = Several::read(tx, &wanted.wide, None).await?;
    let read = Read {
        across: Several::across(tx, &wanted.wide, &several).await?,
        grouped: read(tx, wanted, &several).await?,
        untolds: Untolds::read(tx, &wanted.wide).await?,
        several,
    };
    let (grouped, several) = (&read.grouped, &read.several);
    let choices = several.choose(scene.period);
    let arranged = arrange(&wanted.grouping, grouped);
    let nothing = BTreeMap::new();
    let books = arranged.get(&wanted.key).unwrap_or(&nothing);
    // A group of a series has its own figures, whether or not these count in sums.
    let edition = wanted.key.edition.filter(|_| !wanted.compared);
    let counted = edition.and_then(|own| choices.counted(own, wanted.region(), books));
    let (books, left_out) = match &counted {
        Some((books, left_out)) => (books, left_out.clone()),
        None => (books, BTreeSet::new()),
    };
    let sides = sides(
        &wanted.side_key,
        books,
        &scene.question,
        &wanted.region,
        &read.untolds,
    );
    let mut found = figure::explain(&sides, &grouped.releases, scene.period);
    if let Some(edition) = wanted.key.edition
        && groups::is_silent(&found.amount)
        && read
            .across
            .choose(scene.period)
            .are_elsewhere(edition, &sides)
    {
        // No release says that there is nothing.
        found = figure::explain(&sides, &[], scene.period);
    }
    let batches = batches(&sides, grouped, &found.leaves, &mut found.steps);
    let print = scene.print(&found.steps, &grouped.releases)?;
    let cells = page(tx, scene, wanted, grouped, &batches).await?;
    let amount = found.amount.as_ref().map(|amount| Amount {
        cents: amount.cents(),
        qualifier: amount.qualifier(),
        uncertainty_cents: amount.tally.measures.half_units,
        weight_grams: amount.tally.weight_grams(),
    });
    Ok(Explained {
        amount: amount.map_err(|absence| *absence),
        warnings: {
            let mut warnings = warnings(scene, wanted, &read, &found)?;
            warnings.extend(left_out);
            warnings
        },
        steps: found.steps,
        cells,
        print,
        releases: read.grouped.releases,
    })
}

/// Reads the sums of the group, flow by flow, so that few others are looked at.
async fn read(tx: &mut Tx, wanted: &Wanted, several: &Several) -> Result<Grouped, Fault> {
    let mut grouped = Grouped {
        releases: Vec::new(),
        books: BTreeMap::new(),
    };
    for flow in &wanted.groups.flows {
        let asked = Asked {
            flows: vec![*flow],
            // Each month can count in another edition.
            whole_years: wanted.groups.whole_years && several.is_empty(),
            ..wanted.groups.clone()
        };
        let found = store::groups::read(tx, &asked).await?;
        grouped.releases = found.releases;
        grouped.books.extend(found.books);
    }
    let is_own = |node: &Node| groups::key(&wanted.grouping, node) == wanted.key;
    grouped.books.retain(|node, _| is_own(node));
    Ok(grouped)
}

/// What a reader should know, as a point says it.
fn warnings(
    scene: &Scene,
    wanted: &Wanted,
    read: &Read,
    found: &figure::Explained,
) -> Result<Vec<Warning>, Fault> {
    if wanted.compared {
        let (grouping, question) = (&wanted.grouping, &scene.question);
        let whole = BTreeMap::new();
        let periods = [scene.period];
        let answer = groups::answer(grouping, question, read, &periods, whole, None)?;
        let own = answer.into_iter().flat_map(|group| group.points);
        // Of shares and contributions nothing is explained.
        let is_own = |warning: &Warning| !matches!(warning, Warning::PartialWhole(..));
        let own = own.flat_map(|point| point.warnings);
        return Ok(own.filter(is_own).collect());
    }
    let Ok(amount) = &found.amount else {
        return Ok(Vec::new());
    };
    let mut warnings = amount.warnings(&read.grouped.releases);
    if scene.period.last_day() >= scene.question.today {
        warnings.insert(Warning::PeriodNotEnded);
    }
    Ok(warnings.into_iter().collect())
}

/// The figures of one release in one year of one side.
#[derive(Debug, Default)]
struct Plan {
    /// The digits and spans of each range of series.
    ranges: BTreeMap<(i64, i64), Vec<(u8, i64)>>,
    standing: bool,
    /// The step of each span, and whether it is subtracted.
    steps: BTreeMap<i64, (usize, bool)>,
}

/// By side, year and rank, whether what stands is meant, and whether it is subtracted: a figure from January on can be
/// in two differences.
type Plans = BTreeMap<(usize, i64, usize, bool, bool), Plan>;

/// Finds out which figures of which releases are at the bottom of steps, and tells the steps the lengths of
/// their codes.
fn batches(sides: &[Side<'_>], grouped: &Grouped, leaves: &[Leaf], steps: &mut [Step]) -> Plans {
    let mut plans = Plans::new();
    for leaf in leaves {
        let Some(side) = sides.get(leaf.side) else {
            continue;
        };
        let is_own = |node: &Node| node.reporter == side.reporter && node.flow == side.flow;
        for (node, book) in grouped.books.iter().filter(|(node, _)| is_own(node)) {
            for (rank, period) in leaf.ranks.iter().flat_map(|rank| {
                let periods = leaf.periods.iter();
                periods.map(move |period| (*rank, *period))
            }) {
                let Some(lengths) = lengths(book, leaf.basis, period, rank) else {
                    continue;
                };
                let standing = leaf.basis != Basis::Published;
                let year = period.year().into();
                let key = (leaf.side, year, rank, standing, leaf.subtracted);
                let plan = plans.entry(key).or_default();
                let span = key::span(period.window(), period.last_month());
                plan.standing = standing;
                plan.steps.insert(span, (leaf.step, leaf.subtracted));
                if let Some(step) = steps.get_mut(leaf.step) {
                    step.digits.extend(lengths.digits());
                }
                // Of codes that were looked at one by one, those that are parts of others are left out.
                let codes = book.codes_at(period, rank);
                let series: Vec<(i64, i64)> = match (codes, leaf.basis) {
                    (Some(codes), Basis::Published) => alone(&codes.whole),
                    (Some(codes), Basis::Standing) => alone(&codes.standing),
                    (Some(_), Basis::YearOfMonths) | (None, _) => {
                        vec![series_of(node, side.partner, false)]
                    }
                };
                for series in series {
                    let spans = lengths.digits().map(|digits| (digits, span));
                    plan.ranges.entry(series).or_default().extend(spans);
                }
            }
        }
    }
    plans
}

/// Series one by one.
fn alone(series: &[i64]) -> Vec<(i64, i64)> {
    series.iter().map(|series| (*series, *series)).collect()
}

/// How many digits the codes have that were added up; none if there are none.
fn lengths(book: &Book, basis: Basis, period: Period, rank: usize) -> Option<Lengths> {
    match basis {
        Basis::Standing => book
            .entry_at(period, rank)
            .filter(|entry| entry.standing.measures.figures > 0)
            .map(|entry| entry.standing_lengths),
        Basis::Published => book
            .entry_at(period, rank)
            .filter(|entry| entry.whole.measures.figures > 0)
            .map(|entry| entry.whole_lengths),
        Basis::YearOfMonths => book
            .summed_year(period.year())
            .filter(|year| year.ranks.contains(&rank))
            .map(|year| year.lengths),
    }
}

/// Reads the published figures of a page, and one more.
async fn page(
    tx: &mut Tx,
    scene: &Scene,
    wanted: &Wanted,
    grouped: &Grouped,
    plans: &Plans,
) -> Result<Vec<Cell>, Fault> {
    let counting = counting(tx, scene, wanted).await?;
    let (first, after) = scene.place.map_or((0, (i64::MIN, 0)), |place| {
        let (batch, series, span) = place.last;
        (batch, (series, span))
    });
    let mut cells = Vec::new();
    for (number, ((_, year, rank, ..), plan)) in plans.iter().enumerate().skip(first) {
        let Some(own) = grouped.releases.get(*rank) else {
            continue;
        };
        let same: Vec<&Counting> = counting
            .iter()
            .filter(|other| other.release.publication.reporter == own.publication.reporter)
            .collect();
        let later: Vec<&Counting> = same
            .iter()
            .copied()
            .filter(|other| other.release.vintage() > own.vintage())
            .collect();
        let strict =
            scene.moment.recorded_before.is_some() || same.iter().any(|counting| !counting.settled);
        let batch = Batch {
            own,
            later: strict.then_some(later.as_slice()),
            year: *year,
            ranges: plan
                .ranges
                .iter()
                .map(|(series, spans)| Range {
                    series: *series,
                    spans: spans.clone(),
                })
                .collect(),
            standing: plan.standing,
            known: scene.moment.known,
        };
        let after = if number == first {
            after
        } else {
            (i64::MIN, 0)
        };
        let limit = scene.size + 1 - cells.len();
        for (key, figure) in store::figures::page(tx, &batch, after, limit).await? {
            let Some((step, subtracted)) = plan.steps.get(&key.span) else {
                continue;
            };
            cells.push(Cell {
                step: *step,
                subtracted: *subtracted,
                rank: *rank,
                figure,
                place: (number, key.series, key.span),
            });
        }
        if cells.len() > scene.size {
            break;
        }
    }
    Ok(cells)
}

/// The releases of the group's reporters that count.
async fn counting(tx: &mut Tx, scene: &Scene, wanted: &Wanted) -> Result<Vec<Counting>, Fault> {
    let question = &scene.question;
    let reporters = [question.reporter.as_str(), question.partner.as_str()];
    let (known, before) = (wanted.groups.known, wanted.groups.recorded_before);
    let found = store::releases::counting(tx, &scene.partnership, reporters, known, before).await?;
    Ok(found)
}
