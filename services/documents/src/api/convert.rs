//! Contract to domain and back: the only files that know both.
//!
//! What comes in is checked field by field, and every violation is kept; what goes out cannot fail.

pub(super) mod act;
mod contradictions;
pub(super) mod document;
pub(super) mod partnership;
mod rules;
pub(super) mod search;
pub(super) mod status;
pub(super) mod text;
mod values;
