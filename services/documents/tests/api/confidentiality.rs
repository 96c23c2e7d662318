//! What callers are told of a document, by its access level: every method that reads, each caller, each level.
//!
//! The two tables are the specification, and the service's README has them too: who may read a document, and what
//! each method tells of it to those who may not. Whatever they are told is also searched for words that stand
//! in every field of the document and below it.

mod asking;
mod changing;
mod waiting;

use accord_proto::documents::v1::{
    AccessLevel, Act, ActKind, AfterLastNotification, CreateTextRequest, Document, DurationRule,
    EntryIntoForce, FixedTerm, Relation, RelationKind, RetractActRequest, SigningBody, Source,
    Text, UpdateDocumentRequest, duration_rule, entry_into_force::Rule, fixed_term,
};
use identity::Role;

use crate::{
    register::{Caller, Register, on_each_engine},
    sample,
};
use asking::{METHODS, WITHOUT_WORDS, ask};

/// How much a method tells of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    /// All that there is.
    Full,
    /// That it exists, its number and its type; of its state that it is not disclosed; of a change that there was one.
    Redacted,
    /// Nothing: it is left out.
    Absent,
    /// `PERMISSION_DENIED`/`ACCESS_LEVEL_REQUIRED`.
    Denied,
}

/// The levels, and the words that stand in every field of the one document that has each.
const LEVELS: [(AccessLevel, &str, &str); 3] = [
    (AccessLevel::Public, "public", "zqxpublic"),
    (AccessLevel::Official, "official", "zqxofficial"),
    (AccessLevel::Restricted, "restricted", "zqxrestricted"),
];

/// Who may read a document of Uzbekistan and Kazakhstan that is PUBLIC, OFFICIAL or RESTRICTED.
const CLEARED: [(&str, Option<&str>, Role, [bool; 3]); 9] = [
    ("operator", None, Role::Operator, [true, true, true]),
    ("uz-editor", Some("UZ"), Role::Editor, [true, true, true]),
    ("kz-editor", Some("KZ"), Role::Editor, [true, true, true]),
    ("uz-reader", Some("UZ"), Role::Reader, [true, true, false]),
    ("kz-reader", Some("KZ"), Role::Reader, [true, true, false]),
    ("kg-editor", Some("KG"), Role::Editor, [true, false, false]),
    ("kg-reader", Some("KG"), Role::Reader, [true, false, false]),
    ("no-party-editor", None, Role::Editor, [true, false, false]),
    ("no-party-reader", None, Role::Reader, [true, false, false]),
];

/// A public document that each of them implements, and that regulates each of them.
const HUB: &str = "hub";

/// The name of the document with this id.
fn name(id: &str) -> String {
    format!("{}/documents/{id}", sample::PARTNERSHIP)
}

/// A UUID4 that tells the documents apart.
fn request_id(id: &str) -> String {
    format!("4b4bdd1c-04b8-4b3b-9d1f-{:0>12x}", id.len())
}

/// Registers one document of each level, with the level's word in every field that takes words, and acts on it. Who
/// recorded them is an agency of that word.
async fn register_documents(register: &Register) {
    register.with_partnership().await;
    let mut uz = register.uz.clone().documents;
    let hub = uz.create_document(sample::document(HUB)).await.unwrap();
    for (level, id, word) in LEVELS {
        let uz = register.caller(word, Some("UZ"), Role::Editor);
        let mut request = sample::document(id);
        request.request_id = request_id(id);
        if let Some(document) = &mut request.document {
            fill(document, level, word);
        }
        uz.documents.clone().create_document(request).await.unwrap();
        let text = CreateTextRequest {
            parent: name(id),
            text: Some(Text {
                language_code: "en".to_owned(),
                ..Text::default()
            }),
            ..CreateTextRequest::default()
        };
        uz.texts.clone().create_text(text).await.unwrap();
        record(&uz, id, word, "signature").await;
        let wrong = record(&uz, id, word, "wrong").await;
        let retract = RetractActRequest {
            name: wrong.name,
            reason: word.to_owned(),
            ..RetractActRequest::default()
        };
        uz.acts.clone().retract_act(retract).await.unwrap();
    }
    let mut hub = hub.into_inner();
    hub.relations = LEVELS
        .map(|(_, id, _)| relation(RelationKind::Regulates, id))
        .to_vec();
    let update = UpdateDocumentRequest {
        document: Some(hub),
        ..UpdateDocumentRequest::default()
    };
    uz.update_document(update).await.unwrap();
}

fn relation(kind: RelationKind, id: &str) -> Relation {
    Relation {
        kind: kind.into(),
        target: name(id),
    }
}

fn fill(document: &mut Document, level: AccessLevel, word: &str) {
    document.access_level = level.into();
    document.titles = sample::english(word);
    document.sectors = vec![word.to_owned()];
    document.signing_bodies = vec![SigningBody {
        party: "UZ".to_owned(),
        body: word.to_owned(),
        signatory: word.to_owned(),
    }];
    document.signature_place = word.to_owned();
    document.signature_date = sample::date("2021-12-06");
    document.sources = vec![source(word)];
    document.relations = vec![relation(RelationKind::Implements, HUB)];
    let rule = Rule::AfterLastNotification(AfterLastNotification::default());
    document.entry_into_force = Some(EntryIntoForce {
        clause: word.to_owned(),
        ..sample::entry(rule)
    });
    let end = sample::date("2030-12-31").map(fixed_term::End::EndDate);
    document.duration = Some(DurationRule {
        rule: Some(duration_rule::Rule::Fixed(FixedTerm { end })),
    });
}

fn source(word: &str) -> Source {
    Source {
        uri: format!("https://{word}.example"),
        note: word.to_owned(),
    }
}

async fn record(caller: &Caller, id: &str, word: &str, act_id: &str) -> Act {
    let mut request = sample::act(&name(id), "UZ", ActKind::Signature, "2021-12-06");
    request.act_id = act_id.to_owned();
    if let Some(act) = &mut request.act {
        act.reference = word.to_owned();
        act.source = Some(source(word));
    }
    caller
        .acts
        .clone()
        .create_act(request)
        .await
        .unwrap()
        .into_inner()
}

fn finds(bytes: &[u8], word: &str) -> bool {
    bytes
        .windows(word.len())
        .any(|window| window == word.as_bytes())
}

#[tokio::test]
async fn every_caller_is_told_what_its_clearance_allows_and_no_more() {
    on_each_engine(async |register| {
        register_documents(&register).await;
        for (agency, party, role, cleared) in CLEARED {
            let caller = register.caller(agency, party, role);
            for ((_, id, word), cleared) in LEVELS.into_iter().zip(cleared) {
                for (method, to_others) in METHODS {
                    let (told, bytes) = ask(&caller, method, id).await;
                    let expected = if cleared { Told::Full } else { to_others };
                    assert_eq!(told, expected, "{method} of {id} by {agency}");
                    let found = finds(&bytes, word);
                    let expected = cleared && !WITHOUT_WORDS.contains(&method);
                    assert_eq!(found, expected, "{word} in {method} by {agency}");
                }
            }
        }
    })
    .await;
}
