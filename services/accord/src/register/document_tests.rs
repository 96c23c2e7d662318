//! Documents come back from the rows that they were written to, and rows that are wrong say where.

use super::*;
use accord_proto::documents::v1::{
    AccessLevel, AfterLastNotification, DateOffset, DocumentLevel, DocumentType, DurationRule,
    EffectivePeriod, EntryIntoForce, IndefiniteTerm, LocalizedText, Relation, RelationKind,
    SigningBody, Source, date_offset, duration_rule, entry_into_force::Rule,
};
use accord_proto::google::r#type::Date;
use proptest::prelude::*;

use crate::register::CELL_INVALID;
use crate::render::value;

const PARENT: &str = "partnerships/xa-xb";

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

fn title(tag: &str, text: &str) -> LocalizedText {
    LocalizedText {
        language_code: tag.into(),
        text: text.into(),
    }
}

fn date(year: i32, month: i32, day: i32) -> Date {
    Date { year, month, day }
}

/// Writes a document under its own languages in this order, and reads it again.
fn round(document: &Document, languages: &[&str]) -> Document {
    let languages = texts(languages);
    let columns = columns(1, &header(&languages)).unwrap();
    let row = read(PARENT, &columns, 2, &write(PARENT, document, &languages)).unwrap();
    assert_eq!(row.id, value::id(&document.name));
    Document {
        name: document.name.clone(),
        ..row.document
    }
}

fn full() -> Document {
    Document {
        name: "partnerships/xa-xb/documents/treaty".into(),
        titles: vec![
            title("ru", "Договор; о \"реках\""),
            title("en", "Treaty, on |rivers|"),
        ],
        title_known: Some(false),
        item_number: Some(7),
        r#type: DocumentType::Treaty.into(),
        level: DocumentLevel::NotKnown.into(),
        sectors: texts(&["water", "outer-space"]),
        parties: texts(&["XB", "XA"]),
        signing_bodies: vec![
            SigningBody {
                party: "XA".into(),
                body: "Ministry; of|Water".into(),
                signatory: String::new(),
            },
            SigningBody {
                party: "XB".into(),
                body: "Office".into(),
                signatory: r"A. \ Person".into(),
            },
        ],
        signature_place: "Wickhaven".into(),
        signature_date: Some(date(2021, 12, 6)),
        access_level: AccessLevel::Official.into(),
        relations: vec![
            Relation {
                kind: RelationKind::AnnexOf.into(),
                target: "partnerships/xa-xb/documents/other".into(),
            },
            Relation {
                kind: RelationKind::RoadmapOf.into(),
                target: "partnerships/xa-xb/roadmaps/towns".into(),
            },
        ],
        sources: vec![
            Source {
                uri: "https://example.org/a|b".into(),
                note: "says so; twice".into(),
            },
            Source {
                uri: "https://example.org/".into(),
                note: String::new(),
            },
        ],
        entry_into_force: Some(EntryIntoForce {
            rule: Some(Rule::AfterLastNotification(AfterLastNotification {
                offset: Some(DateOffset {
                    length: Some(date_offset::Length::Days(30)),
                }),
            })),
            stated_date: Some(date(2022, 3, 1)),
            stated_date_source: Some(Source {
                uri: "https://example.org/gazette".into(),
                note: "No. 5".into(),
            }),
            clause: "Article 9".into(),
        }),
        duration: Some(DurationRule {
            rule: Some(duration_rule::Rule::Indefinite(IndefiniteTerm {
                notice_months: Some(6),
            })),
        }),
        ..Document::default()
    }
}

#[test]
fn a_whole_document_comes_back() {
    let document = full();
    assert_eq!(round(&document, &["ru", "en"]), document);
    assert_eq!(
        round(&document, &["en", "kk", "ru"]),
        document,
        "the order of titles is kept"
    );
    let plan = Document {
        r#type: DocumentType::Plan.into(),
        entry_into_force: None,
        duration: None,
        effective_period: Some(EffectivePeriod {
            start_date: None,
            end_date: Some(date(2023, 12, 31)),
        }),
        ..document
    };
    assert_eq!(round(&plan, &["ru", "en"]), plan);
}

