//! What the engines do to answer the index's queries: all go by index, and no block of places is sorted in full.

use aip::Sql;
use storage::{Engine, Error};

use super::{
    Hit,
    contents::pieces_sql,
    find::queries::{block_sql, probe_sql, titles_sql, whole_sql, with_texts_sql},
    fragments::places_sql,
    postings, tests, titles,
    vocabulary::{beginning_sql, known_sql, words_sql},
};
use crate::{MIGRATIONS, SCHEMA, domain::search::part};

const DOCUMENTS: usize = 2_000;

/// Texts in two pieces each.
const TEXTS: &str = "INSERT INTO text_contents (source_no, piece, content) \
     WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 3999) \
     SELECT i / 2, i % 2, 'A text about trade.' FROM n";

/// And where the index has them from.
const SOURCES: &str = "INSERT INTO search_sources (source_no, version_uid, document_no, text_id, version_id, language, \
     access_level) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) \
     SELECT i, CAST(i AS TEXT), i, 'ru', 'v1', 'ru', 1 FROM n";

/// Makes PostgreSQL plan as for two million documents: it believes in a thousand times as many rows, spread as the
/// statistics say. Only a superuser may.
const ENLARGE: &str = "UPDATE pg_class SET reltuples = reltuples * 1000 \
     WHERE relnamespace = to_regnamespace(current_schema()) AND reltuples > 0";

storage::row! {
    /// One line of a plan, on SQLite.
    struct SqlitePlan {
        detail: String,
    }
}

/// The queries of a search, and the index of each: PostgreSQL's and SQLite's names of a key differ.
fn promises() -> Vec<(Sql, &'static str, &'static str)> {
    let after = Hit {
        score: 1_000,
        document_no: 900,
    };
    let word = "agreement".to_owned();
    vec![
        (
            known_sql("uz-kz", &[&word]),
            "search_words_partnership_id_word_key",
            "sqlite_autoindex_search_words_1",
        ),
        (
            words_sql(beginning_sql("uz-kz", "n77", false, 500)),
            "search_spellings_pkey",
            "SEARCH s USING PRIMARY KEY",
        ),
        (
            words_sql(beginning_sql("uz-kz", "777", true, 500)),
            "search_endings_pkey",
            "SEARCH s USING PRIMARY KEY",
        ),
        (
            block_sql([(1, 0, after), (2, 1, after)].into_iter(), 16),
            "search_postings_pkey",
            "SEARCH p USING PRIMARY KEY",
        ),
        (
            whole_sql(&[1, 2], &[0, 1], 2_000),
            "search_postings_pkey",
            "SEARCH p USING PRIMARY KEY",
        ),
        (
            probe_sql(&[5, 6], &[1, 2]),
            "search_postings_of_texts",
            "search_postings_of_texts",
        ),
        (
            titles_sql(&[5, 6]),
            "search_documents_pkey",
            "SEARCH s USING INTEGER PRIMARY KEY",
        ),
        (
            postings::clear_sql(&[[1, 0, 700, 5, 0], [2, 0, 700, 5, 0], [3, 0, 700, 6, 0]]),
            "search_postings_pkey",
            "SEARCH search_postings USING PRIMARY KEY",
        ),
        (
            postings::text_uses_sql(&[5, 6], Some(7)),
            "search_postings_of_texts",
            "search_postings_of_texts",
        ),
        (
            with_texts_sql(&[5, 6]),
            "search_sources_by_document",
            "search_sources_by_document",
        ),
        (
            places_sql(&[5, 6], &[1, 2]),
            "search_postings_of_texts",
            "search_postings_of_texts",
        ),
        (
            titles::longest_sql("uz-kz"),
            "search_words_by_length",
            "search_words_by_length",
        ),
        (
            ids_sql(),
            "search_postings_pkey",
            "SEARCH p USING PRIMARY KEY",
        ),
        (
            words_sql(titles::sides_sql("uz-kz", &part::runs("n77n77")[0].clues())),
            "search_endings_pkey",
            "SEARCH e USING PRIMARY KEY",
        ),
        (
            pieces_sql(&[(1, 0), (1, 1)]),
            "text_contents_pkey",
            "sqlite_autoindex_text_contents_1",
        ),
    ]
}

fn ids_sql() -> Sql {
    let mut sql = Sql::default();
    titles::push_ids(&mut sql, &[5, 6], 1_000);
    sql
}

#[tokio::test]
async fn searches_go_by_index() {
    storage::testing::each_engine(SCHEMA, MIGRATIONS, async |database| {
        let made = (0..DOCUMENTS).map(|index| {
            tests::document(
                &format!("d{index}"),
                &format!("Agreement n{index} on x{}", index % 7),
            )
        });
        tests::keep(&database, made.collect()).await;
        let engine = database.engine();
        let plans: Result<Vec<String>, Error> = database
            .write(move |tx| {
                Box::pin(async move {
                    tx.execute(TEXTS, vec![]).await?;
                    tx.execute(SOURCES, vec![]).await?;
                    tx.execute("ANALYZE", vec![]).await?;
                    if engine == Engine::Postgres {
                        tx.execute(ENLARGE, vec![]).await?;
                    }
                    let mut plans = Vec::new();
                    for (query, _, _) in promises() {
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
                        plans.push(lines.join("\n"));
                    }
                    Ok(plans)
                })
            })
            .await;
        for ((query, postgres, sqlite), plan) in promises().into_iter().zip(plans.unwrap()) {
            let index = match engine {
                Engine::Sqlite => sqlite,
                Engine::Postgres => postgres,
            };
            assert!(plan.contains(index), "{}\n{plan}", query.text);
            if query.text.contains("ORDER BY p.impact") {
                assert!(
                    !plan.contains("Sort") && !plan.contains("TEMP B-TREE"),
                    "{plan}"
                );
                assert!(
                    plan.contains("(impact,document_no)<(?,?)") || plan.contains("Backward"),
                    "{plan}"
                );
            }
            assert!(!plan.contains("Seq Scan"), "{}\n{plan}", query.text);
            for table in ["p", "s", "w", "c", "d", "b", "e", "n"] {
                let scan = format!("SCAN {table}");
                let is_scanned = plan.lines().any(|line| line.trim() == scan);
                assert!(!is_scanned, "{}\n{plan}", query.text);
            }
        }
    })
    .await;
}
