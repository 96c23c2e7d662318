//! `QueryBreakdown`.

mod across;
pub(in crate::api) mod request;

use std::{collections::BTreeSet, sync::Arc};

use ::fault::Fault;
use accord_proto::trade::v1::{QueryBreakdownRequest, QueryBreakdownResponse};
use identity::Caller;
use jiff::tz::TimeZone;
use storage::{Error, Tx};
use tonic::Request;

use self::{across::Across, request::Asked};
use super::{
    editions::Several,
    groups::{self, Books, Grouping, arrange, sides},
    series::parties,
    untold::Untolds,
};
use crate::{
    api::{Api, convert},
    domain::{
        breakdown::{
            Breakdown,
            across::{Coded, join},
            years::{self, SideYear},
        },
        group::{self, Amount, GroupKey, Side},
        period::Period,
        release::Release,
        turnover::{Question, Warning},
    },
    store::{
        self,
        groups::{Grouped, Regions, years::Years},
    },
};

pub(crate) async fn run(
    api: &Api,
    request: Request<QueryBreakdownRequest>,
) -> Result<QueryBreakdownResponse, Fault> {
    Caller::of(&request)?.may_read()?;
    let asked = request::read(request.get_ref(), api.clock.now())?;
    let (reporter, partner) = parties(
        api,
        &asked.parent.partnership,
        &asked.reporter,
        &asked.partner,
    )
    .await?;
    let question = Question {
        method: asked.method,
        reporter,
        partner,
        today: asked.known.to_zoned(TimeZone::UTC).date(),
    };
    let grouping = Grouping {
        dimensions: vec![asked.dimension],
        level: asked.level,
    };
    let scene = Arc::new(Scene {
        wanted: group_asked(&asked, &grouping, &question),
        asked,
        grouping,
        question,
    });
    let shared = Arc::clone(&scene);
    let (found, breakdown, across) = api
        .database
        .read(move |tx| {
            let scene = Arc::clone(&shared);
            Box::pin(async move { Ok::<_, Fault>(scene.read(tx).await?) })
        })
        .await?;
    let (asked, question) = (&scene.asked, &scene.question);
    let mut warnings = found.warnings(asked, &breakdown);
    warnings.extend(across.iter().flat_map(Across::warnings));
    let releases = found.releases();
    let unlike = unlike(asked, &breakdown, releases);
    if !asked.allows_mixtures {
        let mixed = unlike.iter().filter(|(_, warning)| warning.is_mixture());
        let mixed = mixed.map(|(period, warning)| (period.to_string(), warning));
        super::refuse(mixed.collect())?;
    }
    warnings.extend(unlike.into_iter().map(|(_, warning)| warning));
    let uses = breakdown.ranks();
    Ok(QueryBreakdownResponse {
        rows: breakdown.top.iter().map(convert::breakdown::show).collect(),
        rest: breakdown.rest.as_ref().map(convert::breakdown::show),
        total: Some(convert::breakdown::show(&breakdown.total)),
        group_count: count(breakdown.groups),
        newcomer_count: count(breakdown.newcomers),
        loss_count: count(breakdown.gone),
        losses: breakdown
            .losses
            .iter()
            .map(convert::breakdown::show)
            .collect(),
        herfindahl_hirschman_ppm: breakdown.herfindahl_hirschman_ppm,
        herfindahl_hirschman_source: group::HERFINDAHL_HIRSCHMAN_SOURCE.to_owned(),
        period: Some(convert::observation::show_period(asked.period)),
        compare_period: Some(convert::observation::show_period(asked.compare)),
        releases: convert::group::show_used(&uses, releases),
        known_time: Some(convert::timestamp(asked.known)),
        reporter: question.reporter.clone(),
        partner: question.partner.clone(),
        warnings: warnings.iter().map(convert::series::show_warning).collect(),
    })
}

