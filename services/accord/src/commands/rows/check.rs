//! Batches of rows, sent to the service: to be checked, and to be written.

use std::collections::HashSet;
use std::time::Duration;

use futures::{StreamExt as _, stream};
use indicatif::ProgressBar;
use tonic::Code;

use crate::client::refusal::Refusal;
use crate::error::Error;
use crate::register::{Place, Problem};

/// As many as a batch method takes.
const BATCH_ROWS: usize = 1000;
/// Half of the usual limit for a message, because the answer has more in it than the request.
const BATCH_BYTES: usize = 2 * 1024 * 1024;
/// How many rows are sent one by one at once.
const AT_ONCE: usize = 8;
/// How often a service that cannot answer now is asked again.
const ATTEMPTS: u32 = 5;
/// How long to wait before the second attempt; each further wait is twice as long.
const FIRST_WAIT: Duration = Duration::from_millis(200);

/// Rows of one kind, and how they are sent.
pub(in crate::commands) trait Sender {
    /// One row.
    type Row: Clone;

    /// The line of a row.
    fn line(row: &Self::Row) -> u64;
    /// How large a row is in a request.
    fn size(row: &Self::Row) -> usize;
    /// What makes a row bad because another row is bad.
    fn hindrance(&self, row: &Self::Row) -> Option<Problem>;
    /// Where the field of a service's violation stands in the file.
    fn place(&self, row: &Self::Row, field: &str) -> Option<Place>;
    /// Remembers that a row is bad.
    fn is_bad(&mut self, row: &Self::Row);
    /// Sends a batch.
    async fn send(&self, rows: &[Self::Row], validate_only: bool) -> Result<(), Refusal>;
    /// Has one row checked by itself.
    async fn probe(&self, row: &Self::Row) -> Result<(), Refusal>;
}

/// Cuts rows into batches.
pub(in crate::commands) fn batches<S: Sender>(rows: Vec<S::Row>) -> Vec<Vec<S::Row>> {
    let mut batches: Vec<Vec<S::Row>> = Vec::new();
    let mut bytes = 0;
    for row in rows {
        let size = S::size(&row);
        match batches.last_mut() {
            Some(batch) if batch.len() < BATCH_ROWS && bytes + size <= BATCH_BYTES => {
                bytes += size;
                batch.push(row);
            }
            _ => {
                bytes = size;
                batches.push(vec![row]);
            }
        }
    }
    batches
}

/// Has the service check every row. Returns the good ones in their order; `bad` is told of the others.
pub(in crate::commands) async fn check<S: Sender>(
    sender: &mut S,
    rows: Vec<S::Row>,
    bar: &ProgressBar,
    mut bad: impl FnMut(&S::Row, Vec<Problem>),
) -> Result<Vec<S::Row>, Error> {
    let mut good = Vec::with_capacity(rows.len());
    for mut batch in batches::<S>(rows) {
        let count = batch.len() as u64;
        loop {
            take_out(sender, &mut batch, &mut bad, |sender, row| {
                sender.hindrance(row).into_iter().collect()
            });
            if batch.is_empty() {
                break;
            }
            let Err(refusal) = patiently(async || sender.send(&batch, true).await).await else {
                break;
            };
            let mut found = attributed(sender, &batch, &refusal);
            if found.iter().all(Vec::is_empty) {
                found = probed(sender, &batch, &refusal).await?;
            }
            let mut found = found.into_iter();
            take_out(sender, &mut batch, &mut bad, |_, _| {
                found.next().unwrap_or_default()
            });
        }
        good.extend(batch);
        bar.inc(count);
    }
    Ok(good)
}

/// Takes the rows that have problems out of a batch.
fn take_out<S: Sender>(
    sender: &mut S,
    batch: &mut Vec<S::Row>,
    bad: &mut impl FnMut(&S::Row, Vec<Problem>),
    mut problems: impl FnMut(&S, &S::Row) -> Vec<Problem>,
) {
    let rows = std::mem::take(batch);
    for row in rows {
        let problems = problems(sender, &row);
        if problems.is_empty() {
            batch.push(row);
        } else {
            sender.is_bad(&row);
            bad(&row, problems);
        }
    }
}

