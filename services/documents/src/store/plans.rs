//! What the engines do to answer this store's queries: all go by index, and lists do not sort.

mod outline;

use aip::{ListRequest, Listing, Sql, Value};
use storage::{Database, Engine, args};

use super::{
    acts, documents, fields,
    finding::{self, Key, LIVE, Stream, merge},
    queries,
};
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
    "INSERT INTO documents (uid, partnership_id, id, created_us, revision, content, access_level, updated_us) \
     WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 19999) \
     SELECT 'u' || CAST(i AS TEXT), CASE WHEN i % 4 = 0 THEN 'p' || CAST(i % 2000 AS TEXT) ELSE 'uz-kz' END, \
     'n' || CAST(i AS TEXT), i, 1, '{}', CASE WHEN i % 997 = 5 THEN 3 ELSE 1 END, i FROM n",
    "INSERT INTO listed_documents (partnership_id, id, created_us, updated_us, item_number, kind, level, access_level, \
     signature_day, title_known, signature_place, parties, sectors) \
     SELECT partnership_id, id, created_us, updated_us, CASE WHEN created_us < 10000 THEN created_us ELSE 0 END, \
     CASE WHEN created_us % 997 = 5 THEN 5 ELSE 1 + created_us % 4 END, \
     CASE WHEN created_us % 997 = 5 THEN 4 ELSE 1 + created_us % 3 END, access_level, created_us % 900, \
     created_us % 997 <> 5, CASE WHEN created_us % 997 = 5 THEN 'Khiva' ELSE 'Tashkent' END, \
     CASE WHEN created_us % 997 = 5 THEN ' KG ' ELSE ' UZ ' END, \
     CASE WHEN created_us % 997 = 5 THEN ' space ' ELSE ' trade ' END FROM documents",
    "INSERT INTO listed_titles (partnership_id, document_id, titles) SELECT partnership_id, id, 'Agreement' FROM documents",
    "INSERT INTO listed_parties (partnership_id, document_id, party, signature_day) \
     SELECT partnership_id, id, CASE WHEN created_us % 997 = 5 THEN 'KG' ELSE 'UZ' END, created_us % 900 FROM documents",
    "INSERT INTO listed_sectors (partnership_id, document_id, sector, signature_day) \
     SELECT partnership_id, id, CASE WHEN created_us % 997 = 5 THEN 'space' ELSE 'trade' END, created_us % 900 FROM documents",
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
fn later_page(schema: &'static aip::Schema, filter: &str, order_by: &str) -> Listing {
    let request = ListRequest {
        page_size: 1,
        filter,
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
            document_key,
        ),
        (
            documents::by_uids_sql(&["u1", "u2"]),
            vec!["documents_pkey", "sqlite_autoindex_documents_1"],
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
        (
            "",
            vec![
                "listed_documents_pkey",
                "sqlite_autoindex_listed_documents_1",
            ],
        ),
        ("signature_date", vec!["documents_by_signature"]),
        ("item_number desc", vec!["documents_by_item_number"]),
        ("type", vec!["documents_by_kind"]),
        ("level desc", vec!["documents_by_level"]),
        ("create_time desc", vec!["documents_by_created"]),
        ("update_time", vec!["documents_by_updated"]),
    ];
    for (order_by, indexes) in orders {
        let listing = later_page(&fields::DOCUMENTS, "", order_by);
        let stream = Stream::of_all(&parent, &listing);
        promises.push((stream.page_sql(&[LIVE], &listing), indexes));
    }
    let listing = later_page(&fields::ACTS, "", "date");
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
            let is_scan = |line: &&str| {
                line.starts_with("SCAN")
                    && !["SCAN d", "SCAN w", "SCAN 2 CONSTANT ROWS"].contains(line)
            };
            let scans = plan.lines().filter(is_scan).count();
            assert_eq!(scans, 0, "{text}\n{plan}");
            if text.contains("LIMIT") {
                assert_unsorted(&text, &plan);
            }
        }
    })
    .await;
}

