//! What the index finds, the same on both engines.

use identity::{Clearance, Level as Clear};
use storage::{Database, Error};

use super::*;
use crate::{
    MIGRATIONS, SCHEMA,
    domain::{
        Content, DocumentName, DocumentType, Level, Text,
        search::{lane::Field, matching::Asked},
    },
};

/// A document with a title.
pub(in crate::store) fn document(id: &str, title: &str) -> Document {
    let time = "2024-06-01T12:00:00Z".parse().unwrap();
    Document {
        name: DocumentName::new("uz-kz", id),
        uid: format!("uid-{id}"),
        revision: 1,
        content: Content {
            titles: vec![Text {
                language: "en".to_owned(),
                text: title.to_owned(),
            }],
            title_known: true,
            item_number: None,
            kind: DocumentType::Agreement,
            level: Level::Intergovernmental,
            sectors: vec![],
            parties: vec!["UZ".to_owned(), "KZ".to_owned()],
            signing_bodies: vec![],
            signature_place: String::new(),
            signature_date: None,
            access_level: AccessLevel::Public,
            relations: vec![],
            sources: vec![],
            entry_into_force: None,
            duration: None,
            effective_period: None,
        },
        created: time,
        updated: time,
        deleted: None,
    }
}

fn text<'a>(version_uid: &'a str, level: AccessLevel, content: &'a str) -> TextSource<'a> {
    TextSource {
        version_uid,
        text_id: "ru",
        version_id: "v1",
        language: "ru",
        level,
        content,
    }
}

fn party(party: &str, level: Clear) -> Clearance {
    Clearance::Party {
        party: party.to_owned(),
        level,
    }
}

fn question(query: &str, clearance: Clearance) -> Question {
    Question {
        partnership: "uz-kz".to_owned(),
        asked: Asked::words(query),
        fields: vec![Field::Title, Field::Text],
        clearance,
        documents: 100,
        having: None,
        after: None,
        wanted: 1_001,
    }
}

/// The unique ids of what is found, best first, with their scores.
async fn ask(database: &Database, question: Question) -> (Vec<(String, i64)>, bool) {
    let found: Result<_, Error> = database
        .read(move |tx| {
            let question = question.clone();
            Box::pin(async move {
                let found = find(tx, &question).await?;
                let numbers: Vec<i64> = found.hits.iter().map(|hit| hit.document_no).collect();
                let uids = uids(tx, &numbers).await?;
                let named = found.hits.iter().map(|hit| {
                    let uid = uids[&hit.document_no].trim_start_matches("uid-");
                    (uid.to_owned(), hit.score)
                });
                Ok((named.collect(), found.approximate))
            })
        })
        .await;
    found.unwrap()
}

async fn ids(database: &Database, query: &str, clearance: Clearance) -> Vec<String> {
    let (found, _) = ask(database, question(query, clearance)).await;
    found.into_iter().map(|(id, _)| id).collect()
}

pub(super) async fn keep(database: &Database, documents: Vec<Document>) {
    let done: Result<(), Error> = database
        .write(move |tx| {
            let documents = documents.clone();
            Box::pin(async move { refresh(tx, &documents).await })
        })
        .await;
    done.unwrap();
}

async fn keep_text(
    database: &Database,
    document: &Document,
    version: &'static str,
    level: AccessLevel,
    content: String,
) {
    let document = document.clone();
    let done: Result<(), Error> = database
        .write(move |tx| {
            let (document, content) = (document.clone(), content.clone());
            Box::pin(async move {
                begin_text(tx, &document, &text(version, level, &content)).await?;
                // In two parts, as long texts are.
                let words = words_of(&content);
                let (first, second) = words.split_at(words.len() / 2);
                add_words(tx, &document, version, first).await?;
                add_words(tx, &document, version, second).await
            })
        })
        .await;
    done.unwrap();
}

