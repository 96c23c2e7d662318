//! What the lists of texts sort by; they have no filter.

use aip::{Field, Kind, Schema};

/// `ListTexts`: by name.
pub(crate) static TEXTS: Schema = Schema { fields: &[] };

/// `ListTextVersions`: by number.
pub(crate) static VERSIONS: Schema = Schema {
    fields: &[Field {
        path: "number",
        kind: Kind::Int,
        column: "v.number",
        sortable: true,
    }],
};

/// The newest version first.
pub(crate) const NEWEST_FIRST: &str = "number desc";
