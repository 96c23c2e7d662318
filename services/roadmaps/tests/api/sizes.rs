//! Answers that would be larger than their callers take.

use accord_proto::roadmaps::v1::{
    AddMeasure, BatchCreateMeasuresRequest, BatchGetRoadmapProgressRequest, CreateMeasureRequest,
    LocalizedText, Measure, PlanChange, ProposeRebaselineRequest, plan_change::Change,
};
use prost::Message as _;

use crate::{
    planning::propose,
    world::{
        create_measure, create_roadmap, details, each_engine, measure, refused, roadmap, text,
    },
};

/// The largest answer.
const LIMIT: usize = 4 << 20;

/// How long a note is at most, and the languages of those of one measure.
const NOTE_CHARS: usize = 2_000;
const LANGUAGES: [&str; 20] = [
    "aa", "ab", "ae", "af", "ak", "am", "an", "ar", "as", "av", "ay", "az", "ba", "be", "bg", "bi",
    "bm", "bn", "bo", "br",
];

/// New measures with notes of so many characters together.
fn adding(chars: usize) -> ProposeRebaselineRequest {
    let lengths = (0..chars.div_ceil(NOTE_CHARS))
        .map(|note| (chars - note * NOTE_CHARS).min(NOTE_CHARS))
        .collect::<Vec<_>>();
    let note = |(language, length): (&str, &usize)| -> LocalizedText {
        text(language, &"x".repeat(*length))
    };
    let measures = lengths.chunks(LANGUAGES.len()).map(|lengths| Measure {
        notes: LANGUAGES.into_iter().zip(lengths).map(note).collect(),
        ..measure("Large")
    });
    let changes = measures.enumerate().map(|(index, measure)| PlanChange {
        change: Some(Change::Add(AddMeasure {
            measure_id: format!("large-{index}"),
            measure: Some(measure),
        })),
    });
    propose(changes.collect())
}

#[tokio::test]
async fn a_proposal_leaves_room_for_the_word_that_ends_it() {
    each_engine(async |world| {
        world.adopted_with(&["bridge"]).await;
        let check = async |chars: usize| {
            let request = ProposeRebaselineRequest {
                validate_only: true,
                ..adding(chars)
            };
            world.plans("UZ").propose_rebaseline(request).await
        };
        // A proposal that is smaller than the limit by less than a reason of 2,000 characters may take.
        let mut chars = 3_900_000;
        let bytes = check(chars).await.unwrap().into_inner().encoded_len();
        chars += LIMIT - 20_000 - bytes;
        let bytes = check(chars).await.unwrap().into_inner().encoded_len();
        assert!((LIMIT - 20_000..LIMIT - 10_000).contains(&bytes), "{bytes}");
        chars += LIMIT - 5_000 - bytes;
        let error = check(chars).await.unwrap_err();
        assert_eq!(details(&error).reason, "BATCH_TOO_LARGE");
        let proposed = world.plans("UZ").propose_rebaseline(adding(chars)).await;
        assert_eq!(refused(proposed), "BATCH_TOO_LARGE");
    })
    .await;
}

#[tokio::test]
async fn the_progress_of_many_roadmaps_is_told_only_as_long_as_its_caller_can_take_it() {
    each_engine(async |world| {
        let name = |number: usize| format!("partnerships/uz-kz/roadmaps/r-{number}");
        // Each has a thousand sections whose names are as long as they may be.
        let section = |index: usize| format!("{index:04}{}", "𐰴".repeat(196));
        for number in 0..6 {
            let request = create_roadmap(&format!("r-{number}"), roadmap());
            world.roadmaps("UZ").create_roadmap(request).await.unwrap();
            let one = |index: usize| {
                let measure = Measure {
                    section: section(index),
                    ..measure("Measure")
                };
                CreateMeasureRequest {
                    parent: String::new(),
                    ..create_measure(&format!("m-{index}"), measure)
                }
            };
            let request = BatchCreateMeasuresRequest {
                parent: name(number),
                requests: (0..1_000).map(one).collect(),
                ..BatchCreateMeasuresRequest::default()
            };
            let created = world.measures("UZ").batch_create_measures(request).await;
            created.unwrap();
        }
        let ask = async |count: usize| {
            let request = BatchGetRoadmapProgressRequest {
                parent: "partnerships/uz-kz".to_owned(),
                names: (0..count).map(name).collect(),
                ..BatchGetRoadmapProgressRequest::default()
            };
            world
                .roadmaps("KZ")
                .batch_get_roadmap_progress(request)
                .await
        };
        assert!(ask(2).await.is_ok());
        assert_eq!(refused(ask(6).await), "BATCH_TOO_LARGE");
    })
    .await;
}
