//! The methods on indicators, one file each.

pub(super) mod list;
pub(super) mod record;
pub(super) mod reports;
