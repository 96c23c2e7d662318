//! A database that the last version filled whose lists read whole documents and whose searches read places by document.

use accord_proto::documents::v1::{
    ActKind, Document, ListDocumentsRequest, ListPendingProceduresRequest, SearchDocumentsRequest,
    UpdateDocumentRequest,
};
use clock::Clock;
use host::Deps;
use sha2::{Digest as _, Sha256};
use storage::{Database, Error, Migrations, args};

use crate::{
    register::{Caller, Register},
    sample::{self, PARTNERSHIP},
};

/// The tables as that version had them.
static TENTH: Migrations = documents::TABLES.up_to(10);

/// The tables of the version that lists and searches as today's does.
static TWELFTH: Migrations = documents::TABLES.up_to(12);

/// A document: id, title, access level as the content and as a number, sectors, whether it is deleted, item number.
type Row = (
    &'static str,
    &'static str,
    &'static str,
    i64,
    &'static [&'static str],
    bool,
    i64,
);

/// Its documents.
const DOCUMENTS: [Row; 4] = [
    (
        "customs",
        "Agreement on customs",
        "public",
        1,
        &["customs", "trade"],
        false,
        7,
    ),
    (
        "border",
        "Treaty on borders",
        "official",
        2,
        &["trade"],
        false,
        0,
    ),
    ("energy", "Agreement on energy", "public", 1, &[], false, 0),
    (
        "old",
        "Agreement on roads",
        "public",
        1,
        &["trade"],
        true,
        7,
    ),
];

/// The words of their titles, each with its number and how many public titles and texts have it.
const WORDS: [(&str, i64, i64); 8] = [
    ("agreement", 1, 2),
    ("on", 2, 2),
    ("customs", 3, 2),
    ("treaty", 4, 0),
    ("borders", 5, 0),
    ("energy", 6, 1),
    ("roads", 7, 0),
    ("granitsa", 8, 1),
];

fn content(title: &str, level: &str, sectors: &[&str], item_number: i64) -> String {
    let item_number = if item_number == 0 {
        "null".to_owned()
    } else {
        item_number.to_string()
    };
    let sectors: Vec<_> = sectors.iter().map(|one| format!("\"{one}\"")).collect();
    format!(
        r#"{{"titles":[{{"language":"en","text":"{title}"}}],"title_known":true,"item_number":{item_number},"kind":"agreement",
        "level":"interstate","sectors":[{}],"parties":["UZ","KZ"],"signing_bodies":[],"signature_place":"Tashkent",
        "signature_date":"2021-12-06","access_level":"{level}","relations":[],"sources":[],
        "entry_into_force":{{"rule":"on_signature","stated_date":null,"stated_date_source":null,"clause":""}},
        "duration":null,"effective_period":null}}"#,
        sectors.join(",")
    )
}

/// The lanes of titles: of public and official ones for those who read them, and of deleted documents.
fn lanes(level: i64, deleted: bool) -> Vec<i64> {
    let of_party =
        |party: &[u8; 2]| 2 * (10 + 4 * (256 * i64::from(party[0]) + i64::from(party[1])) + level);
    match (deleted, level) {
        (true, _) => vec![-2],
        (false, 1) => vec![0],
        _ => vec![2, of_party(b"KZ"), of_party(b"UZ")],
    }
}

