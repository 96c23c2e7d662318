//! What an operator may set: where the services are, and which other gRPC services to route to.

use std::{fmt, str::FromStr};

use host::remote::{AddressError, RemoteTlsArgs, address};
use http::HeaderValue;
use thiserror::Error;
use url::Url;

use crate::{
    service::{Service, UnknownService},
    upstream::{UpstreamArgs, is_under},
};

/// Configuration of the gateway.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Config {
    /// Where one of Accord's services answers: documents, trade or roadmaps. Every address that the
    /// host stands for gets calls; several hosts are joined by `+`. Repeatable; in the variable,
    /// separated by commas. A service left out is answered for with UNIMPLEMENTED, and the overview
    /// names it as missing.
    #[arg(
        long = "upstream",
        env = "ACCORD_UPSTREAM",
        value_name = "SERVICE=URL[+URL]",
        value_delimiter = ','
    )]
    pub upstreams: Vec<UpstreamSpec>,

    /// Where any other gRPC service answers, by the prefix of its package: `acme.stock` routes
    /// `acme.stock.v1.Warehouse` too. `open` lets callers without a token through. Repeatable; in
    /// the variable, separated by spaces.
    #[arg(
        long = "route",
        env = "ACCORD_ROUTE",
        value_name = "PACKAGE.PREFIX=URL[+URL][,open]",
        value_delimiter = ' '
    )]
    pub routes: Vec<RouteSpec>,

    /// What web pages of others may do.
    #[command(flatten)]
    pub web: WebArgs,

    /// How the servers behind the gateway are treated.
    #[command(flatten)]
    pub upstream: UpstreamArgs,
    /// TLS towards the services whose addresses are `https`.
    #[command(flatten)]
    pub remote: RemoteTlsArgs,
}

/// What web pages of others may do.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct WebArgs {
    /// A web page of this origin may call from a browser, such as `https://portal.example.org`; `*` for any.
    /// Repeatable; in the variable, separated by commas. Default: none but the gateway's own.
    #[arg(
        long = "cors-origin",
        env = "ACCORD_CORS_ORIGIN",
        value_name = "ORIGIN",
        value_delimiter = ',',
        value_parser = origin
    )]
    pub cors_origins: Vec<HeaderValue>,
}

fn origin(text: &str) -> Result<HeaderValue, String> {
    let is_origin = || {
        let url = Url::parse(text).ok()?;
        (url.origin().is_tuple() && url.origin().ascii_serialization() == text).then_some(())
    };
    if text != "*" && is_origin().is_none() {
        return Err(
            "expected an origin such as https://portal.example.org, without a path".to_owned(),
        );
    }
    HeaderValue::from_str(text).map_err(|error| error.to_string())
}

/// Where one of Accord's services answers: `documents=http://documents:8080`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpstreamSpec {
    /// The service.
    pub service: Service,
    /// Its addresses: `http` is HTTP/2 with prior knowledge, `https` HTTP/2 over TLS.
    pub urls: Vec<Url>,
}

/// Where another gRPC service answers: `acme.stock=http://stock:9000,open`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteSpec {
    /// The prefix of full service names, ending at a dot: `acme.stock`.
    pub prefix: Prefix,
    /// Its addresses, as of an upstream.
    pub urls: Vec<Url>,
    /// Whether callers need no token. Default: they do.
    pub open: bool,
}

/// A prefix of full service names that ends where one of their words ends.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Prefix(String);

/// What is wrong with `SERVICE=URL` or `PREFIX=URL[,open]`.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SpecError {
    /// There is no `=`.
    #[error("expected NAME=URL")]
    NoAddress,
    /// The service is none of Accord's.
    #[error(transparent)]
    Service(#[from] UnknownService),
    /// The address is not one of a gRPC server.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// The prefix is not one of a package.
    #[error("`{0}` is not a package: expected words of letters, digits and `_`, separated by dots")]
    Prefix(String),
    /// The prefix belongs to the gateway or to Accord's services.
    #[error(
        "`{0}` is answered by the gateway itself or by --upstream, and cannot be routed elsewhere"
    )]
    Reserved(String),
    /// What follows the address is not `open`.
    #[error("`{0}` is not an option of a route: the only one is `open`")]
    Option(String),
}

