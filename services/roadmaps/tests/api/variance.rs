//! How plans differ from each other and from the present.

use accord_proto::roadmaps::v1::{
    GetRoadmapVarianceRequest, MeasureState, MeasureVariance, RoadmapVariance, VarianceKind as Kind,
};
use tonic::{Response, Status};

use crate::{
    planning::{add, by, delay, name, remove, supersede},
    world::{ROADMAP, World, each_engine, refused},
};

fn ask() -> GetRoadmapVarianceRequest {
    GetRoadmapVarianceRequest {
        name: ROADMAP.to_owned(),
        ..GetRoadmapVarianceRequest::default()
    }
}

fn baseline(number: i64) -> String {
    format!("{ROADMAP}/baselines/b{number}")
}

impl World {
    async fn variance(
        &self,
        request: GetRoadmapVarianceRequest,
    ) -> Result<RoadmapVariance, Status> {
        let mut client = self.plans("KZ");
        let answer = client.get_roadmap_variance(request).await;
        answer.map(Response::into_inner)
    }
}

fn kinds(of: &RoadmapVariance) -> Vec<(String, Kind)> {
    let id = |measure: &MeasureVariance| measure.measure.rsplit('/').next().unwrap().to_owned();
    of.measures
        .iter()
        .map(|measure| (id(measure), measure.kind()))
        .collect()
}

#[tokio::test]
async fn a_plan_that_nobody_changed_does_not_differ() {
    each_engine(async |world| {
        world.adopted_with(&["a", "b"]).await;
        let found = world.variance(ask()).await.unwrap();
        assert!(found.measures.is_empty() && found.is_present);
        let totals = found.totals.unwrap();
        assert_eq!((totals.unchanged_count, totals.changed_count), (2, 0));
        let mut all = ask();
        all.show_unchanged = true;
        assert_eq!(world.variance(all).await.unwrap().measures.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn two_baselines_differ_by_what_was_agreed_between_them() {
    each_engine(async |world| {
        world.adopted_with(&["a", "b", "c", "d"]).await;
        world
            .replan(vec![
                add("new"),
                delay("a", by(2022, 7, 10)),
                remove("b"),
                supersede("c", "new"),
            ])
            .await;
        world.start("UZ", &name("d")).await.unwrap();
        let mut request = ask();
        request.to_baseline = baseline(2);
        let found = world.variance(request).await.unwrap();
        let expected = [
            ("a", Kind::Changed),
            ("b", Kind::Removed),
            ("c", Kind::Removed),
            ("new", Kind::Added),
        ];
        assert_eq!(
            kinds(&found),
            expected.map(|(id, kind)| (id.to_owned(), kind))
        );
        let [a, b, c, _] = found.measures.as_slice() else {
            panic!("{found:?}")
        };
        assert_eq!(a.deadline_shift_days, Some(10));
        assert_eq!(a.changed_fields, ["deadline"]);
        assert_eq!(b.to_state(), MeasureState::Cancelled);
        assert_eq!(
            (c.to_state(), c.successor.clone()),
            (MeasureState::Superseded, name("new"))
        );
        let totals = found.totals.unwrap();
        assert_eq!(
            (
                totals.added_count,
                totals.removed_count,
                totals.changed_count
            ),
            (1, 2, 1)
        );
        assert_eq!((totals.delayed_count, totals.deadline_shift_days), (1, 10));
        assert_eq!((totals.from_weight, totals.to_weight), (4, 3));
    })
    .await;
}

#[tokio::test]
async fn the_present_has_the_newest_plan_and_the_states_of_now() {
    each_engine(async |world| {
        world.adopted_with(&["a", "b", "c"]).await;
        world.replan(vec![delay("a", by(2022, 7, 10))]).await;
        world.report("UZ", &name("b")).await.unwrap();
        world.propose_cancellation("UZ", &name("c")).await.unwrap();
        world.accept_cancellation("KZ", &name("c")).await.unwrap();
        let mut request = ask();
        request.from_baseline = baseline(2);
        let found = world.variance(request).await.unwrap();
        assert_eq!(
            kinds(&found),
            [
                ("b".to_owned(), Kind::Changed),
                ("c".to_owned(), Kind::Removed)
            ]
        );
        assert_eq!(found.measures[0].changed_fields, ["state"]);
        assert_eq!(found.measures[0].to_state(), MeasureState::Reported);
        assert_eq!(found.measures[1].to_state(), MeasureState::Cancelled);
        assert_eq!(world.variance(ask()).await.unwrap().measures.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn what_was_recorded_later_is_not_known_then() {
    each_engine(async |world| {
        world.adopted_with(&["a"]).await;
        let then = accord_proto::convert::from_timestamp(world.clock.now());
        world.days_pass(3);
        world.replan(vec![delay("a", by(2022, 7, 10))]).await;
        world.start("UZ", &name("a")).await.unwrap();
        let mut request = ask();
        request.known_time = Some(then);
        let found = world.variance(request.clone()).await.unwrap();
        assert!(found.measures.is_empty(), "{found:?}");
        assert_eq!(found.to_baseline, baseline(1));
        request.to_baseline = baseline(2);
        assert_eq!(refused(world.variance(request).await), "RESOURCE_NOT_FOUND");
    })
    .await;
}

#[tokio::test]
async fn pages_cover_every_difference_once() {
    each_engine(async |world| {
        let ids = ["a", "b", "c", "d", "e"];
        world.adopted_with(&ids).await;
        let delays = ids.map(|id| delay(id, by(2022, 7, 10)));
        world.replan(delays.to_vec()).await;
        for page_size in [1, 2, 5, 50] {
            let mut found = Vec::new();
            let mut request = ask();
            request.page_size = page_size;
            loop {
                let page = world.variance(request.clone()).await.unwrap();
                assert_eq!(page.totals.unwrap().changed_count, 5);
                found.extend(kinds(&page).into_iter().map(|(id, _)| id));
                request.page_token = page.next_page_token;
                if request.page_token.is_empty() {
                    break;
                }
            }
            assert_eq!(found, ids, "{page_size}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_draft_has_nothing_to_compare_and_bad_names_are_told() {
    each_engine(async |world| {
        world.draft().await;
        assert_eq!(refused(world.variance(ask()).await), "RESOURCE_NOT_FOUND");
        let mut request = ask();
        request.from_baseline = "partnerships/uz-kz/roadmaps/other/baselines/b1".to_owned();
        assert_eq!(refused(world.variance(request).await), "NAME_INVALID");
    })
    .await;
}
