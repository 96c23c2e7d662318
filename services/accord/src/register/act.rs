//! An act as a row of CSV, both ways.

use accord_proto::documents::v1::{Act, ActKind};

use super::{CELL_INVALID, Columns, Problem, cell, name};
use crate::render::value;

/// What one column holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Field {
    /// The document, by its id.
    Document,
    /// The id of the act.
    Id,
    /// Whose act it is.
    Party,
    /// What the party did.
    Kind,
    /// When.
    Date,
    /// When the other side received it.
    ReceiptDate,
    /// From when it has effect.
    EffectiveDate,
    /// Whose notification was received.
    NotifyingParty,
    /// The law, decree or note.
    Reference,
    /// Where it was read.
    Source,
    /// When it became public.
    PublicationDate,
    /// When it was retracted; a row with it is left out by an import.
    RetractTime,
    /// Why; read by nobody but people.
    RetractionReason,
}

/// The columns, in the order in which they are written.
const FIELDS: [(&str, Field); 13] = [
    ("document", Field::Document),
    ("id", Field::Id),
    ("party", Field::Party),
    ("kind", Field::Kind),
    ("date", Field::Date),
    ("receipt_date", Field::ReceiptDate),
    ("effective_date", Field::EffectiveDate),
    ("notifying_party", Field::NotifyingParty),
    ("reference", Field::Reference),
    ("source", Field::Source),
    ("publication_date", Field::PublicationDate),
    ("retract_time", Field::RetractTime),
    ("retraction_reason", Field::RetractionReason),
];

/// The words of the kinds, for messages.
const KINDS: [&str; 18] = [
    "signature_authorization",
    "initialling",
    "signature",
    "domestic_approval",
    "ratification",
    "acceptance",
    "notification_sent",
    "notification_received",
    "exchange_of_instruments",
    "provisional_application",
    "provisional_application_end",
    "amendment",
    "suspension",
    "resumption",
    "denunciation_notice",
    "denunciation_withdrawal",
    "termination",
    "expiry",
];

/// An act as it stands in a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The line on which it begins.
    pub line: u64,
    /// The full name of its document.
    pub document: String,
    /// Its id.
    pub id: String,
    /// The act, without a name.
    pub act: Act,
    /// Whether the row tells of an act that was retracted.
    pub is_retracted: bool,
}

/// Reads a header.
pub fn columns(line: u64, header: &[String]) -> Result<Columns<Field>, Vec<Problem>> {
    let known: Vec<&str> = FIELDS.iter().map(|(name, _)| *name).collect();
    Columns::read(
        line,
        header,
        field,
        &[
            ("document", &|field| *field == Field::Document),
            ("id", &|field| *field == Field::Id),
            ("party", &|field| *field == Field::Party),
            ("kind", &|field| *field == Field::Kind),
            ("date", &|field| *field == Field::Date),
            ("source", &|field| *field == Field::Source),
        ],
        &known.join(", "),
    )
}

fn field(name: &str) -> Option<Field> {
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
    let mut row = Row {
        line,
        document: String::new(),
        id: String::new(),
        act: Act::default(),
        is_retracted: false,
    };
    let mut problems = Vec::new();
    let problem = |field: &Field, reason: &str, description: String| Problem {
        line,
        column: columns.place(field),
        reason: reason.to_owned(),
        description,
    };
    for (field, cell) in columns.fields().zip(cells) {
        if cell.trim().is_empty() {
            let is_required = matches!(
                field,
                Field::Document
                    | Field::Id
                    | Field::Party
                    | Field::Kind
                    | Field::Date
                    | Field::Source
            );
            if is_required {
                problems.push(problem(field, "FIELD_REQUIRED", "is required".to_owned()));
            }
        } else if let Err(description) = take(&mut row, parent, field, cell) {
            problems.push(problem(field, CELL_INVALID, description));
        }
    }
    if problems.is_empty() {
        Ok(row)
    } else {
        Err(problems)
    }
}

