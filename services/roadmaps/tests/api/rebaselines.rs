//! Baselines, and proposals to change an adopted plan.

mod refusals;

use accord_proto::roadmaps::v1::{
    Baseline, GetBaselineRequest, GetRebaselineRequest, GetRoadmapProgressRequest,
    ListBaselineMeasuresRequest, ListBaselinesRequest, ListMeasureEventsRequest,
    ListRebaselinesRequest, MeasureEvent, MeasureEventKind as Kind, MeasureState, Rebaseline,
    RebaselineState,
};
use tonic::Code;

use crate::{
    planning::{accept, add, by, delay, name, propose, remove, supersede},
    world::{ROADMAP, World, details, each_engine, measure, refused, request_id},
};

impl World {
    async fn baselines(&self) -> Vec<Baseline> {
        let mut baselines = Vec::new();
        let mut page_token = String::new();
        loop {
            let request = ListBaselinesRequest {
                parent: ROADMAP.to_owned(),
                page_size: 1,
                page_token,
            };
            let page = self.plans("KZ").list_baselines(request).await.unwrap();
            let page = page.into_inner();
            baselines.extend(page.baselines);
            page_token = page.next_page_token;
            if page_token.is_empty() {
                return baselines;
            }
        }
    }

    async fn ids_of(&self, baseline: &str) -> Vec<String> {
        let mut ids = Vec::new();
        let mut page_token = String::new();
        loop {
            let request = ListBaselineMeasuresRequest {
                parent: baseline.to_owned(),
                page_size: 2,
                page_token,
            };
            let page = self.plans("UZ").list_baseline_measures(request).await;
            let page = page.unwrap().into_inner();
            ids.extend(page.baseline_measures.into_iter().map(|frozen| {
                let name = frozen.measure.unwrap().name;
                name.rsplit('/').next().unwrap().to_owned()
            }));
            page_token = page.next_page_token;
            if page_token.is_empty() {
                return ids;
            }
        }
    }

    async fn kinds(&self, id: &str) -> Vec<Kind> {
        let request = ListMeasureEventsRequest {
            parent: name(id),
            ..ListMeasureEventsRequest::default()
        };
        let listed = self.measures("UZ").list_measure_events(request).await;
        let events = listed.unwrap().into_inner().events;
        events.iter().map(MeasureEvent::kind).collect()
    }
}

#[tokio::test]
async fn adoption_by_both_sides_freezes_baseline_1() {
    each_engine(async |world| {
        let draft = world.draft().await;
        assert_eq!(draft.baseline, "");
        world.measure("a", measure("A")).await;
        world.measure("b", measure("B")).await;
        let mut client = world.plans("UZ");
        let get = GetBaselineRequest {
            name: format!("{ROADMAP}/baselines/b1"),
        };
        let early = client.get_baseline(get.clone()).await;
        assert_eq!(refused(early), "RESOURCE_NOT_FOUND");
        let adopted = world.adopt(ROADMAP).await;
        assert_eq!(adopted.baseline, get.name);
        let frozen = client.get_baseline(get).await.unwrap().into_inner();
        assert_eq!(frozen.freeze_time, adopted.adopt_time);
        assert_eq!(
            (
                frozen.plan_revision,
                frozen.measure_count,
                frozen.total_weight
            ),
            (adopted.plan_revision, 2, 2)
        );
        assert_eq!(
            (frozen.period, frozen.rebaseline.as_str()),
            (adopted.period, "")
        );
        assert_eq!(world.baselines().await, [frozen]);
        assert_eq!(world.ids_of(&adopted.baseline).await, ["a", "b"]);
    })
    .await;
}

