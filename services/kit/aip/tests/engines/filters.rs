//! A filter evaluated in memory lets the same items through as its SQL, on every engine.

use aip::{ListRequest, Listing, Sql};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use storage::Database;
use tokio::runtime::Runtime;

use crate::items::{self, KINDS, SCHEMA, TAGS, TEXTS};

/// A text in quotes, its characters escaped, perhaps with a wildcard behind.
fn quoted(text: &str, wildcard: &str) -> String {
    let escaped = text
        .replace('\\', r"\\")
        .replace('"', r#"\""#)
        .replace('*', r"\*");
    format!("\"{escaped}{wildcard}\"")
}

fn text() -> impl Strategy<Value = &'static str> {
    prop::sample::select(TEXTS)
}

fn one_of(operators: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    prop::sample::select(operators)
}

const EQUALITY: &[&str] = &["=", "!=", ":"];
const ALL: &[&str] = &["=", "!=", ":", "<", "<=", ">", ">="];

/// One comparison of any kind, with values near those of the items.
fn comparison() -> impl Strategy<Value = String> {
    let names: Vec<&str> = KINDS.iter().map(|(name, _)| *name).collect();
    let fields = [
        "label",
        "title",
        "pages",
        "secret",
        "signing.date",
        "create_time",
        "kind",
    ];
    prop_oneof![
        (one_of(ALL), text()).prop_map(|(op, text)| format!("label {op} {}", quoted(text, ""))),
        (one_of(EQUALITY), text())
            .prop_map(|(op, text)| format!("title {op} {}", quoted(text, ""))),
        (one_of(&["=", "!="]), text())
            .prop_map(|(op, text)| format!("title {op} {}", quoted(text, "*"))),
        (one_of(ALL), -3_i64..9).prop_map(|(op, number)| format!("pages {op} {number}")),
        (one_of(ALL), -3_i64..9).prop_map(|(op, number)| format!("rank{op}{number}")),
        (one_of(EQUALITY), any::<bool>()).prop_map(|(op, value)| format!("secret {op} {value}")),
        (one_of(ALL), 1..12).prop_map(|(op, day)| format!("signing.date {op} 2021-12-{day:02}")),
        (one_of(ALL), 0..4).prop_map(|(op, half)| {
            format!(
                "create_time {op} \"2021-12-06T10:00:0{}.{}Z\"",
                half / 2,
                half % 2 * 5
            )
        }),
        (one_of(EQUALITY), prop::sample::select(names))
            .prop_map(|(op, name)| format!("kind {op} {name}")),
        (one_of(&["=", ":"]), prop::sample::select(TAGS))
            .prop_map(|(op, tag)| format!("tags {op} {}", quoted(tag, ""))),
        prop::sample::select(fields.to_vec()).prop_map(|field| format!("{field}:*")),
    ]
}

/// Comparisons joined in every way that the language knows.
fn filter() -> impl Strategy<Value = String> {
    comparison().prop_recursive(4, 24, 4, |inner| {
        let joined = prop::collection::vec(inner.clone(), 2..4);
        let separator = one_of(&[" AND ", " OR ", " "]);
        prop_oneof![
            (joined, separator).prop_map(|(parts, separator)| parts.join(separator)),
            inner.clone().prop_map(|part| format!("({part})")),
            inner.clone().prop_map(|part| format!("NOT ({part})")),
            inner.prop_map(|part| format!("-({part})")),
        ]
    })
}

async fn names(database: &Database, sql: Sql) -> Vec<String> {
    let rows: Result<Vec<(String,)>, storage::Error> = database
        .read(move |tx| {
            let sql = sql.clone();
            Box::pin(async move { tx.all(sql, Vec::new()).await })
        })
        .await;
    rows.unwrap().into_iter().map(|(name,)| name).collect()
}

#[test]
fn sql_and_memory_agree_on_every_engine() {
    let runtime = Runtime::new().unwrap();
    let items = items::items();
    let databases = runtime.block_on(items::databases(&items));
    let config = Config {
        failure_persistence: None,
        ..Config::with_cases(256)
    };
    let result = TestRunner::new(config).run(&filter(), |text| {
        let request = ListRequest {
            page_size: 1_000,
            filter: &text,
            ..ListRequest::default()
        };
        let listing = Listing::parse(&SCHEMA, &request)
            .map_err(|violations| TestCaseError::fail(format!("{text}: {violations}")))?;
        let mut expected: Vec<&str> = items
            .iter()
            .filter(|item| listing.filter().matches(&|path| item.values(path)))
            .map(|item| item.name.as_str())
            .collect();
        expected.sort_unstable();
        let sql = listing.sql("SELECT i.name FROM items i", &[], "i.name");
        for opened in &databases {
            let found = runtime.block_on(names(&opened.database, sql.clone()));
            prop_assert_eq!(
                &found,
                &expected,
                "{:?}: {} {:?}",
                opened.engine(),
                text,
                sql
            );
        }
        Ok(())
    });
    for opened in databases {
        runtime.block_on(opened.remove());
    }
    result.unwrap();
}
