//! The servers behind the gateway: how they are reached, and which of them answers a path.
//!
//! An upstream is a channel; whether that leads over the network or to a service in the same
//! process makes no difference to callers. Over the network, every address that an upstream's name stands for is an
//! endpoint: [`discovery`] finds them, [`probe`] asks how they are, [`pool`] chooses one for each call with what
//! [`choice`] and [`circuit`] know, and [`call`] makes it there, and elsewhere if that is right.

mod address;
mod args;
mod been;
mod blame;
mod call;
mod channel;
mod choice;
mod circuit;
mod connection;
mod discovery;
mod endpoint;
mod exchange;
mod measures;
mod pool;
mod probe;
mod received;
mod upload;

use std::sync::Arc;

use opentelemetry::metrics::Meter;
use tonic::transport;
use url::Url;

pub use self::{args::UpstreamArgs, channel::Channel};

pub(crate) use self::blame::{Blame, told};

use self::{address::Origin, measures::Measures, pool::Pool};
use crate::{
    config::{Config, Prefix},
    service::Service,
};

/// One server behind the gateway.
#[derive(Clone, Debug)]
pub struct Upstream {
    /// What errors call it: a service's word, or the prefix of a route.
    pub name: Arc<str>,
    /// The way to it.
    pub channel: Channel,
}

/// Every server behind the gateway.
#[derive(Clone, Debug, Default)]
pub struct Upstreams {
    services: Vec<(Service, Upstream)>,
    routes: Vec<Route>,
}

/// A server that is none of Accord's.
#[derive(Clone, Debug)]
struct Route {
    prefix: Prefix,
    upstream: Upstream,
    open: bool,
}

impl Upstreams {
    /// Returns channels to what `config` names. Nothing has to be there yet: the gateway and its services may start
    /// in any order. Must be called inside a tokio runtime.
    pub fn from_config(config: &Config) -> Result<Self, String> {
        let mut upstreams = Self::default();
        for spec in &config.upstreams {
            if upstreams.service(spec.service).is_some() {
                return Err(format!("--upstream names `{}` twice", spec.service));
            }
            let channel = network(spec.service.name(), &spec.urls, config)?;
            upstreams = upstreams.with_service_over(spec.service, channel);
        }
        for spec in &config.routes {
            if upstreams
                .routes
                .iter()
                .any(|route| route.prefix == spec.prefix)
            {
                return Err(format!("--route names `{}` twice", spec.prefix));
            }
            let channel = network(spec.prefix.as_str(), &spec.urls, config)?;
            upstreams.routes.push(Route {
                prefix: spec.prefix.clone(),
                upstream: Upstream {
                    name: spec.prefix.as_str().into(),
                    channel,
                },
                open: spec.open,
            });
        }
        if let Some((open, closed)) = upstreams.closed_under_open() {
            return Err(format!(
                "--route {closed} needs a token, but {open} above it is open: open both or neither"
            ));
        }
        if upstreams.services.is_empty() && upstreams.routes.is_empty() {
            return Err(
                "nothing to route to: add --upstream documents=URL (ACCORD_UPSTREAM)".into(),
            );
        }
        Ok(upstreams)
    }

    /// A closed prefix beneath an open one, which would let its callers through without a token.
    fn closed_under_open(&self) -> Option<(&Prefix, &Prefix)> {
        let closed = || self.routes.iter().filter(|route| !route.open);
        self.open()
            .flat_map(|open| closed().map(move |route| (open, &route.prefix)))
            .find(|(open, closed)| is_under(closed.as_str(), open.as_str()))
    }

    /// Adds one of Accord's services that runs in this process; the later one wins.
    #[must_use]
    pub fn with_service(self, service: Service, channel: transport::Channel) -> Self {
        let channel = Channel::inside(service.name().into(), channel);
        self.with_service_over(service, channel)
    }

    fn with_service_over(mut self, service: Service, channel: Channel) -> Self {
        let upstream = Upstream {
            name: service.name().into(),
            channel,
        };
        self.services.retain(|(known, _)| *known != service);
        self.services.push((service, upstream));
        self
    }

    /// Counts into `meter` what becomes of calls and addresses.
    pub(crate) fn count_into(&self, meter: &Meter) {
        let services = self.services.iter().map(|(_, upstream)| upstream);
        let all = services.chain(self.routes.iter().map(|route| &route.upstream));
        let pools: Vec<_> = all.filter_map(|upstream| upstream.channel.pool()).collect();
        for pool in &pools {
            pool.measures().count_into(meter);
        }
        measures::observe(meter, pools.into_iter().map(Arc::downgrade).collect());
    }

    /// Returns the upstream of one of Accord's services.
    #[must_use]
    pub fn service(&self, service: Service) -> Option<&Upstream> {
        self.services
            .iter()
            .find_map(|(known, upstream)| (*known == service).then_some(upstream))
    }

