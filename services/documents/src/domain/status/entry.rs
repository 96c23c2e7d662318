//! The rules on entry into force: which day triggers each, and what it still waits for.

use jiff::civil::Date;

use super::{
    AsOf, Case, Cases, MAX_CHAIN, Standing, State, basis,
    facts::{Dated, Facts, Receipt},
    findings::{Findings, WarningCode},
    life::Life,
    signing::Signing,
};
use crate::domain::{Act, ActKind, DurationRule, EntryRule, Nature, Offset};

/// The doubts about the other document's entry that leave that of the one which waits for it untold.
const UNTOLD: [WarningCode; 2] = [
    WarningCode::RuleNotApplicable,
    WarningCode::OtherDocumentNotDisclosed,
];

/// How far entry into force has come on the day.
pub(super) enum Entry {
    /// No party has signed.
    Unsigned,
    /// Some parties have signed, the first on this day.
    PartlySigned { since: Option<Date> },
    /// All have signed, and the rule is not known or cannot be followed.
    Unknown { since: Option<Date> },
    /// All have signed, and a condition of the rule is outstanding.
    Awaiting {
        state: State,
        since: Option<Date>,
        summary: String,
        /// Whether it may have been met all the same: it is another document's entry into force, which is not established.
        is_open: bool,
    },
    /// Every condition was met on one day, which gives the day of entry into force.
    Established { since: Date, date: Date },
}

impl Entry {
    /// Returns the day of entry into force, if it is established.
    pub(super) fn date(&self) -> Option<Date> {
        match self {
            Self::Established { date, .. } => Some(*date),
            _ => None,
        }
    }

    /// Returns whether it may have entered into force although no day is established.
    pub(super) fn is_open(&self) -> bool {
        matches!(
            self,
            Self::Unknown { .. } | Self::Awaiting { is_open: true, .. }
        )
    }

    /// Returns whether every party has signed.
    pub(super) fn is_signed(&self) -> bool {
        !matches!(self, Self::Unsigned | Self::PartlySigned { .. })
    }
}

/// Follows the rule of the document `name`, whose facts are given.
pub(super) fn of<'a>(
    cases: &'a Cases,
    name: &'a str,
    facts: &Facts<'a>,
    findings: &mut Findings,
) -> Entry {
    follow(cases, facts, findings, &mut vec![name])
}

/// Follows a document's rules; `visited` are the documents that wait for one another up to this one,
/// this one last.
fn follow<'a>(
    cases: &'a Cases,
    facts: &Facts<'a>,
    findings: &mut Findings,
    visited: &mut Vec<&'a str>,
) -> Entry {
    let entry = follow_rule(cases, facts, findings, visited);
    match (&entry, &facts.content().duration) {
        (Entry::Established { since, date }, Some(DurationRule::Until(last))) if last < date => {
            let text = format!(
                "The conditions for entry into force on {date} were met too late: the last day in force is {last}."
            );
            findings.warn(WarningCode::RuleNotApplicable, text, &[]);
            Entry::Unknown {
                since: Some(*since),
            }
        }
        _ => entry,
    }
}

fn follow_rule<'a>(
    cases: &'a Cases,
    facts: &Facts<'a>,
    findings: &mut Findings,
    visited: &mut Vec<&'a str>,
) -> Entry {
    let signing = Signing::of(facts);
    signing.explain(basis::SIGNATURE, findings);
    signing.await_missing(findings);
    let Some(signed) = signing.complete() else {
        let since = signing.first();
        return since.map_or(Entry::Unsigned, |day| Entry::PartlySigned {
            since: Some(day),
        });
    };
    match facts.rule() {
        EntryRule::Unknown => {
            let text = if facts.content().nature() == Nature::NotKnown {
                "Neither the document's type nor its rules say whether it binds in law."
            } else {
                "The clause on entry into force has not been read, so no day is computed."
            };
            findings.step(None, text, "", &[]);
            Entry::Unknown {
                since: Some(signed.day),
            }
        }
        EntryRule::OnSignature => {
            findings.step(
                Some(signed.day),
                "It enters into force on signature by the last party.",
                basis::ENTRY,
                &signed.acts,
            );
            Entry::Established {
                since: signed.day,
                date: signed.day,
            }
        }
        EntryRule::OnDate(date) => on_date(*date, &signed, findings),
        EntryRule::AfterLastNotification(offset) => {
            let notifiers: Vec<_> = facts.parties().collect();
            notifications(facts, &notifiers, *offset, &signed, findings)
        }
        EntryRule::AfterNotificationBy(party, offset) => {
            notifications(facts, &[party.as_str()], *offset, &signed, findings)
        }
        EntryRule::AfterExchange(offset) => exchange(facts, *offset, &signed, findings),
        EntryRule::WithDocument(name) => {
            with_document(cases, facts.as_of, name, &signed, findings, visited)
        }
    }
}

