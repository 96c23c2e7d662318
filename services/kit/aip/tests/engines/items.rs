//! A table with a column of every kind, some without values, and texts that engines like to treat
//! differently.

use aip::{Field, Kind, Schema, Value};
use storage::{
    Database, Error, Migrations, Step, args,
    testing::{self, TestDatabase},
};

/// The names of `kind`.
pub(crate) const KINDS: &[(&str, i64)] = &[("TREATY", 1), ("PLAN", 2), ("ROADMAP", 3)];

/// Texts: cases, scripts, wildcards of every language involved, quotes, combining characters.
pub(crate) const TEXTS: &[&str] = &[
    "",
    "a",
    "A",
    "ab",
    "aB",
    "abc",
    "a b",
    "z",
    "Z",
    "_",
    "a%c",
    "a*",
    "*",
    "'",
    "\"q\"",
    "\\",
    "ё",
    "Ўзбек",
    "ўзбек",
    "Ўзбекистон",
    "қазақ",
    "e\u{301}",
    "é",
    "😀a",
    "10",
    "9",
];

pub(crate) const TAGS: &[&str] = &["customs", "energy", "Energy", "space", "'", "{}"];

pub(crate) static SCHEMA: Schema = Schema {
    fields: &[
        field("label", Kind::Text, "i.label", true),
        field("title", Kind::Text, "i.title", false),
        field("rank", Kind::Int, "i.rank", true),
        field("pages", Kind::Int, "i.pages", false),
        field("secret", Kind::Bool, "i.secret", false),
        field("open", Kind::Bool, "i.open", true),
        field("signing.date", Kind::Date, "i.signing_day", false),
        field("create_time", Kind::Time, "i.create_us", false),
        field("kind", Kind::Enum(KINDS), "i.kind", false),
        field(
            "tags",
            Kind::TextSet,
            "EXISTS (SELECT 1 FROM tags t WHERE t.name = i.name AND t.tag = {})",
            false,
        ),
    ],
};

const fn field(path: &'static str, kind: Kind, column: &'static str, sortable: bool) -> Field {
    Field {
        path,
        kind,
        column,
        sortable,
    }
}

static MIGRATIONS: Migrations = Migrations {
    component: "items",
    steps: &[Step {
        version: 1,
        name: "init",
        sqlite: "CREATE TABLE items (name TEXT PRIMARY KEY, label TEXT NOT NULL, title TEXT,
                 rank INTEGER NOT NULL, pages INTEGER, secret INTEGER, open INTEGER NOT NULL,
                 signing_day INTEGER, create_us INTEGER, kind INTEGER) STRICT;
                 CREATE TABLE tags (name TEXT NOT NULL, tag TEXT NOT NULL) STRICT;",
        postgres: "CREATE TABLE items (name TEXT COLLATE \"C\" PRIMARY KEY,
                   label TEXT COLLATE \"C\" NOT NULL, title TEXT, rank BIGINT NOT NULL,
                   pages BIGINT, secret BOOLEAN, open BOOLEAN NOT NULL, signing_day BIGINT,
                   create_us BIGINT, kind BIGINT);
                   CREATE TABLE tags (name TEXT NOT NULL, tag TEXT NOT NULL);",
    }],
};

/// One row with its tags.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) name: String,
    pub(crate) label: &'static str,
    pub(crate) title: Option<&'static str>,
    pub(crate) rank: i64,
    pub(crate) pages: Option<i64>,
    pub(crate) secret: Option<bool>,
    pub(crate) open: bool,
    pub(crate) signing_day: Option<i64>,
    pub(crate) create_us: Option<i64>,
    pub(crate) kind: Option<i64>,
    pub(crate) tags: Vec<&'static str>,
}

impl Item {
    /// The values of a field by its path.
    pub(crate) fn values(&self, path: &str) -> Vec<Value> {
        let value = match path {
            "label" => self.label.into(),
            "title" => self.title.into(),
            "rank" => self.rank.into(),
            "pages" => self.pages.into(),
            "secret" => self.secret.into(),
            "open" => self.open.into(),
            "signing.date" => self.signing_day.into(),
            "create_time" => self.create_us.into(),
            "kind" => self.kind.into(),
            "tags" => return self.tags.iter().map(|tag| Value::from(*tag)).collect(),
            other => panic!("{other} is not in the schema"),
        };
        vec![value]
    }

    fn row(&self) -> Vec<Value> {
        let mut row = args![self.name.clone()];
        for field in SCHEMA.fields.iter().filter(|field| field.path != "tags") {
            row.extend(self.values(field.path));
        }
        row
    }
}

/// The items of every test, always the same: each column goes round its values at a pace of its
/// own, so that many combinations occur.
pub(crate) fn items() -> Vec<Item> {
    (0..160_u32)
        .map(|number| {
            let pick = |factor: u32, count: usize| {
                usize::try_from(number.wrapping_mul(factor).wrapping_add(number / 7)).unwrap()
                    % count
            };
            let small = |factor: u32, count: i64| {
                let picked = i64::from(number.wrapping_mul(factor) / 3) % count;
                (picked != 0).then_some(picked - 2)
            };
            Item {
                // Hashed, so that the order of names is not the order of insertion.
                name: format!("items/i{:010}", number.wrapping_mul(2_654_435_761)),
                label: TEXTS[pick(11, TEXTS.len())],
                title: (number % 5 != 0).then(|| TEXTS[pick(7, TEXTS.len())]),
                rank: small(13, 9).unwrap_or_default(),
                pages: small(5, 7),
                secret: (number % 3 != 0).then_some(number % 2 == 0),
                open: number % 4 == 0,
                signing_day: small(3, 6).map(|day| 18_966 + day),
                create_us: small(17, 5).map(|second| 1_638_784_800_000_000 + second * 500_000),
                kind: small(29, 6).map(|kind| kind + 1),
                tags: TAGS
                    .iter()
                    .copied()
                    .take(pick(19, TAGS.len() + 1))
                    .collect(),
            }
        })
        .collect()
}

/// A database with all items for each engine there is.
pub(crate) async fn databases(items: &[Item]) -> Vec<TestDatabase> {
    let databases = testing::databases("items", &[&MIGRATIONS]).await;
    for opened in &databases {
        insert(&opened.database, items.to_vec()).await.unwrap();
    }
    databases
}

/// Adds items.
pub(crate) async fn insert(database: &Database, items: Vec<Item>) -> Result<(), Error> {
    database
        .write(move |tx| {
            let rows = items.iter().map(Item::row).collect();
            let tags = items.iter().flat_map(|item| {
                let tags = item.tags.iter();
                tags.map(|tag| args![item.name.clone(), *tag])
            });
            let tags = tags.collect();
            Box::pin(async move {
                tx.insert_many(
                    "items",
                    &[
                        "name",
                        "label",
                        "title",
                        "rank",
                        "pages",
                        "secret",
                        "open",
                        "signing_day",
                        "create_us",
                        "kind",
                    ],
                    rows,
                )
                .await?;
                tx.insert_many("tags", &["name", "tag"], tags).await?;
                Ok(())
            })
        })
        .await
}
