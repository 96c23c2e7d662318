//! What the engines do to answer this store's queries: all go by index, and lists do not sort.

use aip::{ListRequest, Listing, Sql, Value};
use storage::{Database, Engine, args};

use super::{acts, documents, fields, queries};
use crate::{
    MIGRATIONS, SCHEMA,
    domain::{DocumentName, PartnershipName},
};

/// Enough rows that no planner prefers to read them all: three of four documents are of `uz-kz`, the others of many
/// small partnerships. Every value of a filter is there often and seldom. Each statement runs on both engines.
const FILL: &[&str] = &[
    "INSERT INTO partnerships (uid, id, revision, profile, display_text, document_count, registered_document_count, \
     created_us, updated_us) VALUES ('uz-kz', 'uz-kz', 1, '{}', '', 0, 0, 0, 0)",
    "INSERT INTO partnerships (uid, id, revision, profile, display_text, document_count, registered_document_count, \
     created_us, updated_us) \
     WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 4 FROM n WHERE i < 1996) \
     SELECT 'p' || CAST(i AS TEXT), 'p' || CAST(i AS TEXT), 1, '{}', '', 0, 0, 0, 0 FROM n",
    "INSERT INTO documents (uid, partnership_id, id, created_us, revision, content, title_text, title_known, item_number, \
     kind, level, access_level, signature_place, signature_day, updated_us) \
     WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 19999) \
     SELECT 'u' || CAST(i AS TEXT), CASE WHEN i % 4 = 0 THEN 'p' || CAST(i % 2000 AS TEXT) ELSE 'uz-kz' END, \
     'n' || CAST(i AS TEXT), i, 1, '{}', '', i % 997 <> 5, CASE WHEN i < 10000 THEN i ELSE 0 END, \
     CASE WHEN i % 997 = 5 THEN 5 ELSE 1 + i % 4 END, CASE WHEN i % 997 = 5 THEN 4 ELSE 1 + i % 3 END, \
     CASE WHEN i % 997 = 5 THEN 3 ELSE 1 END, CASE WHEN i % 997 = 5 THEN 'Khiva' ELSE 'Tashkent' END, i % 900, i FROM n",
    "INSERT INTO document_parties (document_uid, party) \
     SELECT uid, CASE WHEN created_us % 997 = 5 THEN 'KG' ELSE 'UZ' END FROM documents",
    "INSERT INTO document_sectors (document_uid, sector) \
     SELECT uid, CASE WHEN created_us % 997 = 5 THEN 'space' ELSE 'trade' END FROM documents",
    "INSERT INTO acts (uid, document_uid, id, revision, party, kind, day, reference, source_uri, source_note, created_us, \
     recorder, retraction_reason, retractor) \
     WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 19999) \
     SELECT 'v' || CAST(i AS TEXT), 'u' || CAST(i / 5 AS TEXT), 'a' || CAST(i AS TEXT), 1, 'UZ', 3, i, '', '', '', i, '', '', '' \
     FROM n",
    "ANALYZE",
];

storage::row! {
    /// One line of a plan, on SQLite.
    struct SqlitePlan {
        detail: String,
    }
}

async fn fill(database: &Database) {
    let filled: Result<(), storage::Error> = database
        .write(|tx| {
            Box::pin(async move {
                for text in FILL {
                    tx.execute(*text, vec![]).await?;
                }
                Ok(())
            })
        })
        .await;
    filled.unwrap();
}

async fn plan(database: &Database, query: Sql) -> String {
    let engine = database.engine();
    let plan: Result<String, storage::Error> = database
        .read(move |tx| {
            let query = query.clone();
            Box::pin(async move {
                let prefix = match engine {
                    Engine::Sqlite => "EXPLAIN QUERY PLAN ",
                    Engine::Postgres => "EXPLAIN ",
                };
                let query = Sql {
                    text: format!("{prefix}{}", query.text),
                    args: query.args,
                };
                let lines: Vec<String> = match engine {
                    Engine::Sqlite => {
                        let lines: Vec<SqlitePlan> = tx.all(query, vec![]).await?;
                        lines.into_iter().map(|line| line.detail).collect()
                    }
                    Engine::Postgres => {
                        let lines: Vec<(String,)> = tx.all(query, vec![]).await?;
                        lines.into_iter().map(|(line,)| line).collect()
                    }
                };
                Ok(lines.join("\n"))
            })
        })
        .await;
    plan.unwrap()
}