impl Prefix {
    /// Returns the prefix without a dot at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Prefix {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let package = text.strip_suffix('.').unwrap_or(text);
        let is_word = |word: &str| {
            word.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
                && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        };
        if !package.split('.').all(is_word) {
            return Err(SpecError::Prefix(text.to_owned()));
        }
        let reserved = ["accord", "grpc.health", "grpc.reflection", "gateway"];
        let overlaps = |name: &str| is_under(package, name) || is_under(name, package);
        if reserved.into_iter().any(overlaps) {
            return Err(SpecError::Reserved(text.to_owned()));
        }
        Ok(Self(package.to_owned()))
    }
}

impl FromStr for UpstreamSpec {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (service, url) = text.split_once('=').ok_or(SpecError::NoAddress)?;
        Ok(Self {
            service: service.parse()?,
            urls: addresses(url)?,
        })
    }
}

impl FromStr for RouteSpec {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (prefix, rest) = text.split_once('=').ok_or(SpecError::NoAddress)?;
        let (url, open) = match rest.split_once(',') {
            None => (rest, false),
            Some((url, "open")) => (url, true),
            Some((_, option)) => return Err(SpecError::Option(option.to_owned())),
        };
        Ok(Self {
            prefix: prefix.parse()?,
            urls: addresses(url)?,
            open,
        })
    }
}

/// Parses addresses joined by `+`.
fn addresses(text: &str) -> Result<Vec<Url>, AddressError> {
    text.split('+').map(address).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn upstream_is_a_service_and_an_address() {
        let spec: UpstreamSpec = "trade=http://trade:8080".parse().expect("valid");
        assert_eq!(spec.service, Service::Trade);
        assert_eq!(spec.urls.len(), 1);
        assert_eq!(spec.urls[0].as_str(), "http://trade:8080/");
    }

    #[test]
    fn several_addresses_are_joined_by_a_plus() {
        let spec: RouteSpec = "acme=http://a:1+http://b:2,open".parse().expect("valid");
        let urls: Vec<_> = spec.urls.iter().map(Url::as_str).collect();
        assert_eq!(urls, ["http://a:1/", "http://b:2/"]);
        assert!("acme=http://a:1+".parse::<RouteSpec>().is_err());
    }

    #[test]
    fn upstream_of_another_service_is_refused_with_the_way_out() {
        let error = "stock=http://stock:1".parse::<UpstreamSpec>().unwrap_err();
        assert!(error.to_string().contains("--route"), "{error}");
    }

    #[test]
    fn address_with_a_path_another_scheme_or_credentials_is_refused() {
        for url in [
            "http://a:1/x",
            "ftp://a:1",
            "a:1",
            "http://u:p@a:1",
            "http://a?x",
            "",
        ] {
            let spec = format!("trade={url}").parse::<UpstreamSpec>();
            assert!(matches!(spec, Err(SpecError::Address(_))), "{url}");
        }
    }

    #[test]
    fn route_is_closed_unless_it_says_open() {
        let closed: RouteSpec = "acme.stock=http://stock:9000".parse().expect("valid");
        let open: RouteSpec = "acme.stock.=https://stock,open".parse().expect("valid");
        assert!(!closed.open);
        assert!(open.open);
        assert_eq!(closed.prefix, open.prefix);
    }

    #[test]
    fn route_with_an_unknown_option_is_refused() {
        let error = "acme=http://a:1,opne".parse::<RouteSpec>().unwrap_err();
        assert_eq!(error, SpecError::Option("opne".to_owned()));
    }

    #[test]
    fn route_over_accords_own_packages_is_refused() {
        for prefix in [
            "accord",
            "accord.trade.v1",
            "grpc",
            "grpc.health.v1",
            "gateway",
            "gateway.v1",
        ] {
            let error = prefix.parse::<Prefix>().unwrap_err();
            assert_eq!(error, SpecError::Reserved(prefix.to_owned()));
        }
        assert!("accordion".parse::<Prefix>().is_ok());
        assert!("gateways".parse::<Prefix>().is_ok());
    }

    #[test]
    fn prefix_that_is_no_package_is_refused() {
        for prefix in ["", ".", "a..b", "a/b", "1a", "a b"] {
            assert!(matches!(
                prefix.parse::<Prefix>(),
                Err(SpecError::Prefix(_))
            ));
        }
    }
}
