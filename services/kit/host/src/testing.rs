//! For services' tests: a component reached through the public contract, with real tokens.

use std::time::Duration;

use clock::Clock;
use identity::{Grant, Issuer, Role};
use tonic::transport::Channel;

use crate::{Bearer, Component, Metrics, Stack, Tokens, in_process};

/// How long a test's token is valid.
const TTL: Duration = Duration::from_hours(1);

/// Serves `component` inside the process, behind every layer, for callers with tokens of `issuer`.
///
/// # Panics
///
/// If the issuer's own key is not accepted, or outside a tokio runtime.
#[must_use]
#[allow(clippy::expect_used)]
pub fn connect(component: Component, issuer: &Issuer) -> Channel {
    let verifier = issuer.verifier().expect("an issuer's own key is accepted");
    let metrics = Metrics::new().expect("metrics that are sent nowhere can be made");
    let stack = Stack::new(Tokens::from(verifier), metrics, Clock::system());
    in_process(component, &stack)
}

/// Issues a token to `agency` of `party` with one role, as the interceptor of a client.
///
/// # Panics
///
/// If the agency, party and role cannot stand in one token (see [`Grant::check`]).
#[must_use]
#[allow(clippy::expect_used)]
pub fn token(issuer: &Issuer, agency: &str, party: Option<&str>, role: Role) -> Bearer {
    let grant = Grant {
        agency: agency.to_owned(),
        party: party.map(str::to_owned),
        roles: vec![role],
        ttl: TTL,
    };
    grant.check().expect("the grant is well-formed");
    Bearer::new(&issuer.issue(&grant)).expect("a token is ASCII")
}
