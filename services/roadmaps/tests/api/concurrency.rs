//! Both sides at once.

use accord_proto::roadmaps::v1::{
    GetMeasureRequest, ListMeasureEventsRequest, MeasureEventKind, MeasureState,
};

use crate::{
    speaking::{confirm, report},
    world::{details, each_engine},
};

/// Enough to meet both orders on either engine.
const ROUNDS: usize = 12;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_confirmation_never_meets_a_revised_report() {
    each_engine(async |world| {
        world.draft().await;
        let mut names = Vec::new();
        for round in 0..ROUNDS {
            let id = format!("m-{round}");
            names.push(world.measure(&id, crate::world::measure(&id)).await.name);
        }
        world.adopt(crate::world::ROADMAP).await;
        for name in &names {
            world.report("UZ", name).await.unwrap();
            let (mut uz, mut kz) = (world.measures("UZ"), world.measures("KZ"));
            let (revised, confirmed) = tokio::join!(
                uz.report_measure(report(name)),
                kz.confirm_measure(confirm(name, 1))
            );
            let get = GetMeasureRequest { name: name.clone() };
            let measure = world
                .measures("UZ")
                .get_measure(get)
                .await
                .unwrap()
                .into_inner();
            let current = measure.current_report.clone().unwrap().revision;
            match (revised, confirmed) {
                (Err(refused), Ok(_)) => {
                    assert_eq!(details(&refused).reason, "MEASURE_STATE_MISMATCH");
                    assert_eq!((measure.state(), current), (MeasureState::Complete, 1));
                }
                (Ok(_), Err(refused)) => {
                    assert_eq!(details(&refused).reason, "REPORT_REVISION_CHANGED");
                    assert_eq!((measure.state(), current), (MeasureState::Reported, 2));
                }
                (revised, confirmed) => panic!("both or neither: {revised:?} {confirmed:?}"),
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_equal_words_one_counts() {
    each_engine(async |world| {
        let name = world.adopted_with_one().await;
        world.report("UZ", &name).await.unwrap();
        let mut calls = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let mut kz = world.measures("KZ");
            let request = confirm(&name, 1);
            calls.spawn(async move { kz.confirm_measure(request).await.is_ok() });
        }
        let taken = calls.join_all().await.into_iter().filter(|ok| *ok).count();
        assert_eq!(taken, 1);
        let events = ListMeasureEventsRequest {
            parent: name,
            ..ListMeasureEventsRequest::default()
        };
        let events = world
            .measures("UZ")
            .list_measure_events(events)
            .await
            .unwrap()
            .into_inner()
            .events;
        let confirmations = events
            .iter()
            .filter(|event| event.kind() == MeasureEventKind::Confirmed);
        assert_eq!(confirmations.count(), 1);
        let numbers: Vec<i64> = events.iter().map(|event| event.number).collect();
        assert_eq!(numbers, [1, 2, 3]);
    })
    .await;
}
