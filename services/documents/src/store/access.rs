//! What a caller may read, as a condition that lists put into their query.

use aip::{Sql, Value};
use identity::{Clearance, Level};

use super::members;
use crate::domain::Reader;

/// Only public documents.
const PUBLIC: &str = "d.access_level = 1";

/// And official ones of the party. The engines share no function for the place of a text in another.
const OFFICIAL: &str =
    "(d.access_level = 1 OR (d.access_level = 2 AND replace(d.parties, {}, '') <> d.parties))";

/// And restricted ones of the party.
const RESTRICTED: &str = "(d.access_level = 1 OR replace(d.parties, {}, '') <> d.parties)";

/// Returns the condition that a row `d` of `documents` or `listed_documents` may be read by `reader`, with its value, in
/// the form that [`aip::Listing::sql`] and [`Sql::push_with`] take; nothing for a reader of everything.
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
            members::member(party).into(),
        )),
    }
}

/// Appends ` AND …` to a query whose WHERE clause has begun: only documents that `reader` may read.
pub(crate) fn push(sql: &mut Sql, reader: &Reader) {
    if let Some((template, value)) = condition(reader) {
        sql.push(" AND ").push_with(template, value);
    }
}