/// Every statement of the filled database.
fn statements() -> Vec<(&'static str, Vec<aip::Value>)> {
    let mut all = vec![(
        "INSERT INTO partnerships VALUES ('p', 'uz-kz', 1, \
         '{\"display_names\":[{\"language\":\"en\",\"text\":\"UZ-KZ\"}],\"parties\":[\"UZ\",\"KZ\"],\
         \"founding_document\":null,\"declared_document_count\":null,\"declared_document_count_source\":null}', \
         '', NULL, 3, 1, 0, 0)",
        args![],
    )];
    for (word, id, uses) in WORDS {
        let sql = "INSERT INTO search_words (word_id, partnership_id, word, uses) VALUES ($1, 'uz-kz', $2, $3)";
        all.push((sql, args![id + 100, word, uses]));
        let sql = "INSERT INTO search_spellings (partnership_id, spelling, word_id) VALUES ('uz-kz', $1, $2)";
        all.push((sql, args![word, id + 100]));
    }
    for (number, (id, title, level, code, sectors, deleted, item)) in (1_i64..).zip(DOCUMENTS) {
        let uid = format!("u-{id}");
        all.push((
            "INSERT INTO documents (uid, partnership_id, id, revision, content, title_text, title_known, item_number, kind, \
             level, access_level, signature_place, signature_day, created_us, updated_us, deleted_us) \
             VALUES ($1, 'uz-kz', $2, 1, $3, $4, TRUE, $5, 3, 1, $6, 'Tashkent', 18967, $7, $7, $8)",
            args![
                uid.as_str(),
                id,
                content(title, level, sectors, item),
                title,
                item,
                code,
                number,
                deleted.then_some(1_717_200_000_000_000_i64),
            ],
        ));
        for party in ["UZ", "KZ"] {
            let sql = "INSERT INTO document_parties (document_uid, party, partnership_id, document_id) VALUES ($1, $2, 'uz-kz', $3)";
            all.push((sql, args![uid.as_str(), party, id]));
        }
        for sector in sectors {
            let sql = "INSERT INTO document_sectors (document_uid, sector, partnership_id, document_id) VALUES ($1, $2, 'uz-kz', $3)";
            all.push((sql, args![uid.as_str(), *sector, id]));
        }
        let mut hash = hex::encode(Sha256::digest(format!("{title}\0")));
        hash.truncate(32);
        let audience = match (deleted, code) {
            (true, _) => "deleted",
            (false, 1) => "public",
            _ => "2 KZ UZ",
        };
        all.push((
            "INSERT INTO search_documents (document_no, uid, partnership_id, document_id, audience, titles_hash) \
             VALUES ($1, $2, 'uz-kz', $3, $4, $5)",
            args![number + 50, uid.as_str(), id, audience, hash],
        ));
        for word in title.to_lowercase().split(' ') {
            let word = WORDS.iter().find(|known| known.0 == word).unwrap();
            for lane in lanes(code, deleted) {
                let sql = "INSERT INTO search_postings VALUES ($1, $2, 1000, $3, 0, 0)";
                all.push((sql, args![word.1 + 100, lane, number + 50]));
            }
        }
    }
    // A public text of the first document, whose words are `customs` and `granitsa`.
    all.push((
        "INSERT INTO search_sources (source_no, version_uid, document_no, text_id, version_id, language, access_level) \
         VALUES (9, 'v', 51, 'ru', 'v1', 'ru', 1)",
        args![],
    ));
    all.push((
        "INSERT INTO text_contents VALUES (9, 0, 'customs granitsa')",
        args![],
    ));
    for (word, place) in [(103, 0), (108, 8)] {
        let sql = "INSERT INTO search_postings VALUES ($1, 1, 200, 51, 9, $2)";
        all.push((sql, args![word, place]));
    }
    all.extend(versions());
    all.push((
        "INSERT INTO acts (uid, document_uid, id, revision, party, kind, day, reference, source_uri, source_note, created_us, \
         recorder, retraction_reason, retractor) \
         VALUES ('a', 'u-customs', 'a', 1, 'UZ', 12, 19000, '', 'https://lex.uz', '', 5, 'uz-mfa', '', '')",
        args![],
    ));
    all
}

/// Versions of a text whose words were taken, with the hash of their words as their type: a short one, one of as many
/// characters as are taken at most, and a PDF.
fn versions() -> Vec<(&'static str, Vec<aip::Value>)> {
    let mut all = vec![
        (
            "INSERT INTO blobs (sha256, object, size_bytes, chunk_hashes, integrity, checked_us, tried_us, claimed_us) \
             VALUES ('whole', 'sha256/whole', 1, $1, 1, 0, 0, 0), ('damaged', 'sha256/damaged', 1, $1, 2, 0, 0, 0)",
            args![vec![1_u8]],
        ),
        (
            "INSERT INTO texts (uid, document_uid, id, revision, language, access_level, version_count, created_us, updated_us) \
             VALUES ('t', 'u-customs', 'ru', 1, 'ru', 1, 3, 0, 0)",
            args![],
        ),
    ];
    for (number, (kind, chars, file)) in (1_i64..).zip([
        ("text/plain", 499_999_i64, "whole"),
        ("text/csv", 500_000, "damaged"),
        ("application/pdf", 7, "whole"),
        ("application/pdf", 8, "damaged"),
    ]) {
        all.push((
            "INSERT INTO text_versions (uid, text_uid, number, revision, media_type, sha256, party, source_note, extraction, \
             extraction_attempts, extraction_until_us, extracted_chars, words_sha256, created_us, recorder, recorder_party, \
             withdrawal_reason, withdrawer) \
             VALUES ($1, 't', $2, 1, $3, $5, '', '', 2, 1, 9, $4, $3, 0, 'uz-mfa', 'UZ', '', '')",
            args![format!("v{number}"), number, kind, chars, file],
        ));
    }
    all
}