#[test]
fn a_row_tells_every_cell_that_is_wrong() {
    let header = texts(&[
        "id",
        "title:en",
        "type",
        "level",
        "parties",
        "signature_date",
        "entry_into_force",
        "relations",
        "title_known",
    ]);
    let columns = columns(1, &header).unwrap();
    let cells = texts(&[
        "x",
        " ",
        "pact",
        "interstate",
        "",
        "6.12.2021",
        "soon",
        "implements",
        "yes",
    ]);
    let problems = read(PARENT, &columns, 9, &cells).unwrap_err();
    let places: Vec<(usize, &str, &str)> = problems
        .iter()
        .map(|problem| {
            assert_eq!(problem.line, 9);
            let column = problem.column.as_ref().unwrap();
            (column.number, column.name.as_str(), problem.reason.as_str())
        })
        .collect();
    assert_eq!(
        places,
        [
            (3, "type", CELL_INVALID),
            (6, "signature_date", CELL_INVALID),
            (7, "entry_into_force", CELL_INVALID),
            (8, "relations", CELL_INVALID),
            (9, "title_known", CELL_INVALID),
            (5, "parties", "FIELD_REQUIRED"),
            (2, "title:en", "FIELD_REQUIRED"),
        ]
    );
}

#[test]
fn a_header_says_what_it_lacks_and_what_it_has_too_much() {
    let problems = columns(1, &texts(&["id", "tytle:en", "id", "type", "title:"])).unwrap_err();
    let said: Vec<String> = problems
        .iter()
        .map(|problem| problem.description.clone())
        .collect();
    let said = said.join("\n");
    for part in [
        "is no column",
        "twice",
        "no column title:LANGUAGE",
        "no column level",
        "no column parties",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn paths_of_the_service_lead_to_columns() {
    let document = full();
    for (path, expected) in [
        ("document_id", Some(Field::Id)),
        ("document.titles[1].text", Some(Field::Title("en".into()))),
        ("document.titles[7].text", None),
        ("document.parties[0]", Some(Field::Parties)),
        ("document.sources[0].uri", Some(Field::Sources)),
        ("document.entry_into_force", Some(Field::EntryIntoForce)),
        (
            "document.entry_into_force.after_last_notification.offset",
            Some(Field::EntryIntoForce),
        ),
        (
            "document.entry_into_force.stated_date_source.uri",
            Some(Field::StatedEntrySource),
        ),
        (
            "document.entry_into_force.stated_date",
            Some(Field::StatedEntryDate),
        ),
        ("document.duration.fixed.months", Some(Field::Duration)),
        (
            "document.effective_period.end_date",
            Some(Field::EffectivePeriod),
        ),
        ("document.relations[0].target", Some(Field::Relations)),
        ("parent", None),
    ] {
        assert_eq!(field_of(path, &document), expected, "{path}");
    }
}

proptest! {
    #[test]
    fn texts_come_back_whatever_is_in_them(
        place in r"[a-z|;\\,]([a-z |;\\,]{0,8}[a-z|;\\,])?",
        body in r"[a-z|;\\,]([a-z |;\\,]{0,8}[a-z|;\\,])?",
        person in r"([a-z|;\\,]([a-z |;\\,]{0,8}[a-z|;\\,])?)?",
        note in r"([a-z|;\\,]([a-z |;\\,]{0,8}[a-z|;\\,])?)?",
    ) {
        let mut document = full();
        document.signature_place = place;
        document.signing_bodies[0].body = body;
        document.signing_bodies[0].signatory = person;
        document.sources[0].note = note;
        prop_assert_eq!(round(&document, &["ru", "en"]), document);
    }
}