/// The problems that a refusal tells of single rows of a batch, by its violations.
pub(in crate::commands) fn attributed<S: Sender>(
    sender: &S,
    batch: &[S::Row],
    refusal: &Refusal,
) -> Vec<Vec<Problem>> {
    let mut found: Vec<Vec<Problem>> = batch.iter().map(|_| Vec::new()).collect();
    for violation in refusal.violations() {
        let Some((index, field)) = request_of(&violation.field) else {
            continue;
        };
        if let (Some(row), Some(found)) = (batch.get(index), found.get_mut(index)) {
            found.push(Problem {
                line: S::line(row),
                column: sender.place(row, field),
                reason: violation.reason.clone(),
                description: violation.description.clone(),
            });
        }
    }
    found
}

/// Takes `requests[3].document.titles` apart.
fn request_of(field: &str) -> Option<(usize, &str)> {
    let (index, rest) = field.strip_prefix("requests[")?.split_once(']')?;
    Some((index.parse().ok()?, rest.trim_start_matches('.')))
}

/// The problems of the rows of a batch, each asked for by itself, because the refusal does not tell which is meant.
async fn probed<S: Sender>(
    sender: &S,
    batch: &[S::Row],
    refusal: &Refusal,
) -> Result<Vec<Vec<Problem>>, Error> {
    if is_of_no_row(refusal) {
        return Err(Error::Refused(Box::new(refusal.clone())));
    }
    let found: Vec<Vec<Problem>> = stream::iter(batch)
        .map(
            async |row| match patiently(async || sender.probe(row).await).await {
                Ok(()) => Ok(Vec::new()),
                Err(refusal) if is_of_no_row(&refusal) => Err(Error::Refused(Box::new(refusal))),
                Err(refusal) => Ok(problems(sender, row, &refusal)),
            },
        )
        .buffered(AT_ONCE)
        .collect::<Vec<_>>()
        .await
        .into_iter()
        .collect::<Result<_, _>>()?;
    if found.iter().all(Vec::is_empty) {
        // Each is good by itself, and together they are not: nothing that a row can be blamed for.
        return Err(Error::Refused(Box::new(refusal.clone())));
    }
    Ok(found)
}

/// The problems that a refusal of one row tells.
fn problems<S: Sender>(sender: &S, row: &S::Row, refusal: &Refusal) -> Vec<Problem> {
    if refusal.violations().is_empty() {
        return vec![Problem::of_row(
            S::line(row),
            refusal.reason(),
            refusal.message(),
        )];
    }
    let violations = refusal.violations().iter();
    violations
        .map(|violation| Problem {
            line: S::line(row),
            column: sender.place(row, &violation.field),
            reason: violation.reason.clone(),
            description: violation.description.clone(),
        })
        .collect()
}

/// Whether a refusal says nothing about what was sent: who sends it, or how the service is.
fn is_of_no_row(refusal: &Refusal) -> bool {
    let is_of_row = matches!(
        refusal.code(),
        Code::InvalidArgument
            | Code::AlreadyExists
            | Code::FailedPrecondition
            | Code::PermissionDenied
            | Code::NotFound
            | Code::Aborted
    );
    !is_of_row || refusal.reason() == "ROLE_REQUIRED"
}

/// Asks again while the service cannot answer.
pub(in crate::commands) async fn patiently<T>(
    ask: impl AsyncFn() -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    let mut wait = FIRST_WAIT;
    for _ in 1..ATTEMPTS {
        match ask().await {
            Err(refusal) if refusal.code() == Code::Unavailable => {
                tokio::time::sleep(wait).await;
                wait *= 2;
            }
            answer => return answer,
        }
    }
    ask().await
}

