//! The documents and acts that the laws are tried on. Days are dense, and often the same, so that acts meet.

use jiff::{SignedDuration, Timestamp, civil::Date};
use proptest::prelude::*;

use crate::domain::{
    Act, ActKind, ActName, Document, DocumentType, DurationRule, EffectivePeriod, EntryRule,
    Offset, Retraction,
    status::{
        AsOf, Case, Cases, Standing, Status,
        sample::{NAME, act, agreement, cases, day, received, signed, time},
    },
};

/// The parties; the third is one of some documents only.
const PARTIES: [&str; 3] = ["UZ", "KZ", "KG"];

/// The documents that documents wait for: one that enters into force, and one that may not be read.
const OTHERS: [&str; 2] = ["other", "hidden"];

/// The kinds of act that change a state by themselves.
const DECISIVE: [ActKind; 8] = [
    ActKind::Signature,
    ActKind::NotificationSent,
    ActKind::NotificationReceived,
    ActKind::ExchangeOfInstruments,
    ActKind::ProvisionalApplication,
    ActKind::Suspension,
    ActKind::Resumption,
    ActKind::DenunciationNotice,
];

/// How many days the acts lie in.
const DAYS: i64 = 900;

fn offset() -> impl Strategy<Value = Option<Offset>> {
    prop_oneof![
        Just(None),
        (1i32..100).prop_map(|n| Some(Offset::Days(n))),
        (1i32..20).prop_map(|n| Some(Offset::Months(n))),
        (1i32..20).prop_map(|n| Some(Offset::FirstDayOfMonth(n))),
    ]
}

fn entry_rule() -> impl Strategy<Value = EntryRule> {
    let name = |id: &str| format!("partnerships/uz-kz/documents/{id}");
    prop_oneof![
        2 => Just(EntryRule::OnSignature),
        2 => a_day().prop_map(EntryRule::OnDate),
        3 => offset().prop_map(EntryRule::AfterLastNotification),
        2 => offset().prop_map(EntryRule::AfterExchange),
        2 => offset().prop_map(|offset| EntryRule::AfterNotificationBy("KZ".to_owned(), offset)),
        2 => proptest::sample::select(OTHERS.map(name).to_vec()).prop_map(EntryRule::WithDocument),
        1 => Just(EntryRule::WithDocument(NAME.to_owned())),
        1 => Just(EntryRule::Unknown),
    ]
}

fn duration_rule() -> impl Strategy<Value = Option<DurationRule>> {
    prop_oneof![
        Just(None),
        Just(Some(DurationRule::Unknown)),
        proptest::option::of(1i32..13)
            .prop_map(|notice_months| Some(DurationRule::Indefinite { notice_months })),
        (1i32..40).prop_map(|months| Some(DurationRule::Months(months))),
        a_day().prop_map(|day| Some(DurationRule::Until(day))),
        (1i32..30, 1i32..30, 0i32..7).prop_map(
            |(initial_months, renewal_months, notice_months)| {
                Some(DurationRule::Renewable {
                    initial_months,
                    renewal_months,
                    notice_months,
                })
            }
        ),
    ]
}

fn binding() -> impl Strategy<Value = Document> {
    let rules = (entry_rule(), duration_rule());
    let days = (proptest::option::of(a_day()), proptest::option::of(a_day()));
    (rules, days, any::<bool>(), 0u8..20).prop_map(
        |((rule, duration), (signed, stated), of_three, deleted)| {
            let mut document = agreement(rule);
            document.content.duration = duration;
            document.content.signature_date = signed;
            if let Some(clause) = &mut document.content.entry_into_force {
                clause.stated_date = stated;
            }
            if of_three {
                document.content.parties.push(PARTIES[2].to_owned());
            }
            document.deleted = (deleted == 0).then(|| time("2021-01-01T00:00:00Z"));
            document
        },
    )
}

fn political() -> impl Strategy<Value = Document> {
    let days = (proptest::option::of(a_day()), proptest::option::of(a_day()));
    days.prop_map(|(start, end)| {
        let mut document = agreement(EntryRule::Unknown);
        document.content.kind = DocumentType::Plan;
        document.content.entry_into_force = None;
        document.content.effective_period = Some(EffectivePeriod { start, end });
        document
    })
}

/// A document of any kind and with any clauses.
pub(super) fn a_document() -> impl Strategy<Value = Document> {
    prop_oneof![6 => binding(), 1 => political()]
}

/// A day among the acts'; often the first or the middle of a month's length.
pub(super) fn a_day() -> impl Strategy<Value = Date> {
    let days = prop_oneof![0..DAYS, (0..DAYS / 30).prop_map(|month| month * 30)];
    days.prop_map(|days| day("2021-01-01").saturating_add(SignedDuration::from_hours(24 * days)))
}

/// A moment among the recordings'.
pub(super) fn a_time() -> impl Strategy<Value = Timestamp> {
    (0i64..24 * DAYS)
        .prop_map(|hours| time("2021-01-01T00:00:00Z") + SignedDuration::from_hours(hours))
}

