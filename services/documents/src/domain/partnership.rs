//! A partnership and what its sources say of how many documents it signed.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{PartnershipName, Source, Text};

/// A registered partnership.
#[derive(Clone, Debug, PartialEq)]
pub struct Partnership {
    /// Its name.
    pub name: PartnershipName,
    /// Its unique id, never used again.
    pub uid: String,
    /// Counts its changes, from 1.
    pub revision: i64,
    /// What its editors say of it.
    pub profile: Profile,
    /// How many of its declared documents are registered.
    pub registered_document_count: i64,
    /// How many documents are registered in all.
    pub document_count: i64,
    /// When it was recorded.
    pub created: Timestamp,
    /// When it last changed.
    pub updated: Timestamp,
}

/// What editors say of a partnership.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// What it is called, one text for each language.
    pub display_names: Vec<Text>,
    /// Its states, as ISO 3166-1 alpha-2 codes.
    pub parties: Vec<String>,
    /// The name of the document that founded it.
    pub founding_document: Option<String>,
    /// How many documents the sources say were signed.
    pub declared_document_count: Option<i32>,
    /// Where that number was read.
    pub declared_document_count_source: Option<Source>,
}
