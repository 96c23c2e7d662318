//! The acts that count for one status, and what they say of each party.

use jiff::civil::Date;

use super::{
    AsOf, Case,
    findings::{Findings, WarningCode},
};
use crate::domain::{Act, ActKind, Content, EntryRule, Nature};

/// The acts known at the moment asked for, sorted by date and name; some may lie after the day.
pub(super) struct Facts<'a> {
    case: &'a Case,
    acts: Vec<&'a Act>,
    retracted: Vec<&'a Act>,
    /// What the status is asked for.
    pub(super) as_of: AsOf,
    /// The day it is asked for.
    pub(super) day: Date,
}

/// The day on which something came about, and the acts that say so.
#[derive(Clone, Debug)]
pub(super) struct Dated<'a> {
    pub(super) day: Date,
    pub(super) acts: Vec<&'a Act>,
}

/// How far one party's notification has been received.
pub(super) struct Receipt<'a> {
    /// When the last of the other parties received it, if all have.
    pub(super) complete: Option<Dated<'a>>,
    /// Those who are not known to have received it.
    pub(super) missing: Vec<&'a str>,
}

/// What a party does, and what it will have done before.
const DEPENDS: [(ActKind, &[ActKind]); 14] = {
    use ActKind::{
        Acceptance, Amendment, DenunciationNotice, DenunciationWithdrawal, DomesticApproval,
        ExchangeOfInstruments, Expiry, Initialling, NotificationSent, ProvisionalApplication,
        ProvisionalApplicationEnd, Ratification, Resumption, Signature, SignatureAuthorization,
        Suspension, Termination,
    };
    [
        (Signature, &[SignatureAuthorization, Initialling]),
        (DomesticApproval, &[Signature]),
        (Ratification, &[Signature]),
        (Acceptance, &[Signature]),
        (
            NotificationSent,
            &[Signature, DomesticApproval, Ratification, Acceptance],
        ),
        (
            ExchangeOfInstruments,
            &[Signature, DomesticApproval, Ratification, Acceptance],
        ),
        (ProvisionalApplicationEnd, &[ProvisionalApplication]),
        (Resumption, &[Suspension]),
        (DenunciationNotice, &[Signature]),
        (DenunciationWithdrawal, &[DenunciationNotice]),
        (Termination, &[Signature]),
        (Amendment, &[Signature]),
        (Expiry, &[Signature]),
        (Suspension, &[Signature]),
    ]
};

/// What a party takes back, and what it must have done for that.
const TAKES_BACK: [(ActKind, ActKind); 3] = [
    (
        ActKind::ProvisionalApplicationEnd,
        ActKind::ProvisionalApplication,
    ),
    (ActKind::Resumption, ActKind::Suspension),
    (ActKind::DenunciationWithdrawal, ActKind::DenunciationNotice),
];

impl<'a> Facts<'a> {
    /// Picks and sorts the acts of `case` that count.
    pub(super) fn new(case: &'a Case, as_of: AsOf) -> Self {
        let sorted = |keep: &dyn Fn(&Act) -> bool| {
            let mut acts: Vec<&Act> = case.acts.iter().filter(|act| keep(act)).collect();
            acts.sort_by(|a, b| (a.date, &a.name).cmp(&(b.date, &b.name)));
            acts
        };
        Self {
            case,
            acts: sorted(&|act| as_of.counts(act)),
            retracted: sorted(&|act| as_of.knows(act) && as_of.knows_retracted(act)),
            as_of,
            day: as_of.day,
        }
    }

