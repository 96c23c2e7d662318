//! Worked cases: what is known at a moment, and what was recorded by then.

use super::{Worked, worked};
use crate::domain::{
    Act, ActKind, ActName, EntryRule,
    status::{
        State, WarningCode,
        sample::{act, day, received, retracted, signed, time},
    },
};

const CLAUSE: &str =
    "This Agreement shall enter into force on the receipt of the last notification.";

fn case(name: &'static str, because: &'static str, acts: impl IntoIterator<Item = Act>) -> Worked {
    worked(name)
        .clause(CLAUSE)
        .because(because)
        .rule(EntryRule::AfterLastNotification(None))
        .acts(signed("2021-12-06"))
        .acts([received("KZ", "UZ", "2022-03-15")])
        .acts(acts)
}

impl Worked {
    fn awaits_the_kazakh_note(self, on: &str) -> Self {
        self.on(on, State::AwaitingNotification)
            .since("2021-12-06")
            .awaits("KZ", ActKind::NotificationSent, "2021-12-06")
    }

    fn in_force_since_april(self, on: &str) -> Self {
        self.on(on, State::InForce)
            .since("2022-04-01")
            .enters("2022-04-01")
    }
}

pub(super) fn cases() -> Vec<Worked> {
    let note = || received("UZ", "KZ", "2022-04-01");
    let published = || Act {
        publication: Some(day("2022-04-05")),
        created: time("2023-06-01T09:00:00Z"),
        ..note()
    };
    vec![
        case(
            "a notification retracted",
            "A fact that was wrongly recorded was known until its retraction, and is none after.",
            [retracted(note(), "2022-05-01T12:00:00Z")],
        )
        .in_force_since_april("2022-04-30")
        .known("2022-05-01T11:59:59Z")
        .awaits_the_kazakh_note("2022-04-30")
        .known("2022-05-01T12:00:00Z")
        .warns(WarningCode::Retracted),
        case(
            "a notification retracted and recorded anew with its right day",
            "The right act stands in the place of the wrong one from its own recording.",
            [
                retracted(note(), "2022-05-01T12:00:00Z"),
                Act {
                    name: ActName::new("uz-kz", "it", "right"),
                    created: time("2022-05-01T12:00:01Z"),
                    ..received("UZ", "KZ", "2022-04-11")
                },
            ],
        )
        .on("2022-12-31", State::InForce)
        .since("2022-04-11")
        .enters("2022-04-11")
        .warns(WarningCode::Retracted),
        case(
            "published long before it was recorded",
            "Knowledge follows publication: whoever asks what was known in 2022 is told what the gazette said then.",
            [published()],
        )
        .awaits_the_kazakh_note("2022-12-31")
        .known("2022-04-04T23:59:59Z")
        .in_force_since_april("2022-12-31")
        .known("2022-04-05T00:00:00Z"),
        case(
            "published long before it was recorded, strictly read",
            "The strict reading asks what this register had: nothing before the recording.",
            [published()],
        )
        .awaits_the_kazakh_note("2022-12-31")
        .recorded_before("2023-06-01T09:00:00Z")
        .in_force_since_april("2022-12-31")
        .recorded_before("2023-06-01T09:00:01Z"),
        case(
            "an act of the future does not count on the day",
            "VCLT 24(1): on a day, what happens later has not happened; the two travels are apart.",
            [note()],
        )
        .awaits_the_kazakh_note("2022-03-31")
        .known("2024-01-01T00:00:00Z")
        .in_force_since_april("2022-04-01")
        .known("2024-01-01T00:00:00Z"),
        case(
            "an amendment changes no day",
            "VCLT 40(4): an amending agreement is a document of its own; the act on the old one is shown, and the other party's is awaited.",
            [note(), act("UZ", ActKind::Amendment, "2022-06-01")],
        )
        .in_force_since_april("2022-12-31")
        .awaits("KZ", ActKind::Amendment, "2022-06-01")
        .warns(WarningCode::NotAgreedByAll),
    ]
}