#[tokio::test]
async fn a_plan_changes_when_the_other_side_accepts_and_all_at_once() {
    each_engine(async |world| {
        world.adopted_with(&["a", "b", "c", "d"]).await;
        let proposed = world
            .propose(
                "UZ",
                vec![
                    add("new"),
                    delay("a", by(2022, 9, 30)),
                    remove("b"),
                    supersede("c", "new"),
                ],
            )
            .await
            .unwrap();
        assert_eq!(proposed.name, format!("{ROADMAP}/rebaselines/r1"));
        assert_eq!(
            (proposed.revision, proposed.state()),
            (1, RebaselineState::Open)
        );
        assert_eq!(world.roadmap(ROADMAP).await.open_rebaseline, proposed.name);
        for id in ["a", "b", "c", "d"] {
            assert_eq!(world.get(&name(id)).await.state(), MeasureState::Planned);
        }
        let accepted = world.accept_plan("KZ", &proposed).await.unwrap();
        assert_eq!(accepted.state(), RebaselineState::Accepted);
        assert_eq!(accepted.baseline, format!("{ROADMAP}/baselines/b2"));
        assert_eq!(accepted.changes, proposed.changes);
        let roadmap = world.roadmap(ROADMAP).await;
        assert_eq!(
            (roadmap.baseline.as_str(), roadmap.open_rebaseline.as_str()),
            (accepted.baseline.as_str(), "")
        );
        let a = world.get(&name("a")).await;
        assert_eq!(
            a.deadline.unwrap().last_day,
            crate::world::date(2022, 9, 30)
        );
        assert_eq!(a.executors, measure("a").executors);
        assert_eq!(world.get(&name("b")).await.state(), MeasureState::Cancelled);
        let c = world.get(&name("c")).await;
        assert_eq!(c.state(), MeasureState::Superseded);
        assert_eq!(c.successor, name("new"));
        let new = world.get(&name("new")).await;
        assert_eq!((new.state(), new.order_number), (MeasureState::Planned, 5));
        assert_eq!(new.predecessors, [name("c")]);
        assert_eq!(world.ids_of(&accepted.baseline).await, ["a", "d", "new"]);
        let first = format!("{ROADMAP}/baselines/b1");
        assert_eq!(world.ids_of(&first).await, ["a", "b", "c", "d"]);
        let baselines = world.baselines().await;
        assert_eq!(baselines[1].rebaseline, accepted.name);
        assert_eq!(baselines[1].measure_count, 3);
    })
    .await;
}

#[tokio::test]
async fn what_was_agreed_is_in_the_events_and_progress_follows_from_them() {
    each_engine(async |world| {
        world.adopted_with(&["a", "b", "c", "d"]).await;
        world.start("UZ", &name("a")).await.unwrap();
        let accepted = world
            .replan(vec![
                delay("a", by(2022, 9, 30)),
                remove("b"),
                supersede("c", "d"),
            ])
            .await;
        assert_eq!(
            world.kinds("a").await,
            [Kind::Created, Kind::Started, Kind::Replanned]
        );
        assert_eq!(world.kinds("b").await, [Kind::Created, Kind::Removed]);
        assert_eq!(world.kinds("c").await, [Kind::Created, Kind::Superseded]);
        let request = ListMeasureEventsRequest {
            parent: name("c"),
            ..ListMeasureEventsRequest::default()
        };
        let listed = world.measures("UZ").list_measure_events(request).await;
        let event = listed.unwrap().into_inner().events.pop().unwrap();
        assert_eq!(
            (event.party.as_str(), event.reason.as_str()),
            ("KZ", "Works began late")
        );
        assert_eq!(
            (event.rebaseline, event.successor),
            (accepted.name, name("d"))
        );
        let request = GetRoadmapProgressRequest {
            name: ROADMAP.to_owned(),
            effective_date: crate::world::date(2022, 7, 31),
            ..GetRoadmapProgressRequest::default()
        };
        let progress = world.roadmaps("UZ").get_roadmap_progress(request).await;
        let total = progress.unwrap().into_inner().total.unwrap();
        let count = |tally: Option<accord_proto::roadmaps::v1::Tally>| tally.unwrap().count;
        assert_eq!(count(total.agreed), 2);
        assert_eq!((count(total.cancelled), count(total.superseded)), (1, 1));
        assert_eq!(count(total.overdue), 1, "only d: a has until September");
    })
    .await;
}