fn assert_unsorted(text: &str, plan: &str) {
    assert!(
        !plan.contains("TEMP B-TREE") && !plan.contains("Sort"),
        "{text}\n{plan}"
    );
}

/// Filters by each field's common and rare values, and the index that finds them.
const BY_VALUE: &[(&str, &str, &str)] = &[
    ("type", "type = DOCUMENT_TYPE_TREATY", "documents_by_kind"),
    ("type", "type = DOCUMENT_TYPE_ROADMAP", "documents_by_kind"),
    (
        "level",
        "level = DOCUMENT_LEVEL_INTERSTATE",
        "documents_by_level",
    ),
    (
        "level",
        "level = DOCUMENT_LEVEL_INTERREGIONAL",
        "documents_by_level",
    ),
    (
        "access_level",
        "access_level = ACCESS_LEVEL_PUBLIC",
        "documents_by_access_level",
    ),
    (
        "access_level",
        "access_level = ACCESS_LEVEL_RESTRICTED",
        "documents_by_access_level",
    ),
    (
        "title_known",
        "title_known = true",
        "documents_by_title_known",
    ),
    (
        "title_known",
        "title_known = false",
        "documents_by_title_known",
    ),
    ("item_number", "item_number = 5", "documents_by_item_number"),
    ("item_number", "item_number = 0", "documents_by_item_number"),
    (
        "signature_place",
        "signature_place = \"Tashkent\"",
        "documents_by_signature_place",
    ),
    (
        "signature_place",
        "signature_place = \"Khiva\"",
        "documents_by_signature_place",
    ),
    (
        "signature_date",
        "signature_date = 1970-02-01",
        "documents_by_signature",
    ),
    (
        "create_time",
        "create_time = \"1970-01-01T00:00:00.000042Z\"",
        "documents_by_created",
    ),
    (
        "update_time",
        "update_time = \"1970-01-01T00:00:00.000042Z\"",
        "documents_by_updated",
    ),
    ("document_id", "document_id = n43", "listed_documents_pkey"),
    ("parties", "parties:UZ", "listed_parties_pkey"),
    ("parties", "parties:KG", "listed_parties_pkey"),
    ("sectors", "sectors:trade", "listed_sectors_pkey"),
    ("sectors", "sectors:space", "listed_sectors_pkey"),
];

/// Filters that a range of an index finds.
const BY_RANGE: &[(&str, &str)] = &[
    ("signature_date >= 1972-06-01", "documents_by_signature"),
    (
        "create_time > \"1970-01-01T00:00:00.019990Z\"",
        "documents_by_created",
    ),
    (
        "update_time < \"1970-01-01T00:00:00.000100Z\"",
        "documents_by_updated",
    ),
    ("item_number > 9990", "documents_by_item_number"),
    ("signature_place = \"Khi*\"", "documents_by_signature_place"),
    ("document_id = \"n42*\"", "listed_documents_pkey"),
];

/// How SQLite names the primary keys of the sets that lists look into.
const KEY: &str = "USING PRIMARY KEY (partnership_id=?";

/// Checks that a plan reads tables by indexes alone, this one among them; SQLite calls a subquery scanned too.
fn assert_indexed(text: &str, plan: &str, index: &str) {
    let is_key = match index {
        "listed_documents_pkey" => plan.contains("sqlite_autoindex_listed_documents_1"),
        _ => index.ends_with("_pkey") && plan.contains(KEY),
    };
    assert!(plan.contains(index) || is_key, "{text}\n{plan}");
    assert!(!plan.contains("Seq Scan"), "{text}\n{plan}");
    for line in plan.lines().filter(|line| line.starts_with("SCAN")) {
        assert!(
            ["SCAN d", "SCAN few", "SCAN page"].contains(&line),
            "{text}\n{plan}"
        );
    }
}

