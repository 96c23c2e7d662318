//! The scale of five stages.

use accord_proto::roadmaps::v1::{
    CompletionStage, GetRoadmapStagesRequest, ListMeasureStagesRequest, ListMeasureStagesResponse,
    Measure, RoadmapStages, Tally,
};

use crate::{
    lives::NEXT,
    planning::{by, carry},
    world::{ROADMAP, World, date, each_engine, measure, refused},
};

async fn stages(world: &World, request: GetRoadmapStagesRequest) -> RoadmapStages {
    let answer = world.roadmaps("KZ").get_roadmap_stages(request).await;
    answer.unwrap().into_inner()
}

fn request() -> GetRoadmapStagesRequest {
    GetRoadmapStagesRequest {
        name: ROADMAP.to_owned(),
        ..GetRoadmapStagesRequest::default()
    }
}

fn list_request() -> ListMeasureStagesRequest {
    ListMeasureStagesRequest {
        parent: ROADMAP.to_owned(),
        ..ListMeasureStagesRequest::default()
    }
}

async fn list(world: &World, request: ListMeasureStagesRequest) -> ListMeasureStagesResponse {
    let answer = world.measures("KZ").list_measure_stages(request).await;
    answer.unwrap().into_inner()
}

/// One measure of each fate, with weights of powers of two.
async fn six(world: &World) -> Vec<String> {
    world.draft().await;
    let mut names = Vec::new();
    for (id, section, weight) in [
        ("a-silent", "Transport", 1),
        ("b-begun", "Transport", 2),
        ("c-reported", "Culture", 4),
        ("d-disputed", "Culture", 8),
        ("e-done", "", 16),
        ("f-cancelled", "", 32),
    ] {
        let given = Measure {
            section: section.to_owned(),
            weight,
            ..measure(id)
        };
        names.push(world.measure(id, given).await.name);
    }
    world.adopt(ROADMAP).await;
    world.start("UZ", &names[1]).await.unwrap();
    for name in &names[2..5] {
        world.report("UZ", name).await.unwrap();
    }
    world.dispute("KZ", &names[3], 1).await.unwrap();
    world.confirm("KZ", &names[4], 1).await.unwrap();
    world.propose_cancellation("UZ", &names[5]).await.unwrap();
    world.accept_cancellation("KZ", &names[5]).await.unwrap();
    names
}

fn tally(count: i64, weight: i64) -> Option<Tally> {
    Some(Tally { count, weight })
}

#[tokio::test]
async fn a_roadmap_is_rated_by_what_both_sides_said_and_the_rules_are_told() {
    each_engine(async |world| {
        six(&world).await;
        let found = stages(&world, request()).await;
        let total = found.total.unwrap();
        assert_eq!(total.agreed, tally(5, 31));
        assert_eq!(
            (total.not_started, total.limited),
            (tally(1, 1), tally(1, 2))
        );
        assert_eq!(
            (total.substantial, total.no_evidence),
            (tally(1, 4), tally(1, 8))
        );
        assert_eq!(total.complete, tally(1, 16));
        // 20 of 31 are shown to be done.
        assert_eq!(total.stage(), CompletionStage::Substantial);
        let sections: Vec<_> = found
            .sections
            .iter()
            .map(|section| (section.section.as_str(), section.figures.unwrap().stage()))
            .collect();
        let expected = [
            ("", CompletionStage::Complete),
            ("Culture", CompletionStage::NoEvidence),
            ("Transport", CompletionStage::Limited),
        ];
        assert_eq!(sections[0], expected[0]);
        assert_eq!(sections[2], expected[2]);
        // Reported is 4 of 12 by weight: below half, and above nothing.
        assert_eq!(sections[1], ("Culture", CompletionStage::Limited));

        let scale = found.scale.unwrap();
        let rules: Vec<_> = scale
            .rules
            .iter()
            .map(|rule| (rule.stage(), rule.least_share_ppm, rule.counted_from()))
            .collect();
        assert_eq!(rules.len(), 5);
        assert_eq!(
            rules[3],
            (
                CompletionStage::Substantial,
                Some(500_000),
                CompletionStage::Substantial
            )
        );
        assert_eq!(
            rules[4],
            (
                CompletionStage::Complete,
                Some(1_000_000),
                CompletionStage::Complete
            )
        );
        assert!(
            scale
                .rules
                .iter()
                .all(|rule| !rule.measure_rule.is_empty() && !rule.set_rule.is_empty())
        );
        assert_eq!((scale.edition, scale.source_uris.len()), (1, 1));
    })
    .await;
}

