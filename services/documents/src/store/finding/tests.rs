//! What lists find by parts of titles, compared with reading every title.

use aip::{ListRequest, Listing, Value};
use storage::{Database, Error};

use super::{LIVE, Way, page, way};
use crate::{
    MIGRATIONS, SCHEMA,
    domain::{AccessLevel, Document, DocumentType, PartnershipName},
    store::{documents, fields, search},
};

/// How many documents there are.
const DOCUMENTS: usize = 400;

/// What titles are put together from: words of several scripts, with and without marks, and what stands between.
const PIECES: [&str; 24] = [
    "Agreement",
    "agreements",
    "Oʻzbekiston",
    "O'zbekiston",
    "Ўзбекистон",
    "Соглашени",
    "е",
    "\u{308}",
    "\u{301}",
    "йод",
    "и\u{306}од",
    "Straße",
    "STRASSE",
    "Kurganaryk",
    "kurganarykzar",
    "2021",
    "PP-236",
    "ﬁnance",
    "x",
    " ",
    " ",
    ", ",
    "\u{ad}",
    "協定",
];

/// A sequence that looks random and is the same each time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end as u64).unwrap()
    }

    fn title(&mut self) -> String {
        let mut title = "T".to_owned();
        for _ in 0..=self.below(9) {
            title.push_str(PIECES[self.below(PIECES.len())]);
        }
        if self.below(8) == 0 {
            // Longer than a word can be.
            for _ in 0..=self.below(12) {
                title.push_str("ndkurganaryk");
            }
        }
        title
    }

    /// A part of a text.
    fn part(&mut self, text: &str) -> String {
        let length = text.chars().count();
        let start = self.below(length);
        let count = 1 + self.below((length - start).min(24));
        text.chars().skip(start).take(count).collect()
    }
}

fn made() -> Vec<Document> {
    let mut numbers = Numbers(88_172_645_463_325_252);
    let one = |index: usize| {
        let mut one = search::tests::document(&format!("d{index:03}"), &numbers.title());
        let mut second = one.content.titles[0].clone();
        second.language = "ru".to_owned();
        second.text = numbers.title();
        one.content.titles.push(second);
        one.content.access_level = AccessLevel::ALL[numbers.below(3)];
        one.deleted = (numbers.below(5) == 0).then_some(one.created);
        one
    };
    (0..DOCUMENTS).map(one).collect()
}

async fn keep(database: &Database, made: &[Document]) {
    let made = made.to_vec();
    let done: Result<(), Error> = database
        .write(move |tx| {
            let made = made.clone();
            Box::pin(async move {
                let partnership = "INSERT INTO partnerships (uid, id, revision, profile, display_text, document_count, \
                     registered_document_count, created_us, updated_us) VALUES ('p', 'uz-kz', 1, '{}', '', 0, 0, 0, 0)";
                tx.execute(partnership, vec![]).await?;
                documents::insert_many(tx, &made).await?;
                search::refresh(tx, &made).await
            })
        })
        .await;
    done.unwrap();
}

/// The ids of the documents that a filter finds, and whether they were gathered.
async fn found(database: &Database, filter: String, with_deleted: bool) -> (Vec<String>, bool) {
    let found: Result<_, Error> = database
        .read(move |tx| {
            let filter = filter.clone();
            Box::pin(async move {
                let request = ListRequest {
                    page_size: 1_000,
                    filter: &filter,
                    ..ListRequest::default()
                };
                let listing = Listing::parse(&fields::DOCUMENTS, &request).unwrap();
                let parent = PartnershipName::new("uz-kz");
                let gathered = matches!(way(tx, &parent, &listing).await?, Way::Merge(_));
                let conditions = if with_deleted { vec![] } else { vec![LIVE] };
                let page = page(tx, &parent, &conditions, None, &listing).await?;
                let ids = page.documents.into_iter().map(|one| one.name.document);
                Ok((ids.collect(), gathered))
            })
        })
        .await;
    found.unwrap()
}

fn quoted(part: &str) -> String {
    let escaped = part.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{}\"", escaped.replace('*', "\\*"))
}

#[tokio::test]
async fn what_titles_contain_is_found_as_by_reading_them_all() {
    storage::testing::each_engine(SCHEMA, MIGRATIONS, async |database| {
        let made = made();
        keep(&database, &made).await;
        let mut numbers = Numbers(362_436_069_362_436_069);
        let mut gathered = 0;
        for round in 0..400 {
            let one = &made[numbers.below(DOCUMENTS)];
            let part = numbers.part(&one.content.titles[round % 2].text);
            let with_deleted = round % 3 == 0;
            let expected = made.iter().filter(|one| {
                let mut titles = one.content.titles.iter();
                (with_deleted || one.deleted.is_none())
                    && titles.any(|title| title.text.contains(&part))
            });
            let expected: Vec<_> = expected.map(|one| one.name.document.clone()).collect();
            let filter = format!("titles:{}", quoted(&part));
            let (ids, by_words) = found(&database, filter, with_deleted).await;
            assert_eq!(ids, expected, "{part:?}");
            gathered += usize::from(by_words);
        }
        assert!(gathered > 150, "{gathered}");
        let nowhere = "titles:\"nowhereatall\" OR titles:\"kurganarykzar\"";
        let (ids, by_words) = found(&database, nowhere.to_owned(), false).await;
        assert!(by_words && !ids.is_empty());
        let (ids, by_words) = found(&database, "titles:\"nowhereatall\"".to_owned(), false).await;
        assert!(by_words && ids.is_empty());
        let whole = &made.iter().find(|one| one.deleted.is_none()).unwrap();
        let text = format!(
            "{}\n{}",
            whole.content.titles[0].text, whole.content.titles[1].text
        );
        for filter in [
            format!("titles = {}", quoted(&text)),
            format!("titles = \"{}*\"", whole.content.titles[0].text),
        ] {
            let (ids, _) = found(&database, filter, false).await;
            assert!(ids.contains(&whole.name.document));
        }
    })
    .await;
}