fn query(text: &str, args: Vec<Value>) -> Sql {
    Sql {
        text: text.to_owned(),
        args,
    }
}

/// A page that is not the first, in an order.
fn later_page(schema: &'static aip::Schema, order_by: &str) -> Listing {
    let request = ListRequest {
        page_size: 1,
        order_by,
        ..ListRequest::default()
    };
    let first = Listing::parse(schema, &request).unwrap();
    let (_, token) = first.page(
        vec![(), ()],
        |(), _| Value::from(400),
        |()| Value::from("n42"),
    );
    Listing::parse(
        schema,
        &ListRequest {
            page_token: &token,
            ..request
        },
    )
    .unwrap()
}

/// The queries of get, list and status, and the indexes that may serve each: PostgreSQL's and SQLite's
/// names of a unique key differ.
fn promises() -> Vec<(Sql, Vec<&'static str>)> {
    let parent = PartnershipName::new("uz-kz");
    let document_key = vec![
        "documents_partnership_id_id_key",
        "sqlite_autoindex_documents_2",
    ];
    let mut promises = vec![
        (
            query(queries::PARTNERSHIP_BY_ID, args!["uz-kz"]),
            vec!["partnerships_id_key", "sqlite_autoindex_partnerships_2"],
        ),
        (
            query(queries::DOCUMENT_BY_ID, args!["uz-kz", "n42"]),
            document_key.clone(),
        ),
        (
            documents::named_sql(queries::DOCUMENTS, "uz-kz", &["n42", "n44"]),
            document_key.clone(),
        ),
        (
            documents::item_numbers_sql("uz-kz", &[7, 11]),
            vec!["documents_item_numbers", "documents_by_item_number"],
        ),
        (
            query(queries::ACT_BY_ID, args!["u1", "a7"]),
            vec!["acts_document_uid_id_key", "sqlite_autoindex_acts_2"],
        ),
        (
            acts::existing_sql(&[("u1", "a7"), ("u2", "a11")]),
            vec!["acts_document_uid_id_key", "sqlite_autoindex_acts_2"],
        ),
        (
            acts::of_documents_sql(["u1", "u2"].into_iter()),
            vec!["acts_"],
        ),
        (query(queries::PARTIES_OF_ACTS, args!["u1"]), vec!["acts_"]),
    ];
    let orders = [
        ("", document_key),
        ("signature_date", vec!["documents_by_signature"]),
        ("item_number desc", vec!["documents_by_item_number"]),
        ("type", vec!["documents_by_kind"]),
        ("level desc", vec!["documents_by_level"]),
        ("create_time desc", vec!["documents_by_created"]),
        ("update_time", vec!["documents_by_updated"]),
    ];
    for (order_by, indexes) in orders {
        let listing = later_page(&fields::DOCUMENTS, order_by);
        promises.push((documents::list_sql(&parent, false, None, &listing), indexes));
    }
    let listing = later_page(&fields::ACTS, "date");
    promises.push((acts::list_sql("u1", &listing), vec!["acts_by_day", "acts_"]));
    promises
}

#[tokio::test]
async fn gets_lists_and_states_go_by_index() {
    storage::testing::each_engine(SCHEMA, MIGRATIONS, async |database| {
        fill(&database).await;
        for (query, indexes) in promises() {
            let text = query.text.clone();
            let plan = plan(&database, query).await;
            assert!(
                indexes.iter().any(|index| plan.contains(index)),
                "{text}\n{plan}"
            );
            assert!(!plan.contains("Seq Scan"), "{text}\n{plan}");
            let scans = plan.lines().filter(|line| line.starts_with("SCAN")).count();
            assert_eq!(scans, 0, "{text}\n{plan}");
            if text.contains("documents d WHERE") && text.contains("LIMIT") {
                assert!(
                    !plan.contains("TEMP B-TREE") && !plan.contains("Sort"),
                    "{text}\n{plan}"
                );
            }
        }
    })
    .await;
}

#[test]
fn names_of_one_partnership_make_one_query() {
    let names = [
        DocumentName::new("uz-kz", "a"),
        DocumentName::new("uz-kz", "b"),
    ];
    let ids: Vec<_> = names.iter().map(|name| name.document.as_str()).collect();
    let sql = documents::named_sql(queries::DOCUMENTS, "uz-kz", &ids);
    assert!(
        sql.text
            .ends_with("WHERE d.partnership_id = $1 AND d.id IN ($2, $3)")
    );
    assert_eq!(sql.args, args!["uz-kz", "a", "b"]);
}
