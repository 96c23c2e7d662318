//! The questions whose answers are measured.

use std::error::Error;

use accord_proto::{
    google::r#type::Date,
    roadmaps::v1::{
        BatchGetRoadmapProgressRequest, BurnupStep, GetDeadlineCalendarRequest,
        GetRoadmapBurnupRequest, GetRoadmapProgressRequest, GetRoadmapStagesRequest,
        ListDeadlinesRequest, ListMeasuresRequest, measure_service_client::MeasureServiceClient,
        roadmap_service_client::RoadmapServiceClient,
    },
};
use tonic::Status;

use crate::{
    Link,
    fill::{BODIES, MEASURES, PARTNERSHIP, name},
    times,
};

/// How many roadmaps one batch asks for.
const BATCH: i64 = 50;

/// Asks everything, so many times each.
pub(crate) async fn ask(link: Link, size: i64, calls: usize) -> Result<(), Box<dyn Error>> {
    lists(link.clone(), size, calls).await?;
    deadlines(link.clone(), calls).await?;
    progress(link, size, calls).await
}

/// Which of some things a call is about: each in turn.
fn turn(number: usize, of: i64) -> i64 {
    i64::try_from(number).unwrap_or(0) * 7 % of
}

async fn lists(link: Link, size: i64, calls: usize) -> Result<(), Box<dyn Error>> {
    let client = MeasureServiceClient::new(link);
    let list = async |parent: String, filter: &str| {
        let request = ListMeasuresRequest {
            parent,
            filter: filter.to_owned(),
            ..ListMeasuresRequest::default()
        };
        let answer = client.clone().list_measures(request).await?;
        Ok::<_, Status>(answer.into_inner().measures.len())
    };
    let roadmaps = size / MEASURES;
    let all = || format!("{PARTNERSHIP}/roadmaps/-");
    times("measures of a roadmap", calls, async |number| {
        list(name(turn(number, roadmaps)), "").await
    })
    .await?;
    times("measures of all roadmaps", calls, async |_| {
        list(all(), "").await
    })
    .await?;
    times("measures of all in progress", calls, async |_| {
        list(all(), "state = MEASURE_STATE_IN_PROGRESS").await
    })
    .await
}

async fn deadlines(link: Link, calls: usize) -> Result<(), Box<dyn Error>> {
    let client = MeasureServiceClient::new(link);
    let list = async |request: ListDeadlinesRequest| {
        let answer = client.clone().list_deadlines(request).await?;
        Ok::<_, Status>(answer.into_inner().deadlines.len())
    };
    let all = || ListDeadlinesRequest {
        parent: PARTNERSHIP.to_owned(),
        ..ListDeadlinesRequest::default()
    };
    let body = |number| format!("UZ body {}", turn(number, BODIES));
    times("deadlines", calls, async |_| list(all()).await).await?;
    times("deadlines of a party", calls, async |_| {
        let party = "KZ".to_owned();
        list(ListDeadlinesRequest { party, ..all() }).await
    })
    .await?;
    times("deadlines of a body", calls, async |number| {
        let body = body(number);
        list(ListDeadlinesRequest { body, ..all() }).await
    })
    .await?;
    times(
        "deadlines of a body from a day, closed too",
        calls,
        async |number| {
            list(ListDeadlinesRequest {
                body: body(number),
                start_date: Some(Date {
                    year: 2026,
                    month: 6,
                    day: 1,
                }),
                show_closed: true,
                ..all()
            })
            .await
        },
    )
    .await?;
    times("deadlines of a body, by filter", calls, async |number| {
        list(ListDeadlinesRequest {
            body: body(number),
            filter: "state = MEASURE_STATE_IN_PROGRESS AND section = \"Section 3\"".to_owned(),
            ..all()
        })
        .await
    })
    .await?;
    times(
        "calendar of a body, a quarter of a year",
        calls,
        async |number| {
            let day = |month, day| {
                Some(Date {
                    year: 2026,
                    month,
                    day,
                })
            };
            let request = GetDeadlineCalendarRequest {
                parent: PARTNERSHIP.to_owned(),
                body: body(number),
                start_date: day(7, 1),
                end_date: day(9, 30),
                ..GetDeadlineCalendarRequest::default()
            };
            let answer = client.clone().get_deadline_calendar(request).await?;
            let text = String::from_utf8(answer.into_inner().data).unwrap_or_default();
            Ok(text.matches("BEGIN:VEVENT").count())
        },
    )
    .await
}

async fn progress(link: Link, size: i64, calls: usize) -> Result<(), Box<dyn Error>> {
    let client = RoadmapServiceClient::new(link);
    let roadmaps = size / MEASURES;
    let one = |number| name(turn(number, roadmaps));
    times("progress of a roadmap", calls, async |number| {
        let request = GetRoadmapProgressRequest {
            name: one(number),
            ..GetRoadmapProgressRequest::default()
        };
        let answer = client.clone().get_roadmap_progress(request).await?;
        Ok(answer.into_inner().bodies.len())
    })
    .await?;
    times("progress of 50 roadmaps", calls, async |number| {
        let first = turn(number, roadmaps - BATCH + 1);
        let request = BatchGetRoadmapProgressRequest {
            parent: PARTNERSHIP.to_owned(),
            names: (first..first + BATCH).map(name).collect(),
            ..BatchGetRoadmapProgressRequest::default()
        };
        let answer = client.clone().batch_get_roadmap_progress(request).await?;
        Ok(answer.into_inner().roadmap_progresses.len())
    })
    .await?;
    times("burn-up of a roadmap by week", calls, async |number| {
        let request = GetRoadmapBurnupRequest {
            name: one(number),
            step: BurnupStep::Week.into(),
            ..GetRoadmapBurnupRequest::default()
        };
        let answer = client.clone().get_roadmap_burnup(request).await?;
        Ok(answer.into_inner().points.len())
    })
    .await?;
    times("stages of a roadmap", calls, async |number| {
        let request = GetRoadmapStagesRequest {
            name: one(number),
            ..GetRoadmapStagesRequest::default()
        };
        let answer = client.clone().get_roadmap_stages(request).await?;
        Ok(answer.into_inner().sections.len())
    })
    .await
}
