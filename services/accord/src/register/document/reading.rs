//! A document from the cells of its row.

use accord_proto::documents::v1::{
    AccessLevel, Document, DocumentLevel, DocumentType, EntryIntoForce, LocalizedText,
};

use super::item::{body, relation};
use super::{Field, Row};
use crate::register::{CELL_INVALID, Columns, Problem, cell, rules};

/// The words of the enumerations, for messages.
const TYPES: [&str; 11] = [
    "declaration",
    "treaty",
    "agreement",
    "plan",
    "roadmap",
    "memorandum",
    "protocol",
    "programme",
    "communique",
    "other",
    "not_known",
];
const LEVELS: [&str; 5] = [
    "interstate",
    "intergovernmental",
    "interdepartmental",
    "interregional",
    "not_known",
];
const ACCESS_LEVELS: [&str; 3] = ["public", "official", "restricted"];

/// Reads a row; every cell that is wrong is a problem of its own.
pub fn read(
    parent: &str,
    columns: &Columns<Field>,
    line: u64,
    cells: &[String],
) -> Result<Row, Vec<Problem>> {
    let mut reading = Reading {
        row: Row {
            line,
            id: String::new(),
            document: Document::default(),
        },
        entry: EntryIntoForce::default(),
        title_order: Vec::new(),
        parent,
    };
    let mut problems = Vec::new();
    for (field, cell) in columns.fields().zip(cells) {
        if cell.trim().is_empty() {
            continue;
        }
        if let Err(description) = reading.take(field, cell) {
            problems.push(Problem {
                line,
                column: columns.place(field),
                reason: CELL_INVALID.to_owned(),
                description,
            });
        }
    }
    reading.finish(columns, &mut problems);
    if problems.is_empty() {
        Ok(reading.row)
    } else {
        Err(problems)
    }
}

/// A row while its cells are read one by one.
struct Reading<'a> {
    row: Row,
    entry: EntryIntoForce,
    title_order: Vec<String>,
    parent: &'a str,
}

impl Reading<'_> {
    fn take(&mut self, field: &Field, text: &str) -> Result<(), String> {
        let document = &mut self.row.document;
        let trimmed = text.trim();
        match field {
            Field::Id => self.row.id = trimmed.to_owned(),
            Field::Title(tag) => document.titles.push(LocalizedText {
                language_code: tag.clone(),
                text: text.to_owned(),
            }),
            Field::TitleOrder => self.title_order = words(text),
            Field::TitleKnown => document.title_known = Some(truth(trimmed)?),
            Field::ItemNumber => document.item_number = Some(number(trimmed)?),
            Field::Type => {
                document.r#type =
                    cell::word(text, "DOCUMENT_TYPE_", DocumentType::from_str_name, &TYPES)?.into();
            }
            Field::Level => {
                document.level = cell::word(
                    text,
                    "DOCUMENT_LEVEL_",
                    DocumentLevel::from_str_name,
                    &LEVELS,
                )?
                .into();
            }
            Field::Sectors => document.sectors = words(text),
            Field::Parties => document.parties = words(text),
            Field::SigningBodies => {
                document.signing_bodies = cell::items(text).map(body).collect::<Result<_, _>>()?;
            }
            Field::SignaturePlace => document.signature_place = text.to_owned(),
            Field::SignatureDate => document.signature_date = Some(cell::day(trimmed)?),
            Field::AccessLevel => {
                document.access_level = cell::word(
                    text,
                    "ACCESS_LEVEL_",
                    AccessLevel::from_str_name,
                    &ACCESS_LEVELS,
                )?
                .into();
            }
            Field::Relations => {
                let relations = cell::items(text).map(|item| relation(self.parent, item));
                document.relations = relations.collect::<Result<_, _>>()?;
            }
            Field::Sources => document.sources = cell::items(text).map(cell::source).collect(),
            Field::EntryIntoForce => self.entry.rule = Some(rules::entry(self.parent, trimmed)?),
            Field::EntryClause => self.entry.clause = text.to_owned(),
            Field::StatedEntryDate => self.entry.stated_date = Some(cell::day(trimmed)?),
            Field::StatedEntrySource => self.entry.stated_date_source = Some(cell::source(trimmed)),
            Field::Duration => document.duration = Some(rules::duration(trimmed)?),
            Field::EffectivePeriod => document.effective_period = Some(rules::period(trimmed)?),
        }
        Ok(())
    }

    /// Puts together what several cells say, and says what is missing.
    fn finish(&mut self, columns: &Columns<Field>, problems: &mut Vec<Problem>) {
        let line = self.row.line;
        let mut wrong = |field: &Field, reason: &str, description: String| {
            // A cell that could not be read is not missing.
            let column = columns.place(field);
            if column.is_none()
                || !problems
                    .iter()
                    .any(|problem: &Problem| problem.column == column)
            {
                problems.push(Problem {
                    line,
                    column,
                    reason: reason.to_owned(),
                    description,
                });
            }
        };
        let document = &mut self.row.document;
        let required = [
            (Field::Id, self.row.id.is_empty()),
            (Field::Type, document.r#type == 0),
            (Field::Level, document.level == 0),
            (Field::Parties, document.parties.is_empty()),
        ];
        for (field, _) in required.iter().filter(|(_, is_missing)| *is_missing) {
            wrong(field, "FIELD_REQUIRED", "is required".to_owned());
        }
        if document.titles.is_empty() {
            let first = columns
                .fields()
                .find(|field| matches!(field, Field::Title(_)));
            let field = first.unwrap_or(&Field::Id);
            wrong(
                field,
                "FIELD_REQUIRED",
                "a title in one language is required".to_owned(),
            );
        }
        for tag in &self.title_order {
            if !document
                .titles
                .iter()
                .any(|title| title.language_code == *tag)
            {
                wrong(
                    &Field::TitleOrder,
                    CELL_INVALID,
                    format!("there is no title in \"{tag}\""),
                );
            }
        }
        let order = &self.title_order;
        let rank = |title: &LocalizedText| {
            order
                .iter()
                .position(|tag| *tag == title.language_code)
                .unwrap_or(usize::MAX)
        };
        document.titles.sort_by_key(rank);
        let entry = std::mem::take(&mut self.entry);
        if entry != EntryIntoForce::default() {
            if entry.rule.is_none() {
                let needs = "is required beside the other columns on entry into force; \"unknown\" when the clause has not been read";
                wrong(&Field::EntryIntoForce, "FIELD_REQUIRED", needs.to_owned());
            }
            document.entry_into_force = Some(entry);
        }
    }
}

fn words(text: &str) -> Vec<String> {
    cell::items(text).map(cell::plain).collect()
}

fn truth(text: &str) -> Result<bool, String> {
    match text.to_lowercase().as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(format!("\"{text}\" is neither true nor false")),
    }
}

fn number(text: &str) -> Result<i32, String> {
    text.parse()
        .map_err(|_| format!("\"{text}\" is not a number"))
}