#[tokio::test]
async fn what_goes_on_in_the_following_roadmap_was_agreed_here_and_is_no_evidence_here() {
    each_engine(async |world| {
        world.adopted_with(&["bridge", "road"]).await;
        world.next().await;
        let proposed = world
            .carry_over("UZ", NEXT, vec![carry("bridge", by(2024, 6, 30))])
            .await;
        world.accept_plan("KZ", &proposed.unwrap()).await.unwrap();
        let total = stages(&world, request()).await.total.unwrap();
        assert_eq!(total.agreed, tally(2, 2));
        assert_eq!(
            (total.no_evidence, total.not_started),
            (tally(1, 1), tally(1, 1))
        );
    })
    .await;
}

#[tokio::test]
async fn silence_after_the_deadline_is_no_evidence() {
    each_engine(async |world| {
        six(&world).await;
        let late = GetRoadmapStagesRequest {
            effective_date: date(2022, 7, 1),
            ..request()
        };
        let total = stages(&world, late).await.total.unwrap();
        assert_eq!(
            (total.not_started, total.no_evidence),
            (tally(0, 0), tally(2, 9))
        );
    })
    .await;
}

#[tokio::test]
async fn each_measure_has_its_stage_page_by_page_as_it_was_known() {
    each_engine(async |world| {
        use CompletionStage::{
            Complete, Limited, NoEvidence, NotStarted, Substantial, Unspecified,
        };
        let adopted = {
            six(&world).await;
            world.days_pass(1);
            list(&world, list_request()).await
        };
        let of = |answer: &ListMeasureStagesResponse| -> Vec<CompletionStage> {
            answer
                .measure_stages
                .iter()
                .map(accord_proto::roadmaps::v1::MeasureStage::stage)
                .collect()
        };
        let expected = [
            NotStarted,
            Limited,
            Substantial,
            NoEvidence,
            Complete,
            Unspecified,
        ];
        assert_eq!(of(&adopted), expected);
        assert_eq!(adopted.measure_stages[3].weight, 8);
        assert_eq!(adopted.scale.unwrap().rules.len(), 5);

        let mut found = Vec::new();
        let mut page = list_request();
        page.page_size = 4;
        loop {
            let answer = list(&world, page.clone()).await;
            found.extend(of(&answer));
            if answer.next_page_token.is_empty() {
                break;
            }
            page.page_token = answer.next_page_token;
        }
        assert_eq!(found, expected);

        let other = ListMeasureStagesRequest {
            effective_date: date(2022, 9, 1),
            ..page
        };
        let answer = world.measures("KZ").list_measure_stages(other).await;
        assert_eq!(refused(answer), "PAGE_TOKEN_INVALID");
    })
    .await;
}

#[tokio::test]
async fn measures_are_rated_as_they_were_known() {
    each_engine(async |world| {
        let name = world.adopted_with_one().await;
        let planned = Some(accord_proto::convert::from_timestamp(world.clock.now()));
        world.days_pass(1);
        world.report("UZ", &name).await.unwrap();
        let then = ListMeasureStagesRequest {
            known_time: planned,
            ..list_request()
        };
        let then = list(&world, then).await.measure_stages;
        assert_eq!(then[0].stage(), CompletionStage::NotStarted);
        let now = list(&world, list_request()).await.measure_stages;
        assert_eq!(now[0].stage(), CompletionStage::Substantial);
    })
    .await;
}
