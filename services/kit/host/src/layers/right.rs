//! The right of a caller to the call that it has begun, and what ends it: its token or certificate is not good for longer, or
//! policies are put in force by which it may not go on.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use fault::Fault;
use http_body::{Frame, SizeHint};
use identity::Caller;
use tokio::{
    sync::Notify,
    time::{Instant, sleep_until},
};
use tonic::{Code, Status, body::Body};

use super::{Framing, answer};
use crate::Rules;

/// When a stream whose reader may now read something else may be opened again: at once.
const RETRY_AFTER: Duration = Duration::from_millis(100);

/// A right that lasts until it is found to have ended, and never comes back.
pub(super) struct Right {
    caller: Caller,
    /// Nothing where that is beyond what a clock can count.
    accepted_to: Option<Instant>,
    rules: Rules,
    /// By which of the rules the caller is judged.
    replaced: u64,
    /// What the caller is told, once it has ended.
    ended: Option<Status>,
}

impl Right {
    /// The right of a caller whose token is accepted until `accepted_to`, to a call of `method`, which the rules of the moment are
    /// to judge.
    pub(super) fn new(
        caller: Caller,
        method: &str,
        rules: Rules,
        accepted_to: Option<Instant>,
    ) -> Self {
        // In this order: should they be replaced in between, they are judged by again.
        let replaced = rules.replaced();
        Self {
            caller: caller.calling(method, rules.policies()),
            accepted_to,
            rules,
            replaced,
            ended: None,
        }
    }

    /// Who has it.
    pub(super) fn caller(&self) -> &Caller {
        &self.caller
    }

    /// Waits until it is worth asking again whether it has ended.
    pub(super) fn until_asked(&self) -> impl Future<Output = ()> + Send + use<> {
        let (accepted_to, rules, replaced) = (self.accepted_to, self.rules.clone(), self.replaced);
        async move {
            let expired = async {
                match accepted_to {
                    Some(accepted_to) => sleep_until(accepted_to).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = expired => {}
                () = rules.until_replaced(replaced) => {}
            }
        }
    }

    /// Returns what the caller is told, if it has ended.
    pub(super) fn ended(&mut self) -> Option<&Status> {
        if self.ended.is_none() {
            if self.accepted_to.is_some_and(|to| Instant::now() >= to) {
                self.ended = Some(answer::status(expired()));
            } else if self.rules.replaced() != self.replaced {
                self.ended = self.judge_anew();
            }
        }
        self.ended.as_ref()
    }

    /// Lets the rules of the moment judge the call, and keeps to them from then on.
    fn judge_anew(&mut self) -> Option<Status> {
        let replaced = self.rules.replaced();
        let policies = self.rules.policies();
        let method = self.caller.method().unwrap_or_default().to_owned();
        let is_known = policies.group(&method).is_some();
        let judged = self.caller.clone().calling(&method, policies);
        let before = std::mem::replace(&mut self.caller, judged);
        self.replaced = replaced;
        if let Err(fault) = self.caller.may_call() {
            return Some(answer::status_of(&method, fault));
        }
        // A stream goes on with what was found at its beginning. What a method unknown to the policies reads is no matter of theirs.
        (is_known && self.caller.clearance() != before.clearance())
            .then(|| answer::status(changed()))
    }

    /// Waits until it ends while `sending` goes on; for ever if that is over before.
    pub(super) async fn until_ended(&mut self, sending: &Sending) -> Status {
        loop {
            if !sending.goes_on().await {
                return std::future::pending().await;
            }
            if let Some(status) = self.ended() {
                return status.clone();
            }
            self.until_asked().await;
        }
    }
}

fn expired() -> Fault {
    let message = "the access token, or the certificate in its place, is not good for longer; call again with a good one";
    Fault::unauthenticated("TOKEN_EXPIRED", message)
}

fn changed() -> Fault {
    let message = "the policies have changed what the caller may read; call again";
    Fault::new(Code::Unavailable, "POLICIES_CHANGED", message).with_retry(RETRY_AFTER)
}

/// Whether a client goes on sending a stream. Copies share it.
#[derive(Clone)]
pub(super) struct Sending(Arc<(AtomicU8, Notify)>);

/// It may be the one message of a call, of which nothing is known before it is answered.
const MAYBE: u8 = 0;
const STREAM: u8 = 1;
const OVER: u8 = 2;

impl Sending {
    /// Watches the body of a request, of which it may be known that it is a stream; else its second message shows that.
    pub(super) fn watch(body: Body, is_stream: bool) -> (Self, Body) {
        let state = if is_stream { STREAM } else { MAYBE };
        let sending = Self(Arc::new((AtomicU8::new(state), Notify::new())));
        let body = Body::new(Watched {
            inner: body,
            sending: sending.clone(),
            framing: (!is_stream).then(Framing::default),
        });
        (sending, body)
    }

    /// Waits until it is known whether it is a stream that goes on; tells so.
    async fn goes_on(&self) -> bool {
        loop {
            match self.0.0.load(Ordering::Acquire) {
                STREAM => return true,
                OVER => return false,
                // There is one that waits, for whom a notification is kept.
                _ => self.0.1.notified().await,
            }
        }
    }

    fn set(&self, state: u8) {
        self.0.0.store(state, Ordering::Release);
        self.0.1.notify_one();
    }
}

/// The body of a request whose end is told.
struct Watched {
    inner: Body,
    sending: Sending,
    /// How far it has come, until it is known to be a stream.
    framing: Option<Framing>,
}

impl Watched {
    fn received(&mut self, frame: &Frame<Bytes>) {
        let (Some(framing), Some(data)) = (&mut self.framing, frame.data_ref()) else {
            return;
        };
        framing.advance(data);
        if !framing.may_be_single() {
            self.framing = None;
            self.sending.set(STREAM);
        }
    }
}

impl http_body::Body for Watched {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let polled = Pin::new(&mut self.inner).poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &polled {
            self.received(frame);
        }
        let is_last = matches!(polled, Poll::Ready(None | Some(Err(_))));
        if is_last || polled.is_ready() && self.inner.is_end_stream() {
            self.sending.set(OVER);
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        // Nobody reads on: the call is over but for its answer.
        self.sending.set(OVER);
    }
}
