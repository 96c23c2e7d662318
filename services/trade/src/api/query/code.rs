//! The series of one HS code by itself: the same amounts as of the group of this code.
//!
//! What was published of a code can be told by its own figures or by those of longer codes, or be nothing by a complete
//! release. A series of groups knows all of this, so a series of the code alone asks it. The code's own figures, which
//! name their components, are shown where they tell the same.

use std::collections::BTreeMap;

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
        cell::Flow,
        group::{Dimension, GroupKey, Level},
        period::Period,
        release::Release,
        turnover::{Method, Point, Question},
        vintage::Vintages,
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
        periods: &[Period],
        base: Option<Period>,
    ) -> Result<Option<Group>, Fault> {
        let whole = BTreeMap::new();
        let periods: Vec<Period> = periods.iter().copied().chain(base).collect();
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

/// Takes the points of the code's own figures, unless its group tells another amount. The published turnover of the
/// code itself, which its flows may not add up to, counts before all else.
pub(super) fn choose<'a>(
    vintages: &Vintages,
    method: Method,
    own: Vec<Point<'a>>,
    base: Option<Point<'a>>,
    group: Option<Group>,
) -> Points<'a> {
    let has_turnover = method == Method::AsReportedBy && vintages.has_flow(Flow::Turnover);
    let group = group.filter(|_| !has_turnover);
    let mut of_group: BTreeMap<Period, GroupPoint> = group
        .into_iter()
        .flat_map(|group| group.points)
        .map(|point| (point.period, point))
        .collect();
    let base_cents = base.and_then(|own| match of_group.get(&own.period) {
        Some(group) => Some(group.amount.as_ref().ok()?.cents()),
        None => Some(own.amount.as_ref().ok()?.cents),
    });
    let told = own
        .into_iter()
        .map(|own| match of_group.remove(&own.period) {
            Some(group) if !tells_the_same(&own, &group) => Told::Group(Box::new(group)),
            Some(_) | None => Told::Own(own),
        });
    Points {
        told: told.collect(),
        base_cents,
    }
}

/// Tells whether a code's own figures tell a point as its group does.
fn tells_the_same(own: &Point<'_>, group: &GroupPoint) -> bool {
    let growth = [own.growth_on_previous_ppm, own.growth_on_year_ppm];
    let is_growth = growth == [group.growth_on_previous_ppm, group.growth_on_year_ppm];
    match (&own.amount, &group.amount) {
        (Ok(own), Ok(group)) => {
            let exactness = (own.qualifier(), own.uncertainty_cents());
            let other = (group.qualifier(), group.tally.measures.half_units);
            is_growth && own.cents == group.cents() && exactness == other
        }
        (Err(_), Err(_)) => true,
        (Ok(_), Err(_)) | (Err(_), Ok(_)) => false,
    }
}
