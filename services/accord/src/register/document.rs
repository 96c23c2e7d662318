//! A document as a row of CSV, both ways: its columns here, how cells are read and written below.

mod item;
mod reading;
mod writing;

use accord_proto::documents::v1::Document;

use super::{Columns, Problem};

pub use reading::read;
pub use writing::write;

/// The column of one language's title begins with this.
const TITLE: &str = "title:";

/// What one column holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Field {
    /// The id.
    Id,
    /// The title in the language of this tag.
    Title(String),
    /// The languages in the order of the titles, where that is not the order of the columns.
    TitleOrder,
    /// Whether the titles are the real ones.
    TitleKnown,
    /// The number in the declared list.
    ItemNumber,
    /// What kind of document it is.
    Type,
    /// Who concluded it with whom.
    Level,
    /// What it is about.
    Sectors,
    /// Its parties.
    Parties,
    /// Who signed for them.
    SigningBodies,
    /// Where it was signed.
    SignaturePlace,
    /// When it was signed.
    SignatureDate,
    /// How widely it may be read.
    AccessLevel,
    /// How it stands to other resources.
    Relations,
    /// Where these facts were read.
    Sources,
    /// The clause on entry into force.
    EntryIntoForce,
    /// Which article holds it.
    EntryClause,
    /// The day of entry into force that a source states.
    StatedEntryDate,
    /// That source.
    StatedEntrySource,
    /// The clause on duration.
    Duration,
    /// When a political document applies.
    EffectivePeriod,
}

/// The columns that are no titles, in the order in which they are written; titles stand after the id.
const FIELDS: [(&str, Field); 20] = [
    ("id", Field::Id),
    ("title_order", Field::TitleOrder),
    ("title_known", Field::TitleKnown),
    ("item_number", Field::ItemNumber),
    ("type", Field::Type),
    ("level", Field::Level),
    ("parties", Field::Parties),
    ("sectors", Field::Sectors),
    ("signature_date", Field::SignatureDate),
    ("signature_place", Field::SignaturePlace),
    ("signing_bodies", Field::SigningBodies),
    ("access_level", Field::AccessLevel),
    ("entry_into_force", Field::EntryIntoForce),
    ("entry_clause", Field::EntryClause),
    ("stated_entry_date", Field::StatedEntryDate),
    ("stated_entry_source", Field::StatedEntrySource),
    ("duration", Field::Duration),
    ("effective_period", Field::EffectivePeriod),
    ("relations", Field::Relations),
    ("sources", Field::Sources),
];

/// A document as it stands in a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The line on which it begins.
    pub line: u64,
    /// Its id.
    pub id: String,
    /// The document, without a name.
    pub document: Document,
}

/// Reads a header.
pub fn columns(line: u64, header: &[String]) -> Result<Columns<Field>, Vec<Problem>> {
    let known: Vec<&str> = FIELDS.iter().map(|(name, _)| *name).collect();
    Columns::read(
        line,
        header,
        field,
        &[
            ("id", &|field| *field == Field::Id),
            ("title:LANGUAGE, such as title:ru", &|field| {
                matches!(field, Field::Title(_))
            }),
            ("type", &|field| *field == Field::Type),
            ("level", &|field| *field == Field::Level),
            ("parties", &|field| *field == Field::Parties),
        ],
        &format!("{}, and {TITLE}LANGUAGE", known.join(", ")),
    )
}

fn field(name: &str) -> Option<Field> {
    if let Some(tag) = name.strip_prefix(TITLE) {
        let is_tag = !tag.is_empty() && tag.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        return is_tag.then(|| Field::Title(tag.to_owned()));
    }
    FIELDS
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, field)| field.clone())
}

/// The header of a file whose documents have titles in these languages.
#[must_use]
pub fn header(languages: &[String]) -> Vec<String> {
    let mut header = vec![FIELDS[0].0.to_owned()];
    header.extend(languages.iter().map(|tag| format!("{TITLE}{tag}")));
    header.extend(FIELDS[1..].iter().map(|(name, _)| (*name).to_owned()));
    header
}

/// The column that a service's field path means, such as `document.titles[1].text`.
#[must_use]
pub fn field_of(path: &str, document: &Document) -> Option<Field> {
    let Some(path) = path.strip_prefix("document.") else {
        return (path == "document_id").then_some(Field::Id);
    };
    let end = path.find(['.', '[']).unwrap_or(path.len());
    let (first, rest) = path.split_at(end);
    match first {
        "name" => Some(Field::Id),
        "titles" => {
            let index = rest
                .strip_prefix('[')
                .and_then(|rest| rest.split_once(']'))?
                .0;
            let title = document.titles.get(index.parse::<usize>().ok()?)?;
            Some(Field::Title(title.language_code.clone()))
        }
        "entry_into_force" => Some(match rest.split(['.', '[']).nth(1) {
            Some("clause") => Field::EntryClause,
            Some("stated_date") => Field::StatedEntryDate,
            Some("stated_date_source") => Field::StatedEntrySource,
            _ => Field::EntryIntoForce,
        }),
        name => field(name),
    }
}

#[cfg(test)]
#[path = "document_tests.rs"]
mod tests;
