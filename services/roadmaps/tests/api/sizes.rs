//! Answers that would be larger than their callers take.

use accord_proto::roadmaps::v1::{
    AddMeasure, LocalizedText, Measure, PlanChange, ProposeRebaselineRequest, plan_change::Change,
};
use prost::Message as _;

use crate::{
    planning::propose,
    world::{details, each_engine, measure, refused, text},
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