/// Values of the `index`th document: each kind, place and sector is common or rare.
fn of_values(index: usize) -> Document {
    let mut one = search::tests::document(&format!("d{:03}", index * 137 % 400), "T");
    let kinds = [
        DocumentType::Agreement,
        DocumentType::Treaty,
        DocumentType::Plan,
    ];
    one.content.kind = kinds[index % 3];
    one.content.signature_place = ["Khiva", "Tashkent", ""][(index % 50).min(2)].to_owned();
    one.content.sectors = match index % 7 {
        0 => vec!["space".to_owned(), "trade".to_owned()],
        1 | 2 => vec!["trade".to_owned()],
        _ => vec![],
    };
    one.content.signature_date = Some(
        jiff::civil::date(2000, 1, 1)
            .checked_add(jiff::Span::new().days(i64::try_from(index * 89 % 211).unwrap()))
            .unwrap(),
    );
    one.content.access_level = AccessLevel::ALL[index % 11 % 3];
    one.deleted = index.is_multiple_of(5).then_some(one.created);
    one
}

/// A filter, and what it asks.
type Asked = (&'static str, fn(&Document) -> bool);

const ASKED: [Asked; 8] = [
    ("sectors:space OR signature_place = Khiva", |one| {
        one.content.sectors.contains(&"space".to_owned()) || one.content.signature_place == "Khiva"
    }),
    (
        "(sectors:trade OR type = DOCUMENT_TYPE_TREATY) AND NOT signature_place = Khiva",
        |one| {
            (one.content.sectors.contains(&"trade".to_owned())
                || one.content.kind == DocumentType::Treaty)
                && one.content.signature_place != "Khiva"
        },
    ),
    ("sectors:space AND type = DOCUMENT_TYPE_PLAN", |one| {
        one.content.sectors.contains(&"space".to_owned()) && one.content.kind == DocumentType::Plan
    }),
    ("document_id = \"d1*\" OR sectors:space", |one| {
        one.name.document.starts_with("d1") || one.content.sectors.contains(&"space".to_owned())
    }),
    ("document_id = \"d3*\"", |one| {
        one.name.document.starts_with("d3")
    }),
    (
        "signature_date > 2000-06-01 OR signature_place = Tashkent",
        |one| {
            one.content.signature_date > Some(jiff::civil::date(2000, 6, 1))
                || one.content.signature_place == "Tashkent"
        },
    ),
    ("signature_date < 2000-02-01 AND sectors:trade", |one| {
        one.content.signature_date < Some(jiff::civil::date(2000, 2, 1))
            && one.content.sectors.contains(&"trade".to_owned())
    }),
    ("sectors:nowhere OR sectors:nothing", |_| false),
];

/// The ids of the documents of all pages, and how many those are.
pub(in crate::store) async fn walk(
    database: &Database,
    request: ListRequest<'_>,
    public: bool,
) -> (Vec<String>, usize) {
    let (mut ids, mut token) = (Vec::new(), String::new());
    for pages in 1.. {
        let request = ListRequest {
            page_token: &token,
            ..request
        };
        let listing = Listing::parse(&fields::DOCUMENTS, &request).unwrap();
        let query = listing.clone();
        let page: Result<_, Error> = database
            .read(move |tx| {
                let query = query.clone();
                let readable = public.then_some(("d.access_level = 1", Value::Null));
                Box::pin(async move {
                    let parent = PartnershipName::new("uz-kz");
                    page(tx, &parent, &[LIVE], readable, &query).await
                })
            })
            .await;
        let page = page.unwrap();
        let (rows, next) = listing.page_of_window(
            page.documents,
            page.end.as_ref(),
            |_| 0,
            documents::sort_value,
            |one| one.name.document.as_str().into(),
        );
        ids.extend(rows.into_iter().map(|one| one.name.document));
        if next.is_empty() {
            return (ids, pages);
        }
        token = next;
    }
    unreachable!("the last page has no token");
}

#[tokio::test]
async fn pages_of_any_size_have_what_passes_a_filter_once_and_in_order() {
    storage::testing::each_engine(SCHEMA, MIGRATIONS, async |database| {
        let made: Vec<_> = (0..DOCUMENTS).map(of_values).collect();
        keep(&database, &made).await;
        for (round, (filter, passes)) in ASKED.into_iter().enumerate() {
            for order_by in ["", "signature_date desc"] {
                let public = round % 2 == 0;
                let mut expected: Vec<_> = made
                    .iter()
                    .filter(|one| one.deleted.is_none() && passes(one))
                    .filter(|one| !public || one.content.access_level == AccessLevel::Public)
                    .map(|one| (one.content.signature_date, one.name.document.clone()))
                    .collect();
                if order_by.is_empty() {
                    expected.sort_unstable_by(|left, right| left.1.cmp(&right.1));
                } else {
                    expected.sort_unstable_by(|left, right| right.cmp(left));
                }
                let expected: Vec<_> = expected.into_iter().map(|(_, id)| id).collect();
                for page_size in [1, 5, 16, 53, 100] {
                    let request = ListRequest {
                        page_size,
                        filter,
                        order_by,
                        ..ListRequest::default()
                    };
                    let (ids, _) = walk(&database, request, public).await;
                    assert_eq!(
                        ids, expected,
                        "{filter} by {order_by:?}, {page_size} a page"
                    );
                }
            }
        }
    })
    .await;
}
