//! The cells of a row from a document.

use accord_proto::documents::v1::{Document, LocalizedText, Source};

use super::item::{write_body, write_relation};
use super::{FIELDS, Field};
use crate::register::{cell, rules};
use crate::render::value;

/// Writes a document as a row under [`header`].
#[must_use]
pub fn write(parent: &str, document: &Document, languages: &[String]) -> Vec<String> {
    let mut row = vec![value::id(&document.name).to_owned()];
    row.extend(languages.iter().map(|tag| {
        let title = document
            .titles
            .iter()
            .find(|title| title.language_code == *tag);
        title.map_or(String::new(), |title| title.text.clone())
    }));
    row.extend(
        FIELDS[1..]
            .iter()
            .map(|(_, field)| write_field(parent, document, field, languages)),
    );
    row
}

fn write_field(parent: &str, document: &Document, field: &Field, languages: &[String]) -> String {
    let entry = document.entry_into_force.as_ref();
    let texts = |texts: &[String]| cell::list(texts.iter().map(|text| cell::escaped(text)));
    let source = |source: Option<&Source>| source.map_or(String::new(), cell::write_source);
    match field {
        Field::Id => value::id(&document.name).to_owned(),
        // Titles have columns of their own.
        Field::Title(_) => String::new(),
        Field::TitleOrder => title_order(document, languages),
        Field::TitleKnown => document
            .title_known
            .map_or(String::new(), |known| known.to_string()),
        Field::ItemNumber => document
            .item_number
            .map_or(String::new(), |number| number.to_string()),
        Field::Type => cell::write_word(document.r#type().as_str_name(), "DOCUMENT_TYPE_"),
        Field::Level => cell::write_word(document.level().as_str_name(), "DOCUMENT_LEVEL_"),
        Field::Sectors => texts(&document.sectors),
        Field::Parties => texts(&document.parties),
        Field::SigningBodies => cell::list(document.signing_bodies.iter().map(write_body)),
        Field::SignaturePlace => document.signature_place.clone(),
        Field::SignatureDate => value::date(document.signature_date.as_ref()),
        Field::AccessLevel => {
            cell::write_word(document.access_level().as_str_name(), "ACCESS_LEVEL_")
        }
        Field::Relations => cell::list(
            document
                .relations
                .iter()
                .map(|relation| write_relation(parent, relation)),
        ),
        Field::Sources => cell::list(document.sources.iter().map(cell::write_source)),
        Field::EntryIntoForce => entry
            .and_then(|entry| entry.rule.as_ref())
            .map_or(String::new(), |rule| rules::write_entry(parent, rule)),
        Field::EntryClause => entry.map_or(String::new(), |entry| entry.clause.clone()),
        Field::StatedEntryDate => value::date(entry.and_then(|entry| entry.stated_date.as_ref())),
        Field::StatedEntrySource => {
            source(entry.and_then(|entry| entry.stated_date_source.as_ref()))
        }
        Field::Duration => document
            .duration
            .as_ref()
            .map_or(String::new(), rules::write_duration),
        Field::EffectivePeriod => document
            .effective_period
            .as_ref()
            .map_or(String::new(), rules::write_period),
    }
}

/// The languages of the titles, if they do not stand in the order of the columns.
fn title_order(document: &Document, languages: &[String]) -> String {
    let position =
        |title: &LocalizedText| languages.iter().position(|tag| *tag == title.language_code);
    if document.titles.is_sorted_by_key(position) {
        String::new()
    } else {
        cell::list(
            document
                .titles
                .iter()
                .map(|title| title.language_code.clone()),
        )
    }
}
