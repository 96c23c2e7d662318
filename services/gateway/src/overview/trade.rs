//! Trade against the target that stands, and the turnover by each method.

use std::collections::BTreeMap;

use accord_proto::{
    convert,
    overview::v1::{TargetStanding, TradeOverview, TurnoverFigure},
    trade::v1::{
        GetTargetProgressRequest, Granularity, ListTargetsRequest, Measurement, QuerySeriesRequest,
        QuerySeriesResponse, ReleaseUse, SeriesWarning, Target, TargetProgress, TurnoverMethod,
        series_warning, target, target_service_client::TargetServiceClient,
        trade_service_client::TradeServiceClient,
    },
};
use futures::future::try_join_all;
use jiff::civil::Date;
use tonic::Status;

use super::{asking::Asking, question::Question};
use crate::upstream::Channel;

/// Targets looked at: as many as the contract gives at once.
const MAX_TARGETS: i32 = 1000;

/// Years looked back for the latest turnover.
const YEARS: i32 = 10;

/// Asks the trade service: for the targets, then for progress by up to three ways of measuring
/// and turnover by four.
pub(super) async fn ask(
    channel: Channel,
    asking: &Asking<'_>,
    question: &Question,
) -> Result<TradeOverview, Status> {
    let asked = Asked {
        channel: &channel,
        asking,
        question,
    };
    let target = asked.standing_target().await?;
    let parties = match &target {
        Some(target) => target.parties.iter().take(2).cloned().collect(),
        None => asked.parties_of_releases().await?,
    };
    let [first, second] = parties.as_slice() else {
        return Ok(TradeOverview::default());
    };
    let (progress, turnovers) = tokio::try_join!(
        asked.progress(target.as_ref(), [first, second]),
        asked.turnovers([first, second]),
    )?;
    let mut releases = BTreeMap::new();
    let used = progress.iter().flat_map(|progress| &progress.releases);
    for release in used.chain(turnovers.iter().flat_map(|(_, series)| &series.releases)) {
        releases
            .entry(release.release.clone())
            .or_insert_with(|| release.clone());
    }
    let figures: Vec<TurnoverFigure> = turnovers
        .into_iter()
        .filter_map(|(measurement, series)| latest(measurement, series))
        .collect();
    let own = target
        .as_ref()
        .and_then(|target| target.measurement.clone());
    Ok(TradeOverview {
        target: progress
            .first()
            .and_then(|progress| progress.target.clone()),
        standings: progress
            .into_iter()
            .map(|progress| standing(progress, own.as_ref()))
            .collect(),
        turnovers: figures,
        releases: releases.into_values().collect(),
    })
}

/// One question to the trade service.
struct Asked<'a> {
    channel: &'a Channel,
    asking: &'a Asking<'a>,
    question: &'a Question,
}