async fn fill(database: &Database) {
    let filled: Result<(), Error> = database
        .write(move |tx| {
            Box::pin(async move {
                for (sql, args) in statements() {
                    tx.execute(sql, args).await?;
                }
                Ok(())
            })
        })
        .await;
    filled.unwrap();
}

async fn execute(database: &Database, sql: &'static str) {
    let done: Result<u64, Error> = database
        .write(move |tx| Box::pin(async move { tx.execute(sql, vec![]).await }))
        .await;
    done.unwrap();
}

async fn number(database: &Database, sql: &'static str) -> i64 {
    let read: Result<(i64,), Error> = database
        .read(move |tx| Box::pin(async move { tx.one(sql, vec![]).await }))
        .await;
    read.unwrap().0
}

fn id(document: &Document) -> String {
    document.name.rsplit('/').next().unwrap().to_owned()
}

async fn listed(caller: &Caller, filter: &str, show_deleted: bool) -> Vec<String> {
    let request = ListDocumentsRequest {
        parent: PARTNERSHIP.to_owned(),
        filter: filter.to_owned(),
        show_deleted,
        ..ListDocumentsRequest::default()
    };
    let answer = caller.documents.clone().list_documents(request).await;
    answer
        .unwrap()
        .into_inner()
        .documents
        .iter()
        .map(id)
        .collect()
}

async fn found(caller: &Caller, query: &str) -> Vec<String> {
    let request = SearchDocumentsRequest {
        parent: PARTNERSHIP.to_owned(),
        query: query.to_owned(),
        ..SearchDocumentsRequest::default()
    };
    let answer = caller.documents.clone().search_documents(request).await;
    let results = answer.unwrap().into_inner().results;
    results
        .iter()
        .filter_map(|one| one.document.as_ref())
        .map(id)
        .collect()
}

const LISTS: [(&str, &[&str]); 12] = [
    ("", &["border", "customs", "energy"]),
    ("sectors:trade", &["border", "customs"]),
    ("sectors:customs AND parties:KZ", &["customs"]),
    ("NOT sectors:trade", &["energy"]),
    ("sectors:\"customs trade\"", &[]),
    ("parties:UZ", &["border", "customs", "energy"]),
    ("parties:TM", &[]),
    ("item_number = 7", &["customs"]),
    ("titles:\"ment on\"", &["customs", "energy"]),
    (
        "titles:\"borders\" OR titles = \"Agreement on energy\"",
        &["border", "energy"],
    ),
    (
        "signature_place = \"Tash*\" AND signature_date = 2021-12-06",
        &["border", "customs", "energy"],
    ),
    (
        "type = DOCUMENT_TYPE_AGREEMENT AND access_level = ACCESS_LEVEL_OFFICIAL",
        &["border"],
    ),
];

