//! Which connections are taken.

use std::{net::IpAddr, sync::Arc};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{
    args::ConnectionArgs,
    limits::{Crowd, Limit, Member, Rates},
    metrics::Metrics,
    peer::{TrustedProxies, counted},
};

/// Counts connections, in all and by address.
pub(super) struct Admission {
    places: Arc<Semaphore>,
    of_address: Crowd<IpAddr>,
    /// Nothing where there is no limit.
    max_of_address: Option<usize>,
    rate_of_address: Option<Rates<IpAddr>>,
    proxies: TrustedProxies,
    metrics: Metrics,
}

/// A connection that was taken, until it is dropped.
pub(super) struct Admitted {
    metrics: Metrics,
    _place: OwnedSemaphorePermit,
    _of_address: Option<Member<IpAddr>>,
}

impl Drop for Admitted {
    fn drop(&mut self) {
        self.metrics.count_connection(-1);
    }
}

impl Admission {
    pub(super) fn new(args: &ConnectionArgs, proxies: TrustedProxies, metrics: Metrics) -> Self {
        let places = args.max_connections.min(Semaphore::MAX_PERMITS);
        let burst = u32::try_from(args.address_connections).unwrap_or(u32::MAX);
        Self {
            places: Arc::new(Semaphore::new(places)),
            of_address: Crowd::default(),
            max_of_address: Some(args.address_connections).filter(|max| *max > 0),
            rate_of_address: Rates::new("connections", args.address_connection_rate, burst),
            proxies,
            metrics,
        }
    }

    /// Takes a connection of `address`, or says which limit it goes beyond.
    pub(super) fn admit(&self, address: IpAddr) -> Result<Admitted, Limit> {
        let of_address = if self.proxies.contains(address) {
            None
        } else {
            self.of_address(counted(address))?
        };
        let place = Arc::clone(&self.places).try_acquire_owned();
        let place = place.map_err(|_| Limit::Connections)?;
        self.metrics.count_connection(1);
        Ok(Admitted {
            metrics: self.metrics.clone(),
            _place: place,
            _of_address: of_address,
        })
    }

    fn of_address(&self, address: IpAddr) -> Result<Option<Member<IpAddr>>, Limit> {
        if let Some(rates) = &self.rate_of_address {
            let taken = rates.take(&address);
            taken.map_err(|_| Limit::AddressConnectionRate)?;
        }
        let Some(max) = self.max_of_address else {
            return Ok(None);
        };
        let member = self.of_address.enter(&address, |has, _| has < max);
        member.map(Some).ok_or(Limit::AddressConnections)
    }
}
