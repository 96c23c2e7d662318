//! The series of one HS code by itself: the same amounts as of the group of this code.
//!
//! What was published of a code can be told by its own figures or by those of longer codes, or be nothing by a complete
//! release. A series of groups knows all of this, so a series of the code alone asks it. The code's own figures, which
//! name their components, are shown where they tell the same.

use std::collections::{BTreeMap, BTreeSet};

use ::fault::Fault;
use accord_proto::trade::v1;
use storage::Tx;

use super::{
    groups::{self, Group, GroupPoint, Grouping, Read},
    series::{self, Asked},
};
use crate::{
    api::convert,
    domain::{
        amount,
        cell::Flow,
        group::{Amount, Dimension, GroupKey, Level},
        period::Period,
        release::Release,
        turnover::{self, Method, Point, Question, Warning},
        vintage::{Absence, Vintages},
    },
    store::{
        self,
        groups::{Node, Regions},
    },
};

/// The code of a question, and how the groups are read among which it is.
#[derive(Clone, Debug)]
pub(super) struct OneCode {
    pub grouping: Grouping,
    pub key: GroupKey,
    pub asked: store::groups::Asked,
}

impl OneCode {
    /// Takes what a question asks for; nothing for all commodities together.
    pub(super) fn of(asked: &Asked, question: &Question) -> Option<Self> {
        let commodity = &asked.commodity;
        let edition = commodity.edition()?;
        let level = match commodity.code().len() {
            6 => Some(Level::Subheading),
            digits => Level::of_digits(digits),
        };
        let grouping = Grouping {
            dimensions: vec![Dimension::Commodity],
            level: Some(level?),
        };
        Some(Self {
            key: GroupKey {
                edition: Some(edition),
                commodity: Some(commodity.code().to_owned()),
                ..GroupKey::default()
            },
            asked: store::groups::Asked {
                level,
                edition: Some(edition),
                regions: Regions::One(asked.region.clone()),
                ..series::group_asked(asked, question)
            },
            grouping,
        })
    }

    /// Reads what is known of it.
    pub(super) async fn read(&self, tx: &mut Tx) -> Result<Read, Fault> {
        groups::read_in(tx, &self.asked).await
    }

    fn node(&self, reporter: &str, flow: Flow) -> Node {
        let region = match &self.asked.regions {
            Regions::One(region) => region.clone(),
            Regions::All => String::new(),
        };
        Node {
            edition: self.asked.edition,
            commodity: self.asked.commodity.code().to_owned(),
            region,
            reporter: reporter.to_owned(),
            flow,
        }
    }

    /// Returns the points of the code.
    pub(super) fn points(
        &self,
        question: &Question,
        read: &Read,
        vintages: &Vintages,
        periods: &[Period],
        base: Option<Period>,
    ) -> Result<Option<Group>, Fault> {
        let whole = BTreeMap::new();
        let mut all: BTreeSet<Period> = periods.iter().copied().chain(base).collect();
        if has_turnover(vintages, question) {
            all.extend(periods.iter().copied().flat_map(bases).flatten());
        }
        let periods: Vec<Period> = all.into_iter().collect();
        // Where there is no figure something can be known, too.
        let mut read = read.clone();
        for (reporter, _) in &self.asked.sides {
            for flow in &self.asked.flows {
                read.grouped
                    .books
                    .entry(self.node(reporter, *flow))
                    .or_default();
            }
        }
        let answer = groups::answer(&self.grouping, question, &read, &periods, whole, base)?;
        let mut own = answer.into_iter().filter(|group| group.key == self.key);
        Ok(own.next().map(|group| Group {
            points: group.points.into_iter().map(GroupPoint::alone).collect(),
            ..group
        }))
    }
}

/// What a series of a code answers.
pub(super) struct Points<'a> {
    /// Each by the code's own figures, or as its group.
    pub told: Vec<Told<'a>>,
    /// The value of the base period.
    pub base_cents: Option<i64>,
}

impl Points<'_> {
    /// Returns the warnings of a point.
    pub(super) fn warnings(&self, period: Period) -> BTreeSet<Warning> {
        let mut told = self.told.iter();
        let found = told.find_map(|told| match told {
            Told::Own(own) => {
                (own.period == period).then(|| own.warnings.iter().cloned().collect())
            }
            Told::Group(group) => (group.period == period).then(|| group.warnings.clone()),
        });
        found.unwrap_or_default()
    }

    /// Returns the values that are known in full.
    pub(super) fn whole(&self) -> BTreeMap<Period, i64> {
        let told = self.told.iter();
        told.filter_map(|told| match told {
            Told::Own(point) => Some((point.period, point.amount.as_ref().ok()?.cents)),
            Told::Group(point) => {
                let amount = point.amount.as_ref().ok()?;
                (!amount.is_partial()).then(|| (point.period, amount.cents()))
            }
        })
        .collect()
    }

    /// Refuses points at which unlike figures were added.
    pub(super) fn refuse_mixtures(&self) -> Result<(), Fault> {
        let of_group = self.told.iter().filter_map(Told::group);
        let group = Group {
            key: GroupKey::default(),
            points: of_group.cloned().collect(),
        };
        groups::refuse_mixtures(&[group])?;
        super::refuse_mixtures(self.told.iter().filter_map(Told::own))
    }

    /// Shows the points, and adds the releases of groups to those used.
    pub(super) fn show(
        &self,
        releases: &[Release],
        uses: &mut Vec<v1::ReleaseUse>,
    ) -> Vec<v1::SeriesPoint> {
        let show = |told: &Told<'_>| match told {
            Told::Own(point) => convert::series::show_point(point),
            Told::Group(point) => convert::group::show_point(point, releases),
        };
        let of_group = self.told.iter().filter_map(Told::group);
        let group = Group {
            key: GroupKey::default(),
            points: of_group.cloned().collect(),
        };
        convert::group::add_uses(uses, &[group], releases);
        self.told.iter().map(show).collect()
    }
}

