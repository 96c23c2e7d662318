//! `QueryBreakdown`.

pub(in crate::api) mod request;

use std::{collections::BTreeSet, sync::Arc};

use ::fault::Fault;
use accord_proto::trade::v1::{QueryBreakdownRequest, QueryBreakdownResponse};
use identity::Caller;
use jiff::tz::TimeZone;
use storage::{Error, Tx};
use tonic::Request;

use self::request::Asked;
use super::{
    editions::{Choices, Several},
    groups::{self, Books, Grouping, arrange, sides},
    series::parties,
};
use crate::{
    api::{Api, convert},
    domain::{
        breakdown::{
            Breakdown, Part,
            years::{self, SideYear},
        },
        group::{self, GroupKey, Side},
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
    let wanted = Arc::new(group_asked(&asked, &grouping, &question));
    let years = [asked.period.year(), asked.compare.year()];
    let found = api
        .database
        .read(move |tx| {
            let wanted = Arc::clone(&wanted);
            Box::pin(async move { Ok::<_, Fault>(find(tx, &wanted, years).await?) })
        })
        .await?;
    let breakdown = found.break_down(&asked, &grouping, &question);
    let warnings = found.warnings(&asked);
    let releases = found.releases();
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
        reporter: question.reporter,
        partner: question.partner,
        warnings: warnings.iter().map(convert::series::show_warning).collect(),
    })
}

/// What a breakdown is made from.
enum Found {
    /// Any groups, and the sides that have them in several editions.
    Groups(Grouped, Several),
    /// Groups in whole years.
    Years(Years),
}

/// Reads what is needed.
async fn find(tx: &mut Tx, wanted: &store::groups::Asked, years: [i16; 2]) -> Result<Found, Error> {
    if let Some(found) = store::groups::years::read(tx, wanted, years).await? {
        return Ok(Found::Years(found));
    }
    let grouped = store::groups::read(tx, wanted).await?;
    let several = Several::read(tx, wanted, Some(&grouped)).await?;
    Ok(Found::Groups(grouped, several))
}

impl Found {
    fn releases(&self) -> &[Release] {
        match self {
            Self::Groups(grouped, _) => &grouped.releases,
            Self::Years(years) => &years.releases,
        }
    }

    /// Returns what a reader should know about all rows.
    fn warnings(&self, asked: &Asked) -> BTreeSet<Warning> {
        match self {
            Self::Groups(_, several) => {
                let mut warnings = several.choose(asked.period).warnings();
                warnings.extend(several.choose(asked.compare).warnings());
                warnings
            }
            // These are of one edition.
            Self::Years(_) => BTreeSet::new(),
        }
    }

    fn break_down(&self, asked: &Asked, grouping: &Grouping, question: &Question) -> Breakdown {
        match self {
            Self::Groups(grouped, several) => {
                of_groups((grouped, several), asked, grouping, question)
            }
            Self::Years(years) => of_years(years, asked, question),
        }
    }
}

fn of_groups(
    (grouped, several): (&Grouped, &Several),
    asked: &Asked,
    grouping: &Grouping,
    question: &Question,
) -> Breakdown {
    let (own, before) = (several.choose(asked.period), several.choose(asked.compare));
    let parts = arrange(grouping, grouped)
        .into_iter()
        .map(|(mut key, books)| {
            key.flow = asked.flow;
            let of = |period, choices: &Choices| {
                let region = key.region.as_deref().unwrap_or(&asked.region);
                let counted = key
                    .edition
                    .and_then(|own| choices.counted(own, region, &books));
                let books = counted.as_ref().map_or(&books, |(counted, _)| counted);
                let sides = sides(&key, books, question, &asked.region);
                group::amount(&sides, &grouped.releases, period).ok()
            };
            let (value, before) = (of(asked.period, &own), of(asked.compare, &before));
            key.flow = None;
            Part { key, value, before }
        });
    Breakdown::new(parts.collect(), asked.top)
}

fn of_years(years: &Years, asked: &Asked, question: &Question) -> Breakdown {
    let key = GroupKey {
        flow: asked.flow,
        ..GroupKey::default()
    };
    let books = Books::new();
    let sides = sides(&key, &books, question, &asked.region);
    let of = |period: Period| -> Vec<SideYear<'_>> {
        let stretches = period.stretches();
        let of_side = |side: &Side<'_>| SideYear {
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
