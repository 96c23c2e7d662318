//! Worked cases: documents and acts in a few words, and the state that they give.

mod chain;
mod known;
mod stages;
mod summaries;
mod table;

use super::{Status, WarningCode};
use crate::domain::{Act, EntryRule, Offset};

/// The most common rule.
fn on_last_notification(offset: Option<Offset>) -> EntryRule {
    EntryRule::AfterLastNotification(offset)
}

/// Tells whether a status has a warning of a kind.
fn warns(status: &Status, code: WarningCode) -> bool {
    status.warnings.iter().any(|warning| warning.code == code)
}

/// Adds acts to others.
fn with(mut acts: Vec<Act>, more: impl IntoIterator<Item = Act>) -> Vec<Act> {
    acts.extend(more);
    acts
}
