//! The next deadlines of adopted roadmaps, and those that were missed.

use std::collections::HashSet;

use accord_proto::{
    convert,
    overview::v1::{DeadlinesOverview, MeasureDeadline},
    roadmaps::v1::{
        ListMeasuresRequest, ListRoadmapsRequest, Measure,
        measure_service_client::MeasureServiceClient, roadmap_service_client::RoadmapServiceClient,
    },
};
use jiff::civil::Date;
use tonic::Status;

use super::{
    asking::{Asking, MAX_ANSWER_BYTES},
    language,
    missing::Missing,
    question::Question,
};
use crate::service::Service;
use crate::upstream::Channel;

/// Measures in each list of the answer.
const MAX_LISTED: usize = 20;

/// Measures read for each list, among them some of drafts that are left out.
const PAGE: i32 = 200;

/// Roadmaps whose measures are looked at.
const MAX_ROADMAPS: i32 = 1000;

/// What a measure must not be to have a deadline still.
const OPEN: &str = "NOT (state = MEASURE_STATE_COMPLETE OR state = MEASURE_STATE_CANCELLED OR \
    state = MEASURE_STATE_SUPERSEDED OR state = MEASURE_STATE_CARRIED_OVER)";

/// Asks the roadmaps service, unless the question is about a moment in the past: measures are
/// listed as they stand now.
pub(super) async fn ask_if_known(
    asking: &Asking<'_>,
    question: &Question,
) -> Result<DeadlinesOverview, Missing> {
    if question.known_time_is_chosen {
        return Err(Missing::known_time_not_supported(Service::Roadmaps));
    }
    let ask = |channel| ask(channel, asking, question);
    asking.part(Service::Roadmaps, ask).await
}

/// Asks for the adopted roadmaps and for both lists of measures.
async fn ask(
    channel: Channel,
    asking: &Asking<'_>,
    question: &Question,
) -> Result<DeadlinesOverview, Status> {
    let day = question.day;
    let mut roadmaps =
        RoadmapServiceClient::new(channel.clone()).max_decoding_message_size(MAX_ANSWER_BYTES);
    let adopted = roadmaps.list_roadmaps(asking.request(ListRoadmapsRequest {
        parent: question.partnership(),
        page_size: MAX_ROADMAPS,
        filter: "state = ROADMAP_STATE_ADOPTED".to_owned(),
        ..ListRoadmapsRequest::default()
    }));
    let missed = measures(
        &channel,
        asking,
        question,
        format!("deadline.last_day < \"{day}\" AND {OPEN}"),
    );
    let next = measures(
        &channel,
        asking,
        question,
        format!("deadline.last_day >= \"{day}\" AND {OPEN}"),
    );
    let (adopted, missed, next) = tokio::try_join!(adopted, missed, next)?;
    let adopted: HashSet<_> = adopted
        .into_inner()
        .roadmaps
        .into_iter()
        .map(|roadmap| roadmap.name)
        .collect();
    let listed = |measures: Vec<Measure>| {
        measures
            .into_iter()
            .filter(|measure| roadmap_of(measure).is_some_and(|roadmap| adopted.contains(roadmap)))
            .filter_map(|measure| deadline(measure, day, &question.language))
            .take(MAX_LISTED)
            .collect()
    };
    Ok(DeadlinesOverview {
        next_deadlines: listed(next),
        missed_deadlines: listed(missed),
    })
}

/// The measures of all roadmaps that match `filter`, by deadline.
async fn measures(
    channel: &Channel,
    asking: &Asking<'_>,
    question: &Question,
    filter: String,
) -> Result<Vec<Measure>, Status> {
    let request = asking.request(ListMeasuresRequest {
        parent: format!("{}/roadmaps/-", question.partnership()),
        page_size: PAGE,
        filter,
        order_by: "deadline.last_day".to_owned(),
        ..ListMeasuresRequest::default()
    });
    let mut client =
        MeasureServiceClient::new(channel.clone()).max_decoding_message_size(MAX_ANSWER_BYTES);
    Ok(client.list_measures(request).await?.into_inner().measures)
}

/// The name of the measure's roadmap.
fn roadmap_of(measure: &Measure) -> Option<&str> {
    measure
        .name
        .split_once("/measures/")
        .map(|(roadmap, _)| roadmap)
}

/// The deadline of one measure; nothing for a permanent one, which has no last day.
fn deadline(measure: Measure, day: Date, wanted: &str) -> Option<MeasureDeadline> {
    let last_day = measure.deadline.as_ref()?.last_day?;
    let until = convert::to_date(&last_day).ok()? - day;
    let titles = measure
        .titles
        .iter()
        .map(|title| (title.language_code.as_str(), title.text.as_str()));
    Some(MeasureDeadline {
        title: language::pick(titles, wanted),
        measure: measure.name,
        last_day: Some(last_day),
        days_remaining: until.get_days(),
        state: measure.state,
        executors: measure.executors,
    })
}
