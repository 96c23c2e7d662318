//! What comes to pass in a document and when, by all acts recorded.
//!
//! No clock is read: an act counts from its recording to its retraction, whenever it is published. So
//! what is kept of this stays true until another act is recorded or a clause changes.

use jiff::{
    Timestamp,
    civil::{Date, date},
};

use super::{AsOf, Cases, State, Status, term::renewals};
use crate::domain::{DurationRule, Nature, coded::coded};

/// The last day for which renewals are foreseen.
const HORIZON: Date = date(2100, 12, 31);

/// The most renewals of one document: 50 years of monthly ones.
const MOST_RENEWALS: usize = 600;

/// A day after all that acts and clauses can date: their dates end with the year 2500.
const END_OF_TIME: Date = date(2700, 12, 31);

coded! {
    /// The kinds of events.
    pub enum EventKind {
        /// Entry into force.
        EntryIntoForce = 1,
        /// The last day of a term that is not renewed.
        TermEnd = 2,
        /// The first day of a further term.
        Renewal = 3,
        /// The last day on which a notice that stops the next renewal can be received.
        NoticeDeadline = 4,
        /// The first day after a denunciation or termination took effect.
        Termination = 5,
        /// The first day of a political document.
        EffectiveStart = 6,
        /// The last day of a political document.
        EffectiveEnd = 7,
    }
}

impl EventKind {
    /// Says in one English sentence what comes to pass.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::EntryIntoForce => "The document enters into force.",
            Self::TermEnd => "The last day of the document's term, which is not renewed.",
            Self::Renewal => "The document's term is renewed: the first day of the further term.",
            Self::NoticeDeadline => {
                "The last day on which a notice that stops the next renewal can be received."
            }
            Self::Termination => {
                "A denunciation or termination takes effect: the first day on which the document no longer binds."
            }
            Self::EffectiveStart => "The first day on which the document applies.",
            Self::EffectiveEnd => "The last day on which the document applies.",
        }
    }
}

/// Something that comes to pass on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Event {
    /// The day.
    pub day: Date,
    /// What comes to pass.
    pub kind: EventKind,
}

impl Event {
    const fn new(day: Date, kind: EventKind) -> Self {
        Self { day, kind }
    }
}

/// Returns what comes to pass in the document `name`, by day and kind, each once; nothing for a deleted
/// document or one that is not among the cases.
#[must_use]
pub fn events(cases: &Cases, name: &str) -> Vec<Event> {
    let Some(case) = cases.get(name) else {
        return Vec::new();
    };
    if case.document.deleted.is_some() {
        return Vec::new();
    }
    let content = &case.document.content;
    let mut events = if content.nature() == Nature::Political {
        let period = content.effective_period.as_ref();
        political(cases, name, period.and_then(|period| period.end))
    } else {
        binding(cases, name, content.duration.as_ref())
    };
    events.sort();
    events.dedup();
    events
}

/// The status on a day by all acts recorded.
fn status(cases: &Cases, name: &str, day: Date) -> Option<Status> {
    let as_of = AsOf {
        day,
        known: Timestamp::MAX,
        recorded_before: None,
    };
    Status::of(cases, name, as_of)
}

/// The events of a document that enters into force. All of them lie before its end.
fn binding(cases: &Cases, name: &str, duration: Option<&DurationRule>) -> Vec<Event> {
    let mut events = Vec::new();
    let Some(last) = status(cases, name, END_OF_TIME) else {
        return events;
    };
    let end = match (last.state, last.since) {
        (State::Terminated, Some(end)) => {
            events.push(Event::new(end, EventKind::Termination));
            Some(end)
        }
        (State::Expired, Some(end)) => {
            let eve = end.yesterday().unwrap_or(end);
            // One that was signed only later has had its last day before.
            let day = last.term.as_ref().and_then(|term| term.end).unwrap_or(eve);
            events.push(Event::new(day, EventKind::TermEnd));
            Some(end)
        }
        _ => None,
    };
    let binds = |day: Date| end.is_none_or(|end| day < end);
    let Some(entry) = last.entry_date.filter(|entry| binds(*entry)) else {
        return events;
    };
    events.push(Event::new(entry, EventKind::EntryIntoForce));
    let Some(rule) = duration else {
        return events;
    };
    let renewals = renewals(rule, entry)
        .take(MOST_RENEWALS)
        .take_while(|(renewal, deadline)| binds(*renewal) && *deadline.min(renewal) <= HORIZON);
    for (renewal, deadline) in renewals {
        if renewal <= HORIZON {
            events.push(Event::new(renewal, EventKind::Renewal));
        }
        if entry <= deadline {
            events.push(Event::new(deadline, EventKind::NoticeDeadline));
        }
    }
    events
}

/// The events of a political document, from the last back to the first.
fn political(cases: &Cases, name: &str, last_day: Option<Date>) -> Vec<Event> {
    let mut events = Vec::new();
    let mut day = END_OF_TIME;
    while let Some(status) = status(cases, name, day) {
        let Some(since) = status.since else { break };
        let eve = since.yesterday().unwrap_or(since);
        match status.state {
            State::Terminated => events.push(Event::new(since, EventKind::Termination)),
            State::NoLongerEffective => {
                // It had ended before the parties agreed to end it.
                events.clear();
                events.push(Event::new(
                    last_day.map_or(eve, |day| day.min(eve)),
                    EventKind::EffectiveEnd,
                ));
            }
            State::Effective => {
                events.push(Event::new(since, EventKind::EffectiveStart));
                break;
            }
            _ => break,
        }
        if day <= eve {
            break;
        }
        day = eve;
    }
    events
}

#[cfg(test)]
mod tests;
