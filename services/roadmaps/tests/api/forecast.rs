//! When a roadmap will be finished.

use accord_proto::roadmaps::v1::{CloseRoadmapRequest, GetRoadmapForecastRequest, RoadmapForecast};
use tonic::Code;

use crate::{
    lives::NEXT,
    planning::{by, carry},
    world::{ROADMAP, World, date, details, each_engine, measure, refused},
};

fn request() -> GetRoadmapForecastRequest {
    GetRoadmapForecastRequest {
        name: ROADMAP.to_owned(),
        ..GetRoadmapForecastRequest::default()
    }
}

async fn forecast(world: &World) -> RoadmapForecast {
    let answer = world.roadmaps("KZ").get_roadmap_forecast(request()).await;
    answer.unwrap().into_inner()
}

/// Adopts a roadmap of some measures on a Monday and lets weeks pass, in each of which one is attested while there are any.
async fn weeks(world: &World, measures: usize, weeks: usize) {
    world.draft().await;
    let mut names = Vec::new();
    for number in 0..measures {
        let id = format!("m-{number:02}");
        names.push(world.measure(&id, measure(&id)).await.name);
    }
    world.adopt(ROADMAP).await;
    for week in 0..weeks {
        world.days_pass(7);
        if let Some(name) = names.get(week) {
            world.report("UZ", name).await.unwrap();
            world.confirm("KZ", name, 1).await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_steady_pace_is_continued_with_all_that_the_forecast_was_made_from() {
    each_engine(async |world| {
        weeks(&world, 17, 15).await;
        let found = forecast(&world).await;
        assert_eq!((found.agreed_count, found.remaining_count), (17, 2));
        let basis = found.basis.unwrap();
        // The fifteenth week is running.
        assert_eq!(basis.weekly_attested_counts, [1; 14]);
        assert_eq!(basis.history_start_date, date(2022, 5, 9));
        assert_eq!(basis.history_end_date, date(2022, 8, 14));
        assert_eq!((basis.simulation_count, basis.seed), (10_000, 20_211_206));
        let told: Vec<_> = found
            .quantiles
            .iter()
            .map(|quantile| {
                (
                    quantile.probability_ppm,
                    quantile.weeks,
                    quantile.finish_date,
                )
            })
            .collect();
        let end = date(2022, 8, 28);
        assert_eq!(
            told,
            [(500_000, 2, end), (800_000, 2, end), (950_000, 2, end)]
        );
        assert_eq!(found.by_period_end_ppm, Some(1_000_000));
        let backtest = found.backtest.unwrap();
        // Ten measures take ten weeks, and the trial four more.
        assert_eq!((backtest.trial_count, backtest.weeks_ahead), (1, 4));
        assert_eq!(backtest.mean_absolute_error_milli, 0);
        assert_eq!(backtest.coverage_80_ppm, 1_000_000);
    })
    .await;
}

#[tokio::test]
async fn what_goes_on_in_the_following_roadmap_is_not_awaited_here() {
    each_engine(async |world| {
        weeks(&world, 17, 15).await;
        world.next().await;
        let proposed = world
            .carry_over("UZ", NEXT, vec![carry("m-16", by(2024, 6, 30))])
            .await;
        world.accept_plan("KZ", &proposed.unwrap()).await.unwrap();
        let found = forecast(&world).await;
        assert_eq!((found.agreed_count, found.remaining_count), (17, 1));
        assert_eq!(found.quantiles[0].weeks, 1);
    })
    .await;
}

#[tokio::test]
async fn thin_data_are_refused_with_what_there_is() {
    each_engine(async |world| {
        weeks(&world, 12, 9).await;
        let answer = world.roadmaps("KZ").get_roadmap_forecast(request()).await;
        let found = details(&answer.unwrap_err());
        assert_eq!(found.code, Code::FailedPrecondition);
        assert_eq!(found.reason, "FORECAST_DATA_TOO_THIN");
        assert_eq!(found.metadata["weeks"], "8");
        assert_eq!(found.metadata["attested_count"], "8");
        assert_eq!(found.metadata["least_attested_count"], "10");
    })
    .await;
}

#[tokio::test]
async fn what_is_finished_needs_no_forecast() {
    each_engine(async |world| {
        weeks(&world, 2, 3).await;
        let found = forecast(&world).await;
        assert_eq!((found.agreed_count, found.remaining_count), (2, 0));
        assert_eq!(found.finish_date, date(2022, 5, 16));
        assert_eq!(
            (found.quantiles.len(), found.basis, found.backtest),
            (0, None, None)
        );
    })
    .await;
}

#[tokio::test]
async fn only_what_is_being_carried_out_is_forecast() {
    each_engine(async |world| {
        world.draft().await;
        world.measure("bridge", measure("Bridge")).await;
        let ask = async || world.roadmaps("KZ").get_roadmap_forecast(request()).await;
        assert_eq!(refused(ask().await), "ROADMAP_NOT_ADOPTED");
        world.adopt(ROADMAP).await;
        assert_eq!(refused(ask().await), "FORECAST_DATA_TOO_THIN");
        for party in ["UZ", "KZ"] {
            let close = CloseRoadmapRequest {
                name: ROADMAP.to_owned(),
                ..CloseRoadmapRequest::default()
            };
            world.roadmaps(party).close_roadmap(close).await.unwrap();
        }
        assert_eq!(refused(ask().await), "ROADMAP_CLOSED");
        let few = GetRoadmapForecastRequest {
            history_weeks: 7,
            ..request()
        };
        let answer = world.roadmaps("KZ").get_roadmap_forecast(few).await;
        assert_eq!(
            details(&answer.unwrap_err()).violations,
            [("history_weeks".to_owned(), "VALUE_OUT_OF_RANGE".to_owned())]
        );
    })
    .await;
}
