//! The same rows in the same order, whatever the size of the pages.

use std::cmp::Ordering;

use aip::{ListRequest, Listing, Value};
use storage::{Database, row, testing::TestDatabase};

use crate::items::{self, Item, SCHEMA};

row! {
    /// What pages are cut by.
    struct ItemRow {
        name: String,
        label: String,
        rank: i64,
        open: bool,
    }
}

impl ItemRow {
    fn sort_value(&self, path: &str) -> Value {
        match path {
            "label" => self.label.clone().into(),
            "rank" => self.rank.into(),
            "open" => self.open.into(),
            other => panic!("{other} is not sortable"),
        }
    }
}

/// The page sizes that every list is tried at.
const SIZES: [i32; 5] = [1, 5, 16, 53, 100];

async fn page(database: &Database, request: &ListRequest<'_>) -> (Vec<String>, String) {
    let listing = Listing::parse(&SCHEMA, request).unwrap();
    let conditions = [("i.rank >= {}", Value::Int(-1))];
    let sql = listing.sql("SELECT i.* FROM items i", &conditions, "i.name");
    let rows: Result<Vec<ItemRow>, storage::Error> = database
        .read(move |tx| {
            let sql = sql.clone();
            Box::pin(async move { tx.all(sql, Vec::new()).await })
        })
        .await;
    let (rows, token) = listing.page(rows.unwrap(), ItemRow::sort_value, |row| {
        row.name.clone().into()
    });
    (rows.into_iter().map(|row| row.name).collect(), token)
}

/// Goes through all pages.
async fn list(database: &Database, request: ListRequest<'_>) -> Vec<String> {
    let mut names = Vec::new();
    let mut token = String::new();
    loop {
        let request = ListRequest {
            page_token: &token,
            ..request
        };
        let (page, next) = page(database, &request).await;
        assert!(!page.is_empty() && page.len() <= usize::try_from(request.page_size).unwrap());
        names.extend(page);
        if next.is_empty() {
            return names;
        }
        token = next;
    }
}

/// Compares two items as one order asks.
type Compare = fn(&Item, &Item) -> Ordering;

#[tokio::test]
async fn every_page_size_gives_the_same_rows_in_order() {
    let orders: [(&str, Compare); 7] = [
        ("", |a, b| a.name.cmp(&b.name)),
        ("rank", |a, b| (a.rank, &a.name).cmp(&(b.rank, &b.name))),
        ("rank desc", |a, b| {
            (b.rank, &b.name).cmp(&(a.rank, &a.name))
        }),
        ("label, rank", |a, b| {
            (a.label, a.rank, &a.name).cmp(&(b.label, b.rank, &b.name))
        }),
        ("label desc, rank", |a, b| {
            (b.label, a.rank, &a.name).cmp(&(a.label, b.rank, &b.name))
        }),
        ("rank, open desc", |a, b| {
            (a.rank, b.open, &b.name).cmp(&(b.rank, a.open, &a.name))
        }),
        ("open, rank desc, label", |a, b| {
            (a.open, b.rank, a.label, &a.name).cmp(&(b.open, a.rank, b.label, &b.name))
        }),
    ];
    let items = items::items();
    for opened in items::databases(&items).await {
        for (order_by, compare) in orders {
            let mut expected: Vec<&Item> = items
                .iter()
                .filter(|item| item.rank >= -1 && item.title.is_some())
                .collect();
            expected.sort_by(|a, b| compare(a, b));
            let expected: Vec<&str> = expected.iter().map(|item| item.name.as_str()).collect();
            for page_size in SIZES {
                let request = ListRequest {
                    page_size,
                    filter: "NOT title = zz AND (title:* OR title = '')",
                    order_by,
                    ..ListRequest::default()
                };
                let found = list(&opened.database, request).await;
                let engine = opened.engine();
                assert_eq!(found, expected, "{engine:?} `{order_by}` by {page_size}");
            }
        }
        opened.remove().await;
    }
}

#[tokio::test]
async fn rows_that_come_and_go_between_pages_shift_nothing() {
    let items = items::items();
    for opened in items::databases(&items).await {
        shift_nothing(&opened, &items).await;
        opened.remove().await;
    }
}

async fn shift_nothing(opened: &TestDatabase, items: &[Item]) {
    let database = &opened.database;
    let request = ListRequest {
        page_size: 10,
        ..ListRequest::default()
    };
    let (first, token) = page(database, &request).await;
    let (second, _) = page(
        database,
        &ListRequest {
            page_token: &token,
            ..request
        },
    )
    .await;

    // One row before the place where the first page ended, and the last row of that page gone.
    let early = Item {
        name: "items/a".to_owned(),
        ..items[1].clone()
    };
    items::insert(database, vec![early]).await.unwrap();
    let last = first.last().unwrap().clone();
    let deleted: Result<u64, storage::Error> = database
        .write(move |tx| {
            let last = last.clone();
            Box::pin(async move {
                tx.execute("DELETE FROM items WHERE name = $1", storage::args![last])
                    .await
            })
        })
        .await;
    assert_eq!(deleted, Ok(1));

    let (second_again, _) = page(
        database,
        &ListRequest {
            page_token: &token,
            ..request
        },
    )
    .await;
    assert_eq!(second_again, second);
}
