//! Series of groups: what is read for them, and their points.

mod grouping;

use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

use ::fault::Fault;
use storage::Tx;

use super::{
    editions::{Choices, Several},
    untold::Untolds,
};
use crate::{
    domain::{
        beside,
        cell::Flow,
        group::{self, Amount, Book, Dimension, GroupKey, Level, Side, contribution_ppm},
        growth,
        observation::Qualifier,
        period::Period,
        release::Release,
        section,
        turnover::{Method, Question, Shortfall, Warning},
        vintage::Absence,
    },
    store::{
        self,
        groups::{Asked, Grouped, Node},
    },
};

use grouping::flows;
pub(super) use grouping::{Grouping, asked, level_of, read_base, read_grouping, read_level};

/// How many points an answer has at most; what they weigh can be too much before.
const MAX_POINTS: usize = 20_000;

/// One group with its points.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    /// What it is.
    pub key: GroupKey,
    /// Its points.
    pub points: Vec<GroupPoint>,
}

/// One period of a group.
#[derive(Clone, Debug)]
pub(crate) struct GroupPoint {
    /// The period.
    pub period: Period,
    /// The amount, or why there is none.
    pub amount: Result<Amount, Absence>,
    /// Growth on the previous period in parts per million.
    pub growth_on_previous_ppm: Option<i64>,
    /// Growth on the same period of the previous year in parts per million.
    pub growth_on_year_ppm: Option<i64>,
    /// The part of the whole in parts per million.
    pub share_ppm: Option<i64>,
    /// The contribution to the growth of the whole on the previous period.
    pub contribution_on_previous_ppm: Option<i64>,
    /// The contribution to the growth of the whole on the previous year.
    pub contribution_on_year_ppm: Option<i64>,
    /// The value relative to the base period.
    pub index_ppm: Option<i64>,
    /// What a reader should know.
    pub warnings: BTreeSet<Warning>,
}

impl GroupPoint {
    /// Leaves out what there is only beside other groups.
    pub(super) fn alone(mut self) -> Self {
        self.share_ppm = None;
        self.contribution_on_previous_ppm = None;
        self.contribution_on_year_ppm = None;
        let is_of_others = |warning: &Warning| matches!(warning, Warning::PartialWhole(..));
        self.warnings.retain(|warning| !is_of_others(warning));
        self
    }
}

/// What is read about groups.
#[derive(Clone, Debug)]
pub(super) struct Read {
    /// The groups.
    pub grouped: Grouped,
    /// The sides that have them in several editions, of which one counts.
    pub several: Several,
    /// The same, though the question names one.
    pub across: Several,
    /// The chapters that tell more than the codes asked for.
    pub untolds: Untolds,
}

/// Reads groups and what must be known to answer of them.
pub(super) async fn read_in(tx: &mut Tx, asked: &Asked) -> Result<Read, Fault> {
    let grouped = store::groups::read(tx, asked).await?;
    let several = Several::read(tx, asked, Some(&grouped)).await?;
    Ok(Read {
        across: Several::across(tx, asked, &several).await?,
        untolds: Untolds::read(tx, asked).await?,
        grouped,
        several,
    })
}

/// What is known about a group, by reporter and flow.
pub(super) type Books = BTreeMap<(String, Flow), Book>;

/// Brings what was read into the groups asked for.
pub(super) fn arrange(grouping: &Grouping, grouped: &Grouped) -> BTreeMap<GroupKey, Books> {
    let mut groups: BTreeMap<GroupKey, Books> = BTreeMap::new();
    for (node, book) in &grouped.books {
        let books = groups.entry(key(grouping, node)).or_default();
        match books.entry((node.reporter.clone(), node.flow)) {
            Entry::Vacant(place) => {
                place.insert(book.clone());
            }
            Entry::Occupied(mut other) => other.get_mut().merge(book),
        }
    }
    groups
}

/// The group that figures are in.
pub(super) fn key(grouping: &Grouping, node: &Node) -> GroupKey {
    let commodity = grouping.by(Dimension::Commodity).then(|| {
        if grouping.level == Some(Level::Section) {
            section::of_chapter(&node.commodity).to_owned()
        } else {
            node.commodity.clone()
        }
    });
    GroupKey {
        flow: grouping.by(Dimension::Flow).then_some(node.flow),
        edition: node.edition.filter(|_| commodity.is_some()),
        commodity,
        region: grouping.by(Dimension::Region).then(|| node.region.clone()),
        reporter: grouping
            .by(Dimension::Reporter)
            .then(|| node.reporter.clone()),
    }
}