impl Asked<'_> {
    /// The latest adopted turnover target that stood on the day of `known_time`.
    async fn standing_target(&self) -> Result<Option<Target>, Status> {
        let request = self.asking.request(ListTargetsRequest {
            parent: self.question.partnership(),
            page_size: MAX_TARGETS,
            order_by: "adopt_date desc".to_owned(),
            ..ListTargetsRequest::default()
        });
        let targets = TargetServiceClient::new(self.channel.clone())
            .list_targets(request)
            .await?
            .into_inner()
            .targets;
        let day = self.question.known_day();
        Ok(targets.into_iter().find(|target| stood_on(target, day)))
    }

    /// The two parties whose trade the releases are about, or none when they are about more.
    async fn parties_of_releases(&self) -> Result<Vec<String>, Status> {
        match self
            .series(&measurement(TurnoverMethod::ExportsOfBoth, ""), ["", ""])
            .await
        {
            Ok(series) if series.reporter.is_empty() => Ok(Vec::new()),
            Ok(series) => Ok(vec![series.reporter, series.partner]),
            Err(status) if status.code() == tonic::Code::InvalidArgument => Ok(Vec::new()),
            Err(status) => Err(status),
        }
    }

    /// Progress towards `target`: as it defines its measurement, then by each party's figures.
    async fn progress(
        &self,
        target: Option<&Target>,
        parties: [&str; 2],
    ) -> Result<Vec<TargetProgress>, Status> {
        let Some(target) = target else {
            return Ok(Vec::new());
        };
        let by_parties = parties
            .map(|party| measurement(TurnoverMethod::AsReportedBy, party))
            .into_iter()
            .map(Some)
            .filter(|measurement| *measurement != target.measurement);
        let asked = std::iter::once(None).chain(by_parties).map(|measurement| {
            let request = self.asking.request(GetTargetProgressRequest {
                name: target.name.clone(),
                known_time: self.question.known_time_to_ask(),
                measurement,
                ..GetTargetProgressRequest::default()
            });
            let mut client = TargetServiceClient::new(self.channel.clone());
            async move {
                client
                    .get_target_progress(request)
                    .await
                    .map(tonic::Response::into_inner)
            }
        });
        try_join_all(asked).await
    }

    /// The series of the last years by each method.
    async fn turnovers(
        &self,
        parties: [&str; 2],
    ) -> Result<Vec<(Measurement, QuerySeriesResponse)>, Status> {
        let [first, second] = parties;
        let ways = [
            (measurement(TurnoverMethod::AsReportedBy, first), parties),
            (
                measurement(TurnoverMethod::AsReportedBy, second),
                [second, first],
            ),
            (measurement(TurnoverMethod::ExportsOfBoth, ""), parties),
            (measurement(TurnoverMethod::ImportsOfBoth, ""), parties),
        ];
        let asked = ways
            .into_iter()
            .map(|(way, [reporter, partner])| async move {
                let series = self.series(&way, [reporter, partner]).await?;
                Ok((way, series))
            });
        try_join_all(asked).await
    }

    /// The yearly series of the last ended years.
    async fn series(
        &self,
        way: &Measurement,
        [reporter, partner]: [&str; 2],
    ) -> Result<QuerySeriesResponse, Status> {
        let last_year = i32::from(self.question.known_day().year()) - 1;
        let request = self.asking.request(QuerySeriesRequest {
            parent: self.question.partnership(),
            granularity: Granularity::Year.into(),
            turnover_method: way.turnover_method,
            reporter: reporter.to_owned(),
            partner: partner.to_owned(),
            start_year: last_year - YEARS + 1,
            end_year: last_year,
            known_time: self.question.known_time_to_ask(),
            ..QuerySeriesRequest::default()
        });
        TradeServiceClient::new(self.channel.clone())
            .query_series(request)
            .await
            .map(tonic::Response::into_inner)
    }
}

/// A way of measuring turnover.
fn measurement(method: TurnoverMethod, reporter: &str) -> Measurement {
    Measurement {
        turnover_method: method.into(),
        reporter: reporter.to_owned(),
    }
}

/// Tells whether a turnover target was adopted by `day` and not superseded by then.
fn stood_on(target: &Target, day: Date) -> bool {
    let by_then = |date: Option<&accord_proto::google::r#type::Date>| {
        date.and_then(|date| convert::to_date(date).ok())
            .is_some_and(|date| date <= day)
    };
    target.indicator() == target::Indicator::Turnover
        && by_then(target.adopt_date.as_ref())
        && !by_then(target.supersede_date.as_ref())
}

/// How far the target is reached by one way of measuring.
fn standing(progress: TargetProgress, own: Option<&Measurement>) -> TargetStanding {
    let defined_by_target = progress.measurement.as_ref() == own;
    TargetStanding {
        defined_by_target,
        measured_year: progress.measured_year,
        attained_cents: progress.attained_cents,
        qualifier: progress.qualifier,
        attained_share_ppm: progress.attained_share_ppm,
        required_growth_ppm: progress.required_growth_ppm,
        growth_so_far_ppm: progress.growth_so_far_ppm,
        releases: names(progress.releases),
        warnings: progress.warnings.into_iter().filter(says_more).collect(),
        measurement: progress.measurement,
    }
}

/// Tells whether a warning says more than that the way of measuring is not the target's own.
fn says_more(warning: &SeriesWarning) -> bool {
    warning.kind() != series_warning::Kind::MethodOverridden
}

/// The latest year of a series that has a value.
fn latest(measurement: Measurement, series: QuerySeriesResponse) -> Option<TurnoverFigure> {
    let point = series
        .points
        .into_iter()
        .rev()
        .find(|point| point.value_cents.is_some())?;
    Some(TurnoverFigure {
        measurement: Some(measurement),
        year: point.period?.year,
        value_cents: point.value_cents?,
        qualifier: point.qualifier,
        growth_on_previous_ppm: point.growth_on_previous_ppm,
        releases: point.releases,
        warnings: point.warnings,
    })
}

/// The names of the releases.
fn names(releases: Vec<ReleaseUse>) -> Vec<String> {
    releases
        .into_iter()
        .map(|release| release.release)
        .collect()
}
