//! Partnerships, documents and acts, and the rules that turn acts into a legal state. Pure: no
//! contract types, no database, no clock.

pub mod access;
pub mod act;
pub mod coded;
pub mod document;
pub mod foreign;
pub mod names;
pub mod offset;
pub mod partnership;
pub mod relations;
pub mod rules;
pub mod search;
pub mod status;
pub mod text;
pub mod upload;

pub use access::Reader;
pub use act::{Act, ActKind, Retraction};
pub use document::{
    AccessLevel, Content, Document, DocumentType, EffectivePeriod, Level, Nature, Relation,
    RelationKind, SigningBody, Source, Text,
};
pub use names::{ActName, DocumentName, PartnershipName, TextName, TextVersionName, UploadName};
pub use offset::Offset;
pub use partnership::Partnership;
pub use rules::{DurationRule, EntryClause, EntryRule};
pub use text::{
    Comparison, DocumentText, Extraction, Integrity, Standing, TextVersion, Withdrawal,
};
pub use upload::{AnnouncedFile, Upload, UploadState};