#[tokio::test]
async fn no_side_changes_a_plan_alone_and_no_revision_is_accepted_unread() {
    each_engine(async |world| {
        world.adopted_with(&["a", "b"]).await;
        let first = world.propose("UZ", vec![remove("a")]).await.unwrap();
        assert_eq!(
            refused(world.accept_plan("UZ", &first).await),
            "OWN_PROPOSAL"
        );
        assert_eq!(
            refused(world.decline_plan("UZ", &first).await),
            "OWN_PROPOSAL"
        );
        assert_eq!(
            refused(world.withdraw_plan("KZ", &first).await),
            "NOT_OWN_PROPOSAL"
        );
        let by_other = world.propose("KZ", vec![remove("b")]).await;
        assert_eq!(refused(by_other), "REBASELINE_PENDING");
        let second = world.propose("UZ", vec![remove("b")]).await.unwrap();
        assert_eq!(
            (second.name.as_str(), second.revision),
            (first.name.as_str(), 2)
        );
        let error = world.accept_plan("KZ", &first).await.unwrap_err();
        let found = details(&error);
        assert_eq!(
            (found.code, found.reason.as_str()),
            (Code::FailedPrecondition, "REBASELINE_REVISION_CHANGED")
        );
        assert_eq!(
            (
                &found.metadata["given_revision"],
                &found.metadata["current_revision"]
            ),
            (&"1".to_owned(), &"2".to_owned())
        );
        let mut stale = accept(&second);
        stale.etag = first.etag;
        let call = world.plans("KZ").accept_rebaseline(stale).await;
        assert_eq!(refused(call), "ETAG_MISMATCH");
        world.accept_plan("KZ", &second).await.unwrap();
        assert_eq!(world.get(&name("a")).await.state(), MeasureState::Planned);
        assert_eq!(world.get(&name("b")).await.state(), MeasureState::Cancelled);
        assert_eq!(
            refused(world.decline_plan("KZ", &second).await),
            "REBASELINE_ENDED"
        );
        assert_eq!(
            refused(world.propose("KG", vec![remove("a")]).await),
            "PARTY_MISMATCH"
        );
    })
    .await;
}

#[tokio::test]
async fn a_declined_or_withdrawn_proposal_changes_nothing_and_makes_way() {
    each_engine(async |world| {
        world.adopted_with(&["a"]).await;
        let first = world.propose("UZ", vec![remove("a")]).await.unwrap();
        let declined = world.decline_plan("KZ", &first).await.unwrap();
        assert_eq!(declined.state(), RebaselineState::Declined);
        assert_eq!(
            (declined.end_agency.as_str(), declined.end_reason.as_str()),
            ("kz-economy", "Too late")
        );
        let second = world.propose("KZ", vec![remove("a")]).await.unwrap();
        assert_eq!(second.name, format!("{ROADMAP}/rebaselines/r2"));
        world.withdraw_plan("KZ", &second).await.unwrap();
        assert_eq!(world.get(&name("a")).await.state(), MeasureState::Planned);
        assert_eq!(world.baselines().await.len(), 1);
        let request = ListRebaselinesRequest {
            parent: ROADMAP.to_owned(),
            ..ListRebaselinesRequest::default()
        };
        let listed = world.plans("UZ").list_rebaselines(request).await;
        let listed = listed.unwrap().into_inner().rebaselines;
        let states: Vec<_> = listed.iter().map(Rebaseline::state).collect();
        assert_eq!(
            states,
            [RebaselineState::Declined, RebaselineState::Withdrawn]
        );
        assert!(listed.iter().all(|one| one.changes.is_empty()));
        let get = GetRebaselineRequest {
            name: declined.name.clone(),
        };
        let read = world.plans("UZ").get_rebaseline(get).await.unwrap();
        assert_eq!(read.into_inner(), declined);
    })
    .await;
}

