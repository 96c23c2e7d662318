//! The limits on each address, which hold before anything else is looked at.

use std::{net::IpAddr, time::Duration};

use fault::Fault;
use tonic::Code;

use super::Exchange;
use crate::{
    LimitArgs, Metrics,
    limits::{Crowd, Limit, Member, Rates},
    peer::counted,
};

/// When an address with too many requests in progress may try again: nobody knows when one of them ends.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Counts the requests of each address.
pub(crate) struct Gate {
    rates: Option<Rates<IpAddr>>,
    crowd: Crowd<IpAddr>,
    /// Nothing where there is no limit.
    calls: Option<usize>,
    metrics: Metrics,
}

impl Gate {
    pub(crate) fn new(args: &LimitArgs, metrics: Metrics) -> Self {
        Self {
            rates: Rates::new("address", args.address_rate, args.address_burst),
            crowd: Crowd::default(),
            calls: Some(args.address_calls).filter(|calls| *calls > 0),
            metrics,
        }
    }

    /// Counts a request, or says in its exchange what it is refused for.
    pub(super) fn enter(&self, exchange: &Exchange) -> Option<Member<IpAddr>> {
        let address = counted(exchange.client());
        if let Some(rates) = &self.rates {
            match rates.take(&address) {
                Ok(standing) => exchange.set_standing(standing),
                Err(excess) => {
                    exchange.set_standing(excess.standing);
                    let message = "this address sends too many requests";
                    let fault =
                        Fault::new(Code::ResourceExhausted, "ADDRESS_RATE_EXCEEDED", message);
                    self.refuse(exchange, Limit::AddressRate, fault.with_retry(excess.after));
                    return None;
                }
            }
        }
        let calls = self.calls?;
        let member = self.crowd.enter(&address, |has, _| has < calls);
        if member.is_none() {
            let message = "this address has too many requests in progress";
            let fault = Fault::new(Code::ResourceExhausted, "ADDRESS_CALLS_EXCEEDED", message);
            self.refuse(exchange, Limit::AddressCalls, fault.with_retry(RETRY_AFTER));
        }
        member
    }

    fn refuse(&self, exchange: &Exchange, limit: Limit, fault: Fault) {
        self.metrics.hit(limit);
        exchange.refuse(fault);
    }
}
