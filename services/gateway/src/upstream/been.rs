//! Where a call has been, so that its next attempt goes elsewhere.

use std::sync::Arc;

use super::endpoint::Endpoint;

/// The addresses that a call has been at. It allocates nothing until an attempt has failed.
#[derive(Debug, Default)]
pub(super) struct Been {
    /// Where it was sent and may be sent again, once it has been everywhere.
    sent: Vec<Arc<Endpoint>>,
    /// Where no connection took it: one failure is enough for one call.
    unreachable: Vec<Arc<Endpoint>>,
    /// Where a connection took no more calls, once for each such connection.
    unsent: Vec<Arc<Endpoint>>,
}

impl Been {
    /// Takes note that the call was sent there.
    pub(super) fn sent(&mut self, endpoint: Arc<Endpoint>) {
        self.sent.push(endpoint);
    }

    /// Takes note that no connection there took the call.
    pub(super) fn unreachable(&mut self, endpoint: Arc<Endpoint>) {
        self.unreachable.push(endpoint);
    }

    /// Takes note that a connection there took no more calls. Of `most` that there may be at once each can end just
    /// then; after one more the address counts as unreachable, and this is true.
    pub(super) fn unsent(&mut self, endpoint: &Arc<Endpoint>, most: usize) -> bool {
        self.unsent.push(Arc::clone(endpoint));
        let here = self.unsent.iter().filter(|one| Arc::ptr_eq(one, endpoint));
        let is_unreachable = here.count() > most;
        if is_unreachable {
            self.unreachable(Arc::clone(endpoint));
        }
        is_unreachable
    }

    /// Tells whether the call has been there.
    pub(super) fn has(&self, endpoint: &Arc<Endpoint>) -> bool {
        let is = |one: &Arc<Endpoint>| Arc::ptr_eq(one, endpoint);
        self.sent.iter().any(is) || self.unreachable.iter().any(is)
    }

    /// Tells whether the call may go to every address.
    pub(super) fn is_empty(&self) -> bool {
        self.sent.is_empty() && self.unreachable.is_empty()
    }

    /// Lets the call go again where it was sent; false if it was sent nowhere.
    pub(super) fn begin_anew(&mut self) -> bool {
        let was_sent = !self.sent.is_empty();
        self.sent.clear();
        was_sent
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::upstream::{UpstreamArgs, pool::testing};

    #[test]
    fn a_call_goes_again_where_it_was_sent_and_not_where_nothing_took_it() {
        let pool = testing::pool(2, UpstreamArgs::default());
        let [one, other] = [0, 1].map(|index| Arc::clone(&pool.endpoints()[index]));
        let mut been = Been::default();
        assert!(!been.begin_anew(), "it was nowhere");
        been.sent(Arc::clone(&one));
        been.unreachable(Arc::clone(&other));
        assert!(been.has(&one) && been.has(&other));
        assert!(been.begin_anew());
        assert!(!been.has(&one) && been.has(&other));
        assert!(!been.begin_anew());
    }

    #[test]
    fn each_address_may_have_as_many_ended_connections_as_it_may_have_at_once() {
        let pool = testing::pool(2, UpstreamArgs::default());
        let [one, other] = [0, 1].map(|index| Arc::clone(&pool.endpoints()[index]));
        let mut been = Been::default();
        for _ in 0..4 {
            assert!(!been.unsent(&one, 4) && !been.unsent(&other, 4));
        }
        assert!(been.is_empty());
        assert!(been.unsent(&one, 4));
        assert!(been.has(&one) && !been.has(&other));
    }
}