    /// Returns what the register says of the document.
    pub(super) fn content(&self) -> &'a Content {
        &self.case.document.content
    }

    /// Returns the document's rule on entry into force.
    pub(super) fn rule(&self) -> &'a EntryRule {
        self.content().entry_rule()
    }

    /// Returns the document's parties.
    pub(super) fn parties(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.content().parties.iter().map(String::as_str)
    }

    /// Returns the acts dated not after the day.
    pub(super) fn past(&self) -> impl Iterator<Item = &'a Act> + '_ {
        self.acts.iter().copied().filter(|act| act.date <= self.day)
    }

    /// Returns the acts of one kind by one party that are dated not after the day.
    pub(super) fn past_of(
        &self,
        party: &'a str,
        kind: ActKind,
    ) -> impl Iterator<Item = &'a Act> + '_ {
        self.past()
            .filter(move |act| act.party == party && act.kind == kind)
    }

    /// Returns the first act of one kind by one party that is dated not after the day.
    pub(super) fn first(&self, party: &'a str, kind: ActKind) -> Option<&'a Act> {
        self.past_of(party, kind).next()
    }

    /// Returns when a party signed, if it has by the day. Of acts that contradict each other, the one
    /// dated as the register entry states counts, else the first.
    pub(super) fn signature(&self, party: &'a str) -> Option<&'a Act> {
        let stated = self.content().signature_date;
        self.acts
            .iter()
            .copied()
            .filter(|act| act.party == party && act.kind == ActKind::Signature)
            .min_by_key(|act| (Some(act.date) != stated, act.date, &act.name))
            .filter(|act| act.date <= self.day)
    }

    /// Returns the day of signature that the register entry states, for a party of which no act of
    /// signature is known, on whatever day.
    pub(super) fn stated_signature(&self, party: &str) -> Option<Date> {
        let has_act = |act: &&Act| act.party == party && act.kind == ActKind::Signature;
        self.content()
            .signature_date
            .filter(|day| *day <= self.day && !self.acts.iter().any(has_act))
    }

    /// Returns whether any act of signature is known, on whatever day.
    pub(super) fn has_signature_acts(&self) -> bool {
        self.acts.iter().any(|act| act.kind == ActKind::Signature)
    }

    /// Returns the first act that shows that `notifier` has notified by the day: its own, or the word of a
    /// party that received the notification.
    pub(super) fn notification(&self, notifier: &'a str) -> Option<&'a Act> {
        self.first(notifier, ActKind::NotificationSent).or_else(|| {
            self.past()
                .find(|act| act.notifying_party.as_deref() == Some(notifier))
        })
    }

    /// Returns how far the notification of `notifier` has been received by the day. The receiving
    /// party's own word decides, whatever its day; where it has given none, the sender's does.
    pub(super) fn receipt(&self, notifier: &'a str) -> Receipt<'a> {
        let known = |party: &'a str, kind| {
            self.acts
                .iter()
                .copied()
                .filter(move |act| act.party == party && act.kind == kind)
        };
        let stated = known(notifier, ActKind::NotificationSent)
            .filter_map(|act| act.receipt.map(|day| (day, act)))
            .min_by_key(|(day, act)| (*day, &act.name));
        let mut complete: Option<Dated<'a>> = None;
        let mut missing = Vec::new();
        for receiver in self.parties().filter(|party| *party != notifier) {
            let own = known(receiver, ActKind::NotificationReceived)
                .find(|act| act.notifying_party.as_deref() == Some(notifier))
                .map(|act| (act.date, act));
            match own.or(stated).filter(|(day, _)| *day <= self.day) {
                None => missing.push(receiver),
                Some((day, act)) => {
                    let dated = complete.get_or_insert_with(|| Dated {
                        day,
                        acts: Vec::new(),
                    });
                    dated.day = dated.day.max(day);
                    dated.acts.push(act);
                }
            }
        }
        if !missing.is_empty() {
            complete = None;
        }
        Receipt { complete, missing }
    }

    /// Warns of everything about the acts that is doubtful whatever the rule says.
    pub(super) fn doubts(&self, findings: &mut Findings) {
        if self.case.document.deleted.is_some() {
            let text = "The document is deleted from the register.";
            findings.warn(WarningCode::DocumentDeleted, text, &[]);
        }
        if !self.retracted.is_empty() {
            let text = "Acts that were recorded have been retracted and do not count.";
            findings.warn(WarningCode::Retracted, text, &self.retracted);
        }
        self.exchange_doubts(findings);
        for party in self.parties() {
            self.signature_doubts(party, findings);
            self.receipt_doubts(party, findings);
            self.repetitions(party, findings);
            self.order_doubts(party, findings);
            if self.content().nature() != Nature::Political {
                self.nothing_to_take_back(party, findings);
            }
        }
    }

    /// Warns of acts that take back what the party has not done: another party's act is not its to take back.
    fn nothing_to_take_back(&self, party: &'a str, findings: &mut Findings) {
        for (kind, taken_back) in TAKES_BACK {
            let acts: Vec<_> = self.past_of(party, kind).collect();
            let (Some(first), None) = (acts.first(), self.first(party, taken_back)) else {
                continue;
            };
            let text = format!(
                "{party} {} on {}; that it {} before is not recorded, so nothing follows.",
                kind.past(),
                first.date,
                taken_back.past()
            );
            findings.warn(WarningCode::ActWithoutEffect, text, &acts);
        }
    }

    /// Returns the day of entry into force that an official source states, if it has come.
    pub(super) fn past_stated_entry(&self) -> Option<Date> {
        let clause = self.content().entry_into_force.as_ref()?;
        clause.stated_date.filter(|stated| *stated <= self.day)
    }

    fn signature_doubts(&self, party: &'a str, findings: &mut Findings) {
        let acts: Vec<_> = self.past_of(party, ActKind::Signature).collect();
        if let (Some(first), Some(last)) = (acts.first(), acts.last())
            && first.date != last.date
        {
            let text = format!(
                "The signature of {party} is dated {} and {} in different sources.",
                first.date, last.date
            );
            findings.warn(WarningCode::ContradictingDates, text, &acts);
        } else if let (Some(act), Some(stated)) = (acts.first(), self.content().signature_date)
            && act.date != stated
        {
            let text = format!(
                "{party} signed on {}; the register entry states {stated}.",
                act.date
            );
            findings.warn(WarningCode::ContradictingDates, text, &acts);
        }
    }

    /// An exchange between two parties is one event, which both date.
    fn exchange_doubts(&self, findings: &mut Findings) {
        let kind = ActKind::ExchangeOfInstruments;
        let acts: Vec<_> = self
            .parties()
            .filter_map(|party| self.first(party, kind))
            .collect();
        if let [one, other] = acts.as_slice()
            && self.parties().count() == 2
            && one.date != other.date
        {
            let text = format!(
                "{} dates the exchange of instruments {}, {} dates it {}.",
                one.party, one.date, other.party, other.date
            );
            findings.warn(WarningCode::ContradictingDates, text, &acts);
        }
    }

    fn receipt_doubts(&self, party: &'a str, findings: &mut Findings) {
        let Some(stated) = self
            .first(party, ActKind::NotificationSent)
            .filter(|act| act.receipt.is_some())
        else {
            return;
        };
        for receiver in self.parties().filter(|other| *other != party) {
            let own = self
                .past_of(receiver, ActKind::NotificationReceived)
                .find(|act| act.notifying_party.as_deref() == Some(party));
            if let (Some(own), Some(day)) = (own, stated.receipt)
                && own.date != day
            {
                let text = format!(
                    "{party} says that its notification was received on {day}; {receiver} says on {}.",
                    own.date
                );
                findings.warn(WarningCode::ContradictingDates, text, &[stated, own]);
            }
        }
    }

    fn repetitions(&self, party: &'a str, findings: &mut Findings) {
        const ONCE: [ActKind; 7] = [
            ActKind::DomesticApproval,
            ActKind::Ratification,
            ActKind::Acceptance,
            ActKind::NotificationSent,
            ActKind::NotificationReceived,
            ActKind::ExchangeOfInstruments,
            ActKind::Termination,
        ];
        for kind in ONCE {
            let acts: Vec<_> = self.past_of(party, kind).collect();
            for (index, act) in acts.iter().enumerate().skip(1) {
                let first = acts
                    .iter()
                    .take(index)
                    .find(|first| first.notifying_party == act.notifying_party);
                if let Some(first) = first.filter(|first| first.date != act.date) {
                    let text = format!(
                        "{party} {} on {} and again on {}; the first counts.",
                        kind.past(),
                        first.date,
                        act.date
                    );
                    findings.warn(WarningCode::RepeatedAct, text, &[first, act]);
                }
            }
        }
    }

    /// Returns when a party first did something, and its act; its signature is the one that counts, or the
    /// day that the register entry states.
    fn prerequisite(&self, party: &'a str, kind: ActKind) -> Option<(Date, Option<&'a Act>)> {
        let act = if kind == ActKind::Signature {
            self.signature(party)
        } else {
            self.first(party, kind)
        };
        match act {
            Some(act) => Some((act.date, Some(act))),
            None if kind == ActKind::Signature => {
                self.stated_signature(party).map(|day| (day, None))
            }
            None => None,
        }
    }

    /// Warns of acts dated before the ones they depend on.
    fn order_doubts(&self, party: &'a str, findings: &mut Findings) {
        for (kind, prerequisites) in DEPENDS {
            let Some(act) = self.first(party, kind) else {
                continue;
            };
            for prerequisite in prerequisites {
                let Some((day, other)) = self.prerequisite(party, *prerequisite) else {
                    continue;
                };
                if act.date < day {
                    let text = format!(
                        "{party} {} on {}, before it {} on {day}.",
                        kind.past(),
                        act.date,
                        prerequisite.past(),
                    );
                    let acts: Vec<_> = std::iter::once(act).chain(other).collect();
                    findings.warn(WarningCode::ActBeforePrerequisite, text, &acts);
                }
            }
        }
        for received in self.past_of(party, ActKind::NotificationReceived) {
            let sent = received.notifying_party.as_deref().and_then(|notifier| {
                self.past()
                    .find(|act| act.kind == ActKind::NotificationSent && act.party == notifier)
            });
            if let Some(sent) = sent.filter(|sent| received.date < sent.date) {
                let text = format!(
                    "{party} received a notification on {} that was sent on {}.",
                    received.date, sent.date
                );
                findings.warn(WarningCode::ActBeforePrerequisite, text, &[received, sent]);
            }
        }
    }
}
