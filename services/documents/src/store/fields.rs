//! The fields that lists filter and order by, as the contract documents them, and where they are kept.

use aip::{Field, Kind, Schema};

use crate::domain::AccessLevel;

/// The fields of `ListPartnerships`.
pub(crate) static PARTNERSHIPS: Schema = Schema {
    fields: &[
        field("partnership_id", Kind::Text, "p.id", true),
        field("display_names", Kind::Text, "p.display_text", false),
        field(
            "parties",
            Kind::TextSet,
            "EXISTS (SELECT 1 FROM partnership_parties pp WHERE pp.partnership_uid = p.uid AND pp.party = {})",
            false,
        ),
        field(
            "declared_document_count",
            Kind::Int,
            "p.declared_document_count",
            false,
        ),
        field("create_time", Kind::Time, "p.created_us", true),
        field("update_time", Kind::Time, "p.updated_us", true),
    ],
};

/// The fields of `ListDocuments`: columns of [`finding::listed`](super::finding::listed). Sets are packed by
/// [`members`](super::members); a text with a space is no member.
pub(crate) static DOCUMENTS: Schema = Schema {
    fields: &[
        field("document_id", Kind::Text, "d.id", true),
        field("titles", Kind::Text, "d.title_text", false),
        field("title_known", Kind::Bool, "d.title_known", false),
        field("item_number", Kind::Positive, "d.item_number", true),
        field("type", Kind::Enum(TYPES), "d.kind", true),
        field("level", Kind::Enum(LEVELS), "d.level", true),
        field(
            "sectors",
            Kind::TextSet,
            "(replace(d.sectors, ' ' || {} || ' ', '') <> d.sectors AND replace({}, ' ', '') = {})",
            false,
        ),
        field(
            "parties",
            Kind::TextSet,
            "(replace(d.parties, ' ' || {} || ' ', '') <> d.parties AND replace({}, ' ', '') = {})",
            false,
        ),
        field("signature_place", Kind::Text, "d.signature_place", false),
        field("signature_date", Kind::Date, "d.signature_day", true),
        field(
            "access_level",
            Kind::Enum(ACCESS_LEVELS),
            "d.access_level",
            false,
        ),
        field("create_time", Kind::Time, "d.created_us", true),
        field("update_time", Kind::Time, "d.updated_us", true),
    ],
};

/// The fields of `ListActs`.
pub(crate) static ACTS: Schema = Schema {
    fields: &[
        field("act_id", Kind::Text, "a.id", true),
        field("party", Kind::Text, "a.party", true),
        field("kind", Kind::Enum(ACT_KINDS), "a.kind", true),
        field("date", Kind::Date, "a.day", true),
        field("reference", Kind::Text, "a.reference", false),
        field("recorder", Kind::Text, "a.recorder", false),
        field(
            "retracted",
            Kind::Bool,
            "(a.retracted_us IS NOT NULL)",
            false,
        ),
        field("create_time", Kind::Time, "a.created_us", true),
    ],
};

/// The names of document types.
pub(crate) const TYPES: &[(&str, i64)] = &[
    ("DOCUMENT_TYPE_DECLARATION", 1),
    ("DOCUMENT_TYPE_TREATY", 2),
    ("DOCUMENT_TYPE_AGREEMENT", 3),
    ("DOCUMENT_TYPE_PLAN", 4),
    ("DOCUMENT_TYPE_ROADMAP", 5),
    ("DOCUMENT_TYPE_MEMORANDUM", 6),
    ("DOCUMENT_TYPE_PROTOCOL", 7),
    ("DOCUMENT_TYPE_PROGRAMME", 8),
    ("DOCUMENT_TYPE_COMMUNIQUE", 9),
    ("DOCUMENT_TYPE_OTHER", 10),
    ("DOCUMENT_TYPE_NOT_KNOWN", 11),
];

/// The names of levels.
pub(crate) const LEVELS: &[(&str, i64)] = &[
    ("DOCUMENT_LEVEL_INTERSTATE", 1),
    ("DOCUMENT_LEVEL_INTERGOVERNMENTAL", 2),
    ("DOCUMENT_LEVEL_INTERDEPARTMENTAL", 3),
    ("DOCUMENT_LEVEL_INTERREGIONAL", 4),
    ("DOCUMENT_LEVEL_NOT_KNOWN", 5),
];

/// The names of access levels.
pub(crate) const ACCESS_LEVELS: &[(&str, i64)] = &[
    ("ACCESS_LEVEL_PUBLIC", 1),
    ("ACCESS_LEVEL_OFFICIAL", 2),
    ("ACCESS_LEVEL_RESTRICTED", 3),
];

/// The name of an access level.
pub(crate) fn access_level(level: AccessLevel) -> &'static str {
    let code = i64::from(level.code());
    let found = ACCESS_LEVELS.iter().find(|(_, known)| *known == code);
    found.map_or("", |(name, _)| name)
}

/// The names of kinds of acts.
pub(crate) const ACT_KINDS: &[(&str, i64)] = &[
    ("ACT_KIND_SIGNATURE_AUTHORIZATION", 1),
    ("ACT_KIND_INITIALLING", 2),
    ("ACT_KIND_SIGNATURE", 3),
    ("ACT_KIND_DOMESTIC_APPROVAL", 4),
    ("ACT_KIND_RATIFICATION", 5),
    ("ACT_KIND_ACCEPTANCE", 6),
    ("ACT_KIND_NOTIFICATION_SENT", 7),
    ("ACT_KIND_NOTIFICATION_RECEIVED", 8),
    ("ACT_KIND_EXCHANGE_OF_INSTRUMENTS", 9),
    ("ACT_KIND_PROVISIONAL_APPLICATION", 10),
    ("ACT_KIND_PROVISIONAL_APPLICATION_END", 11),
    ("ACT_KIND_AMENDMENT", 12),
    ("ACT_KIND_SUSPENSION", 13),
    ("ACT_KIND_RESUMPTION", 14),
    ("ACT_KIND_DENUNCIATION_NOTICE", 15),
    ("ACT_KIND_DENUNCIATION_WITHDRAWAL", 16),
    ("ACT_KIND_TERMINATION", 17),
    ("ACT_KIND_EXPIRY", 18),
];

const fn field(path: &'static str, kind: Kind, column: &'static str, sortable: bool) -> Field {
    Field {
        path,
        kind,
        column,
        sortable,
    }
}