    /// Returns Accord's services that have an upstream.
    pub fn services(&self) -> impl Iterator<Item = (Service, &Upstream)> {
        self.services
            .iter()
            .map(|(service, upstream)| (*service, upstream))
    }

    /// Returns the prefixes of full service names whose callers need no token.
    pub fn open(&self) -> impl Iterator<Item = &Prefix> {
        self.routes
            .iter()
            .filter_map(|route| route.open.then_some(&route.prefix))
    }

    /// Returns the upstream that answers `path` (`/package.Service/Method`): the one with the
    /// longest prefix of the service's name.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<&Upstream> {
        let service = path.strip_prefix('/')?.split('/').next()?;
        let own = self
            .services
            .iter()
            .map(|(known, upstream)| (known.package(), upstream));
        let others = self
            .routes
            .iter()
            .map(|route| (route.prefix.as_str(), &route.upstream));
        own.chain(others)
            .filter(|(prefix, _)| is_under(service, prefix))
            .max_by_key(|(prefix, _)| prefix.len())
            .map(|(_, upstream)| upstream)
    }
}

/// Returns a channel to the servers at `urls`, which are looked up and asked for their health from now on.
fn network(name: &str, urls: &[Url], config: &Config) -> Result<Channel, String> {
    let args = &config.upstream;
    let origins = urls.iter().map(|url| Origin::of(url, &config.remote));
    let origins = origins.collect::<Result<_, _>>()?;
    let pool = Arc::new(Pool::new(origins, args.clone(), Measures::new(name.into())));
    if !discovery::without_names(&pool) {
        tokio::spawn(discovery::keep(Arc::downgrade(&pool), discovery::system()));
    }
    let every = args.upstream_health_seconds;
    if !every.is_zero() {
        tokio::spawn(probe::keep(Arc::downgrade(&pool), every));
    }
    Ok(Channel::over(pool))
}

/// Tells whether a full name is `prefix` or a name beneath it.
pub(crate) fn is_under(name: &str, prefix: &str) -> bool {
    name.strip_prefix(prefix)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn upstreams(specs: &[&str]) -> Upstreams {
        let config = Config {
            upstreams: vec!["documents=http://127.0.0.1:1".parse().expect("valid")],
            routes: specs
                .iter()
                .map(|spec| spec.parse().expect("valid"))
                .collect(),
            ..Config::default()
        };
        Upstreams::from_config(&config).expect("valid")
    }

    fn found<'a>(upstreams: &'a Upstreams, path: &str) -> Option<&'a str> {
        upstreams.find(path).map(|upstream| &*upstream.name)
    }

    #[tokio::test]
    async fn path_goes_to_the_longest_prefix_that_ends_at_a_word() {
        let upstreams = upstreams(&["acme=http://127.0.0.1:2", "acme.stock=http://127.0.0.1:3"]);
        assert_eq!(
            found(&upstreams, "/acme.stock.v1.Shelf/Get"),
            Some("acme.stock")
        );
        assert_eq!(found(&upstreams, "/acme.stocks.v1.Shelf/Get"), Some("acme"));
        assert_eq!(found(&upstreams, "/acme/Get"), Some("acme"));
        assert_eq!(found(&upstreams, "/acmes.v1.Shelf/Get"), None);
    }

    #[tokio::test]
    async fn own_packages_go_to_their_service() {
        let upstreams = upstreams(&[]);
        assert_eq!(
            found(&upstreams, "/accord.documents.v9.NewService/NewMethod"),
            Some("documents")
        );
        assert_eq!(
            found(&upstreams, "/accord.trade.v1.TradeService/QuerySeries"),
            None
        );
        assert_eq!(found(&upstreams, "accord.documents.v1.A/B"), None);
    }

    #[tokio::test]
    async fn closed_route_beneath_an_open_one_is_refused() {
        for (specs, is_refused) in [
            (["a=http://h:1,open", "a.b=http://h:2"], true),
            (["a.b=http://h:2", "a=http://h:1,open"], true),
            (["a=http://h:1,open", "a.b=http://h:2,open"], false),
            (["a=http://h:1", "a.b=http://h:2,open"], false),
            (["a=http://h:1,open", "ab=http://h:2"], false),
        ] {
            let config = Config {
                routes: specs
                    .iter()
                    .map(|spec| spec.parse().expect("valid"))
                    .collect(),
                ..Config::default()
            };
            assert_eq!(
                Upstreams::from_config(&config).is_err(),
                is_refused,
                "{specs:?}"
            );
        }
    }

    #[tokio::test]
    async fn same_service_or_prefix_twice_is_refused() {
        let spec = || "trade=http://127.0.0.1:1".parse().expect("valid");
        let config = Config {
            upstreams: vec![spec(), spec()],
            ..Config::default()
        };
        assert!(Upstreams::from_config(&config).is_err());
        assert!(Upstreams::from_config(&Config::default()).is_err());
    }
}
