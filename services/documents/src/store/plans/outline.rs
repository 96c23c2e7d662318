//! The queries on what is computed from acts and kept.

use identity::{Clearance, Level};
use jiff::{Timestamp, civil::date};

use super::{fill, later_page, plan, query};
use crate::{
    MIGRATIONS, SCHEMA,
    domain::{DocumentName, PartnershipName, Reader, status::calendar::EventKind},
    store::{fields, outline, purge, queries::outline as texts, relations, sectors},
};
use aip::Sql;
use storage::{Database, args};

/// Rows in the tables of this part, and some deleted documents.
const FILL: &[&str] = &[
    "INSERT INTO document_events SELECT d.partnership_id, 19000 + d.created_us % 4000, d.id, k.kind, d.uid \
     FROM documents d CROSS JOIN (SELECT 1 AS kind UNION ALL SELECT 3 UNION ALL SELECT 4) k",
    "INSERT INTO pending_documents SELECT d.partnership_id, p.party, d.id, d.uid \
     FROM documents d CROSS JOIN (SELECT '' AS party UNION ALL SELECT 'UZ') p",
    "INSERT INTO document_waits SELECT d.uid, d.id FROM documents d WHERE d.created_us % 3 = 0",
    "INSERT INTO document_relations SELECT d.uid, 1, d.id, d.id FROM documents d",
    "INSERT INTO sector_counts SELECT d.partnership_id, d.id, 2, ' KZ UZ ', 1 FROM documents d",
    "INSERT INTO outdated_documents SELECT d.uid FROM documents d WHERE d.created_us % 5 = 0",
    "INSERT INTO outdated_waits SELECT d.id, '', 1 FROM documents d WHERE d.created_us % 5 = 1",
    "UPDATE documents SET deleted_us = created_us WHERE created_us % 50 = 7",
    "UPDATE listed_documents SET deleted_us = created_us WHERE created_us % 50 = 7",
    "ANALYZE",
];

