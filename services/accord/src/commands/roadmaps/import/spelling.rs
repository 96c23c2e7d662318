//! Bodies that a file writes in several ways, told before anything of it is written.
//!
//! The service checks each batch without the bodies of the batches before it, which are not there yet. So the spellings that
//! differ are put to it together, and what it says of one holds for every measure of the file.

use std::collections::{BTreeMap, BTreeSet};

use accord_proto::roadmaps::v1::{Executors, Measure};
use roadmaps::domain::spelling::folded;
use sha2::{Digest as _, Sha256};

use super::sending::{self, MAX_ID_BYTES, Measures};
use crate::commands::rows::check::{self, Sender as _};
use crate::error::Error;
use crate::plan::rows::Planned;
use crate::register::Problem;

/// As many spellings as are asked of at once: as many measures as the service checks together.
const AT_ONCE: usize = 1_000;

/// Why a spelling is refused.
const REASON: &str = "BODY_SPELLING";

/// A party and a body of it, as a measure writes it.
pub(super) type Written = (String, String);

/// Takes measures out whose bodies the file writes otherwise before, and those that depend on such. Returns the good ones in
/// their order; `bad` is told of the others.
pub(super) async fn check(
    measures: &mut Measures<'_>,
    rows: Vec<Planned>,
    mut bad: impl FnMut(&Planned, Vec<Problem>),
) -> Result<Vec<Planned>, Error> {
    let refused = refused(measures, several(&rows)).await?;
    if refused.is_empty() {
        return Ok(rows);
    }
    let mut good = Vec::with_capacity(rows.len());
    for row in rows {
        let mut problems: Vec<Problem> = measures.hindrance(&row).into_iter().collect();
        for (field, written) in bodies(&row.measure) {
            problems.extend(refused.get(&written).map(|description| Problem {
                line: row.line,
                column: measures.place(&row, &field),
                reason: REASON.to_owned(),
                description: description.clone(),
            }));
        }
        if problems.is_empty() {
            good.push(row);
        } else {
            measures.is_bad(&row);
            bad(&row, problems);
        }
    }
    Ok(good)
}

/// Every body of a measure, with the field in which it stands.
pub(super) fn bodies(measure: &Measure) -> impl Iterator<Item = (String, Written)> {
    measure.executors.iter().enumerate().flat_map(|(at, side)| {
        let field = move |name: &str| format!("executors[{at}].{name}");
        let written = |body: &String| (side.party.clone(), body.clone());
        let lead = (field("lead_body"), written(&side.lead_body));
        let others = side.co_executing_bodies.iter().enumerate();
        let others = others.map(move |(place, body)| {
            let name = format!("co_executing_bodies[{place}]");
            (field(&name), written(body))
        });
        std::iter::once(lead).chain(others)
    })
}

/// The bodies that are written in several ways: the ways of each, in the order of the file.
fn several(rows: &[Planned]) -> Vec<Vec<Written>> {
    let mut seen: BTreeSet<Written> = BTreeSet::new();
    let mut ways: BTreeMap<(String, String), Vec<Written>> = BTreeMap::new();
    for (_, written) in rows.iter().flat_map(|row| bodies(&row.measure)) {
        if seen.insert(written.clone()) {
            let key = (written.0.clone(), folded(&written.1));
            ways.entry(key).or_default().push(written);
        }
    }
    ways.into_values().filter(|ways| ways.len() > 1).collect()
}

/// What the service says of spellings that it refuses. It lets pass what the partnership knows.
async fn refused(
    measures: &Measures<'_>,
    several: Vec<Vec<Written>>,
) -> Result<BTreeMap<Written, String>, Error> {
    let mut refused = BTreeMap::new();
    for mut batch in batches(&several) {
        // A refusal tells of as many as it has place for, so what it tells is taken out and the rest is asked of again.
        loop {
            let asked: Vec<Planned> = batch.iter().map(bare).collect();
            let answer = check::patiently(async || measures.send(&asked, true).await).await;
            let Err(refusal) = answer else { break };
            let before = batch.len();
            let mut left = Vec::with_capacity(before);
            for (written, problems) in batch
                .into_iter()
                .zip(check::attributed(measures, &asked, &refusal))
            {
                match problems.into_iter().find(|found| found.reason == REASON) {
                    Some(problem) => {
                        refused.insert(written, problem.description);
                    }
                    None => left.push(written),
                }
            }
            if left.len() == before {
                return Err(Error::Refused(Box::new(refusal)));
            }
            batch = left;
        }
    }
    Ok(refused)
}

/// The ways of bodies in batches, the first way of a body before each of its others.
fn batches(several: &[Vec<Written>]) -> Vec<Vec<Written>> {
    let mut batches: Vec<Vec<Written>> = Vec::new();
    for (first, others) in several.iter().filter_map(|ways| ways.split_first()) {
        for others in others.chunks(AT_ONCE - 1) {
            let ways = std::iter::once(first).chain(others).cloned();
            match batches.last_mut() {
                Some(batch) if batch.len() + others.len() < AT_ONCE => batch.extend(ways),
                _ => batches.push(ways.collect()),
            }
        }
    }
    batches
}

/// A measure that says nothing but a body, under an id that none has.
fn bare(written: &Written) -> Planned {
    let (party, body) = written;
    let mut id = hex::encode(Sha256::digest(format!("{party} {body}")));
    id.insert_str(0, "s-");
    id.truncate(MAX_ID_BYTES);
    let executors = Executors {
        party: party.clone(),
        lead_body: body.clone(),
        ..Executors::default()
    };
    sending::whole(Planned {
        line: 0,
        id,
        place: 1,
        measure: Measure {
            executors: vec![executors],
            ..Measure::default()
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn led(party: &str, lead: &str, other: &str) -> Planned {
        let mut planned = bare(&(party.to_owned(), lead.to_owned()));
        let others = &mut planned.measure.executors[0].co_executing_bodies;
        others.push(other.to_owned());
        planned
    }

    #[test]
    fn only_bodies_of_one_party_that_differ_in_spelling_are_asked_of() {
        let rows = [
            led("KZ", "Akimat", "Customs"),
            led("UZ", "akimat", "CUSTOMS"),
            led("KZ", "Customs", "akimat"),
        ];
        let pair = |body: &str| ("KZ".to_owned(), body.to_owned());
        assert_eq!(several(&rows), [vec![pair("Akimat"), pair("akimat")]]);
    }
    #[test]
    fn the_ways_of_a_body_are_asked_of_together() {
        let ways = |body: &str, count: usize| -> Vec<Written> {
            let one = |number| ("KZ".to_owned(), format!("{body} {number}"));
            (0..count).map(one).collect()
        };
        let several = [
            ways("a", 600),
            ways("b", 400),
            ways("c", 2),
            ways("d", 1_500),
        ];
        let cut = batches(&several);
        let sizes: Vec<usize> = cut.iter().map(Vec::len).collect();
        assert_eq!(sizes, [1_000, 2, 1_000, 501]);
        // Each begins with the first way of a body, against which the others are held.
        assert_eq!(cut[2][0], cut[3][0]);
    }
}