fn take(row: &mut Row, parent: &str, field: &Field, text: &str) -> Result<(), String> {
    let act = &mut row.act;
    let trimmed = text.trim();
    match field {
        Field::Document => row.document = name::expand(parent, trimmed),
        Field::Id => row.id = trimmed.to_owned(),
        Field::Party => act.party = trimmed.to_owned(),
        Field::Kind => {
            act.kind = cell::word(text, "ACT_KIND_", ActKind::from_str_name, &KINDS)?.into();
        }
        Field::Date => act.date = cell::optional_day(text)?,
        Field::ReceiptDate => act.receipt_date = cell::optional_day(text)?,
        Field::EffectiveDate => act.effective_date = cell::optional_day(text)?,
        Field::NotifyingParty => act.notifying_party = trimmed.to_owned(),
        Field::Reference => act.reference = text.to_owned(),
        Field::Source => act.source = Some(cell::source(trimmed)),
        Field::PublicationDate => act.publication_date = cell::optional_day(text)?,
        Field::RetractTime => row.is_retracted = true,
        Field::RetractionReason => {}
    }
    Ok(())
}

/// The header of a file of acts.
#[must_use]
pub fn header() -> Vec<String> {
    FIELDS.iter().map(|(name, _)| (*name).to_owned()).collect()
}

/// Writes an act as a row under [`header`].
#[must_use]
pub fn write(parent: &str, act: &Act) -> Vec<String> {
    let document = act
        .name
        .rsplit_once("/acts/")
        .map_or("", |(document, _)| document);
    let source = act
        .source
        .as_ref()
        .map_or(String::new(), cell::write_source);
    vec![
        name::shorten(parent, document).to_owned(),
        value::id(&act.name).to_owned(),
        act.party.clone(),
        cell::write_word(act.kind().as_str_name(), "ACT_KIND_"),
        value::date(act.date.as_ref()),
        value::date(act.receipt_date.as_ref()),
        value::date(act.effective_date.as_ref()),
        act.notifying_party.clone(),
        act.reference.clone(),
        source,
        value::date(act.publication_date.as_ref()),
        value::instant(act.retract_time.as_ref()),
        act.retraction_reason.clone(),
    ]
}

/// The column that a service's field path means, such as `act.source.uri`.
#[must_use]
pub fn field_of(path: &str) -> Option<Field> {
    match path {
        "parent" => return Some(Field::Document),
        "act_id" => return Some(Field::Id),
        _ => {}
    }
    let path = path.strip_prefix("act.")?;
    field(path.split(['.', '[']).next()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use accord_proto::documents::v1::Source;
    use accord_proto::google::r#type::Date;

    const PARENT: &str = "partnerships/xa-xb";

    fn received() -> Act {
        Act {
            name: "partnerships/xa-xb/documents/treaty/acts/xa-received".into(),
            party: "XA".into(),
            kind: ActKind::NotificationReceived.into(),
            date: Some(Date {
                year: 2022,
                month: 5,
                day: 4,
            }),
            notifying_party: "XB".into(),
            reference: "Note, No. 5; \"of May\"".into(),
            source: Some(Source {
                uri: "https://example.org/".into(),
                note: "a | b".into(),
            }),
            publication_date: Some(Date {
                year: 2022,
                month: 5,
                day: 9,
            }),
            ..Act::default()
        }
    }

    #[test]
    fn an_act_comes_back() {
        let columns = columns(1, &header()).unwrap();
        let act = received();
        let row = read(PARENT, &columns, 2, &write(PARENT, &act)).unwrap();
        assert_eq!(row.document, "partnerships/xa-xb/documents/treaty");
        assert_eq!((row.id.as_str(), row.is_retracted), ("xa-received", false));
        assert_eq!(
            Act {
                name: act.name.clone(),
                ..row.act
            },
            act
        );
        let retracted = Act {
            retract_time: Some(prost_types::Timestamp::default()),
            ..act
        };
        assert!(
            read(PARENT, &columns, 2, &write(PARENT, &retracted))
                .unwrap()
                .is_retracted
        );
    }

    #[test]
    fn a_row_tells_every_cell_that_is_wrong() {
        let columns = columns(1, &header()).unwrap();
        let mut cells = write(PARENT, &received());
        cells[1] = String::new();
        cells[3] = "handshake".into();
        cells[4] = "2022-02-30".into();
        let problems = read(PARENT, &columns, 3, &cells).unwrap_err();
        let numbers: Vec<usize> = problems
            .iter()
            .map(|problem| problem.column.as_ref().unwrap().number)
            .collect();
        assert_eq!(numbers, [2, 4, 5]);
    }

    #[test]
    fn paths_of_the_service_lead_to_columns() {
        assert_eq!(field_of("act.source.uri"), Some(Field::Source));
        assert_eq!(field_of("act_id"), Some(Field::Id));
        assert_eq!(field_of("act.date"), Some(Field::Date));
        assert_eq!(field_of("act"), None);
    }
}
