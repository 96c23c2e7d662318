//! Weights that have to add up to what a roadmap declares.

use accord_proto::roadmaps::v1::{
    AdoptRoadmapRequest, Measure, PlanChange, ReplanMeasure, Roadmap, UpdateRoadmapRequest,
    plan_change::Change,
};
use tonic::{Code, Status};

use crate::{
    planning::{add, carry, name, remove},
    world::{ROADMAP, World, create_roadmap, details, each_engine, measure, refused, roadmap},
};

async fn draft(world: &World, declared_total_weight: i64, weights: &[(&str, i64)]) -> Roadmap {
    let given = Roadmap {
        declared_total_weight,
        ..roadmap()
    };
    let request = create_roadmap("tashkent-nur-sultan", given);
    world.roadmaps("UZ").create_roadmap(request).await.unwrap();
    for (id, weight) in weights {
        let weighted = Measure {
            weight: *weight,
            ..measure(id)
        };
        world.measure(id, weighted).await;
    }
    world.roadmap(ROADMAP).await
}

async fn adopt(world: &World, plan_revision: i64) -> Result<(), Status> {
    for party in ["UZ", "KZ"] {
        let request = AdoptRoadmapRequest {
            name: ROADMAP.to_owned(),
            plan_revision,
            ..AdoptRoadmapRequest::default()
        };
        world.roadmaps(party).adopt_roadmap(request).await?;
    }
    Ok(())
}

fn reweigh(id: &str, weight: i64) -> PlanChange {
    PlanChange {
        change: Some(Change::Replan(ReplanMeasure {
            measure: Some(Measure {
                name: name(id),
                weight,
                ..Measure::default()
            }),
            update_mask: None,
        })),
    }
}

#[tokio::test]
async fn a_plan_whose_weights_do_not_add_up_is_not_adopted() {
    each_engine(async |world| {
        let draft = draft(&world, 100, &[("a", 60), ("b", 35)]).await;
        assert_eq!(draft.declared_total_weight, 100);
        let found = details(&adopt(&world, draft.plan_revision).await.unwrap_err());
        assert_eq!(
            (found.code, found.reason.as_str()),
            (Code::FailedPrecondition, "WEIGHTS_DO_NOT_ADD_UP")
        );
        assert_eq!(found.metadata["declared_total_weight"], "100");
        assert_eq!(found.metadata["weight_sum"], "95");
        let last = Measure {
            weight: 5,
            ..measure("C")
        };
        world.measure("c", last).await;
        let revision = world.roadmap(ROADMAP).await.plan_revision;
        adopt(&world, revision).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_re_planning_keeps_the_sum_and_without_a_declared_one_nothing_is_checked() {
    each_engine(async |world| {
        let draft = draft(&world, 100, &[("a", 60), ("b", 40)]).await;
        adopt(&world, draft.plan_revision).await.unwrap();
        for (changes, sum) in [
            (vec![remove("b")], "60"),
            (vec![reweigh("a", 61)], "101"),
            (vec![add("c")], "101"),
        ] {
            let found = details(&world.propose("UZ", changes).await.unwrap_err());
            assert_eq!(found.reason, "WEIGHTS_DO_NOT_ADD_UP");
            assert_eq!(found.metadata["weight_sum"], sum);
        }
        world.next().await;
        let carried = carry("b", crate::planning::by(2024, 6, 30));
        world
            .carry_over("UZ", crate::lives::NEXT, vec![carried])
            .await
            .unwrap();
        world.replan(vec![remove("b"), reweigh("a", 100)]).await;
        let other = world.propose("UZ", vec![remove("a")]).await;
        assert_eq!(refused(other), "WEIGHTS_DO_NOT_ADD_UP");
    })
    .await;
}

#[tokio::test]
async fn a_draft_may_declare_another_sum_or_none_and_negative_ones_are_refused() {
    each_engine(async |world| {
        draft(&world, 100, &[("a", 7)]).await;
        let update = |declared_total_weight| UpdateRoadmapRequest {
            roadmap: Some(Roadmap {
                name: ROADMAP.to_owned(),
                declared_total_weight,
                ..Roadmap::default()
            }),
            update_mask: Some(prost_types::FieldMask {
                paths: vec!["declared_total_weight".to_owned()],
            }),
            ..UpdateRoadmapRequest::default()
        };
        let wrong = world.roadmaps("UZ").update_roadmap(update(-1)).await;
        assert_eq!(refused(wrong), "VALUE_OUT_OF_RANGE");
        let freed = world
            .roadmaps("UZ")
            .update_roadmap(update(0))
            .await
            .unwrap();
        let freed = freed.into_inner();
        assert_eq!(freed.declared_total_weight, 0);
        adopt(&world, freed.plan_revision).await.unwrap();
    })
    .await;
}
