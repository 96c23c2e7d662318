//! Bodies that are not known: refused where a known one is only written otherwise, and told with the nearest names where
//! somebody asks for them.

use std::collections::{BTreeMap, BTreeSet};

use aip::{Violation, Violations};
use fault::Fault;
use storage::Tx;

use crate::{
    domain::{
        bodies::Body,
        measure::Plan,
        spelling::{self, Spellings},
    },
    store,
};

/// How many near names are told.
const NEAREST: usize = 3;

/// A plan whose bodies are checked.
pub(super) struct Checked<'a> {
    /// Where the plan stands in the request.
    pub(super) place: String,
    /// The plan.
    pub(super) plan: &'a Plan,
    /// Whether its bodies may be written otherwise than they are known.
    pub(super) is_free: bool,
}

/// Refuses bodies that a partnership knows under another spelling, or that plans write in two ways, each with its place.
pub(super) async fn check(
    tx: &mut Tx,
    partnership: &str,
    plans: &[Checked<'_>],
) -> Result<(), Fault> {
    let named: BTreeSet<&str> = plans
        .iter()
        .flat_map(|checked| checked.plan.bodies())
        .map(|(_, body)| body)
        .collect();
    let wanted: BTreeSet<String> = named.iter().map(|name| spelling::folded(name)).collect();
    let named: Vec<String> = named.into_iter().map(ToOwned::to_owned).collect();
    let known = store::bodies::known(tx, partnership, &named).await?;
    let is_known = |party: &str, name: &str| {
        known.contains(&Body {
            party: party.to_owned(),
            name: name.to_owned(),
        })
    };
    let mut spellings: BTreeMap<String, Spellings> = BTreeMap::new();
    let mut violations = Violations::new();
    for checked in plans {
        for (index, executors) in checked.plan.executors.iter().enumerate() {
            let party = &executors.party;
            let others = executors.co_executing_bodies.iter().enumerate();
            let others = others.map(|(at, body)| (format!("co_executing_bodies[{at}]"), body));
            let lead = std::iter::once(("lead_body".to_owned(), &executors.lead_body));
            for (field, body) in lead.chain(others) {
                if is_known(party, body) {
                    continue;
                }
                if !spellings.contains_key(party) {
                    let known = spellings_of(tx, partnership, party, &wanted).await?;
                    spellings.insert(party.clone(), known);
                }
                let known = spellings.entry(party.clone()).or_default();
                match known.other(body).filter(|_| !checked.is_free) {
                    Some(other) => violations.push(
                        format!("{}.executors[{index}].{field}", checked.place),
                        "BODY_SPELLING",
                        format!("is written “{other}” elsewhere; set allow_new_spelling if this is meant"),
                    ),
                    None => known.learn(body),
                }
            }
        }
    }
    violations.finish().map_err(Fault::invalid)
}

/// Reads how a partnership writes those bodies of a party that are wanted, by what they are without case, spaces and apostrophes.
async fn spellings_of(
    tx: &mut Tx,
    partnership: &str,
    party: &str,
    wanted: &BTreeSet<String>,
) -> Result<Spellings, Fault> {
    let mut known = Spellings::default();
    let look = |names: &[String]| {
        for name in names {
            if wanted.contains(&spelling::folded(name)) {
                known.learn(name);
            }
        }
    };
    store::bodies::look_through(tx, partnership, party, look).await?;
    Ok(known)
}

/// Refuses a question about a body or a party that a partnership does not know; either may be empty.
pub(super) async fn require_known(
    tx: &mut Tx,
    partnership: &str,
    party: &str,
    body: &str,
) -> Result<(), Fault> {
    let mut violations = Violations::new();
    if !party.is_empty() && !store::bodies::is_side(tx, partnership, party).await? {
        let parties = store::bodies::parties(tx, partnership).await?;
        let sides = match parties.as_slice() {
            [] => "it has no roadmaps yet".to_owned(),
            parties => format!("its sides are {}", parties.join(", ")),
        };
        let description =
            format!("{party} is a side of no roadmap of partnerships/{partnership}; {sides}");
        violations.push("party", "PARTY_NOT_A_SIDE", description);
    }
    if !body.is_empty() && violations.is_empty() {
        violations.take(require_body(tx, partnership, party, body).await?);
    }
    violations.finish().map_err(Fault::invalid)
}

async fn require_body(
    tx: &mut Tx,
    partnership: &str,
    party: &str,
    body: &str,
) -> Result<Result<(), Violation>, Fault> {
    let known = store::bodies::known(tx, partnership, &[body.to_owned()]).await?;
    if known
        .iter()
        .any(|known| party.is_empty() || known.party == party)
    {
        return Ok(Ok(()));
    }
    let mut near: Vec<String> = Vec::new();
    let look = |names: &[String]| {
        let names = names.iter().chain(&near).map(String::as_str);
        let spellings: Spellings = names.collect();
        let nearest = spellings.nearest(body, NEAREST).into_iter();
        near = nearest.map(ToOwned::to_owned).collect();
    };
    store::bodies::look_through(tx, partnership, party, look).await?;
    let near = match near.as_slice() {
        [] => "none is near".to_owned(),
        [one] => format!("the nearest is “{one}”"),
        several => format!("the nearest are “{}”", several.join("”, “")),
    };
    let whose = if party.is_empty() {
        String::new()
    } else {
        format!(" for {party}")
    };
    let description =
        format!("no measure of partnerships/{partnership} has or had such a body{whose}; {near}");
    Ok(Err(Violation::new("body", "BODY_UNKNOWN", description)))
}
