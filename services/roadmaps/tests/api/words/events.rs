//! What the events of a measure tell of the words on it.

use accord_proto::roadmaps::v1::{
    Evidence, ListMeasureEventsRequest, MeasureEventKind, MeasureState, ReportMeasureRequest,
};

use crate::{
    speaking::report,
    world::{each_engine, evidence},
};

#[tokio::test]
async fn the_events_tell_the_whole_life() {
    each_engine(async |world| {
        let name = world.adopted_with_one().await;
        world.report("UZ", &name).await.unwrap();
        world.give_back("KZ", &name, 1).await.unwrap();
        world.days_pass(1);
        world.report("UZ", &name).await.unwrap();
        world.confirm("KZ", &name, 2).await.unwrap();
        let mut request = ListMeasureEventsRequest {
            parent: name,
            page_size: 2,
            ..ListMeasureEventsRequest::default()
        };
        let mut events = Vec::new();
        loop {
            let page = world
                .measures("UZ")
                .list_measure_events(request.clone())
                .await;
            let page = page.unwrap().into_inner();
            events.extend(page.events);
            request.page_token = page.next_page_token;
            if request.page_token.is_empty() {
                break;
            }
        }
        let told: Vec<_> = events
            .iter()
            .map(|event| {
                let (party, revision) = (event.party.as_str(), event.report_revision);
                (event.number, event.kind(), party, revision)
            })
            .collect();
        let expected = [
            (1, MeasureEventKind::Created, "UZ", 0),
            (2, MeasureEventKind::Reported, "UZ", 1),
            (3, MeasureEventKind::Returned, "KZ", 1),
            (4, MeasureEventKind::Reported, "UZ", 2),
            (5, MeasureEventKind::Confirmed, "KZ", 2),
        ];
        assert_eq!(told, expected);
        assert_eq!(events[2].reason, "The act lacks a stamp");
        assert_eq!(events[3].report.as_ref().unwrap().evidence, evidence());
        assert_eq!(events[4].state(), MeasureState::Complete);
        let seconds =
            |event: &accord_proto::roadmaps::v1::MeasureEvent| event.record_time.unwrap().seconds;
        assert!(events.iter().map(seconds).is_sorted());
    })
    .await;
}

#[tokio::test]
async fn pages_of_events_end_before_they_are_too_large() {
    each_engine(async |world| {
        let name = world.adopted_with_one().await;
        // Some 200 kB each: fifty notes of a thousand characters of four bytes.
        let evidence = |report: usize| {
            let one = |index: usize| Evidence {
                sha256: format!("{:064x}", 100 * report + index),
                note: "𐰴".repeat(1_000),
                ..Evidence::default()
            };
            (0..50).map(one).collect()
        };
        for number in 0..22 {
            let request = ReportMeasureRequest {
                evidence: evidence(number),
                ..report(&name)
            };
            world.measures("UZ").report_measure(request).await.unwrap();
        }
        let mut request = ListMeasureEventsRequest {
            parent: name,
            page_size: 1_000,
            ..ListMeasureEventsRequest::default()
        };
        let mut pages = Vec::new();
        loop {
            let mut measures = world.measures("KZ");
            let page = measures.list_measure_events(request.clone()).await;
            let page = page.unwrap().into_inner();
            pages.push(page.events.len());
            request.page_token = page.next_page_token;
            if request.page_token.is_empty() {
                break;
            }
        }
        assert_eq!(pages.len(), 2, "{pages:?}");
        assert_eq!(pages.iter().sum::<usize>(), 23);
    })
    .await;
}