#[tokio::test]
async fn every_documented_filter_goes_by_index_in_every_order() {
    storage::testing::each_engine(SCHEMA, MIGRATIONS, async |database| {
        fill(&database).await;
        let parent = PartnershipName::new("uz-kz");
        for (_, filter, index) in BY_VALUE {
            let listing = later_page(&fields::DOCUMENTS, filter, "");
            let needs = listing.filter().needs();
            let stream = Stream::of_value(&parent, needs[0][0]).unwrap();
            let sql = stream.page_sql(&[LIVE], &listing);
            let text = sql.text.clone();
            let page = plan(&database, sql).await;
            // PostgreSQL knows which values are common, and finds those by the documents' names just as well.
            let index = match database.engine() {
                Engine::Sqlite => index,
                Engine::Postgres => "documents_",
            };
            assert_indexed(&text, &page, index);
            assert_unsorted(&text, &page);
        }
        let ranges = BY_RANGE.iter().copied();
        let values = BY_VALUE.iter().map(|(_, filter, index)| (*filter, *index));
        for (filter, index) in ranges.chain(values) {
            for order_by in ["", "signature_date desc", "create_time"] {
                let listing = later_page(&fields::DOCUMENTS, filter, order_by);
                let key = Key::Field(listing.filter().needs()[0][0]);
                let probe = finding::probe_sql(&parent, &key, 1_001);
                let text = probe.text.clone();
                let counted = plan(&database, probe.clone()).await;
                assert!(
                    counted.contains("document")
                        || counted.contains("listed_")
                        || counted.contains(KEY),
                    "{text}\n{counted}"
                );
                let found: Result<(i64,), storage::Error> = database
                    .read(move |tx| {
                        let probe = probe.clone();
                        Box::pin(async move { tx.one(probe, vec![]).await })
                    })
                    .await;
                // Of so small a register PostgreSQL rightly reads all for more than these.
                if found.unwrap().0 > 100 {
                    continue;
                }
                let names = merge::names_sql(&parent, &key, Some("n42"), 51);
                let sql = finding::gather_sql(&parent, &[LIVE], &listing, &[key]);
                // Where the order does not matter, either index of a set will do.
                let of_any_order = match index {
                    "listed_parties_pkey" | "listed_sectors_pkey" => {
                        index.trim_end_matches("_pkey")
                    }
                    _ => index,
                };
                assert_indexed(&text, &counted, of_any_order);
                for (sql, index) in [(names, index), (sql, of_any_order)] {
                    let text = sql.text.clone();
                    let planned = plan(&database, sql).await;
                    assert_indexed(&text, &planned, index);
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn documents_of_a_party_or_sector_come_by_date_from_an_index() {
    storage::testing::each_engine(SCHEMA, MIGRATIONS, async |database| {
        fill(&database).await;
        let parent = PartnershipName::new("uz-kz");
        for (filter, index) in [
            ("parties:UZ", "listed_parties_by_day"),
            ("sectors:trade", "listed_sectors_by_day"),
            (
                "sectors:trade AND signature_date >= 1971-01-01",
                "listed_sectors_by_day",
            ),
        ] {
            for order_by in ["signature_date", "signature_date desc"] {
                let listing = later_page(&fields::DOCUMENTS, filter, order_by);
                let need = listing.filter().needs()[0][0];
                let stream = Stream::of_days(&parent, need, &listing).unwrap();
                for sql in [stream.page_sql(&[LIVE], &listing), stream.end_sql(&listing)] {
                    let text = sql.text.clone();
                    let plan = plan(&database, sql).await;
                    assert!(plan.contains(index), "{text}\n{plan}");
                    assert!(!plan.contains("Seq Scan"), "{text}\n{plan}");
                }
                let end = stream.end_sql(&listing);
                let text = end.text.clone();
                assert_unsorted(&text, &plan(&database, end).await);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn titles_of_what_a_list_looks_at_are_read_by_name_in_its_order() {
    storage::testing::each_engine(SCHEMA, MIGRATIONS, async |database| {
        fill(&database).await;
        let parent = PartnershipName::new("uz-kz");
        let names = (0..100).map(|index| format!("n{index}")).collect();
        for (filter, order_by) in [
            ("titles:\"greem\"", ""),
            ("titles:\"greem\"", "signature_date desc"),
            ("parties:UZ AND titles:\"greem\"", ""),
            (
                "type = DOCUMENT_TYPE_ROADMAP AND NOT titles:\"greem\"",
                "create_time",
            ),
        ] {
            let listing = later_page(&fields::DOCUMENTS, filter, order_by);
            let need = listing.filter().needs()[0][0];
            let stream = match order_by {
                "" => Stream::of_value(&parent, need),
                _ => None,
            };
            let stream = stream.unwrap_or_else(|| Stream::of_all(&parent, &listing));
            let mut queries = vec![(stream.page_sql(&[LIVE], &listing), true)];
            queries.push((merge::rows_sql(&parent, &[LIVE], &listing, &names), true));
            if need.field().path == "type" {
                let keys = [Key::Field(need)];
                queries.push((
                    finding::gather_sql(&parent, &[LIVE], &listing, &keys),
                    false,
                ));
            }
            for (sql, in_order) in queries {
                let text = sql.text.clone();
                let plan = plan(&database, sql).await;
                let index = match database.engine() {
                    Engine::Sqlite => "sqlite_autoindex_listed_titles_1",
                    Engine::Postgres => "listed_titles_pkey",
                };
                assert!(plan.contains(index), "{text}\n{plan}");
                assert_indexed(&text, &plan, "listed_");
                if in_order && order_by.is_empty() {
                    assert_unsorted(&text, &plan);
                }
            }
        }
    })
    .await;
}

#[test]
fn every_documented_field_is_among_the_plans() {
    let planned: std::collections::BTreeSet<_> = BY_VALUE
        .iter()
        .map(|(path, _, _)| *path)
        .chain(["titles"])
        .collect();
    let documented = fields::DOCUMENTS.fields.iter().map(|field| field.path);
    assert_eq!(planned, documented.collect());
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

/// What every document of [`FILL`] says, where it is read.
const CONTENT: &str = r#"{"titles":[],"title_known":true,"item_number":null,"kind":"treaty","level":"interstate","sectors":[],
    "parties":[],"signing_bodies":[],"signature_place":"","signature_date":null,"access_level":"public","relations":[],
    "sources":[],"entry_into_force":null,"duration":null,"effective_period":null}"#;

#[tokio::test]
async fn a_filter_that_no_index_finds_is_answered_over_several_bounded_pages() {
    storage::testing::each_engine(SCHEMA, MIGRATIONS, async |database| {
        fill(&database).await;
        let filled: Result<u64, storage::Error> = database
            .write(|tx| {
                Box::pin(async move {
                    tx.execute("UPDATE documents SET content = $1", args![CONTENT])
                        .await
                })
            })
            .await;
        filled.unwrap();
        // 15,000 documents, 1,000 a page; and over 5,000 that have one of two values.
        let either =
            "(type = DOCUMENT_TYPE_TREATY OR type = DOCUMENT_TYPE_ROADMAP) AND NOT access_level = ACCESS_LEVEL_PUBLIC";
        for (filter, expected_pages) in [("NOT access_level = ACCESS_LEVEL_PUBLIC", 16), (either, 6)] {
            let request = ListRequest {
                filter,
                ..ListRequest::default()
            };
            let (found, pages) = finding::tests::walk(&database, request, false).await;
            let rare = (0..20_000).filter(|index| index % 997 == 5 && index % 4 != 0);
            let mut expected: Vec<_> = rare.map(|index| format!("n{index}")).collect();
            expected.sort_unstable();
            assert_eq!(found, expected, "{filter}");
            assert_eq!(pages, expected_pages, "{filter}");
        }
    })
    .await;
}
