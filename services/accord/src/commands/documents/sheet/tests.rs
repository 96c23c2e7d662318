//! The whole sheet of one invented document, in both forms, against files to be read by people.

use super::*;
use accord_proto::documents::v1::{
    AccessLevel, Act, ActKind, AwaitedAct, DocumentLevel, DocumentState, DocumentType,
    EntryIntoForce, LocalizedText, OriginalsComparison, PartyOriginal, PartyStatus, ProcedureStage,
    ProcedureStageState, RelationKind, SigningBody, Source, StatusStep, StatusWarning, Term,
};

const NAME: &str = "partnerships/xa-xb/documents/lamp-oil";

#[expect(clippy::unnecessary_wraps, reason = "messages have it as an option")]
fn date(year: i32, month: i32, day: i32) -> Option<Date> {
    Some(Date { year, month, day })
}

#[expect(clippy::unnecessary_wraps, reason = "messages have it as an option")]
fn instant(seconds: i64) -> Option<prost_types::Timestamp> {
    Some(prost_types::Timestamp { seconds, nanos: 0 })
}

fn title(tag: &str, text: &str) -> LocalizedText {
    LocalizedText {
        language_code: tag.into(),
        text: text.into(),
    }
}

fn source(uri: &str, note: &str) -> Source {
    Source {
        uri: uri.into(),
        note: note.into(),
    }
}

fn document() -> Document {
    Document {
        name: NAME.into(),
        titles: vec![
            title("en", "Agreement on Lamp Oil & <Wicks> | *final*"),
            title("ru", "Соглашение о ламповом масле"),
        ],
        title_known: Some(true),
        item_number: Some(4),
        r#type: DocumentType::Agreement.into(),
        level: DocumentLevel::Intergovernmental.into(),
        sectors: vec!["energy".into(), "trade".into()],
        parties: vec!["XA".into(), "XB".into()],
        signing_bodies: vec![SigningBody {
            party: "XA".into(),
            body: "Ministry of Light".into(),
            signatory: "A. Lamplighter".into(),
        }],
        signature_place: "Wickhaven".into(),
        signature_date: date(2022, 5, 4),
        access_level: AccessLevel::Public.into(),
        sources: vec![source(
            "https://fictional.example/register?a=1&b=2",
            "Invented.",
        )],
        entry_into_force: Some(EntryIntoForce {
            clause: "Article 9".into(),
            stated_date: date(2022, 8, 1),
            stated_date_source: Some(source("https://fictional.example/gazette", "")),
            rule: None,
        }),
        update_time: instant(1_700_000_000),
        ..Document::default()
    }
}

fn act(id: &str, party: &str, kind: ActKind, day: Option<Date>) -> Act {
    Act {
        name: format!("{NAME}/acts/{id}"),
        party: party.into(),
        kind: kind.into(),
        date: day,
        reference: "Law 7_a".into(),
        source: Some(source(
            "https://fictional.example/law",
            "Read in the gazette.",
        )),
        ..Act::default()
    }
}

fn stage(kind: ActKind, state: ProcedureStageState, day: Option<Date>) -> ProcedureStage {
    ProcedureStage {
        kind: kind.into(),
        state: state.into(),
        date: day,
        acts: Vec::new(),
    }
}

fn status() -> DocumentStatus {
    let party = |code: &str, stages: Vec<ProcedureStage>| PartyStatus {
        party: code.into(),
        stages,
        ..PartyStatus::default()
    };
    DocumentStatus {
        document: NAME.into(),
        effective_date: date(2026, 1, 1),
        known_time: instant(1_700_000_000),
        state: DocumentState::AwaitingNotification.into(),
        state_start_date: date(2022, 5, 4),
        summary: "Signed; XB has still to notify.".into(),
        entry_into_force_rule:
            "It enters into force 30 days after the last notification has been received.".into(),
        entry_into_force_date: None,
        stated_entry_into_force_date: date(2022, 8, 1),
        term: Some(Term {
            rule: "It stays in force for 60 months, and again for 60 months.".into(),
            end_date: date(2027, 8, 1),
            renewal_date: date(2027, 8, 2),
            notice_deadline: date(2027, 2, 1),
        }),
        parties: vec![
            party(
                "XA",
                vec![
                    stage(
                        ActKind::Signature,
                        ProcedureStageState::Done,
                        date(2022, 5, 4),
                    ),
                    stage(
                        ActKind::Ratification,
                        ProcedureStageState::Done,
                        date(2022, 6, 1),
                    ),
                    stage(
                        ActKind::NotificationSent,
                        ProcedureStageState::Done,
                        date(2022, 6, 3),
                    ),
                ],
            ),
            party(
                "XB",
                vec![
                    stage(
                        ActKind::Signature,
                        ProcedureStageState::Done,
                        date(2022, 5, 4),
                    ),
                    stage(
                        ActKind::DomesticApproval,
                        ProcedureStageState::Outstanding,
                        date(2022, 5, 4),
                    ),
                    stage(ActKind::NotificationSent, ProcedureStageState::ToCome, None),
                ],
            ),
        ],
        steps: vec![
            StatusStep {
                date: date(2022, 5, 4),
                description: "Both parties signed.".into(),
                basis: "Vienna Convention on the Law of Treaties, article 12".into(),
                acts: vec![format!("{NAME}/acts/xa-signature")],
            },
            StatusStep {
                description: "XB has not notified.".into(),
                ..StatusStep::default()
            },
        ],
        awaited: vec![AwaitedAct {
            party: "XB".into(),
            kind: ActKind::DomesticApproval.into(),
            start_date: date(2022, 5, 4),
            description: "XB completes its domestic procedure.".into(),
        }],
        warnings: vec![StatusWarning {
            description: "The stated day is not the computed one.".into(),
            ..StatusWarning::default()
        }],
        acts: vec![
            act("xa-signature", "XA", ActKind::Signature, date(2022, 5, 4)),
            Act {
                receipt_date: date(2022, 6, 9),
                ..act("xa-note", "XA", ActKind::NotificationSent, date(2022, 6, 3))
            },
        ],
        clauses_time: None,
    }
}

