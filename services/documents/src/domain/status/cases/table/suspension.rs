//! Worked cases: suspension and resumption.

use super::{Worked, both, effective, worked};
use crate::domain::{
    Act, ActKind, DurationRule, EntryRule,
    status::{
        State,
        sample::{act, day, signed},
    },
};

const CLAUSE: &str = "Each Party may suspend the operation of this Agreement in whole by written notice and shall resume it as soon as the reasons \
     have ceased.";

/// An agreement in force since 1 January 2020, for a year at a time.
fn case(name: &'static str, because: &'static str, acts: impl IntoIterator<Item = Act>) -> Worked {
    worked(name)
        .clause(CLAUSE)
        .because(because)
        .rule(EntryRule::OnSignature)
        .lasting(DurationRule::Renewable {
            initial_months: 12,
            renewal_months: 12,
            notice_months: 3,
        })
        .acts(signed("2020-01-01"))
        .acts(acts)
}

pub(super) fn cases() -> Vec<Worked> {
    let mut cases = suspended();
    cases.push(revoked());
    cases
}

fn revoked() -> Worked {
    case(
        "a suspension revoked before its day",
        "VCLT 68: a notification may be revoked at any time before it takes effect.",
        [
            effective("UZ", ActKind::Suspension, "2020-10-01", "2021-01-01"),
            act("UZ", ActKind::Resumption, "2020-11-01"),
        ],
    )
    .on("2020-12-31", State::InForce)
    .since("2020-01-01")
    .enters("2020-01-01")
    .on("2021-02-01", State::InForce)
    .since("2020-01-01")
    .enters("2020-01-01")
}

fn suspended() -> Vec<Worked> {
    let suspended = || act("UZ", ActKind::Suspension, "2020-10-01");
    let resumed = || act("UZ", ActKind::Resumption, "2021-03-01");
    vec![
        case(
            "suspended over a renewal and resumed",
            "VCLT 57(a) and 72(1): suspension releases from performance and leaves the treaty as it is, so terms run on and it renews meanwhile.",
            [suspended(), resumed()],
        )
        .on("2020-12-31", State::Suspended)
        .since("2020-10-01")
        .enters("2020-01-01")
        .renews("2021-01-01", "2020-09-30")
        .on("2021-02-01", State::Suspended)
        .since("2020-10-01")
        .enters("2020-01-01")
        .renews("2022-01-01", "2021-09-30")
        .on("2021-03-01", State::InForce)
        .since("2021-03-01")
        .enters("2020-01-01"),
        case(
            "suspended over the end of its term",
            "VCLT 54(a) and 72(1): a suspended treaty ends with its term like any other.",
            [suspended()],
        )
        .lasting(DurationRule::Months(12))
        .on("2020-12-31", State::Suspended)
        .since("2020-10-01")
        .enters("2020-01-01")
        .ends("2020-12-31")
        .on("2021-01-01", State::Expired)
        .since("2021-01-01")
        .enters("2020-01-01"),
        case(
            "one party resumes, the other had suspended too",
            "VCLT 57: each party's suspension lasts until its own resumption.",
            [
                suspended(),
                act("KZ", ActKind::Suspension, "2020-11-01"),
                resumed(),
            ],
        )
        .on("2021-04-01", State::Suspended)
        .since("2020-10-01")
        .enters("2020-01-01"),
        case(
            "one of three suspends",
            "VCLT 57(a) and 72(1)(a): between the other two the treaty operates.",
            [suspended(), act("KG", ActKind::Signature, "2020-01-01")],
        )
        .of_three()
        .on("2020-12-01", State::InForce)
        .since("2020-01-01")
        .enters("2020-01-01"),
        case(
            "suspended from a later day",
            "VCLT 57(b): the notice names the day.",
            [effective("UZ", ActKind::Suspension, "2020-10-01", "2020-11-01")],
        )
        .on("2020-10-31", State::InForce)
        .since("2020-01-01")
        .enters("2020-01-01")
        .on("2020-11-01", State::Suspended)
        .since("2020-11-01")
        .enters("2020-01-01"),
        worked("suspended before it enters into force")
            .clause(CLAUSE)
            .because("VCLT 57: what is not in force has no operation; the suspension bears on it from its first day.")
            .rule(EntryRule::OnDate(day("2021-01-01")))
            .acts(signed("2020-01-01"))
            .acts([suspended()])
            .on("2020-12-31", State::EntryScheduled)
            .since("2020-01-01")
            .enters("2021-01-01")
            .on("2021-01-01", State::Suspended)
            .since("2021-01-01")
            .enters("2021-01-01"),
        case(
            "suspended and then terminated",
            "VCLT 54(b): consent of all ends it, suspended or not.",
            [suspended()].into_iter().chain(both(ActKind::Termination, "2020-12-01")),
        )
        .on("2020-11-30", State::Suspended)
        .since("2020-10-01")
        .enters("2020-01-01")
        .on("2020-12-01", State::Terminated)
        .since("2020-12-01")
        .enters("2020-01-01"),
    ]
}
