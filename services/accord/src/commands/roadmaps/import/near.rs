//! Bodies that nobody knows yet and that are near to others: told, and taken.
//!
//! A new body is nothing wrong. One that differs by a letter or two from a body of the partnership or of the file may be that
//! body with a slip in it.

use std::collections::BTreeMap;

use accord_proto::roadmaps::v1::ListDeadlinesRequest;
use accord_proto::roadmaps::v1::measure_service_client::MeasureServiceClient;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use roadmaps::domain::spelling::{self, Spellings};
use tonic::Code;

use super::sending::Measures;
use super::spelling::{Written, bodies};
use crate::client::Connection;
use crate::commands::rows::check::Sender as _;
use crate::error::Error;
use crate::plan::rows::{DOUBTFUL, Planned};
use crate::register::Problem;

/// How many bodies are asked of at once.
const AT_ONCE: usize = 8;
/// More bodies than this are no plan of ministries, and only so many are looked at.
const MOST: usize = 1_000;
/// How many near names are looked through for one that looks like a slip.
const NEAREST: usize = 3;
/// The reason with which the service tells of a body that it does not know, and of those that are near.
const UNKNOWN: &str = "BODY_UNKNOWN";

/// What to tell of the bodies of good rows, at the first place of each.
pub(super) async fn notices(
    connection: &Connection,
    roadmap: &str,
    measures: &Measures<'_>,
    rows: &[Planned],
) -> Result<Vec<Problem>, Error> {
    let mut first: BTreeMap<Written, (usize, String)> = BTreeMap::new();
    for (at, row) in rows.iter().enumerate() {
        for (field, written) in bodies(&row.measure).filter(|(_, (_, body))| !body.is_empty()) {
            if first.len() < MOST {
                first.entry(written).or_insert((at, field));
            }
        }
    }
    let partnership = roadmap.split("/roadmaps/").next().unwrap_or_default();
    let asked = first.keys().cloned().map(|written| async move {
        let near = unknown(connection, partnership, &written).await?;
        Ok::<_, Error>((written, near))
    });
    let answers: Vec<(Written, Option<Vec<String>>)> =
        stream::iter(asked).buffered(AT_ONCE).try_collect().await?;
    let mut in_order: Vec<_> = answers
        .into_iter()
        .filter_map(|(written, near)| {
            let (at, field) = first.get(&written)?;
            Some((*at, field.as_str(), written, near))
        })
        .collect();
    in_order.sort();
    let mut of_file: BTreeMap<String, Spellings> = BTreeMap::new();
    let mut notices = Vec::new();
    for (at, field, (party, body), near) in in_order {
        let others = of_file.entry(party).or_default();
        // What the partnership knows is no news.
        let told = near.and_then(|near| {
            let of_file = others.nearest(&body, NEAREST).into_iter();
            let mut all = near.iter().map(String::as_str).chain(of_file);
            all.find(|near| spelling::is_slip(near, &body))
                .map(ToOwned::to_owned)
        });
        others.learn(&body);
        let row = rows.get(at);
        notices.extend(told.zip(row).map(|(near, row)| Problem {
            line: row.line,
            column: measures.place(row, field),
            reason: DOUBTFUL.to_owned(),
            description: format!(
                "\"{body}\" is new, and near to \"{near}\"; it was taken as another body"
            ),
        }));
    }
    notices.sort_by_key(|notice| notice.line);
    Ok(notices)
}

/// The names that are near to a body that the partnership does not know; nothing if it knows it.
async fn unknown(
    connection: &Connection,
    partnership: &str,
    (party, body): &Written,
) -> Result<Option<Vec<String>>, Error> {
    let request = ListDeadlinesRequest {
        parent: partnership.to_owned(),
        party: party.clone(),
        body: body.clone(),
        page_size: 1,
        ..ListDeadlinesRequest::default()
    };
    let answer = MeasureServiceClient::new(connection.clone())
        .list_deadlines(request)
        .await;
    let Err(status) = answer else {
        return Ok(None);
    };
    if status.code() != Code::InvalidArgument {
        return Err(status.into());
    }
    let refusal = crate::client::refusal::Refusal::of(&status);
    let mut told = refusal.violations().iter();
    Ok(told
        .find(|violation| violation.reason == UNKNOWN)
        .map(|violation| quoted(&violation.description)))
}

/// The names between quotation marks.
fn quoted(text: &str) -> Vec<String> {
    let parts = text.split('“').skip(1);
    parts
        .filter_map(|part| part.split_once('”'))
        .map(|(name, _)| name.to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_those_between_quotation_marks() {
        assert_eq!(
            quoted("no such body for XA; the nearest are “Harbour School”, “Harbour Office”"),
            ["Harbour School", "Harbour Office"]
        );
        assert!(quoted("no such body; none is near").is_empty());
    }
}
