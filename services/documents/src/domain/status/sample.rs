//! Documents and acts for tests, in few words.

use jiff::{Timestamp, civil::Date};

use super::{AsOf, Case, Cases, Status};
use crate::domain::{
    AccessLevel, Act, ActKind, ActName, Content, Document, DocumentName, DocumentType, EntryClause,
    EntryRule, Level, Retraction, Source,
};

/// The name of the document that tests ask for.
pub(super) const NAME: &str = "partnerships/uz-kz/documents/it";

/// A moment after everything in these tests.
pub(super) const LATE: &str = "2400-01-01T00:00:00Z";

/// Reads a day such as `2023-01-31`.
pub(super) fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// Reads an instant.
pub(super) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// An agreement between UZ and KZ with a rule on entry into force.
pub(super) fn agreement(rule: EntryRule) -> Document {
    let clause = EntryClause {
        rule,
        stated_date: None,
        stated_date_source: None,
        clause: String::new(),
    };
    Document {
        name: DocumentName::parse("name", NAME).unwrap(),
        uid: "uid".to_owned(),
        revision: 1,
        content: Content {
            titles: vec![],
            title_known: true,
            item_number: None,
            kind: DocumentType::Agreement,
            level: Level::Intergovernmental,
            sectors: vec![],
            parties: vec!["UZ".to_owned(), "KZ".to_owned()],
            signing_bodies: vec![],
            signature_place: String::new(),
            signature_date: None,
            access_level: AccessLevel::Public,
            relations: vec![],
            sources: vec![],
            entry_into_force: Some(clause),
            duration: None,
            effective_period: None,
        },
        created: time("2020-01-01T00:00:00Z"),
        updated: time("2020-01-01T00:00:00Z"),
        deleted: None,
    }
}

/// An act of a party on a day, recorded at that day's start.
pub(super) fn act(party: &str, kind: ActKind, date: &str) -> Act {
    let id = format!("{}-{}-{date}", party.to_lowercase(), kind.code());
    Act {
        name: ActName::new("uz-kz", "it", id),
        uid: String::new(),
        revision: 1,
        party: party.to_owned(),
        kind,
        date: day(date),
        receipt: None,
        effective: None,
        notifying_party: None,
        reference: String::new(),
        source: Source::default(),
        publication: None,
        created: time(&format!("{date}T00:00:00Z")),
        recorder: "test".to_owned(),
        retraction: None,
    }
}

/// A notification sent on one day and received on another.
pub(super) fn notified(party: &str, sent: &str, received: &str) -> Act {
    Act {
        receipt: Some(day(received)),
        ..act(party, ActKind::NotificationSent, sent)
    }
}

/// A notification of `notifier` that `party` received.
pub(super) fn received(party: &str, notifier: &str, date: &str) -> Act {
    Act {
        notifying_party: Some(notifier.to_owned()),
        ..act(party, ActKind::NotificationReceived, date)
    }
}

/// The same act, retracted at a moment.
pub(super) fn retracted(act: Act, at: &str) -> Act {
    let retraction = Retraction {
        at: time(at),
        reason: "wrong".to_owned(),
        retractor: "test".to_owned(),
    };
    Act {
        revision: act.revision + 1,
        retraction: Some(retraction),
        ..act
    }
}

/// The signatures of both parties on one day.
pub(super) fn signed(date: &str) -> Vec<Act> {
    vec![
        act("UZ", ActKind::Signature, date),
        act("KZ", ActKind::Signature, date),
    ]
}

/// One case by its name.
pub(super) fn cases(document: &Document, acts: &[Act]) -> Cases {
    let case = Case::new(document.clone(), acts.to_vec());
    Cases::from([(document.name.to_string(), case)])
}

/// The status on a day, with everything known.
pub(super) fn status(document: &Document, acts: &[Act], on: &str) -> Status {
    status_known(document, acts, on, LATE)
}

/// The status on a day, as known at a moment.
pub(super) fn status_known(document: &Document, acts: &[Act], on: &str, known: &str) -> Status {
    let as_of = AsOf {
        day: day(on),
        known: time(known),
        recorded_before: None,
    };
    Status::of(&cases(document, acts), NAME, as_of).unwrap()
}
