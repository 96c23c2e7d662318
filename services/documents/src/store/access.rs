//! What a caller may read, as a condition that lists put into their query.

use aip::{Sql, Value};
use identity::{Clearance, Level};

use crate::domain::Reader;

/// Only public documents; `d` is the row of `documents`.
const PUBLIC: &str = "d.access_level = 1";

/// And official ones of the party; by the primary key of `document_parties`. With the OFFSET, PostgreSQL looks up
/// each document: without, it may read the parties of all documents first, to hash them.
const OFFICIAL: &str = "(d.access_level = 1 OR (d.access_level = 2 AND EXISTS \
     (SELECT 1 FROM document_parties rp WHERE rp.document_uid = d.uid AND rp.party = {} LIMIT 1 OFFSET 0)))";

/// And restricted ones of the party; by the primary key of `document_parties`.
const RESTRICTED: &str = "(d.access_level = 1 OR EXISTS \
     (SELECT 1 FROM document_parties rp WHERE rp.document_uid = d.uid AND rp.party = {} LIMIT 1 OFFSET 0))";

/// Returns the condition that a row `d` of `documents` may be read by `reader`, with its value, in the form
/// that [`aip::Listing::sql`] and [`Sql::push_with`] take; nothing for a reader of everything.
pub(crate) fn condition(reader: &Reader) -> Option<(&'static str, Value)> {
    match reader.clearance() {
        Clearance::Everything => None,
        Clearance::Public => Some((PUBLIC, Value::Null)),
        Clearance::Party { party, level } => Some((
            match level {
                Level::Public => PUBLIC,
                Level::Official => OFFICIAL,
                Level::Restricted => RESTRICTED,
            },
            party.into(),
        )),
    }
}

/// Appends ` AND …` to a query whose WHERE clause has begun: only documents that `reader` may read.
pub(crate) fn push(sql: &mut Sql, reader: &Reader) {
    if let Some((template, value)) = condition(reader) {
        sql.push(" AND ").push_with(template, value);
    }
}