#[test]
fn a_text_that_is_damaged_in_the_store_is_told() {
    let damaged = vec![TextVersion {
        name: format!("{NAME}/texts/ru/versions/v2"),
        integrity_state: IntegrityState::Corrupt.into(),
        ..TextVersion::default()
    }];
    let said = markdown::write(&content::of(&Facts { damaged, ..facts() }));
    assert!(said.contains("ru v2 is damaged: corrupt."), "{said}");
}

#[test]
fn clauses_that_are_newer_than_what_was_known_are_told() {
    let mut facts = facts();
    facts.status.clauses_time = instant(1_600_000_000);
    let told = |facts: &Facts| markdown::write(&content::of(facts)).contains("--recorded-before");
    assert!(!told(&facts));
    facts.status.clauses_time = instant(1_800_000_000);
    assert!(told(&facts));
}

fn facts() -> Facts {
    let relation = |direction: RelationDirection,
                    kind: RelationKind,
                    resource: &str,
                    document: Option<Document>| DocumentRelation {
        direction: direction.into(),
        kind: kind.into(),
        resource: format!("partnerships/xa-xb/{resource}"),
        document,
    };
    let plan = Document {
        titles: vec![title("en", "Plan of Light")],
        ..Document::default()
    };
    Facts {
        document: document(),
        status: status(),
        relations: Some(vec![
            relation(
                RelationDirection::Outgoing,
                RelationKind::Implements,
                "documents/plan",
                Some(plan),
            ),
            relation(
                RelationDirection::Incoming,
                RelationKind::RoadmapOf,
                "roadmaps/towns",
                None,
            ),
        ]),
        texts: Some(vec![Text {
            language_code: "ru".into(),
            authentic: Some(true),
            latest_version: format!("{NAME}/texts/ru/versions/v2"),
            originals: vec![PartyOriginal {
                party: "XA".into(),
                sha256: "ab".repeat(32),
                ..PartyOriginal::default()
            }],
            originals_comparison: OriginalsComparison::Incomplete.into(),
            ..Text::default()
        }]),
        damaged: Vec::new(),
        language: "en".into(),
    }
}

#[test]
fn a_sheet_in_markdown_is_as_in_the_file() {
    assert_eq!(
        markdown::write(&content::of(&facts())),
        include_str!("golden.md")
    );
}

#[test]
fn a_sheet_in_html_is_as_in_the_file() {
    let html = html::write(&content::of(&facts()), "en");
    let body = html.split_once("<body>\n").unwrap().1;
    assert_eq!(body, include_str!("golden.html"));
}

#[test]
fn the_title_follows_the_language() {
    let sheet = markdown::write(&content::of(&Facts {
        language: "ru".into(),
        ..facts()
    }));
    assert!(
        sheet.starts_with("# Соглашение о ламповом масле\n"),
        "{sheet}"
    );
    assert!(sheet.contains("**en:** Agreement on Lamp Oil"), "{sheet}");
}

#[test]
fn of_a_document_that_may_not_be_read_nothing_more_is_told() {
    let redacted = Document {
        name: NAME.into(),
        r#type: DocumentType::Agreement.into(),
        item_number: Some(4),
        access_level: AccessLevel::Restricted.into(),
        redacted: true,
        ..Document::default()
    };
    let status = DocumentStatus {
        document: NAME.into(),
        effective_date: date(2026, 1, 1),
        state: DocumentState::NotDisclosed.into(),
        ..DocumentStatus::default()
    };
    let facts = Facts {
        document: redacted,
        status,
        relations: None,
        texts: None,
        damaged: Vec::new(),
        language: "en".into(),
    };
    let sheet = markdown::write(&content::of(&facts));
    assert!(
        sheet.starts_with("# lamp-oil\n\n**Not disclosed** on 2026-01-01."),
        "{sheet}"
    );
    assert!(sheet.contains("You may not read this document"), "{sheet}");
    for heading in ["Entry into force and term", "Texts", "Acts", "Sources"] {
        assert!(
            !sheet.contains(&format!("## {heading}")),
            "{heading}: {sheet}"
        );
    }
}