/// What a reader should know about the figures that are added up in the totals, each with its period.
fn unlike(asked: &Asked, breakdown: &Breakdown, releases: &[Release]) -> Vec<(Period, Warning)> {
    let periods = [asked.period, asked.compare];
    let own = breakdown.totals.iter().zip(periods);
    let mut warnings: Vec<(Period, Warning)> = own
        .filter_map(|(total, period)| Some((total.as_ref()?, period)))
        .flat_map(|(total, period)| {
            let warnings = total.warnings(releases).into_iter();
            warnings.map(move |warning| (period, warning))
        })
        // Said of the period itself, by the total.
        .filter(|(period, warning)| *warning != Warning::Partial || *period == asked.period)
        .collect();
    if let [Some(value), Some(before)] = &breakdown.totals {
        let (kinds, former) = (value.kinds(releases), before.kinds(releases));
        if kinds.0 != former.0 {
            warnings.push((asked.period, Warning::ComparedScope(asked.compare)));
        }
        if kinds.1 != former.1 {
            warnings.push((asked.period, Warning::ComparedValuation(asked.compare)));
        }
    }
    warnings
}

/// What a breakdown is made from.
enum Found {
    /// Any groups, and the sides that have them in several editions.
    Groups(Grouped, Several),
    /// Groups in whole years.
    Years(Years),
}

/// A question with what is read for it.
struct Scene {
    asked: Asked,
    grouping: Grouping,
    question: Question,
    wanted: store::groups::Asked,
}

impl Scene {
    /// Reads what is needed, and breaks it down.
    async fn read(&self, tx: &mut Tx) -> Result<(Found, Breakdown, Option<Across>), Error> {
        let untolds = Untolds::read(tx, &self.wanted).await?;
        let mut found = if untolds.is_empty() {
            self.find(tx).await?
        } else {
            // The yearly sums do not tell which groups may have goods that shorter codes tell of.
            self.groups(tx).await?
        };
        let across = Across::read(tx, self, &found).await?;
        if across.is_some() && matches!(found, Found::Years(_)) {
            found = self.groups(tx).await?;
        }
        let mut breakdown = found.break_down(self, &untolds, across.as_ref());
        let periods = [self.asked.period, self.asked.compare];
        breakdown.bound(periods.map(|period| untolds.bounds(period)));
        Ok((found, breakdown, across))
    }

    async fn find(&self, tx: &mut Tx) -> Result<Found, Error> {
        let years = [self.asked.period.year(), self.asked.compare.year()];
        match store::groups::years::read(tx, &self.wanted, years).await? {
            Some(years) => Ok(Found::Years(years)),
            None => self.groups(tx).await,
        }
    }

    async fn groups(&self, tx: &mut Tx) -> Result<Found, Error> {
        let grouped = store::groups::read(tx, &self.wanted).await?;
        let several = Several::read(tx, &self.wanted, Some(&grouped)).await?;
        Ok(Found::Groups(grouped, several))
    }
}

impl Found {
    fn releases(&self) -> &[Release] {
        match self {
            Self::Groups(grouped, _) => &grouped.releases,
            Self::Years(years) => &years.releases,
        }
    }

    /// Returns what a reader should know about all rows.
    fn warnings(&self, asked: &Asked, breakdown: &Breakdown) -> BTreeSet<Warning> {
        let mut warnings = match self {
            Self::Groups(_, several) => {
                let mut warnings = several.choose(asked.period).warnings();
                warnings.extend(several.choose(asked.compare).warnings());
                warnings
            }
            // These are of one edition.
            Self::Years(_) => BTreeSet::new(),
        };
        let [value, before] = breakdown.partial;
        if value {
            warnings.insert(Warning::Partial);
        }
        let is_compared = breakdown.total.before_cents.is_some();
        if is_compared && (value || before) {
            warnings.insert(Warning::ComparedLowerBound(asked.compare));
        }
        warnings
    }

    fn break_down(&self, scene: &Scene, untolds: &Untolds, across: Option<&Across>) -> Breakdown {
        let (asked, question) = (&scene.asked, &scene.question);
        match self {
            Self::Groups(grouped, several) => of_groups((grouped, several), scene, untolds, across),
            Self::Years(years) => of_years(years, asked, question),
        }
    }
}

