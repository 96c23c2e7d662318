//! What the register knows of one document.

use jiff::{SignedDuration, Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::{
    DocumentName,
    coded::coded,
    foreign::Foreign,
    rules::{DurationRule, EntryClause, EntryRule},
};

/// How long a deleted document can be undeleted: 30 days, as AIP-164 suggests.
pub const RETENTION: SignedDuration = SignedDuration::from_hours(30 * 24);

/// A registered document.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// Its name.
    pub name: DocumentName,
    /// Its unique id, never used again.
    pub uid: String,
    /// Counts its changes, from 1.
    pub revision: i64,
    /// What its editors say of it.
    pub content: Content,
    /// When it was registered.
    pub created: Timestamp,
    /// When it last changed.
    pub updated: Timestamp,
    /// When it was deleted, if it is.
    pub deleted: Option<Timestamp>,
}

impl Document {
    /// Returns from when the document may be removed for good, or nothing if it is not deleted.
    #[must_use]
    pub fn purge_time(&self) -> Option<Timestamp> {
        self.deleted
            .map(|at| at.saturating_add(RETENTION).unwrap_or(Timestamp::MAX))
    }
}

/// What editors say of a document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Content {
    /// Its title, one text for each language.
    pub titles: Vec<Text>,
    /// Whether the titles are its real ones.
    pub title_known: bool,
    /// Its number in the list that the partnership declared.
    pub item_number: Option<i32>,
    /// What kind of document it is.
    pub kind: DocumentType,
    /// Who concluded it with whom.
    pub level: Level,
    /// What it is about.
    pub sectors: Vec<String>,
    /// Its parties, as ISO 3166-1 alpha-2 codes.
    pub parties: Vec<String>,
    /// The bodies that signed it.
    pub signing_bodies: Vec<SigningBody>,
    /// Where it was signed; empty when not known.
    pub signature_place: String,
    /// When it was signed, as its register entry states.
    pub signature_date: Option<Date>,
    /// How widely it may be read.
    pub access_level: AccessLevel,
    /// How it stands to other resources.
    pub relations: Vec<Relation>,
    /// Where all this was read.
    pub sources: Vec<Source>,
    /// The clause on entry into force, if given.
    pub entry_into_force: Option<EntryClause>,
    /// The clause on duration, if given.
    pub duration: Option<DurationRule>,
    /// The days on which a political document applies, if given.
    pub effective_period: Option<EffectivePeriod>,
}

impl Content {
    /// Returns whether the document binds in law: its type decides, and where its type leaves that
    /// open, the rules given for it.
    #[must_use]
    pub fn nature(&self) -> Nature {
        match self.kind.nature() {
            Nature::NotKnown if self.entry_into_force.is_some() || self.duration.is_some() => {
                Nature::Binding
            }
            Nature::NotKnown if self.effective_period.is_some() => Nature::Political,
            nature => nature,
        }
    }

    /// Returns the rule on entry into force; one that was not given has not been read.
    #[must_use]
    pub fn entry_rule(&self) -> &EntryRule {
        self.entry_into_force
            .as_ref()
            .map_or(&EntryRule::Unknown, |clause| &clause.rule)
    }

    /// Returns the names of documents that this one refers to, each with the path of the field.
    #[must_use]
    pub fn document_references(&self) -> Vec<(String, DocumentName)> {
        let relations = self
            .relations
            .iter()
            .enumerate()
            .filter_map(|(index, relation)| {
                let field = format!("document.relations[{index}].target");
                let name = DocumentName::parse(&field, &relation.target).ok()?;
                Some((field, name))
            });
        let field = "document.entry_into_force.with_document.document".to_owned();
        let rule = match self.entry_rule() {
            EntryRule::WithDocument(name) => DocumentName::parse(&field, name)
                .ok()
                .map(|name| (field, name)),
            _ => None,
        };
        relations.chain(rule).collect()
    }

    /// Returns the names of other services' resources that this document refers to, each with the path of
    /// the field.
    pub fn foreign_references(&self) -> impl Iterator<Item = (String, &str)> {
        let targets = self
            .relations
            .iter()
            .map(|relation| relation.target.as_str());
        targets
            .enumerate()
            .filter(|(_, target)| Foreign::of(target).is_some())
            .map(|(index, target)| (format!("document.relations[{index}].target"), target))
    }
}

/// A text in one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// Its language and script, as a BCP 47 tag.
    pub language: String,
    /// The text.
    pub text: String,
}

/// Where a fact was read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The address.
    pub uri: String,
    /// What the source says; empty when there is nothing to add.
    pub note: String,
}

/// A body that signed a document for a party.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SigningBody {
    /// The party.
    pub party: String,
    /// The body.
    pub body: String,
    /// Who signed; empty when not known.
    pub signatory: String,
}

/// How a document stands to another resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relation {
    /// What it does to the target.
    pub kind: RelationKind,
    /// The target's name.
    pub target: String,
}

/// The days on which a political document applies.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EffectivePeriod {
    /// The first day; none means the day of signature.
    pub start: Option<Date>,
    /// The last day; none means without an end.
    pub end: Option<Date>,
}

/// Whether a document binds in law.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nature {
    /// It binds in law and enters into force.
    Binding,
    /// It is political and has effective dates.
    Political,
    /// Neither its type nor its rules say.
    NotKnown,
}

coded! {
    /// The kind of a document.
    pub enum DocumentType {
        /// A political declaration.
        Declaration = 1,
        /// A treaty between states.
        Treaty = 2,
        /// An agreement between governments, ministries or regions.
        Agreement = 3,
        /// A plan of measures.
        Plan = 4,
        /// A roadmap.
        Roadmap = 5,
        /// A memorandum.
        Memorandum = 6,
        /// A protocol.
        Protocol = 7,
        /// A programme of cooperation.
        Programme = 8,
        /// A joint communique.
        Communique = 9,
        /// None of the others.
        Other = 10,
        /// The sources do not say.
        NotKnown = 11,
    }
}

impl DocumentType {
    /// Returns what the type alone says of a document's nature.
    #[must_use]
    pub const fn nature(self) -> Nature {
        match self {
            Self::Treaty | Self::Agreement => Nature::Binding,
            Self::Declaration | Self::Plan | Self::Roadmap | Self::Programme | Self::Communique => {
                Nature::Political
            }
            Self::Memorandum | Self::Protocol | Self::Other | Self::NotKnown => Nature::NotKnown,
        }
    }
}

coded! {
    /// Who concluded a document with whom.
    pub enum Level {
        /// The states.
        Interstate = 1,
        /// The governments.
        Intergovernmental = 2,
        /// Ministries or agencies.
        Interdepartmental = 3,
        /// Regions or cities.
        Interregional = 4,
        /// The sources do not say.
        NotKnown = 5,
    }
}

coded! {
    /// How widely a document may be read.
    pub enum AccessLevel {
        /// By anyone.
        Public = 1,
        /// By officials of the parties.
        Official = 2,
        /// By named bodies only.
        Restricted = 3,
    }
}

coded! {
    /// What one document does to another.
    pub enum RelationKind {
        /// Carries it out.
        Implements = 1,
        /// Regulates its subject.
        Regulates = 2,
        /// Amends it.
        Amends = 3,
        /// Takes its place.
        Supersedes = 4,
        /// Is an annex of it.
        AnnexOf = 5,
        /// Is the document of that roadmap, or the roadmap of that document.
        RoadmapOf = 6,
    }
}