#[tokio::test]
async fn what_happened_since_the_proposal_is_checked_again_and_nothing_is_half_done() {
    each_engine(async |world| {
        world.adopted_with(&["a", "b"]).await;
        let proposed = world
            .propose("UZ", vec![delay("a", by(2022, 9, 30)), remove("b")])
            .await
            .unwrap();
        world.report("UZ", &name("b")).await.unwrap();
        let before = world.roadmap(ROADMAP).await;
        let error = world.accept_plan("KZ", &proposed).await.unwrap_err();
        let found = details(&error);
        assert_eq!(found.reason, "MEASURE_STATE_MISMATCH");
        assert_eq!(found.metadata["resource"], name("b"));
        assert_eq!(found.metadata["state"], "REPORTED");
        assert_eq!(found.metadata["action"], "remove");
        assert_eq!(world.roadmap(ROADMAP).await, before);
        let a = world.get(&name("a")).await;
        assert_eq!(
            a.deadline.unwrap().last_day,
            crate::world::date(2022, 6, 30)
        );
        world.withdraw("UZ", &name("b"), 1).await.unwrap();
        world.accept_plan("KZ", &proposed).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_report_under_way_keeps_its_revision_over_a_replanning() {
    each_engine(async |world| {
        world.adopted_with(&["a"]).await;
        world.report("UZ", &name("a")).await.unwrap();
        let waiting = world.propose("UZ", vec![delay("a", by(2022, 9, 30))]).await;
        assert_eq!(refused(waiting), "MEASURE_STATE_MISMATCH");
        world.dispute("KZ", &name("a"), 1).await.unwrap();
        world.replan(vec![delay("a", by(2022, 9, 30))]).await;
        let replanned = world.get(&name("a")).await;
        assert_eq!(replanned.state(), MeasureState::Disputed);
        assert_eq!(replanned.current_report.unwrap().revision, 1);
        world.report("UZ", &name("a")).await.unwrap();
        let old = world.confirm("KZ", &name("a"), 1).await;
        assert_eq!(refused(old), "REPORT_REVISION_CHANGED");
        world.confirm("KZ", &name("a"), 2).await.unwrap();
        let done = world
            .propose("UZ", vec![delay("a", by(2022, 12, 31))])
            .await;
        assert_eq!(refused(done), "MEASURE_STATE_MISMATCH");
    })
    .await;
}

#[tokio::test]
async fn a_retry_proposes_and_accepts_once_and_a_check_does_neither() {
    each_engine(async |world| {
        world.adopted_with(&["a"]).await;
        let mut request = propose(vec![remove("a")]);
        request.validate_only = true;
        let mut uz = world.plans("UZ");
        uz.propose_rebaseline(request.clone()).await.unwrap();
        assert_eq!(world.roadmap(ROADMAP).await.open_rebaseline, "");
        request.validate_only = false;
        request.request_id = request_id();
        let first = uz.propose_rebaseline(request.clone()).await.unwrap();
        let again = uz.propose_rebaseline(request).await.unwrap();
        assert_eq!(first.get_ref(), again.get_ref());
        let mut request = accept(first.get_ref());
        request.validate_only = true;
        let mut kz = world.plans("KZ");
        let checked = kz.accept_rebaseline(request.clone()).await.unwrap();
        assert_eq!(checked.get_ref().state(), RebaselineState::Accepted);
        assert_eq!(world.get(&name("a")).await.state(), MeasureState::Planned);
        request.validate_only = false;
        request.request_id = request_id();
        let first = kz.accept_rebaseline(request.clone()).await.unwrap();
        let again = kz.accept_rebaseline(request).await.unwrap();
        assert_eq!(first.get_ref(), again.get_ref());
        assert_eq!(world.baselines().await.len(), 2);
    })
    .await;
}
