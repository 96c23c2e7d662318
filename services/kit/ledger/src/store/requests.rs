//! Request ids and the answers that were given for them.
//!
//! They are kept by caller: another caller who sends the same id is not given the answer.

use std::time::Duration;

use storage::{Error, Tx, args};

use super::queries;
use crate::{Call, Stamp};

/// For how long a retry gets the first answer.
const KEPT: Duration = Duration::from_hours(24);
/// How many expired answers one mutation removes: more than it adds, so that they cannot pile up, and
/// few enough not to be felt.
const FORGOTTEN_AT_ONCE: i64 = 8;

storage::row! {
    /// An answer that was given.
    pub(crate) struct Known {
        pub(crate) digest: Vec<u8>,
        pub(crate) answer: Vec<u8>,
    }
}

/// Finds the answer that this caller was given for this request id.
pub(crate) async fn find(tx: &mut Tx, call: &Call, stamp: &Stamp) -> Result<Option<Known>, Error> {
    let Some(request_id) = call.request_id else {
        return Ok(None);
    };
    let subject = call.caller.subject.clone();
    tx.optional(queries::FIND, args![subject, request_id, stamp.now_us()])
        .await
}

/// Keeps the answer of a call that has a request id.
pub(crate) async fn remember<R: prost::Message>(
    tx: &mut Tx,
    call: &Call,
    stamp: &Stamp,
    answer: &R,
) -> Result<(), Error> {
    let Some(request_id) = call.request_id else {
        return Ok(());
    };
    let kept = i64::try_from(KEPT.as_micros()).unwrap_or(i64::MAX);
    let expire_time_us = stamp.now_us().saturating_add(kept);
    let subject = call.caller.subject.clone();
    let answer = answer.encode_to_vec();
    tx.execute(
        queries::REMEMBER,
        args![subject, request_id, call.digest(), answer, expire_time_us],
    )
    .await?;
    Ok(())
}

/// Removes some answers that have expired.
pub(crate) async fn forget_expired(tx: &mut Tx, stamp: &Stamp) -> Result<(), Error> {
    tx.execute(queries::FORGET, args![stamp.now_us(), FORGOTTEN_AT_ONCE])
        .await?;
    Ok(())
}