/// A point.
pub(super) enum Told<'a> {
    /// By the code's own figures.
    Own(Point<'a>),
    /// As the group of the code.
    Group(Box<GroupPoint>),
}

impl<'a> Told<'a> {
    fn own(&self) -> Option<&Point<'a>> {
        match self {
            Self::Own(point) => Some(point),
            Self::Group(_) => None,
        }
    }

    /// Returns the point of the group, where that is told.
    pub(super) fn group(&self) -> Option<&GroupPoint> {
        match self {
            Self::Own(_) => None,
            Self::Group(point) => Some(point),
        }
    }
}

/// Takes the points of the code's own figures, unless its group tells another amount. A published turnover of the code
/// itself, which its flows may not add up to, counts before all else in the period that it is of.
pub(super) fn choose<'a>(
    vintages: &'a Vintages,
    question: &Question,
    own: Vec<Point<'a>>,
    base: Option<Point<'a>>,
    group: Option<Group>,
) -> Points<'a> {
    let scene = Scene {
        vintages,
        question,
        has_turnover: has_turnover(vintages, question),
        of_group: group
            .into_iter()
            .flat_map(|group| group.points)
            .map(|point| (point.period, point))
            .collect(),
    };
    let base_cents = base.and_then(|own| match scene.of_group.get(&own.period) {
        Some(group) if !scene.is_own(own.period) => Some(group.amount.as_ref().ok()?.cents()),
        Some(_) | None => Some(own.amount.as_ref().ok()?.cents),
    });
    Points {
        told: own.into_iter().map(|own| scene.tell(own)).collect(),
        base_cents,
    }
}

/// Tells whether some turnover of the code itself was published.
fn has_turnover(vintages: &Vintages, question: &Question) -> bool {
    question.method == Method::AsReportedBy && vintages.has_flow(Flow::Turnover)
}

/// The periods that the growth of one is on.
fn bases(period: Period) -> [Option<Period>; 2] {
    [period.previous(), period.years_before(1)]
}

/// What all points of a code have in common.
struct Scene<'a, 'q> {
    vintages: &'a Vintages,
    question: &'q Question,
    has_turnover: bool,
    of_group: BTreeMap<Period, GroupPoint>,
}

impl<'a> Scene<'a, '_> {
    /// Tells whether a turnover of the code stands for a period.
    fn is_own(&self, period: Period) -> bool {
        let reporter = self.question.reporter.as_str();
        self.has_turnover && amount::amount(self.vintages, reporter, Flow::Turnover, period).is_ok()
    }

    /// The bases at which the code's own figures and its group tell other amounts, those told by its own figures
    /// (`is_own`) or the others.
    fn differing(&self, period: Period, is_own: bool) -> BTreeSet<Period> {
        let bases = bases(period).into_iter().flatten();
        let differs = |base: &Period| {
            let own = turnover::point(self.vintages, self.question, *base);
            let group = self.of_group.get(base);
            group.is_some_and(|group| !are_same(&own.amount, &group.amount))
        };
        bases
            .filter(|base| self.has_turnover && self.is_own(*base) == is_own && differs(base))
            .collect()
    }

    /// Growth is told only on what the answer tells of its base.
    fn tell(&self, mut own: Point<'a>) -> Told<'a> {
        let period = own.period;
        let Some(group) = self.of_group.get(&period) else {
            return Told::Own(own);
        };
        let unlike_own = self.differing(period, false);
        let unlike_group = self.differing(period, true);
        let growth = [own.growth_on_previous_ppm, own.growth_on_year_ppm];
        let is_growth = growth == [group.growth_on_previous_ppm, group.growth_on_year_ppm];
        let is_same = are_same(&own.amount, &group.amount)
            && unlike_own.is_empty()
            && (is_growth || own.amount.is_err() || !unlike_group.is_empty());
        if is_same || self.is_own(period) {
            let growth = [&mut own.growth_on_previous_ppm, &mut own.growth_on_year_ppm];
            forget(growth, period, &unlike_own);
            own.warnings
                .retain(|warning| !is_about(warning, &unlike_own));
            return Told::Own(own);
        }
        let mut group = group.clone();
        let growth = [
            &mut group.growth_on_previous_ppm,
            &mut group.growth_on_year_ppm,
        ];
        forget(growth, period, &unlike_group);
        group
            .warnings
            .retain(|warning| !is_about(warning, &unlike_group));
        Told::Group(Box::new(group))
    }
}

/// Leaves out growth on what the answer does not tell.
fn forget(growth: [&mut Option<i64>; 2], period: Period, unlike: &BTreeSet<Period>) {
    for (growth, base) in growth.into_iter().zip(bases(period)) {
        if base.is_some_and(|base| unlike.contains(&base)) {
            *growth = None;
        }
    }
}

fn is_about(warning: &Warning, bases: &BTreeSet<Period>) -> bool {
    let base = warning.compared_with();
    base.is_some_and(|base| bases.contains(&base))
}

/// Tells whether a code's own figures tell an amount as its group does.
fn are_same(own: &Result<amount::Amount<'_>, Absence>, group: &Result<Amount, Absence>) -> bool {
    match (own, group) {
        (Ok(own), Ok(group)) => {
            let exactness = (own.qualifier(), own.uncertainty_cents());
            let other = (group.qualifier(), group.tally.measures.half_units);
            own.cents == group.cents() && exactness == other
        }
        (Err(_), Err(_)) => true,
        (Ok(_), Err(_)) | (Err(_), Ok(_)) => false,
    }
}
