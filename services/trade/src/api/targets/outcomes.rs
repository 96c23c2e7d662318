//! What became of a target and of those whose place it has taken.

use ::fault::Fault;
use jiff::{Timestamp, ToSpan as _, civil::Date, tz::TimeZone};
use storage::Tx;

use super::question::{self, Asked};
use crate::{
    api::query::vintages_in,
    domain::{
        outcome::{Occasion, Outcome, occasions},
        target::Target,
    },
    store,
};

/// How many earlier targets an answer lists.
const MAX_EARLIER: usize = 20;

/// A target as it stood, and what became of it.
pub(crate) struct Ended {
    pub(crate) target: Target,
    pub(crate) outcomes: Vec<Outcome>,
}

/// Returns what became of a target by the moment asked about, and of those whose place it has taken, the latest
/// first.
pub(super) async fn of(
    tx: &mut Tx,
    asked: &Asked,
    target: &Target,
) -> Result<(Vec<Outcome>, Vec<Ended>), Fault> {
    let outcomes = outcomes(tx, asked, target).await?;
    let mut earlier = Vec::new();
    let mut predecessor = target.predecessor.clone();
    while !predecessor.is_empty() && earlier.len() < MAX_EARLIER {
        let Some(found) = store::targets::get(tx, &predecessor).await? else {
            return Err(Fault::internal(format!("{predecessor} is missing")));
        };
        predecessor.clone_from(&found.predecessor);
        earlier.push(Ended {
            outcomes: self::outcomes(tx, asked, &found).await?,
            target: found.as_of(day(asked.known)),
        });
    }
    Ok((outcomes, earlier))
}

async fn outcomes(tx: &mut Tx, asked: &Asked, target: &Target) -> Result<Vec<Outcome>, Fault> {
    let mut outcomes = Vec::new();
    for (occasion, date) in occasions(target, day(asked.known)) {
        let known = match occasion {
            Occasion::Superseded => end_of(date)?.min(asked.known),
            Occasion::Due => asked.known,
        };
        let question = question::question(target, &target.agreement.measurement, known)?;
        let vintages = vintages_in(tx, &asked.series_known(&question, known)).await?;
        let outcome = Outcome::of((occasion, date), target, &vintages, &question);
        outcomes.push(outcome);
    }
    Ok(outcomes)
}

fn day(time: Timestamp) -> Date {
    time.to_zoned(TimeZone::UTC).date()
}

/// The last microsecond of a day, which is the finest that the database keeps.
fn end_of(day: Date) -> Result<Timestamp, Fault> {
    let end = day
        .tomorrow()
        .and_then(|next| next.to_zoned(TimeZone::UTC))
        .and_then(|next| next.timestamp().checked_sub(1.microsecond()));
    end.map_err(|error| Fault::internal(format!("{day} has no end: {error}")))
}
