//! What a list method lets its callers filter and sort by.

/// The fields of one list method, as its contract documents them.
#[derive(Clone, Copy, Debug)]
pub struct Schema {
    /// The fields, in the order in which errors name them.
    pub fields: &'static [Field],
}

impl Schema {
    /// Returns the field at `path`.
    #[must_use]
    pub fn field(&self, path: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.path == path)
    }
}

/// One field of a resource and where it is kept.
#[derive(Debug)]
pub struct Field {
    /// The path in the resource as callers write it, such as `signing.date`.
    pub path: &'static str,
    /// What values it has.
    pub kind: Kind,
    /// The SQL expression of its value, the same on both engines; it must bind tighter than a
    /// comparison.
    pub column: &'static str,
    /// Whether `order_by` may name it. The expression is then never NULL, and text has the "C"
    /// collation on PostgreSQL, or the engines would page differently.
    pub sortable: bool,
}

/// What values a field has, and with that which operators it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text, compared exactly: `= != :` and, where it is sortable, `< <= > >=`.
    Text,
    /// Whole numbers: all operators.
    Int,
    /// Whole numbers from 1, where 0 is kept for none: all operators.
    Positive,
    /// `true` and `false`: `= != :`.
    Bool,
    /// Civil dates, kept in days since 1970-01-01, where a day before the year 1 is kept for none: all operators.
    Date,
    /// Instants, kept in microseconds since the Unix epoch: all operators.
    Time,
    /// The values of an enum by the names that callers write: `= != :`.
    Enum(&'static [(&'static str, i64)]),
    /// A set of texts: `=` and `:`, both true if the set has the text. The column is a condition
    /// with `{}` for the text, such as `EXISTS (SELECT 1 FROM … WHERE … = {})`.
    TextSet,
}

impl Kind {
    /// 0001-01-01 in days since 1970-01-01: the first day that is not kept for none.
    pub(crate) const FIRST_DAY: i64 = -719_162;

    /// Says what a value of this kind looks like, for descriptions.
    pub(crate) fn expectation(self) -> String {
        match self {
            Self::Text | Self::TextSet => "a text".to_owned(),
            Self::Int | Self::Positive => "a whole number".to_owned(),
            Self::Bool => "true or false".to_owned(),
            Self::Date => "a date such as 2021-12-06".to_owned(),
            Self::Time => "a time in quotes such as \"2021-12-06T10:00:00Z\"".to_owned(),
            Self::Enum(names) => {
                let names: Vec<&str> = names.iter().map(|(name, _)| *name).collect();
                format!("one of {}", names.join(", "))
            }
        }
    }
}
