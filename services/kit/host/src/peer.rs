//! Who is at the other end of a connection.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use bytes::Bytes;
use http::HeaderMap;
use ipnet::IpNet;

/// Among the extensions of a request that came over mutual TLS: the certificate of its client, in DER, which one of the
/// authorities of `--tls-client-ca` vouches for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerCertificate(pub Bytes);

/// The other end of a connection.
#[derive(Clone, Debug)]
pub(crate) struct Peer {
    pub(crate) address: SocketAddr,
    pub(crate) certificate: Option<PeerCertificate>,
    pub(crate) is_tls: bool,
}

/// The networks of proxies whose word on whom a request is of is believed.
#[derive(Clone, Debug, Default)]
pub(crate) struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    pub(crate) fn new(networks: Vec<IpNet>) -> Self {
        Self(networks)
    }

    /// Whether `address` is one of these proxies.
    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Returns the address that a request of `peer` is of: the last in `x-forwarded-for` that is no proxy of these, if the
    /// peer is one.
    ///
    /// What stands before that is what the client itself said, and is not looked at. A word that is no address ends the
    /// search: the proxy that wrote it is the one known for sure.
    pub(crate) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        let values = headers.get_all("x-forwarded-for").iter().rev();
        let mut words = values
            .flat_map(|value| value.as_bytes().rsplit(|byte| *byte == b','))
            .map(|word| std::str::from_utf8(word).unwrap_or_default().trim());
        while self.contains(client) {
            let Some(address) = words.next().and_then(address) else {
                break;
            };
            client = address;
        }
        client
    }
}

/// An address as proxies write it, perhaps with its port.
fn address(word: &str) -> Option<IpAddr> {
    let bare = word.trim_start_matches('[').trim_end_matches(']');
    let found = bare.parse::<IpAddr>().ok();
    let found = found.or_else(|| word.parse::<SocketAddr>().ok().map(|with| with.ip()));
    found.map(|address| address.to_canonical())
}

/// What of an address is counted: all of one of IPv4, the network of 64 bits of one of IPv6, of which one subscriber
/// has at least one (RFC 6177).
pub(crate) fn counted(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let network = address.to_bits() >> 64 << 64;
            IpAddr::V6(Ipv6Addr::from_bits(network))
        }
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(trusted: &[&str], peer: &str, forwarded: &[&str]) -> String {
        let networks = trusted.iter().map(|network| network.parse().unwrap());
        let mut headers = HeaderMap::new();
        for value in forwarded {
            let value = http::HeaderValue::from_bytes(value.as_bytes()).unwrap();
            headers.append("x-forwarded-for", value);
        }
        TrustedProxies::new(networks.collect())
            .client(peer.parse().unwrap(), &headers)
            .to_string()
    }

    #[test]
    fn header_of_nobody_is_believed_by_default() {
        assert_eq!(client(&[], "192.0.2.1", &["198.51.100.7"]), "192.0.2.1");
        let trusted = ["10.0.0.0/8"];
        assert_eq!(
            client(&trusted, "192.0.2.1", &["198.51.100.7"]),
            "192.0.2.1"
        );
    }

    #[test]
    fn the_last_address_that_no_proxy_has_is_the_clients() {
        let trusted = ["10.0.0.0/8", "2001:db8::/32"];
        for (forwarded, expected) in [
            (vec!["198.51.100.7"], "198.51.100.7"),
            (vec!["203.0.113.9, 198.51.100.7, 10.1.2.3"], "198.51.100.7"),
            (
                vec!["203.0.113.9", "198.51.100.7:4711", "10.9.9.9"],
                "198.51.100.7",
            ),
            (vec!["[2001:db8:1::1]:80, 2001:db8::2"], "2001:db8:1::1"),
            (vec!["198.51.100.7, nonsense"], "10.0.0.1"),
            (vec!["é, 198.51.100.7"], "198.51.100.7"),
            (vec!["198.51.100.7, é"], "10.0.0.1"),
            (vec![""], "10.0.0.1"),
            (vec![], "10.0.0.1"),
        ] {
            let found = client(&trusted, "::ffff:10.0.0.1", &forwarded);
            assert_eq!(found, expected, "{forwarded:?}");
        }
    }

    #[test]
    fn addresses_of_one_network_of_ipv6_count_together() {
        let of = |text: &str| counted(text.parse().unwrap());
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:1"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
    }
}
