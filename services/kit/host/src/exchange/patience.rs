//! How long the server waits for what a client owes it.
//!
//! A client owes the rest of a message that it has begun, and the first message of a call; over REST, the whole body. It
//! must come at a lowest rate. Between the messages of a stream it owes nothing: there a stream may last as long as
//! something moves in either direction. Only the time counts in which somebody waits for the client: a
//! reader that takes its time is no fault of the client's.

use std::{pin::Pin, task::Context, time::Duration};

use tokio::time::{Instant, Sleep, sleep_until};

use super::Exchange;
use crate::{ConnectionArgs, layers::Framing};

/// What is waited for, and for how long.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms {
    /// A message may keep its reader waiting for so long,
    pub(super) message: Duration,
    /// and longer by a second for so many bytes that have come.
    pub(super) bytes_a_second: u32,
    /// A stream may be silent for so long.
    pub(super) idle: Duration,
    /// A message may have so many bytes.
    pub(super) message_bytes: usize,
}

impl From<&ConnectionArgs> for Terms {
    fn from(args: &ConnectionArgs) -> Self {
        Self {
            message: Duration::from_secs(args.body_seconds),
            bytes_a_second: args.body_rate.max(1),
            idle: Duration::from_secs(args.stream_idle_seconds),
            message_bytes: usize::try_from(args.max_message_bytes).unwrap_or(usize::MAX),
        }
    }
}

/// The patience with the body of one request.
pub(super) struct Patience {
    terms: Terms,
    /// The messages of gRPC; nothing where the body is one whole.
    framing: Option<Framing>,
    has_message: bool,
    /// For the message that is owed: how long its reader has waited before now, and the bytes that have come.
    waited: Duration,
    bytes: u64,
    /// Since when the reader waits, and when its patience ends.
    waiting: Option<(Instant, Pin<Box<Sleep>>)>,
}

impl Patience {
    pub(super) fn new(terms: Terms, is_framed: bool) -> Self {
        Self {
            terms,
            framing: is_framed.then(Framing::default),
            has_message: false,
            waited: Duration::ZERO,
            bytes: 0,
            waiting: None,
        }
    }

    /// Whether a second message has begun.
    pub(super) fn has_second(&self) -> bool {
        self.framing.as_ref().is_some_and(Framing::has_second)
    }

    /// Whether a message has begun, or the one whole has come, that is larger than `bytes`.
    pub(super) fn has_larger(&self, bytes: usize) -> bool {
        match &self.framing {
            Some(framing) => framing.longest() > bytes,
            None => self.bytes > bytes as u64,
        }
    }

    /// Whether the client owes a message or the rest of one.
    fn is_owed(&self) -> bool {
        match &self.framing {
            None => true,
            Some(framing) => framing.is_within() || !self.has_message,
        }
    }

    /// Takes account of bytes that have come.
    pub(super) fn received(&mut self, data: &[u8]) {
        if let Some((since, _)) = self.waiting.take() {
            self.waited += since.elapsed();
        }
        self.bytes += data.len() as u64;
        let Some(framing) = &mut self.framing else {
            return;
        };
        framing.advance(data);
        if !framing.is_within() && !data.is_empty() {
            self.has_message = true;
            self.waited = Duration::ZERO;
            self.bytes = 0;
        }
    }

    /// Waits for the client; true once that was too long.
    pub(super) fn is_over(&mut self, context: &mut Context<'_>, exchange: &Exchange) -> bool {
        if self.waiting.is_none() {
            let now = Instant::now();
            let end = self.end(now, exchange);
            self.waiting = Some((now, Box::pin(sleep_until(end))));
        }
        loop {
            let Some((since, sleep)) = &mut self.waiting else {
                return false;
            };
            if sleep.as_mut().poll(context).is_pending() {
                return false;
            }
            let since = *since;
            let end = self.end(since, exchange);
            if end <= Instant::now() {
                return true;
            }
            // Something has moved in the other direction since.
            if let Some((_, sleep)) = &mut self.waiting {
                sleep.as_mut().reset(end);
            }
        }
    }

    /// When the patience of one that waits since `since` ends.
    fn end(&self, since: Instant, exchange: &Exchange) -> Instant {
        if self.is_owed() {
            let seconds = self.bytes / u64::from(self.terms.bytes_a_second);
            let allowed = self.terms.message + Duration::from_secs(seconds);
            since + allowed.saturating_sub(self.waited)
        } else {
            since.max(exchange.last_moved()) + self.terms.idle
        }
    }
}