async fn fill_outline(database: &Database) {
    fill(database).await;
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

fn readers() -> [Reader; 3] {
    [
        Reader::new(Clearance::Everything),
        Reader::new(Clearance::Party {
            party: "UZ".to_owned(),
            level: Level::Official,
        }),
        Reader::new(Clearance::Public),
    ]
}

/// A later page of events.
fn later_events() -> (outline::Start, outline::Place) {
    let place = |day: i64| outline::Place {
        day,
        document: "n42".to_owned(),
        kind: 3,
    };
    (outline::Start::after(place(19_500)).beyond(), place(19_600))
}

fn chain(id: &str) -> outline::Chain {
    outline::Chain::of(&DocumentName::new("uz-kz", id), 1)
}

/// A query that ends before a list of uids, for one document.
fn of_one(text: &str) -> Sql {
    let mut sql = Sql::new(text);
    sql.push_list(["u1"]);
    sql
}

/// The queries, the indexes that may serve each, and whether it reads no more rows than it returns, in
/// their order.
fn promises() -> Vec<(Sql, Vec<&'static str>, bool)> {
    let parent = PartnershipName::new("uz-kz");
    let counts = vec!["sector_counts_pkey", "PRIMARY KEY (partnership_id=?"];
    let filter = later_page(&fields::DOCUMENTS, "", "").filter().clone();
    let names = ["n42", "n44"].map(|id| DocumentName::new("uz-kz", id).to_string());
    let [related, waiting] = relations::referred_to_sql(&names);
    let mut promises = vec![
        (related, vec!["document_relations_by_target"], false),
        (waiting, vec!["document_waits_by_target"], false),
        (
            outline::waiting_sql(&[chain("n42")], 250),
            vec!["document_waits_by_target"],
            true,
        ),
        (
            outline::waiting_sql(&[chain("n42"), chain("n44")], 250),
            vec!["document_waits_by_target"],
            false,
        ),
        (
            query(texts::ANY_OUTDATED_WAIT, args![]),
            vec!["outdated_waits_pkey", "PRIMARY KEY (target>?)"],
            true,
        ),
        (
            of_one(texts::KEPT_EVENTS),
            vec!["document_events_by_document"],
            false,
        ),
        (
            of_one(texts::KEPT_DEBTORS),
            vec!["pending_documents_by_document"],
            false,
        ),
        (
            outline::stale_sql("UZ", &["u1"]),
            vec!["pending_documents_by_document"],
            false,
        ),
        (
            query(texts::OUTDATED, args![]),
            vec![
                "outdated_documents_pkey",
                "documents_pkey",
                "sqlite_autoindex_documents_1",
            ],
            false,
        ),
        (
            query(texts::PURGEABLE, args![0]),
            vec!["documents_by_deletion"],
            false,
        ),
        (
            purge::due_sql(&parent, Timestamp::MAX, &filter, 1_000),
            vec!["documents_by_deletion"],
            false,
        ),
        (
            query(
                texts::DELETE_SECTOR,
                args!["uz-kz", "customs", 2, " KZ UZ "],
            ),
            counts.clone(),
            false,
        ),
    ];
    for reader in readers() {
        promises.extend(promises_to(&reader));
    }
    promises
}

/// The queries that depend on who reads.
fn promises_to(reader: &Reader) -> Vec<(Sql, Vec<&'static str>, bool)> {
    let parent = PartnershipName::new("uz-kz");
    let events = vec!["document_events_pkey", "PRIMARY KEY (partnership_id=? AND"];
    let pending = vec![
        "pending_documents_pkey",
        "PRIMARY KEY (partnership_id=? AND",
    ];
    let names = vec![
        "documents_partnership_id_id_key",
        "sqlite_autoindex_documents_2",
    ];
    let mut promises = Vec::new();
    let window = outline::Window {
        parent: parent.clone(),
        start: date(2022, 1, 1),
        end: date(2031, 12, 31),
        kinds: vec![EventKind::EntryIntoForce, EventKind::Renewal],
        reader: reader.clone(),
    };
    let (start, after) = later_events();
    promises.push((
        outline::events_sql(&window, &start, &after, 51),
        events.clone(),
        true,
    ));
    promises.push((outline::count_sql(&window, &start), events.clone(), true));
    promises.push((outline::end_sql(&window, &start), events, false));
    for party in ["", "UZ"] {
        let sql = outline::pending_sql(&parent, party, "n42", reader, 250);
        promises.push((sql, pending.clone(), true));
    }
    promises.push((
        outline::live_sql(&parent, "n42", reader, 250),
        names.clone(),
        true,
    ));
    promises.push((
        sectors::list_sql(&parent, reader, &later_page(&sectors::LISTED, "", "")),
        vec!["sector_counts_pkey", "PRIMARY KEY (partnership_id=?"],
        true,
    ));
    promises
}

#[tokio::test]
async fn outlines_go_by_index() {
    storage::testing::each_engine(SCHEMA, MIGRATIONS, async |database| {
        fill_outline(&database).await;
        for (query, indexes, in_order) in promises() {
            let text = query.text.clone();
            let plan = plan(&database, query).await;
            assert!(
                indexes.iter().any(|index| plan.contains(index)),
                "{text}\n{plan}"
            );
            if !text.contains("outdated_documents") && !text.contains("DISTINCT") {
                assert!(!plan.contains("Seq Scan on "), "{text}\n{plan}");
                // `e` is the bounded query inside.
                let is_scan = |line: &&str| line.starts_with("SCAN") && *line != "SCAN e";
                let scans = plan.lines().filter(is_scan).count();
                assert_eq!(scans, 0, "{text}\n{plan}");
            }
            if in_order {
                assert!(
                    !plan.contains("TEMP B-TREE") && !plan.contains("Sort"),
                    "{text}\n{plan}"
                );
            }
        }
    })
    .await;
}