/// An act without a name: names are given by place, so that they differ.
fn an_act() -> impl Strategy<Value = Act> {
    let who = (0usize..3, 1usize..3);
    let what = prop_oneof![
        1 => proptest::sample::select(ActKind::ALL),
        2 => proptest::sample::select(DECISIVE.to_vec()),
    ];
    let receipt = proptest::option::weighted(0.8, 0i64..60);
    let when = (a_day(), receipt, proptest::option::of(0i64..60));
    let known = (
        a_time(),
        proptest::option::of(a_day()),
        proptest::option::of(a_time()),
    );
    (who, what, when, known).prop_map(
        |((party, other), kind, (date, receipt, effective), (created, publication, retracted))| {
            let actor = PARTIES[party];
            let other = PARTIES[(party + other) % PARTIES.len()];
            let after = |days: i64| date.saturating_add(SignedDuration::from_hours(24 * days));
            Act {
                receipt: receipt.map(after).filter(|_| kind.takes_receipt()),
                effective: effective.map(after).filter(|_| kind.takes_effective_date()),
                notifying_party: (kind == ActKind::NotificationReceived).then(|| other.to_owned()),
                created,
                publication,
                retraction: retracted.filter(|at| *at > created).map(|at| Retraction {
                    at,
                    reason: "wrong".to_owned(),
                    retractor: "test".to_owned(),
                }),
                ..act(actor, kind, &date.to_string())
            }
        },
    )
}

/// What parties often do: all the same on one day, but sometimes one of them has not done it yet.
fn together() -> impl Strategy<Value = Vec<Act>> {
    let kind = proptest::sample::select(vec![
        ActKind::NotificationReceived,
        ActKind::ExchangeOfInstruments,
        ActKind::NotificationReceived,
        ActKind::ExchangeOfInstruments,
        ActKind::ProvisionalApplication,
        ActKind::Termination,
        ActKind::Expiry,
    ]);
    let left_out = prop_oneof![Just(PARTIES.len()), 0..PARTIES.len()];
    (kind, a_day(), left_out).prop_map(|(kind, date, left_out)| {
        let pairs = PARTIES
            .iter()
            .flat_map(|party| PARTIES.map(|other| (*party, other)));
        let left_out = PARTIES.get(left_out).copied().unwrap_or_default();
        pairs
            .filter(|(party, other)| party != other && *party != left_out)
            .map(|(party, other)| Act {
                notifying_party: (kind == ActKind::NotificationReceived).then(|| other.to_owned()),
                ..act(party, kind, &date.to_string())
            })
            .collect()
    })
}

/// The acts on a document, most of which is signed.
pub(super) fn acts() -> impl Strategy<Value = Vec<Act>> {
    let signers = prop_oneof![1 => 0usize..3, 6 => Just(3)];
    let common = proptest::collection::vec(together(), 0..3);
    let more = proptest::collection::vec(an_act(), 1..8);
    (signers, common, more).prop_map(|(signers, common, more)| {
        let sign = |party: &&str| act(party, ActKind::Signature, "2021-03-01");
        let mut acts: Vec<_> = PARTIES.iter().take(signers).map(sign).collect();
        acts.extend(common.into_iter().flatten());
        acts.extend(more);
        for (index, act) in acts.iter_mut().enumerate() {
            act.name = ActName::new("uz-kz", "it", format!("a{index}"));
        }
        acts
    })
}

/// The acts on a document, and one more that the parties did together with them: it matters more often than
/// one at random.
pub(super) fn acts_and_one() -> impl Strategy<Value = (Vec<Act>, Act)> {
    (acts(), any::<prop::sample::Index>()).prop_map(|(mut acts, which)| {
        let one = acts.swap_remove(which.index(acts.len()));
        (acts, one)
    })
}

/// The document asked for with the acts of its parties, and beside it those that it may wait for.
fn register(document: &Document, acts: &[Act]) -> Cases {
    let parties = &document.content.parties;
    let is_party = |party: &String| parties.contains(party);
    let acts: Vec<_> = acts
        .iter()
        .filter(|act| is_party(&act.party) && act.notifying_party.as_ref().is_none_or(is_party))
        .cloned()
        .collect();
    let mut cases = cases(document, &acts);
    for (id, standing) in OTHERS.into_iter().zip([Standing::Open, Standing::Hidden]) {
        let mut other = agreement(EntryRule::AfterLastNotification(Some(Offset::Months(1))));
        id.clone_into(&mut other.name.document);
        let mut acts = signed("2021-03-01");
        acts.push(received("KZ", "UZ", "2021-09-15"));
        acts.push(received("UZ", "KZ", "2022-02-10"));
        let name = other.name.to_string();
        let case = Case {
            standing,
            ..Case::new(other, acts)
        };
        cases.insert(name, case);
    }
    cases
}

/// The status on a day, as known at a moment.
pub(super) fn ask(document: &Document, acts: &[Act], day: Date, known: Timestamp) -> Status {
    let as_of = AsOf {
        day,
        known,
        recorded_before: None,
    };
    ask_as_of(document, acts, as_of)
}

/// The status for any question.
pub(super) fn ask_as_of(document: &Document, acts: &[Act], as_of: AsOf) -> Status {
    Status::of(&register(document, acts), NAME, as_of).unwrap()
}
