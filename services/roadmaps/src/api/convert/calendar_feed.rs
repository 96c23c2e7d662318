//! Feeds for calendar programs.

use accord_proto::roadmaps::v1 as contract;
use aip::{Violations, text};
use jiff::Timestamp;

use super::{deadline::Style, time};
use crate::{
    api::measures::{calendar, deadlines},
    domain::calendar_feed::{CalendarFeed, DEFAULT_DAYS, MOST_DAYS, Shown, days_after},
};

/// The contract's limit.
const MAX_NOTE_CHARS: usize = 200;

/// What a caller wants of a feed.
#[derive(Clone, Debug)]
pub(in crate::api) struct Given {
    pub(in crate::api) note: String,
    pub(in crate::api) shown: Shown,
    pub(in crate::api) expires: Timestamp,
}

/// Reads a feed that is to be made now.
pub(in crate::api) fn read(
    given: &contract::CalendarFeed,
    now: Timestamp,
) -> Result<Given, Violations> {
    let mut violations = Violations::new();
    let note = violations.take(text::optional("note", &given.note, MAX_NOTE_CHARS));
    let body = violations.take(deadlines::body("body", &given.body));
    let party = violations.take(deadlines::party("party", &given.party));
    if let Err(found) = calendar::listing(&given.filter) {
        violations.merge(found);
    }
    let language = violations.take(calendar::language("language_code", &given.language_code));
    let style = violations.take(Style::read(given.component));
    let expires = aip::convert::optional_time("expire_time", given.expire_time.as_ref());
    let expires = violations.take(expires);
    let expires = expires.map(|at| at.unwrap_or_else(|| days_after(now, DEFAULT_DAYS)));
    if expires.is_some_and(|at| at <= now || at > days_after(now, MOST_DAYS)) {
        let text = format!("must be after now, and at most {MOST_DAYS} days after it");
        violations.push("expire_time", "VALUE_OUT_OF_RANGE", text);
    }
    let mut days = |field: &str, given: Option<i32>, default: i64| {
        let days = given.map_or(default, i64::from);
        if !(0..=calendar::DAYS_AFTER).contains(&days) {
            let text = format!("must be 0 to {} days", calendar::DAYS_AFTER);
            violations.push(field, "VALUE_OUT_OF_RANGE", text);
        }
        days
    };
    let days_before = days("days_before", given.days_before, calendar::DAYS_BEFORE);
    let days_after = days("days_after", given.days_after, calendar::DAYS_AFTER);
    violations.clone().finish()?;
    let feed = || {
        Some(Given {
            note: note?,
            shown: Shown {
                body: body?,
                party: party?,
                filter: given.filter.clone(),
                days_before,
                days_after,
                open_only: given.open_only,
                language: language?,
                as_tasks: matches!(style?, Style::Todo),
            },
            expires: expires?,
        })
    };
    feed().ok_or(violations)
}

/// Writes a feed, without its secret, which nobody has.
pub(in crate::api) fn write(feed: &CalendarFeed) -> contract::CalendarFeed {
    let shown = &feed.shown;
    let component = if shown.as_tasks {
        contract::CalendarComponent::Todo
    } else {
        contract::CalendarComponent::Event
    };
    contract::CalendarFeed {
        name: feed.name().to_string(),
        note: feed.note.clone(),
        body: shown.body.clone(),
        party: shown.party.clone(),
        filter: shown.filter.clone(),
        days_before: i32::try_from(shown.days_before).ok(),
        days_after: i32::try_from(shown.days_after).ok(),
        open_only: shown.open_only,
        language_code: shown.language.clone(),
        component: component.into(),
        expire_time: Some(time(feed.expires)),
        owner_party: feed.owner.party.clone(),
        owner_agency: feed.owner.agency.clone(),
        create_time: Some(time(feed.created)),
        revoke_time: feed.revoked.map(time),
    }
}
