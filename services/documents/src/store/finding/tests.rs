//! What lists find by parts of titles, compared with reading every title.

use aip::{ListRequest, Listing};
use storage::{Database, Error};

use super::{LIVE, Way, page, way};
use crate::{
    MIGRATIONS, SCHEMA,
    domain::{AccessLevel, Document, PartnershipName},
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
                let gathered = matches!(way(tx, &parent, &listing).await?, Way::Gather(_));
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
