//! The services whose resources documents refer to: where they answer.

use std::{collections::BTreeMap, str::FromStr};

use host::remote::{self, AddressError, RemoteTlsArgs};
use thiserror::Error;
use tonic::transport::Channel;
use url::Url;

use crate::domain::foreign::{Peer, UnknownPeer};

/// Where one of the peers answers: `roadmaps=http://roadmaps:8086`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerSpec {
    /// The peer.
    pub peer: Peer,
    /// Its address: `http` is HTTP/2 with prior knowledge, `https` HTTP/2 over TLS.
    pub url: Url,
}

/// What is wrong with `SERVICE=URL`.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SpecError {
    /// There is no `=`.
    #[error("expected SERVICE=URL")]
    NoAddress,
    /// The service is none that documents refer to.
    #[error(transparent)]
    Peer(#[from] UnknownPeer),
    /// The address is not one of a gRPC server.
    #[error(transparent)]
    Address(#[from] AddressError),
}

impl FromStr for PeerSpec {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (peer, url) = text.split_once('=').ok_or(SpecError::NoAddress)?;
        Ok(Self {
            peer: peer.parse()?,
            url: remote::address(url)?,
        })
    }
}

/// The channels to the peers that this service was told of; none by default.
#[derive(Clone, Debug, Default)]
pub struct Peers(BTreeMap<Peer, Channel>);

impl Peers {
    /// Returns channels to what `specs` name. Nothing is connected until the first call, so that the
    /// services may start in any order. The error is one line for the operator.
    pub fn from_specs(specs: &[PeerSpec], tls: &RemoteTlsArgs) -> Result<Self, String> {
        let mut peers = Self::default();
        for spec in specs {
            if peers.get(spec.peer).is_some() {
                return Err(format!("--peer names `{}` twice", spec.peer));
            }
            peers = peers.with(spec.peer, remote::channel_with(&spec.url, tls)?);
        }
        Ok(peers)
    }

    /// Adds the way to a peer; the later one wins.
    #[must_use]
    pub fn with(mut self, peer: Peer, channel: Channel) -> Self {
        self.0.insert(peer, channel);
        self
    }

    /// Returns the way to a peer, if this service was told one.
    pub(crate) fn get(&self, peer: Peer) -> Option<&Channel> {
        self.0.get(&peer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(text: &str) -> Result<PeerSpec, SpecError> {
        text.parse()
    }

    #[test]
    fn a_peer_is_a_service_and_an_address() {
        let found = spec("roadmaps=http://roadmaps:8086").unwrap();
        assert_eq!(found.peer, Peer::Roadmaps);
        assert_eq!(found.url.as_str(), "http://roadmaps:8086/");
    }

    #[test]
    fn what_is_no_peer_is_refused() {
        assert_eq!(spec("http://roadmaps:8086"), Err(SpecError::NoAddress));
        assert!(matches!(
            spec("documents=http://h:1"),
            Err(SpecError::Peer(_))
        ));
        assert!(matches!(
            spec("trade=http://h:1/path"),
            Err(SpecError::Address(_))
        ));
    }

    #[tokio::test]
    async fn the_same_peer_twice_is_refused() {
        let specs = ["trade=http://h:1", "trade=http://h:2"].map(|text| spec(text).unwrap());
        let error = Peers::from_specs(&specs, &RemoteTlsArgs::default()).unwrap_err();
        assert!(error.contains("twice"), "{error}");
        let peers = Peers::from_specs(&specs[..1], &RemoteTlsArgs::default()).unwrap();
        assert!(peers.get(Peer::Trade).is_some() && peers.get(Peer::Roadmaps).is_none());
    }
}
