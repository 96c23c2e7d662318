//! Worked cases: provisional application and its end.

use super::{Worked, both, effective, notice, worked};
use crate::domain::{
    Act, ActKind, EntryRule,
    status::{
        State, WarningCode,
        sample::{act, received, signed},
    },
};

const CLAUSE: &str = "The Parties shall apply this Agreement provisionally from the date that they agree, pending its entry into force on the \
     receipt of the last notification.";

fn case(name: &'static str, because: &'static str, acts: impl IntoIterator<Item = Act>) -> Worked {
    worked(name)
        .clause(CLAUSE)
        .because(because)
        .rule(EntryRule::AfterLastNotification(None))
        .acts(signed("2021-12-06"))
        .acts(acts)
}

impl Worked {
    fn awaits_both(self) -> Self {
        self.awaits("UZ", ActKind::NotificationSent, "2021-12-06")
            .awaits("KZ", ActKind::NotificationSent, "2021-12-06")
    }
}

pub(super) fn cases() -> Vec<Worked> {
    [applied_and_ended(), named_and_received()].concat()
}

/// Notices that name a day of their own.
fn named_and_received() -> Vec<Worked> {
    let applied = || both(ActKind::ProvisionalApplication, "2021-12-10");
    let end = ActKind::ProvisionalApplicationEnd;
    vec![
        case(
            "a notice names a day and is not known to be received",
            "VCLT 25(2) and 78(c): the other negotiating States must have been notified; the day alone ends nothing.",
            applied()
                .into_iter()
                .chain([effective("KZ", end, "2022-02-01", "2022-03-01")]),
        )
        .on("2022-04-01", State::ProvisionallyApplied)
        .since("2021-12-10")
        .awaits_both()
        .warns(WarningCode::ReceiptNotRecorded),
        case(
            "a notice is received after the day that it names",
            "VCLT 25(2) and 78(c): until its receipt it has no effect.",
            applied().into_iter().chain([Act {
                receipt: Some(super::day("2022-03-15")),
                ..effective("KZ", end, "2022-02-01", "2022-03-01")
            }]),
        )
        .on("2022-03-14", State::ProvisionallyApplied)
        .since("2021-12-10")
        .awaits_both()
        .on("2022-03-15", State::AwaitingNotification)
        .since("2021-12-06")
        .awaits_both(),
    ]
}

fn applied_and_ended() -> Vec<Worked> {
    let applied = || both(ActKind::ProvisionalApplication, "2021-12-10");
    let end = ActKind::ProvisionalApplicationEnd;
    vec![
        case(
            "applied provisionally until it enters into force",
            "VCLT 25(1): a treaty is applied provisionally pending its entry into force, which ends that.",
            applied().into_iter().chain([
                received("KZ", "UZ", "2022-03-01"),
                received("UZ", "KZ", "2022-03-01"),
            ]),
        )
        .on("2021-12-09", State::AwaitingNotification)
        .since("2021-12-06")
        .awaits_both()
        .on("2021-12-10", State::ProvisionallyApplied)
        .since("2021-12-10")
        .awaits_both()
        .on("2022-03-01", State::InForce)
        .since("2022-03-01")
        .enters("2022-03-01"),
        case(
            "provisional application ended by notice",
            "VCLT 25(2) and 78(c): it ends for a State that notifies the others that it does not intend to become a party, on receipt.",
            applied().into_iter().chain([notice("KZ", end, "2022-02-01", "2022-02-05")]),
        )
        .on("2022-02-04", State::ProvisionallyApplied)
        .since("2021-12-10")
        .awaits_both()
        .on("2022-02-05", State::AwaitingNotification)
        .since("2021-12-06")
        .awaits_both(),
        case(
            "provisional application ended from a named day",
            "VCLT 25(2): a notice that names a later day ends the application on that day.",
            applied().into_iter().chain([Act {
                receipt: Some(super::day("2022-02-05")),
                ..effective("KZ", end, "2022-02-01", "2022-03-01")
            }]),
        )
        .on("2022-02-28", State::ProvisionallyApplied)
        .since("2021-12-10")
        .awaits_both()
        .on("2022-03-01", State::AwaitingNotification)
        .since("2021-12-06")
        .awaits_both(),
        case(
            "the notice that ends provisional application is not known to be received",
            "VCLT 78(c): until it is received it has no effect.",
            applied().into_iter().chain([act("KZ", end, "2022-02-01")]),
        )
        .on("2022-12-31", State::ProvisionallyApplied)
        .since("2021-12-10")
        .awaits_both()
        .warns(WarningCode::ReceiptNotRecorded),
        case(
            "one party alone wants to apply provisionally",
            "VCLT 25(1)(b): the negotiating States must have agreed; one cannot apply a treaty with itself.",
            [act("UZ", ActKind::ProvisionalApplication, "2021-12-10")],
        )
        .on("2022-01-01", State::AwaitingNotification)
        .since("2021-12-06")
        .awaits_both(),
        case(
            "provisional application from a later day",
            "VCLT 25(1): the agreement names the day from which the treaty is applied.",
            ["UZ", "KZ"].map(|party| {
                let kind = ActKind::ProvisionalApplication;
                effective(party, kind, "2021-12-10", "2022-01-01")
            }),
        )
        .on("2021-12-31", State::AwaitingNotification)
        .since("2021-12-06")
        .awaits_both()
        .on("2022-01-01", State::ProvisionallyApplied)
        .since("2022-01-01")
        .awaits_both(),
    ]
}
