//! The roadmaps of a partnership: what the sides claim, and what both confirmed.

use std::collections::HashMap;

use accord_proto::{
    convert,
    overview::v1::{RoadmapStanding, RoadmapsOverview},
    roadmaps::v1::{
        BatchGetRoadmapProgressRequest, ListRoadmapsRequest, Roadmap, RoadmapProgress,
        roadmap_service_client::RoadmapServiceClient,
    },
};
use tonic::Status;

use super::{
    asking::{Asking, MAX_ANSWER_BYTES},
    language,
    question::Question,
};
use crate::upstream::Channel;

/// Roadmaps in one answer: as many as the contract gives at once.
const MAX_ROADMAPS: i32 = 1000;

/// Asks the roadmaps service: once for the roadmaps, once for the progress of all.
pub(super) async fn ask(
    channel: Channel,
    asking: &Asking<'_>,
    question: &Question,
) -> Result<RoadmapsOverview, Status> {
    let mut client = RoadmapServiceClient::new(channel).max_decoding_message_size(MAX_ANSWER_BYTES);
    let roadmaps = client
        .list_roadmaps(asking.request(ListRoadmapsRequest {
            parent: question.partnership(),
            page_size: MAX_ROADMAPS,
            order_by: "period.start_date".to_owned(),
            ..ListRoadmapsRequest::default()
        }))
        .await?
        .into_inner()
        .roadmaps;
    if roadmaps.is_empty() {
        return Ok(RoadmapsOverview::default());
    }
    let progress = client
        .batch_get_roadmap_progress(
            asking.request(BatchGetRoadmapProgressRequest {
                parent: question.partnership(),
                names: roadmaps
                    .iter()
                    .map(|roadmap| roadmap.name.clone())
                    .collect(),
                known_time: question.known_time_to_ask(),
                effective_date: Some(convert::from_date(question.day)),
            }),
        )
        .await?
        .into_inner()
        .roadmap_progresses;
    let mut by_name: HashMap<_, _> = progress
        .into_iter()
        .map(|progress| (progress.roadmap.clone(), progress))
        .collect();
    let roadmaps = roadmaps.into_iter().map(|roadmap| {
        let progress = by_name.remove(&roadmap.name).unwrap_or_default();
        standing(roadmap, progress, &question.language)
    });
    Ok(RoadmapsOverview {
        roadmaps: roadmaps.collect(),
    })
}

/// How far one roadmap is.
fn standing(roadmap: Roadmap, progress: RoadmapProgress, wanted: &str) -> RoadmapStanding {
    let RoadmapProgress { state, total, .. } = progress;
    let titles = roadmap
        .titles
        .iter()
        .map(|title| (title.language_code.as_str(), title.text.as_str()));
    RoadmapStanding {
        title: language::pick(titles, wanted),
        roadmap: roadmap.name,
        state,
        sides: roadmap.sides,
        period: roadmap.period,
        figures: total,
    }
}