fn on_date(date: Date, signed: &Dated<'_>, findings: &mut Findings) -> Entry {
    if signed.day <= date {
        findings.step(
            Some(date),
            "It enters into force on the day that the document names.",
            basis::ENTRY,
            &[],
        );
        return Entry::Established {
            since: signed.day,
            date,
        };
    }
    let text = format!(
        "The document names {date}; the last party signed later, so it enters into force on that signature."
    );
    findings.step(Some(signed.day), text, basis::LATE_CONSENT, &signed.acts);
    findings.warn(
        WarningCode::ActBeforePrerequisite,
        format!(
            "The day named for entry into force, {date}, is before the last signature, {}.",
            signed.day
        ),
        &signed.acts,
    );
    Entry::Established {
        since: signed.day,
        date: signed.day,
    }
}

/// Follows the rules that are triggered by the receipt of notifications.
fn notifications<'a>(
    facts: &Facts<'a>,
    notifiers: &[&'a str],
    offset: Option<Offset>,
    signed: &Dated<'a>,
    findings: &mut Findings,
) -> Entry {
    let mut last: Option<Dated<'a>> = None;
    let mut missing = Vec::new();
    for &notifier in notifiers {
        let receipt = facts.receipt(notifier);
        if let Some(complete) = receipt.complete {
            let text = format!("The notification of {notifier} had been received.");
            findings.step(Some(complete.day), text, basis::RECEIPT, &complete.acts);
            last = Some(match last {
                Some(last) if last.day > complete.day => last,
                _ => complete,
            });
            continue;
        }
        missing.push(notifier);
        await_notification(facts, notifier, &receipt, signed.day, findings);
    }
    match last {
        Some(last) if missing.is_empty() => {
            let text = "The last of the notifications that the rule asks for had been received.";
            established(&last, text, offset, signed, findings)
        }
        _ => Entry::Awaiting {
            state: State::AwaitingNotification,
            since: Some(signed.day),
            summary: format!(
                "Signed; awaiting the receipt of the notification of {}.",
                missing.join(", ")
            ),
            is_open: false,
        },
    }
}

/// Awaits what is missing of one notification: that it is sent, or that the others receive it.
fn await_notification<'a>(
    facts: &Facts<'a>,
    notifier: &'a str,
    receipt: &Receipt<'a>,
    signed: Date,
    findings: &mut Findings,
) {
    let Some(sent) = facts.notification(notifier) else {
        let since = procedure_day(facts, notifier).map_or(signed, |day| day.max(signed));
        let text =
            format!("The notification of {notifier} that its domestic procedure is complete.");
        let kind = ActKind::NotificationSent;
        findings.await_act(Some(notifier), Some(kind), Some(since), text);
        return;
    };
    let by = receipt.missing.join(", ");
    let text = format!(
        "{notifier} had sent its notification by {}; its receipt by {by} is not recorded.",
        sent.date
    );
    findings.warn(WarningCode::ReceiptNotRecorded, text, &[sent]);
    for receiver in &receipt.missing {
        let text = format!("The receipt by {receiver} of the notification of {notifier}.");
        let kind = ActKind::NotificationReceived;
        findings.await_act(Some(receiver), Some(kind), Some(sent.date), text);
    }
}

/// Returns when a party completed its domestic procedure, if it has.
pub(super) fn procedure_day<'a>(facts: &Facts<'a>, party: &'a str) -> Option<Date> {
    facts
        .past()
        .find(|act| act.party == party && act.kind.completes_procedure())
        .map(|act| act.date)
}

fn exchange<'a>(
    facts: &Facts<'a>,
    offset: Option<Offset>,
    signed: &Dated<'a>,
    findings: &mut Findings,
) -> Entry {
    let acts: Vec<&Act> = facts
        .parties()
        .filter_map(|party| facts.first(party, ActKind::ExchangeOfInstruments))
        .collect();
    let missing: Vec<_> = facts
        .parties()
        .filter(|party| facts.first(party, ActKind::ExchangeOfInstruments).is_none())
        .collect();
    for party in &missing {
        let text = format!("The exchange of instruments by {party}.");
        findings.await_act(
            Some(party),
            Some(ActKind::ExchangeOfInstruments),
            Some(signed.day),
            text,
        );
    }
    match acts.iter().map(|act| act.date).max() {
        Some(day) if missing.is_empty() => {
            let text = "The parties had exchanged their instruments.";
            findings.step(Some(day), text, basis::EXCHANGE, &acts);
            established(&Dated { day, acts }, text, offset, signed, findings)
        }
        _ => Entry::Awaiting {
            state: State::AwaitingExchange,
            since: Some(signed.day),
            summary: "Signed; awaiting the exchange of instruments.".to_owned(),
            is_open: false,
        },
    }
}