/// The sides that the amount of a group is added up from.
pub(super) fn sides<'a>(
    key: &'a GroupKey,
    books: &'a Books,
    question: &'a Question,
    region: &'a str,
    untolds: &'a Untolds,
) -> Vec<Side<'a>> {
    let region = key.region.as_deref().unwrap_or(region);
    let (reporter, partner) = (question.reporter.as_str(), question.partner.as_str());
    let mut pairs = vec![(reporter, partner)];
    if question.method != Method::AsReportedBy {
        pairs.push((partner, reporter));
    }
    let mut sides = Vec::new();
    for (reporter, partner) in pairs {
        for flow in flows(question.method) {
            let other_flow = key.flow.is_some_and(|chosen| chosen != flow);
            let other = key
                .reporter
                .as_deref()
                .is_some_and(|chosen| chosen != reporter);
            if !other_flow && !other {
                sides.push(Side {
                    book: books.get(&(reporter.to_owned(), flow)),
                    reporter,
                    partner,
                    flow,
                    region,
                    untold: untolds.of(key, (reporter, flow, region)),
                });
            }
        }
    }
    sides
}

/// Computes the points of all groups. `whole` has the values of the series of the whole; where it has
/// none, the sum of the groups takes its place.
pub(super) fn answer(
    grouping: &Grouping,
    question: &Question,
    read: &Read,
    periods: &[Period],
    whole: BTreeMap<Period, i64>,
    base: Option<Period>,
) -> Result<Vec<Group>, Fault> {
    let Read {
        grouped,
        several,
        across,
        untolds,
    } = read;
    let groups = arrange(grouping, grouped);
    let points = groups.len() * periods.len();
    if points > MAX_POINTS {
        return Err(too_large(points));
    }
    let releases = grouped.releases.as_slice();
    let mut needed: BTreeSet<Period> = periods.iter().copied().chain(base).collect();
    let before = periods
        .iter()
        .flat_map(|period| [period.previous(), period.years_before(1)]);
    needed.extend(before.flatten());
    let choose = |several: &Several| -> BTreeMap<Period, Choices> {
        let needed = needed.iter().filter(|_| !several.is_empty());
        let chosen = needed.map(|period| (*period, several.choose(*period)));
        chosen.collect()
    };
    let (choices, chosen) = (choose(several), choose(across));
    let mut amounts: Vec<BTreeMap<Period, Result<Amount, Absence>>> = Vec::new();
    // What a reader should know besides what the amount itself says.
    let mut told: Vec<BTreeMap<Period, BTreeSet<Warning>>> = Vec::new();
    let mut sums: BTreeMap<Period, i64> = BTreeMap::new();
    let mut bounds: BTreeMap<Period, BTreeSet<Shortfall>> = BTreeMap::new();
    for period in needed.iter().filter(|period| untolds.bounds(**period)) {
        bounds.insert(*period, BTreeSet::from([Shortfall::ShorterCodes]));
    }
    for (key, books) in &groups {
        let own_sides = sides(key, books, question, "", untolds);
        let mut found = BTreeMap::new();
        let mut warnings = BTreeMap::new();
        for period in &needed {
            let amount = group::amount(&own_sides, releases, *period);
            if let Some((chosen, edition)) = chosen.get(period).zip(key.edition)
                && is_silent(&amount)
                && chosen.are_elsewhere(edition, &own_sides)
            {
                found.insert(*period, Err(Absence::NotPublished));
                continue;
            }
            let mut counted = amount.as_ref().map_or(0, Amount::cents);
            let region = key.region.as_deref().unwrap_or_default();
            if let Some((choices, edition)) = choices.get(period).zip(key.edition)
                && let Some((books, not_all)) = choices.counted(edition, region, books)
            {
                let sides = sides(key, &books, question, "", untolds);
                let amount = group::amount(&sides, releases, *period);
                counted = amount.as_ref().map_or(0, Amount::cents);
                warnings.insert(*period, not_all);
            }
            if amount.is_ok() {
                let own: &mut BTreeSet<Warning> = warnings.entry(*period).or_default();
                own.extend(beside::of_group(&own_sides, *period));
            }
            // Of a group that is not known the sum is a lower bound, too.
            let shortfall = match &amount {
                Ok(amount) => amount.is_partial().then_some(Shortfall::Bound),
                Err(absence) => Some(Shortfall::Absent(*absence)),
            };
            if let Some(shortfall) = shortfall {
                bounds.entry(*period).or_default().insert(shortfall);
            }
            if amount.is_ok() {
                let sum = sums.entry(*period).or_default();
                *sum = sum.saturating_add(counted);
            }
            found.insert(*period, amount);
        }
        amounts.push(found);
        told.push(warnings);
    }
    bounds.retain(|period, _| !whole.contains_key(period));
    sums.extend(whole);
    let scene = Scene {
        releases,
        whole: sums,
        bounds,
        base,
        today: question.today,
    };
    let found = groups.into_keys().zip(amounts.iter().zip(&told));
    Ok(found
        .map(|(key, (amounts, told))| Group {
            key,
            points: periods
                .iter()
                .map(|period| scene.point(amounts, told, *period))
                .collect(),
        })
        .collect())
}

