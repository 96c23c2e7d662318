//! Windows of documents in the order asked for, or of those that have one value in the order of their names, and of
//! those of a party or sector in the order of their dates too.

use aip::{
    Listing, Sql, Value,
    filter::{Bound, Need},
};

use super::{Condition, LAST_CHAR, WINDOW, listed, reads_titles, set_of};
use crate::{domain::PartnershipName, store::queries};

/// The order in which sets have their documents too, and its column in what lists look at and in a set.
pub(super) const DAYS: &str = "signature_date";
const DAY: (&str, &str) = ("d.signature_day", "s.signature_day");

/// Documents in the order of an index.
#[derive(Debug)]
pub(in crate::store) struct Stream {
    /// The set whose rows are read, if it is one.
    set: Option<&'static str>,
    pub(super) conditions: Vec<(String, Value)>,
    /// The last sort key in the base, and what it is called outside of the window.
    keys: (&'static str, &'static str),
    /// Whether the days of the set are read in their order.
    is_by_day: bool,
}

impl Stream {
    /// All documents of a partnership, from the index of the order; from where the filter lets them begin.
    pub(in crate::store) fn of_all(parent: &PartnershipName, listing: &Listing) -> Self {
        let mut conditions = vec![(
            "d.partnership_id = {}".to_owned(),
            Value::from(parent.partnership.as_str()),
        )];
        let first = listing.sort_paths().next().unwrap_or("document_id");
        conditions.extend(bounds(listing, first));
        Self {
            set: None,
            conditions,
            keys: ("d.id", "d.id"),
            is_by_day: false,
        }
    }

    /// The documents of a partnership that have a value, in the order of their names.
    pub(in crate::store) fn of_value(parent: &PartnershipName, need: Need<'_>) -> Option<Self> {
        let parent = Value::from(parent.partnership.as_str());
        match need.bound() {
            // There is no index of whole titles.
            Bound::Is(_) if need.field().path == "titles" => None,
            Bound::Is(value) => Some(Self {
                set: None,
                conditions: vec![
                    ("d.partnership_id = {}".to_owned(), parent),
                    (format!("{} = {{}}", need.field().column), value.clone()),
                ],
                keys: ("d.id", "d.id"),
                is_by_day: false,
            }),
            Bound::Has(word) => {
                let (table, name) = set_of(need);
                Some(Self {
                    set: Some(table),
                    conditions: vec![
                        ("s.partnership_id = {}".to_owned(), parent),
                        (format!("s.{name} = {{}}"), word.into()),
                        (queries::OF_SET.to_owned(), Value::Null),
                    ],
                    keys: ("s.document_id", "d.document_id"),
                    is_by_day: false,
                })
            }
            Bound::Range | Bound::Prefix(_) | Bound::Contains(_) | Bound::Present => None,
        }
    }

    /// The documents of a partnership that have a word of a set, in the order of their dates; from where the filter lets
    /// them begin.
    pub(in crate::store) fn of_days(
        parent: &PartnershipName,
        need: Need<'_>,
        listing: &Listing,
    ) -> Option<Self> {
        let mut stream = Self::of_value(parent, need).filter(|stream| stream.set.is_some())?;
        stream.conditions.extend(bounds(listing, DAYS));
        stream.is_by_day = true;
        Some(stream)
    }

    fn conditions(&self) -> Vec<(&str, Value)> {
        let each = self.conditions.iter();
        each.map(|(template, value)| (template.as_str(), value.clone()))
            .collect()
    }

    /// The query for the ids of a page and one document more.
    pub(in crate::store) fn page_sql(&self, conditions: &[Condition], listing: &Listing) -> Sql {
        let base = listed(self.set, reads_titles(listing));
        let window = listing.window(base.as_str(), &self.conditions(), self.keys.0, WINDOW);
        let window = self.by_day(window);
        listing.sql_within("d.id", window, "d", conditions, self.keys.1)
    }

    /// The query for the last document of a window that is full.
    pub(in crate::store) fn end_sql(&self, listing: &Listing) -> Sql {
        let base = listed(self.set, false);
        let end = listing.window_end(base.as_str(), &self.conditions(), self.keys.0, WINDOW);
        self.by_day(end)
    }

    /// Takes the days of the set for those of its documents, which are the same: the index has them in order.
    fn by_day(&self, mut sql: Sql) -> Sql {
        if self.is_by_day {
            sql.text = sql.text.replace(DAY.0, DAY.1);
        }
        sql
    }
}

/// What the filter says of the field whose order is asked for: where that begins and ends.
fn bounds(listing: &Listing, first: &str) -> Vec<(String, Value)> {
    let mut conditions = Vec::new();
    for any in listing.filter().needs() {
        let [need] = any.as_slice() else { continue };
        if need.field().path != first {
            continue;
        }
        match need.bound() {
            Bound::Is(_) | Bound::Range => {
                let mut sql = Sql::default();
                need.push_sql(&mut sql);
                let value = sql.args.pop().unwrap_or(Value::Null);
                conditions.push((sql.text.replace("$1", "{}"), value));
            }
            Bound::Prefix(prefix) => {
                let column = need.field().column;
                let end = format!("{prefix}{LAST_CHAR}");
                conditions.push((format!("{column} >= {{}}"), prefix.into()));
                conditions.push((format!("{column} < {{}}"), end.into()));
            }
            Bound::Has(_) | Bound::Contains(_) | Bound::Present => {}
        }
    }
    conditions
}