#[tokio::test]
async fn what_was_registered_before_is_listed_found_and_changed_as_before() {
    let first: &[_] = &[&ledger::MIGRATIONS, &TENTH];
    for old in storage::testing::databases(documents::SCHEMA, first).await {
        eprintln!("on {:?}", old.engine());
        fill(&old.database).await;
        // One that had been brought up to date: what later versions compute anew they have to say themselves.
        let before: &[_] = &[&ledger::MIGRATIONS, &TWELFTH];
        let before = old.reopen_with(before).await.unwrap();
        let clock = Clock::fixed("2024-06-01T12:00:00Z".parse().unwrap());
        execute(&before, "DELETE FROM outdated_documents").await;
        before.close().await;
        let database = old.reopen_with(documents::MIGRATIONS).await.unwrap();
        // Words that may not be all of a file's are not compared, and whole files are looked at anew.
        for (what, expected) in [
            (
                "SELECT COUNT(*) FROM text_versions WHERE words_sha256 = '' AND extraction = 2 AND sha256 = 'damaged'",
                2,
            ),
            (
                "SELECT COUNT(*) FROM text_versions WHERE words_sha256 = '' AND extraction = 1 AND extraction_attempts = 0",
                2,
            ),
            ("SELECT COUNT(*) FROM outdated_documents", 1),
        ] {
            assert_eq!(number(&database, what).await, expected, "{what}");
        }
        // The others had not been brought up to date in truth.
        execute(
            &database,
            "INSERT INTO outdated_documents (document_uid) SELECT uid FROM documents d \
             WHERE NOT EXISTS (SELECT 1 FROM outdated_documents o WHERE o.document_uid = d.uid)",
        )
        .await;
        documents::bring_up_to_date(&database, &Deps::new(clock))
            .await
            .unwrap();
        let register = Register::new(database.clone());
        for (filter, expected) in LISTS {
            assert_eq!(
                listed(&register.uz, filter, false).await,
                expected,
                "{filter}"
            );
        }
        let owed = ListPendingProceduresRequest {
            parent: PARTNERSHIP.to_owned(),
            party: "KZ".to_owned(),
            ..ListPendingProceduresRequest::default()
        };
        let mut documents = register.uz.documents.clone();
        let owed = documents.list_pending_procedures(owed).await.unwrap();
        let owed = owed.into_inner().pending_procedures;
        assert!(
            owed.iter().any(|one| one.kind() == ActKind::Amendment),
            "{owed:?}"
        );
        let by_date = ListDocumentsRequest {
            parent: PARTNERSHIP.to_owned(),
            filter: "sectors:trade AND signature_date = 2021-12-06".to_owned(),
            order_by: "signature_date desc".to_owned(),
            ..ListDocumentsRequest::default()
        };
        let mut documents = register.uz.documents.clone();
        let dated = documents
            .list_documents(by_date)
            .await
            .unwrap()
            .into_inner();
        let dated: Vec<String> = dated.documents.iter().map(id).collect();
        assert_eq!(dated, ["customs", "border"]);
        let deleted = listed(&register.uz, "sectors:trade", true).await;
        assert_eq!(deleted, ["border", "customs", "old"]);
        assert_eq!(
            listed(&register.kg, "sectors:trade", false).await,
            ["customs"]
        );

        assert_eq!(
            found(&register.uz, "agreement").await,
            ["energy", "customs"]
        );
        assert_eq!(found(&register.uz, "granitsa customs").await, ["customs"]);
        assert_eq!(found(&register.uz, "treaty borders").await, ["border"]);
        assert!(found(&register.kg, "treaty borders").await.is_empty());
        assert!(found(&register.operator, "roads").await.is_empty());
        for (word, uses) in WORDS.map(|(word, _, uses)| (word, uses)) {
            let sql = format!("SELECT uses FROM search_words WHERE word = '{word}'").leak();
            assert_eq!(number(&database, sql).await, uses, "{word}");
        }
        // Three words of each title, those of the official one in three lanes, and two of the text.
        let places = "SELECT COUNT(*) FROM search_postings";
        assert_eq!(number(&database, places).await, 3 * 3 + 3 * 3 + 2);

        let request = UpdateDocumentRequest {
            document: Some(Document {
                name: format!("{PARTNERSHIP}/documents/customs"),
                titles: sample::english("Protocol on energy"),
                ..Document::default()
            }),
            update_mask: Some(prost_types::FieldMask {
                paths: vec!["titles".to_owned()],
            }),
            ..UpdateDocumentRequest::default()
        };
        register
            .uz
            .clone()
            .documents
            .update_document(request)
            .await
            .unwrap();
        assert_eq!(found(&register.uz, "agreement").await, ["energy"]);
        assert_eq!(found(&register.uz, "energy").await, ["energy", "customs"]);
        assert_eq!(
            found(&register.uz, "customs").await,
            ["customs"],
            "in the text"
        );
        assert_eq!(
            listed(&register.uz, "titles:\"energy\"", false).await,
            ["customs", "energy"]
        );
        assert_eq!(number(&database, places).await, 3 * 3 + 3 * 3 + 2);
        database.close().await;
        old.remove().await;
    }
}
