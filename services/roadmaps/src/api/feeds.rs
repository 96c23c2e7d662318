//! The methods on feeds for calendar programs: one file each.

pub(super) mod create;
pub(super) mod list;
pub(super) mod read;
pub(super) mod revoke;

use fault::Fault;
use identity::{Caller, Clearance, Level};
use jiff::{ToSpan as _, civil::Date};
use ledger::{Change, ChangeKind, Readers};
use sha2::{Digest as _, Sha256};

use super::{
    convert::{self, deadline::Style},
    fault as faults,
    measures::calendar::{self, Wanted},
};
use crate::{
    domain::calendar_feed::{CalendarFeed, Shown},
    store::deadlines::Asked,
};

/// The hash by which a secret is found: all that is kept of it. It needs no salt and no slow hash, since a secret is 256 random bits.
fn hash(secret: &str) -> String {
    hex::encode(Sha256::digest(secret))
}

/// The calendar that a feed of a partnership is on a day.
fn wanted(partnership: &str, shown: &Shown, today: Date) -> Result<Wanted, Fault> {
    let asked = Asked {
        partnership: partnership.to_owned(),
        body: shown.body.clone(),
        party: shown.party.clone(),
        with_closed: !shown.open_only,
        first: Some(today.saturating_sub(shown.days_before.days())),
        last: Some(today.saturating_add(shown.days_after.days())),
    };
    Ok(Wanted {
        with_overdue: true,
        asked,
        listing: calendar::listing(&shown.filter).map_err(Fault::invalid)?,
        style: if shown.as_tasks {
            Style::Todo
        } else {
            Style::Event
        },
        language: shown.language.clone(),
    })
}

/// Whether a caller is told of a feed: its party's, and operators.
fn is_told(caller: &Caller, feed: &CalendarFeed) -> bool {
    match caller.clearance() {
        Clearance::Everything => true,
        Clearance::Party { party, level } => level >= Level::Official && party == feed.owner.party,
        Clearance::Public => false,
    }
}

/// What goes into the ledger of a feed: nothing of its secret, for its party.
fn change(feed: &CalendarFeed, kind: ChangeKind) -> Change {
    let state = convert::calendar_feed::write(feed);
    let readers = Readers {
        level: Level::Official,
        parties: vec![feed.owner.party.clone()],
    };
    Change::of(state.name.clone(), kind, &state).readable_by(readers)
}

/// `FAILED_PRECONDITION` for a feed that would be too large.
fn too_large(found: ::calendar::TooLarge) -> Fault {
    let message =
        format!("{found}; ask for the deadlines of a body, by a filter or for fewer days");
    faults::limited("CALENDAR_FEED_TOO_LARGE", ::calendar::MOST_ENTRIES, message)
}