/// Tells whether there is nothing of a group, or nothing known.
pub(super) fn is_silent(amount: &Result<Amount, Absence>) -> bool {
    match amount {
        Ok(amount) => amount.is_nothing(),
        Err(absence) => matches!(absence, Absence::NotPublished | Absence::Removed),
    }
}

/// What all points have in common.
struct Scene<'a> {
    releases: &'a [Release],
    whole: BTreeMap<Period, i64>,
    /// Where the whole is a sum of groups of which parts are missing, and why.
    bounds: BTreeMap<Period, BTreeSet<Shortfall>>,
    base: Option<Period>,
    today: jiff::civil::Date,
}

impl Scene<'_> {
    fn point(
        &self,
        amounts: &BTreeMap<Period, Result<Amount, Absence>>,
        told: &BTreeMap<Period, BTreeSet<Warning>>,
        period: Period,
    ) -> GroupPoint {
        let of = |period: Option<Period>| {
            let period = period?;
            Some((period, amounts.get(&period)?.as_ref().ok()?))
        };
        let amount = amounts
            .get(&period)
            .cloned()
            .unwrap_or(Err(Absence::NotPublished));
        let (previous, year) = (of(period.previous()), of(period.years_before(1)));
        let mut warnings = BTreeSet::new();
        let value = amount.as_ref().ok();
        if let Some(amount) = value {
            warnings = amount.warnings(self.releases);
            warnings.extend(told.get(&period).into_iter().flatten().cloned());
            if period.last_day() >= self.today {
                warnings.insert(Warning::PeriodNotEnded);
            }
            warnings.extend(self.partial_whole(period));
            for (base_period, base) in [previous, year].into_iter().flatten() {
                warnings.extend(self.partial_whole(base_period));
                warnings.extend(self.comparison(amount, base, base_period));
            }
        }
        let growth =
            |base: Option<(Period, &Amount)>| growth::growth_ppm(value?.cents(), base?.1.cents());
        let contribution = |base: Option<(Period, &Amount)>| {
            let (period, base) = base?;
            contribution_ppm(value?.cents(), base.cents(), *self.whole.get(&period)?)
        };
        let index = || growth::share_ppm(value?.cents(), of(self.base)?.1.cents());
        let share = || growth::share_ppm(value?.cents(), *self.whole.get(&period)?);
        GroupPoint {
            period,
            growth_on_previous_ppm: growth(previous),
            growth_on_year_ppm: growth(year),
            share_ppm: share(),
            contribution_on_previous_ppm: contribution(previous),
            contribution_on_year_ppm: contribution(year),
            index_ppm: index(),
            warnings,
            amount,
        }
    }

    fn partial_whole(&self, period: Period) -> Option<Warning> {
        let causes = self.bounds.get(&period)?;
        Some(Warning::PartialWhole(period, causes.clone()))
    }

    fn comparison(&self, amount: &Amount, base: &Amount, period: Period) -> Vec<Warning> {
        let mut warnings = Vec::new();
        // Mostly both are from the same releases, and then of the same kinds.
        if amount.uses != base.uses {
            let (kinds, before) = (amount.kinds(self.releases), base.kinds(self.releases));
            if kinds.0 != before.0 {
                warnings.push(Warning::ComparedScope(period));
            }
            if kinds.1 != before.1 {
                warnings.push(Warning::ComparedValuation(period));
            }
        }
        if [amount, base]
            .iter()
            .any(|amount| amount.qualifier() == Qualifier::LowerBound)
        {
            warnings.push(Warning::ComparedLowerBound(period));
        }
        warnings
    }
}

/// Refuses points at which unlike figures were added.
pub(super) fn refuse_mixtures(groups: &[Group]) -> Result<(), Fault> {
    let points = groups.iter().flat_map(|group| &group.points);
    let mixed: BTreeSet<(Period, &Warning)> = points
        .flat_map(|point| point.warnings.iter().map(|warning| (point.period, warning)))
        .filter(|(_, warning)| warning.is_mixture())
        .collect();
    super::refuse(
        mixed
            .into_iter()
            .map(|(period, warning)| (period.to_string(), warning))
            .collect(),
    )
}

/// Says that an answer would be too large.
pub(super) fn too_large(points: usize) -> Fault {
    let message = format!(
        "the answer would have {points} points, which is too large; narrow the years or the commodities"
    );
    Fault::new(tonic::Code::InvalidArgument, "RESULT_TOO_LARGE", message)
        .with_metadata("points", points.to_string())
        .with_metadata("max_points", MAX_POINTS.to_string())
}
