//! A document as a row of CSV, both ways.

use accord_proto::documents::v1::{
    AccessLevel, Document, DocumentLevel, DocumentType, EntryIntoForce, LocalizedText, Relation,
    RelationKind, SigningBody, Source,
};

use super::{CELL_INVALID, Columns, Problem, cell, name, rules};
use crate::render::value;

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
const RELATION_KINDS: [&str; 6] = [
    "implements",
    "regulates",
    "amends",
    "supersedes",
    "annex_of",
    "roadmap_of",
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

/// Reads `UZ Ministry of Energy; A. Minister`.
fn body(item: &str) -> Result<SigningBody, String> {
    let wrong = || format!("\"{item}\" is not written as UZ BODY or UZ BODY; PERSON");
    let (party, rest) = item.split_once(char::is_whitespace).ok_or_else(wrong)?;
    let (body, signatory) = match cell::split(rest, cell::PART).as_slice() {
        [body] => (*body, ""),
        [body, person] => (*body, *person),
        _ => return Err(wrong()),
    };
    Ok(SigningBody {
        party: cell::plain(party),
        body: cell::plain(body.trim()),
        signatory: cell::plain(signatory.trim()),
    })
}

fn write_body(body: &SigningBody) -> String {
    let text = format!(
        "{} {}",
        cell::escaped_part(&body.party),
        cell::escaped_part(&body.body)
    );
    if body.signatory.is_empty() {
        text
    } else {
        format!("{text}; {}", cell::escaped_part(&body.signatory))
    }
}

/// Reads `implements DOCUMENT`.
fn relation(parent: &str, item: &str) -> Result<Relation, String> {
    let (kind, target) = item.split_once(char::is_whitespace).ok_or_else(|| {
        format!("\"{item}\" is not written as KIND TARGET, such as implements treaty")
    })?;
    let kind = cell::word(
        kind,
        "RELATION_KIND_",
        RelationKind::from_str_name,
        &RELATION_KINDS,
    )?;
    Ok(Relation {
        kind: kind.into(),
        target: name::expand(parent, &cell::plain(target.trim())),
    })
}

fn write_relation(parent: &str, relation: &Relation) -> String {
    let kind = cell::write_word(relation.kind().as_str_name(), "RELATION_KIND_");
    format!(
        "{kind} {}",
        cell::escaped(name::shorten(parent, &relation.target))
    )
}

/// The header of a file whose documents have titles in these languages.
#[must_use]
pub fn header(languages: &[String]) -> Vec<String> {
    let mut header = vec![FIELDS[0].0.to_owned()];
    header.extend(languages.iter().map(|tag| format!("{TITLE}{tag}")));
    header.extend(FIELDS[1..].iter().map(|(name, _)| (*name).to_owned()));
    header
}

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
