//! Proposals that are refused, each with the place of what is wrong.

use accord_proto::roadmaps::v1::{
    CloseRoadmapRequest, Dependency, PlanChange, RoadmapState, plan_change::Change,
};

use crate::{
    planning::{add, by, delay, name, remove, supersede},
    world::{ROADMAP, details, each_engine, measure, refused},
};

#[tokio::test]
async fn every_bad_change_is_told_with_its_place() {
    each_engine(async |world| {
        world.adopted_with(&["a", "b"]).await;
        let mut outside = add("late");
        if let Some(accord_proto::roadmaps::v1::plan_change::Change::Add(add)) = &mut outside.change
        {
            add.measure.as_mut().unwrap().deadline = by(2031, 1, 1);
        }
        let violations = async |changes| {
            let error = world.propose("UZ", changes).await.unwrap_err();
            details(&error).violations
        };
        let expected = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
            let owned = pairs
                .iter()
                .map(|(field, reason)| ((*field).to_owned(), (*reason).to_owned()));
            owned.collect()
        };
        assert_eq!(
            violations(vec![outside, delay("a", by(2020, 1, 1))]).await,
            expected(&[
                ("changes[0].add.measure.deadline", "OUTSIDE_PERIOD"),
                ("changes[1].replan.measure.deadline", "OUTSIDE_PERIOD"),
            ])
        );
        assert_eq!(
            violations(vec![
                remove("a"),
                supersede("a", "b"),
                PlanChange::default()
            ])
            .await,
            expected(&[
                ("changes[1]", "VALUE_REPEATED"),
                ("changes[2].change", "FIELD_REQUIRED"),
            ])
        );
        assert_eq!(
            violations(Vec::new()).await,
            expected(&[("changes", "FIELD_REQUIRED")])
        );
        for (changes, reason) in [
            (vec![remove("none")], "RESOURCE_NOT_FOUND"),
            (vec![delay("none", by(2023, 6, 30))], "RESOURCE_NOT_FOUND"),
            (vec![add("a")], "RESOURCE_ALREADY_EXISTS"),
            (vec![supersede("a", "none")], "SUCCESSOR_NOT_IN_PLAN"),
        ] {
            assert_eq!(refused(world.propose("UZ", changes).await), reason);
        }
    })
    .await;
}

#[tokio::test]
async fn what_a_re_planned_measure_depends_on_is_there_and_never_itself() {
    each_engine(async |world| {
        world.adopted_with(&["a", "b"]).await;
        let depending = |id: &str, on: &str| {
            let mut change = add(id);
            if let Some(Change::Add(add)) = &mut change.change {
                let measure = add.measure.as_mut().unwrap();
                measure.dependencies.push(Dependency {
                    predecessor: name(on),
                    ..Dependency::default()
                });
            }
            change
        };
        let error = world.propose("UZ", vec![depending("c", "none")]).await;
        let found = details(&error.unwrap_err());
        let field = "changes[0].add.measure.dependencies[0].predecessor".to_owned();
        assert_eq!(
            found.violations,
            [(field, "PREDECESSOR_NOT_FOUND".to_owned())]
        );
        let circle = vec![depending("c", "d"), depending("d", "c")];
        assert_eq!(
            refused(world.propose("UZ", circle).await),
            "DEPENDENCY_CYCLE"
        );
        world
            .replan(vec![depending("c", "d"), depending("d", "a")])
            .await;
        let planned = world.get(&name("c")).await;
        assert_eq!(planned.dependencies[0].predecessor, name("d"));
        // It holds as any: what others depend on is not removed alone.
        let alone = world.propose("UZ", vec![remove("d")]).await;
        assert_eq!(refused(alone), "MEASURE_HAS_DEPENDENTS");
        world.replan(vec![remove("d"), remove("c")]).await;
    })
    .await;
}

#[tokio::test]
async fn a_side_that_had_closed_has_to_say_so_again_of_the_new_plan() {
    each_engine(async |world| {
        world.adopted_with(&["a"]).await;
        let close = || CloseRoadmapRequest {
            name: ROADMAP.to_owned(),
            ..CloseRoadmapRequest::default()
        };
        world.roadmaps("UZ").close_roadmap(close()).await.unwrap();
        world.replan(vec![add("b")]).await;
        let closed = world.roadmaps("KZ").close_roadmap(close()).await.unwrap();
        assert_eq!(closed.into_inner().state(), RoadmapState::Adopted);
        let closed = world.roadmaps("UZ").close_roadmap(close()).await.unwrap();
        assert_eq!(closed.into_inner().state(), RoadmapState::Closed);
    })
    .await;
}

#[tokio::test]
async fn only_an_adopted_roadmap_is_planned_anew() {
    each_engine(async |world| {
        world.draft().await;
        world.measure("a", measure("A")).await;
        let early = world.propose("UZ", vec![remove("a")]).await;
        assert_eq!(refused(early), "ROADMAP_NOT_ADOPTED");
        world.adopt(ROADMAP).await;
        let proposed = world.propose("UZ", vec![remove("a")]).await.unwrap();
        world.withdraw_plan("UZ", &proposed).await.unwrap();
        for party in ["UZ", "KZ"] {
            let request = accord_proto::roadmaps::v1::CloseRoadmapRequest {
                name: ROADMAP.to_owned(),
                ..Default::default()
            };
            world.roadmaps(party).close_roadmap(request).await.unwrap();
        }
        let late = world.propose("UZ", vec![remove("a")]).await;
        assert_eq!(refused(late), "ROADMAP_CLOSED");
    })
    .await;
}
