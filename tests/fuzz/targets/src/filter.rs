//! The filter language.

use aip::{Field, Kind, Schema, Sql, Value, filter as language};

/// Fields of each kind.
pub(crate) static SCHEMA: Schema = Schema {
    fields: &[
        field("name", Kind::Text, "name", true),
        field("count", Kind::Int, "count", true),
        field("open", Kind::Bool, "open", false),
        field("signing.date", Kind::Date, "signed", true),
        field("create_time", Kind::Time, "created", true),
        field(
            "kind",
            Kind::Enum(&[("KIND_TREATY", 1), ("KIND_PLAN", 2)]),
            "kind",
            false,
        ),
        field(
            "sectors",
            Kind::TextSet,
            "EXISTS (SELECT 1 FROM s WHERE s.t = {})",
            false,
        ),
    ],
};

const fn field(path: &'static str, kind: Kind, column: &'static str, sortable: bool) -> Field {
    Field {
        path,
        kind,
        column,
        sortable,
    }
}

/// A filter: it is refused, or becomes a condition that has as many places as values and no text of the caller's in it, and
/// says of a resource what it says.
pub fn filter(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let Ok(filter) = language::parse(text, &SCHEMA) else {
        return;
    };
    let mut sql = Sql::new("");
    filter.push_sql(&mut sql);
    let places = sql.text.matches('$').count();
    assert_eq!(places, sql.args.len(), "{text:?} became {:?}", sql.text);
    let is_plain = |sign: char| {
        sign.is_ascii_alphanumeric() || " _.()$=<>!?".contains(sign) || sign == '\'' || sign == ','
    };
    assert!(
        sql.text.chars().all(is_plain),
        "{text:?} became {:?}",
        sql.text
    );
    let _ = filter.matches(&|path| match path {
        "count" => vec![Value::Int(7)],
        "sectors" => vec![
            Value::Text("energy".to_owned()),
            Value::Text("trade".to_owned()),
        ],
        "name" => vec![Value::Text("a".to_owned())],
        _ => Vec::new(),
    });
    for needs in filter.needs() {
        for need in needs {
            assert!(SCHEMA.field(need.field().path).is_some());
        }
    }
}