/// Follows the document that this one waits for. What makes the chain impossible to follow, at
/// whatever place in it, is a doubt about this document too.
fn with_document<'a>(
    cases: &'a Cases,
    as_of: AsOf,
    name: &'a str,
    signed: &Dated<'a>,
    findings: &mut Findings,
    visited: &mut Vec<&'a str>,
) -> Entry {
    let unknown = Entry::Unknown {
        since: Some(signed.day),
    };
    let other = match next_in_chain(cases, name, visited) {
        Ok(other) => Facts::new(other, as_of),
        Err((code, text)) => {
            findings.warn(code, text, &[]);
            return unknown;
        }
    };
    let it = visited.last().copied().unwrap_or_default();
    visited.push(name);
    let mut others = Findings::default();
    let entry = follow(cases, &other, &mut others, visited);
    if findings.take_over(&UNTOLD, others) {
        return unknown;
    }
    let earliest = entry.date().map(|date| date.max(signed.day));
    let end = Life::of(&other, &entry, &mut Findings::default()).end;
    if let Some(end) = end.and_then(|end| end.since)
        && earliest.is_none_or(|earliest| end <= earliest)
    {
        let text = format!(
            "{it} waits for {name}, which ended on {end}, before it could enter into force with it."
        );
        findings.warn(WarningCode::RuleNotApplicable, text, &[]);
        return unknown;
    }
    let Entry::Established { since, date } = &entry else {
        let text = format!("The entry into force of {name}.");
        findings.await_act(None, None, Some(signed.day), text);
        return Entry::Awaiting {
            state: State::AwaitingOtherDocument,
            since: Some(signed.day),
            summary: format!("Signed; awaiting the entry into force of {name}."),
            is_open: entry.is_open() || other.past_stated_entry().is_some(),
        };
    };
    let text = format!("{name} enters into force, and this document with it.");
    let (since, date) = (*since, *date);
    findings.step(Some(date), text, basis::ENTRY, &[]);
    if date < signed.day {
        let text =
            "The last party signed after that day, so it enters into force on that signature.";
        findings.step(Some(signed.day), text, basis::LATE_CONSENT, &signed.acts);
    }
    Entry::Established {
        since: since.max(signed.day),
        date: date.max(signed.day),
    }
}

/// Returns the case of the document `name` that the last of `visited` waits for, or says why it
/// cannot be followed.
fn next_in_chain<'a>(
    cases: &'a Cases,
    name: &str,
    visited: &[&str],
) -> Result<&'a Case, (WarningCode, String)> {
    let it = visited.last().copied().unwrap_or_default();
    let refused = |why: &str| {
        let text = format!("{it} waits for {name}, {why}.");
        Err((WarningCode::RuleNotApplicable, text))
    };
    if visited.contains(&name) {
        return refused("which in the end waits for it");
    }
    if visited.len() >= MAX_CHAIN {
        return refused("which is too far along a chain of documents");
    }
    let Some(other) = cases.get(name) else {
        return refused("which is not registered");
    };
    match other.standing {
        Standing::Open => {}
        Standing::NotRegistered => return refused("which was not registered yet"),
        Standing::Hidden => {
            let text = format!("{it} waits for {name}, which the caller may not read.");
            return Err((WarningCode::OtherDocumentNotDisclosed, text));
        }
    }
    if other.document.content.nature() == Nature::Political {
        return refused("which is political and does not enter into force");
    }
    Ok(other)
}

/// Counts the offset from the day on which the last condition was met; signature is always one.
fn established(
    trigger: &Dated<'_>,
    what: &str,
    offset: Option<Offset>,
    signed: &Dated<'_>,
    findings: &mut Findings,
) -> Entry {
    let start = trigger.day.max(signed.day);
    if start == trigger.day {
        findings.step(Some(start), what, basis::ENTRY, &trigger.acts);
    } else {
        let text = "The last party signed after the other conditions were met, so time runs from that signature.";
        findings.step(Some(start), text, basis::LATE_CONSENT, &signed.acts);
    }
    let date = offset.map_or(start, |offset| offset.after(start));
    if let Some(offset) = offset {
        let text = format!(
            "It enters into force {} {start}: on {date}.",
            offset.phrase()
        );
        findings.step(Some(date), text, basis::COUNTING, &[]);
    }
    Entry::Established { since: start, date }
}
