//! The looking at rows beside each other, once all of them have been read.

use std::{collections::BTreeSet, sync::Arc};

use ::fault::Fault;
use storage::Database;

use super::rehearsal::Merge;
use crate::{
    domain::{
        cell::HsEdition,
        classification::file::Known,
        file::{Problem, row, tally::Tallies},
        import::{Import, MAX_KEPT, MAX_PROBLEMS},
        release::Release,
        suspicion::Examiner,
    },
    store::{self, key::Key},
};

/// How many figures are read at once.
const FIGURES_AT_ONCE: usize = 5_000;

/// What was found.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    /// How much of each kind.
    pub tallies: Tallies,
    /// The first of it, by line and column.
    pub doubts: Vec<Problem>,
}

impl Found {
    fn take(&mut self, problems: Vec<Problem>) {
        for problem in &problems {
            self.tallies.add(problem.reason, problem.line);
        }
        self.doubts.extend(problems);
        // Only the first are ever kept; sorting each time would take long.
        if self.doubts.len() > 2 * MAX_KEPT {
            self.doubts.sort();
            self.doubts.truncate(MAX_KEPT);
        }
    }

    /// Adds what was found to the import.
    pub(super) fn count_into(&self, import: &mut Import) {
        let intake = &mut import.intake;
        intake.doubtful.merge(&self.tallies);
        intake
            .doubts
            .extend(self.doubts.iter().take(MAX_PROBLEMS).cloned());
        intake.doubts.truncate(MAX_PROBLEMS);
    }
}

fn examiner(release: &Release) -> Examiner {
    let coverage = &release.publication.coverage;
    Examiner::new(coverage.complete && coverage.by_commodity)
}

/// Looks at the durable rows of an import.
pub(super) async fn durable(
    database: &Database,
    release: &Release,
    import: &Import,
) -> Result<Found, Fault> {
    let mut found = Found::default();
    let mut examiner = examiner(release);
    let shared = Arc::new((release.clone(), import.number));
    let mut year = 0;
    while let Some(next) = next_year(database, release.number, year).await? {
        year = next;
        let mut after = Key {
            year,
            series: -1,
            span: 0,
        };
        loop {
            let input = Arc::clone(&shared);
            let (figures, last) = database
                .read(move |tx| {
                    let input = Arc::clone(&input);
                    Box::pin(async move {
                        let (release, number) = &*input;
                        let limit = FIGURES_AT_ONCE;
                        let page =
                            store::observations::of_import(tx, release, *number, after, limit);
                        Ok::<_, Fault>(page.await?)
                    })
                })
                .await?;
            let new: BTreeSet<HsEdition> = figures
                .iter()
                .filter_map(|figure| figure.cell.commodity.edition())
                .filter(|edition| !examiner.knows(*edition))
                .collect();
            if !new.is_empty() {
                examiner.learn(known(database, new).await?);
            }
            for figure in &figures {
                examiner.take(figure);
            }
            found.take(examiner.found());
            match last {
                Some(key) => after = key,
                None => break,
            }
        }
    }
    examiner.finish();
    found.take(examiner.found());
    found.doubts.sort();
    Ok(found)
}

/// Reads the codes of editions.
pub(super) async fn known(
    database: &Database,
    editions: BTreeSet<HsEdition>,
) -> Result<Known, Fault> {
    let editions = Arc::new(editions);
    database
        .read(move |tx| {
            let editions = Arc::clone(&editions);
            Box::pin(
                async move { Ok::<_, Fault>(store::classifications::codes(tx, &editions).await?) },
            )
        })
        .await
}

async fn next_year(database: &Database, release: i64, year: i64) -> Result<Option<i64>, Fault> {
    database
        .read(move |tx| {
            Box::pin(async move {
                Ok::<_, Fault>(store::observations::next_year(tx, release, year).await?)
            })
        })
        .await
}

/// Looks at the rows of an import that is only checked, and turns those about a cell that a row before is
/// about into bad rows.
pub(super) fn rehearsed(
    mut merge: Merge,
    known: Known,
    release: &Release,
    import: &mut Import,
) -> std::io::Result<()> {
    let mut found = Found::default();
    let mut twice = Found::default();
    let mut examiner = examiner(release);
    examiner.learn(known);
    let mut last = None;
    while let Some((key, figure)) = merge.next(release)? {
        if last.replace(key) == Some(key) {
            import.intake.accepted -= 1;
            import.intake.skipped += 1;
            twice.take(vec![row::duplicate(&figure)]);
        } else if import.options.find_suspicious {
            examiner.take(&figure);
            found.take(examiner.found());
        }
    }
    examiner.finish();
    found.take(examiner.found());
    found.doubts.sort();
    found.count_into(import);
    let problems = &mut import.intake.problems;
    problems.append(&mut twice.doubts);
    problems.sort();
    problems.truncate(MAX_PROBLEMS);
    Ok(())
}