/// How many rows the tables of the index have, and how many uses the words.
async fn counts(database: &Database) -> Vec<i64> {
    let counts: Result<_, Error> = database
        .read(|tx| {
            Box::pin(async move {
                let mut counts = Vec::new();
                for sql in [
                    "SELECT COUNT(*) FROM search_documents",
                    "SELECT COUNT(*) FROM search_sources",
                    "SELECT COUNT(*) FROM text_contents",
                    "SELECT COUNT(*) FROM search_postings",
                    "SELECT CAST(COALESCE(SUM(uses), 0) AS BIGINT) FROM search_words",
                    "SELECT COUNT(*) FROM search_names",
                ] {
                    let (count,): (i64,) = tx.one(sql, vec![]).await?;
                    counts.push(count);
                }
                Ok(counts)
            })
        })
        .await;
    counts.unwrap()
}

#[tokio::test]
async fn whole_words_of_titles_come_before_parts_before_texts() {
    storage::testing::each_engine(SCHEMA, MIGRATIONS, async |database| {
        let documents = vec![
            document("text", "On customs"),
            document("inside", "On megatransporthub works"),
            document("prefix", "On transportation works"),
            document("exact", "On transport works"),
            document("other", "On roads"),
        ];
        keep(&database, documents.clone()).await;
        let content = "transport ".repeat(500);
        keep_text(&database, &documents[0], "v", AccessLevel::Public, content).await;
        let found = ids(&database, "Transport", Clearance::Public).await;
        assert_eq!(found, ["exact", "prefix", "inside", "text"]);
        assert_eq!(
            ids(&database, "transport works", Clearance::Public)
                .await
                .len(),
            3
        );
        assert_eq!(
            ids(&database, "transport customs", Clearance::Public).await,
            ["text"]
        );
        assert!(
            ids(&database, "transport unknown", Clearance::Public)
                .await
                .is_empty()
        );
        let mut only = question("transport", Clearance::Public);
        only.fields = vec![Field::Text];
        assert_eq!(ask(&database, only).await.0.len(), 1);
        let mut only = question("transport", Clearance::Public);
        only.fields = vec![Field::Title];
        assert_eq!(ask(&database, only).await.0.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn only_those_find_a_text_who_may_read_it() {
    storage::testing::each_engine(SCHEMA, MIGRATIONS, async |database| {
        let public = document("a", "Pact");
        let mut official = document("b", "Pact");
        official.content.access_level = AccessLevel::Official;
        keep(&database, vec![public.clone(), official.clone()]).await;
        keep_text(
            &database,
            &public,
            "v1",
            AccessLevel::Restricted,
            "sekret".to_owned(),
        )
        .await;
        keep_text(
            &database,
            &official,
            "v2",
            AccessLevel::Public,
            "sekret".to_owned(),
        )
        .await;
        let cases = [
            (Clearance::Public, "sekret", vec![]),
            (Clearance::Public, "pact", vec!["a"]),
            (party("UZ", Clear::Official), "sekret", vec!["b"]),
            (party("UZ", Clear::Official), "pact", vec!["b", "a"]),
            (party("UZ", Clear::Restricted), "sekret", vec!["b", "a"]),
            (party("KG", Clear::Restricted), "sekret", vec![]),
            (Clearance::Everything, "sekret", vec!["b", "a"]),
        ];
        for (clearance, query, expected) in cases {
            assert_eq!(
                ids(&database, query, clearance.clone()).await,
                expected,
                "{clearance:?}"
            );
        }
        let document = public.clone();
        let done: Result<(), Error> = database
            .write(move |tx| {
                let document = document.clone();
                Box::pin(
                    async move { relevel_text(tx, &document, "ru", AccessLevel::Public).await },
                )
            })
            .await;
        done.unwrap();
        assert_eq!(ids(&database, "sekret", Clearance::Public).await, ["a"]);
        let mut closed = public;
        closed.content.access_level = AccessLevel::Restricted;
        keep(&database, vec![closed]).await;
        assert!(ids(&database, "sekret", Clearance::Public).await.is_empty());
        assert_eq!(
            ids(&database, "sekret", party("KZ", Clear::Restricted)).await,
            ["b", "a"]
        );
    })
    .await;
}

#[tokio::test]
async fn deleting_and_undeleting_hides_and_shows_and_purging_leaves_nothing() {
    storage::testing::each_engine(SCHEMA, MIGRATIONS, async |database| {
        let kept = document("a", "Pact");
        keep(&database, vec![kept.clone()]).await;
        let content = "Договор о чегара. ".repeat(200);
        keep_text(&database, &kept, "v", AccessLevel::Public, content.clone()).await;
        let before = counts(&database).await;
        let mut deleted = kept.clone();
        deleted.deleted = Some(kept.created);
        keep(&database, vec![deleted.clone()]).await;
        assert!(
            ids(&database, "pact", Clearance::Everything)
                .await
                .is_empty()
        );
        assert!(
            ids(&database, "chegara", Clearance::Everything)
                .await
                .is_empty()
        );
        assert_eq!(counts(&database).await[4], 0);
        keep(&database, vec![kept.clone()]).await;
        assert_eq!(
            ids(&database, "pact chegara", Clearance::Public).await,
            ["a"]
        );
        assert_eq!(counts(&database).await, before);
        let done: Result<(), Error> = database
            .write(|tx| Box::pin(async move { purge(tx, &["uid-a"]).await }))
            .await;
        done.unwrap();
        assert_eq!(counts(&database).await, [0; 6]);
    })
    .await;
}

#[tokio::test]
async fn a_replaced_or_removed_text_leaves_nothing_of_the_old() {
    storage::testing::each_engine(SCHEMA, MIGRATIONS, async |database| {
        let kept = document("a", "Pact");
        keep(&database, vec![kept.clone()]).await;
        let before = counts(&database).await;
        keep_text(
            &database,
            &kept,
            "v",
            AccessLevel::Public,
            "alpha beta".to_owned(),
        )
        .await;
        keep_text(
            &database,
            &kept,
            "v",
            AccessLevel::Public,
            "gamma".to_owned(),
        )
        .await;
        assert!(ids(&database, "alpha", Clearance::Public).await.is_empty());
        assert_eq!(ids(&database, "gamma", Clearance::Public).await, ["a"]);
        let done: Result<(), Error> = database
            .write(|tx| Box::pin(async move { remove_text(tx, "v").await }))
            .await;
        done.unwrap();
        assert!(ids(&database, "gamma", Clearance::Public).await.is_empty());
        assert_eq!(counts(&database).await, before);
        let mut renamed = kept;
        renamed.content.titles[0].text = "Treaty".to_owned();
        keep(&database, vec![renamed]).await;
        assert!(ids(&database, "pact", Clearance::Public).await.is_empty());
        assert_eq!(ids(&database, "treaty", Clearance::Public).await, ["a"]);
        assert_eq!(counts(&database).await, before);
    })
    .await;
}

#[tokio::test]
async fn places_of_a_text_are_about_200_characters_around_the_words() {
    storage::testing::each_engine(SCHEMA, MIGRATIONS, async |database| {
        let kept = document("a", "Pact");
        keep(&database, vec![kept.clone()]).await;
        let filler = "Статья о порядке. ".repeat(120);
        let content = format!("{filler}граница\nдалее {filler}таможня {filler}");
        keep_text(&database, &kept, "v", AccessLevel::Public, content).await;
        let asked = question("granitsa tamozhnya", Clearance::Public);
        let places: Result<_, Error> = database
            .read(move |tx| {
                let asked = asked.clone();
                Box::pin(async move {
                    let found = find(tx, &asked).await?;
                    let numbers: Vec<i64> = found.hits.iter().map(|hit| hit.document_no).collect();
                    let places = places(tx, &asked, &found, &numbers).await?;
                    Ok(places.into_values().flatten().collect::<Vec<_>>())
                })
            })
            .await;
        let places = places.unwrap();
        assert_eq!(places.len(), 2, "{places:?}");
        for (place, word) in places.iter().zip(["граница далее", "таможня"]) {
            assert!(place.content.contains(word), "{place:?}");
            assert!(
                (120..=200).contains(&place.content.chars().count()),
                "{place:?}"
            );
            assert_eq!(
                (place.text_id.as_str(), place.version_id.as_str()),
                ("ru", "v1")
            );
        }
    })
    .await;
}

/// A sequence that looks random and is the same each time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: u64) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end).unwrap()
    }
}

const STEMS: [&str; 12] = [
    "bitim",
    "shartnoma",
    "чегара",
    "божхона",
    "соглашение",
    "граница",
    "келісім",
    "шекара",
    "trade",
    "transport",
    "energy",
    "42",
];
const ENDS: [&str; 6] = ["", "lar", "ning", "лар", "s", "x"];

fn made_up(numbers: &mut Numbers) -> String {
    let count = 1 + numbers.below(6);
    let words: Vec<String> = (0..count)
        .map(|_| format!("{}{}", STEMS[numbers.below(12)], ENDS[numbers.below(6)]))
        .collect();
    words.join(" ")
}

/// What is found of a made-up register, and that pages of it are parts of the whole.
async fn answers(database: &Database) -> Vec<(String, Vec<(String, i64)>, bool)> {
    let mut numbers = Numbers(88_172_645_463_325_252);
    let mut documents = Vec::new();
    for index in 0..120 {
        let mut one = document(&format!("d{index}"), &made_up(&mut numbers));
        let levels = AccessLevel::ALL;
        one.content.access_level = levels[numbers.below(3)];
        documents.push(one);
    }
    keep(database, documents.clone()).await;
    let mut answers = Vec::new();
    for round in 0..60 {
        let query = if round % 3 == 0 {
            STEMS[numbers.below(12)].chars().skip(1).take(4).collect()
        } else {
            made_up(&mut numbers)
                .split(' ')
                .take(2)
                .collect::<Vec<_>>()
                .join(" ")
        };
        let clearance = match numbers.below(3) {
            0 => Clearance::Public,
            1 => party("UZ", Clear::Official),
            _ => Clearance::Everything,
        };
        let (all, approximate) = ask(database, question(&query, clearance.clone())).await;
        let mut paged = Vec::new();
        let mut after = None;
        let found: Result<Vec<Hit>, Error> = database
            .read({
                let whole = question(&query, clearance.clone());
                move |tx| {
                    let whole = whole.clone();
                    Box::pin(async move { Ok(find(tx, &whole).await?.hits) })
                }
            })
            .await;
        let found = found.unwrap();
        loop {
            let mut page = question(&query, clearance.clone());
            page.wanted = 7;
            page.after = after;
            let (hits, _) = ask(database, page).await;
            paged.extend(hits.clone());
            after = paged
                .len()
                .checked_sub(1)
                .and_then(|last| found.get(last))
                .copied();
            if hits.len() < 7 || paged.is_empty() {
                break;
            }
        }
        assert_eq!(paged, all, "{query}");
        answers.push((query, all, approximate));
    }
    answers
}

#[tokio::test]
async fn both_engines_find_the_same_and_in_pages() {
    let told = std::sync::Mutex::new(Vec::new());
    storage::testing::each_engine(SCHEMA, MIGRATIONS, async |database| {
        let answers = answers(&database).await;
        assert!(answers.iter().filter(|(_, all, _)| !all.is_empty()).count() > 20);
        told.lock().unwrap().push(answers);
    })
    .await;
    let told = told.into_inner().unwrap();
    for other in &told[1..] {
        assert_eq!(*other, told[0]);
    }
}