/// The names of rows that are bad, so that what depends on them is bad too.
pub(in crate::commands) type Bad = HashSet<String>;

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers: the odd ones above 10 are refused by name, 7 only by itself, and what is a multiple of a bad one is hindered.
    struct Numbers {
        bad: Vec<u64>,
    }

    fn refused(code: Code, fields: &[String]) -> Refusal {
        use accord_proto::google::rpc::{self, BadRequest, bad_request::FieldViolation};
        use prost::{Message as _, Name as _};
        let violations = fields.iter().map(|field| FieldViolation {
            field: field.clone(),
            reason: "ODD".into(),
            description: "is odd".into(),
            ..FieldViolation::default()
        });
        let bad = BadRequest {
            field_violations: violations.collect(),
        };
        let details = rpc::Status {
            details: vec![prost_types::Any {
                type_url: format!("type.googleapis.com/{}", BadRequest::full_name()),
                value: bad.encode_to_vec(),
            }],
            ..rpc::Status::default()
        };
        Refusal::of(&tonic::Status::with_details(
            code,
            "no",
            details.encode_to_vec().into(),
        ))
    }

    impl Sender for Numbers {
        type Row = u64;
        fn line(row: &u64) -> u64 {
            *row
        }
        fn size(_: &u64) -> usize {
            1
        }
        fn hindrance(&self, row: &u64) -> Option<Problem> {
            let bad = self.bad.iter().find(|bad| row.is_multiple_of(**bad))?;
            Some(Problem::of_row(*row, "HINDERED", format!("by {bad}")))
        }
        fn place(&self, _: &u64, field: &str) -> Option<Place> {
            Some(Place {
                number: 1,
                name: field.to_owned(),
            })
        }
        fn is_bad(&mut self, row: &u64) {
            self.bad.push(*row);
        }
        async fn send(&self, rows: &[u64], _: bool) -> Result<(), Refusal> {
            let odd = rows
                .iter()
                .enumerate()
                .filter(|(_, row)| **row > 10 && *row % 2 == 1);
            let fields: Vec<String> = odd.map(|(i, _)| format!("requests[{i}].value")).collect();
            if !fields.is_empty() {
                return Err(refused(Code::InvalidArgument, &fields));
            }
            if rows.contains(&7) {
                return Err(refused(Code::AlreadyExists, &[]));
            }
            Ok(())
        }
        async fn probe(&self, row: &u64) -> Result<(), Refusal> {
            if *row == 7 {
                Err(refused(Code::AlreadyExists, &[]))
            } else {
                Ok(())
            }
        }
    }

    #[tokio::test]
    async fn bad_rows_are_taken_out_until_the_rest_is_good() {
        let mut numbers = Numbers { bad: Vec::new() };
        let mut told = Vec::new();
        let rows = vec![2, 4, 7, 11, 14, 22, 13, 8];
        let good = check(
            &mut numbers,
            rows,
            &ProgressBar::hidden(),
            |row, problems| {
                told.push((*row, problems[0].description.clone()));
            },
        )
        .await
        .unwrap();
        assert_eq!(good, [2, 4, 8]);
        let told: Vec<(u64, &str)> = told
            .iter()
            .map(|(row, text)| (*row, text.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                (11, "is odd"),
                (13, "is odd"),
                (22, "by 11"),
                (7, "no"),
                (14, "by 7")
            ]
        );
    }

    #[test]
    fn batches_keep_to_the_limits_of_the_method() {
        let cut = batches::<Numbers>((0..2500).collect());
        assert_eq!(
            cut.iter().map(Vec::len).collect::<Vec<_>>(),
            [1000, 1000, 500]
        );
    }

    #[test]
    fn the_request_of_a_violation_is_found() {
        assert_eq!(
            request_of("requests[12].document.titles[0].text"),
            Some((12, "document.titles[0].text"))
        );
        assert_eq!(request_of("parent"), None);
    }
}