fn of_groups(
    (grouped, several): (&Grouped, &Several),
    scene: &Scene,
    untolds: &Untolds,
    across: Option<&Across>,
) -> Breakdown {
    let (asked, question) = (&scene.asked, &scene.question);
    let chosen = [asked.period, asked.compare].map(|period| (period, several.choose(period)));
    let amounts = |key: &GroupKey, books: &Books| {
        let mut is_elsewhere = [false; 2];
        let amounts = [0, 1].map(|place| {
            let (period, choices) = &chosen[place];
            let region = key.region.as_deref().unwrap_or(&asked.region);
            let counted = key
                .edition
                .and_then(|own| choices.counted(own, region, books));
            let books = counted.as_ref().map_or(books, |(counted, _)| counted);
            let mut sides = sides(key, books, question, &asked.region, untolds);
            if let Some((across, edition)) = across.zip(key.edition) {
                sides.retain(|side| !across.is_elsewhere(place, edition, side));
                is_elsewhere[place] = sides.is_empty();
                if sides.is_empty() {
                    return Ok(Amount::default());
                }
            }
            group::amount(&sides, &grouped.releases, *period)
        });
        (amounts, is_elsewhere)
    };
    let of = |mut key: GroupKey, books: &Books| {
        key.flow = asked.flow;
        let (amounts, is_elsewhere) = amounts(&key, books);
        key.flow = None;
        Coded {
            key,
            amounts,
            is_elsewhere,
        }
    };
    let mut groups = arrange(&scene.grouping, grouped);
    if let Some(across) = across {
        for key in across.without_figures(groups.keys()) {
            groups.insert(key, Books::new());
        }
    }
    let coded = groups.into_iter().map(|(key, books)| of(key, &books));
    let parts = match across {
        Some(across) => join(coded.collect(), |key| across.name(key)),
        None => coded.map(Coded::whole).collect(),
    };
    Breakdown::new(parts, asked.top)
}

fn of_years(years: &Years, asked: &Asked, question: &Question) -> Breakdown {
    let key = GroupKey {
        flow: asked.flow,
        ..GroupKey::default()
    };
    let books = Books::new();
    let untolds = Untolds::default();
    let sides = sides(&key, &books, question, &asked.region, &untolds);
    let of = |period: Period| -> Vec<SideYear<'_>> {
        let stretches = period.stretches();
        let of_side = |side: &Side<'_>| SideYear {
            flow: side.flow,
            sums: years.side(side.reporter, side.flow, period.year()),
            is_exhausted: stretches
                .iter()
                .all(|stretch| group::is_exhausted(*side, &years.releases, *stretch)),
        };
        sides.iter().map(of_side).collect()
    };
    let (year, before) = (of(asked.period), of(asked.compare));
    years::break_down([&year, &before], asked.top, &years.ranks, Years::name)
}

fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// What groups are asked for.
pub(super) fn group_asked(
    asked: &Asked,
    grouping: &Grouping,
    question: &Question,
) -> store::groups::Asked {
    let mut groups = groups::asked(&asked.parent.partnership, grouping, question);
    if let Some(flow) = asked.flow {
        groups.flows.retain(|own| *own == flow);
    }
    groups.commodity = asked.commodity.clone();
    groups.level = groups.level.or_else(|| groups::level_of(&asked.commodity));
    groups.edition = asked.edition;
    if groups.regions != Regions::All {
        groups.regions = Regions::One(asked.region.clone());
    }
    let periods = [asked.period, asked.compare];
    let first = periods.iter().map(|period| period.first_year()).min();
    let last = periods.iter().map(|period| period.year()).max();
    groups.years = (first.unwrap_or_default(), last.unwrap_or_default());
    groups.whole_years = periods
        .iter()
        .flat_map(|period| period.stretches())
        .all(|stretch| (stretch.first, stretch.last) == (1, 12));
    groups.known = asked.known;
    groups.recorded_before = asked.recorded_before;
    groups
}

#[cfg(test)]
mod tests;
