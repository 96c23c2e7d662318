//! The services whose resources measures refer to: where they answer.

use std::{
    collections::BTreeMap,
    str::FromStr,
    sync::{Arc, PoisonError, RwLock},
};

use host::remote::{self, AddressError, RemoteTlsArgs};
use tonic::transport::Channel;
use url::Url;

use crate::domain::foreign::{Peer, UnknownPeer};

/// Where one of the peers answers: `documents=http://documents:8082`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerSpec {
    /// The peer.
    pub peer: Peer,
    /// Its address: `http` is HTTP/2 with prior knowledge, `https` HTTP/2 over TLS.
    pub url: Url,
}

/// What is wrong with `SERVICE=URL`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpecError {
    /// There is no `=`.
    #[error("expected SERVICE=URL")]
    NoAddress,
    /// The service is none that measures refer to.
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

/// The channels to the peers that this service was told of; none by default. Clones share them.
///
/// Documents refer to roadmaps and roadmaps to documents: in one process neither can be built after the other, so a
/// peer may also be told after the service was built.
#[derive(Clone, Debug, Default)]
pub struct Peers(Arc<RwLock<BTreeMap<Peer, Channel>>>);

impl Peers {
    /// Returns channels to what `specs` name. Nothing is connected until the first call, so that the
    /// services may start in any order. The error is one line for the operator.
    pub fn from_specs(specs: &[PeerSpec], tls: &RemoteTlsArgs) -> Result<Self, String> {
        let peers = Self::default();
        for spec in specs {
            if peers.get(spec.peer).is_some() {
                return Err(format!("--peer names `{}` twice", spec.peer));
            }
            peers.tell(spec.peer, remote::channel_with(&spec.url, tls)?);
        }
        Ok(peers)
    }

    /// Tells the way to a peer; the later one wins.
    pub fn tell(&self, peer: Peer, channel: Channel) {
        let mut peers = self.0.write().unwrap_or_else(PoisonError::into_inner);
        peers.insert(peer, channel);
    }

    /// Returns the way to a peer, if this service was told one.
    pub(crate) fn get(&self, peer: Peer) -> Option<Channel> {
        let peers = self.0.read().unwrap_or_else(PoisonError::into_inner);
        peers.get(&peer).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(text: &str) -> Result<PeerSpec, SpecError> {
        text.parse()
    }

    #[test]
    fn what_is_no_peer_is_refused() {
        assert_eq!(spec("http://trade:8084"), Err(SpecError::NoAddress));
        assert!(matches!(
            spec("roadmaps=http://h:1"),
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
    }

    #[tokio::test]
    async fn a_peer_can_be_told_to_a_clone_later() {
        let peers = Peers::default();
        let kept = peers.clone();
        assert!(kept.get(Peer::Trade).is_none());
        let url = remote::address("http://h:1").unwrap();
        peers.tell(Peer::Trade, remote::channel(&url).unwrap());
        assert!(kept.get(Peer::Trade).is_some());
    }
}
