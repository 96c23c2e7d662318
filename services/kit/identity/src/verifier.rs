//! Checks access tokens as RFC 9068 section 4 and RFC 8725 ask.

use std::{collections::HashMap, time::Duration};

use clock::Clock;

use crate::{
    Caller, KeyError, TokenError,
    claims::Claims,
    jwks::{self, PublicKey},
    token::Parts,
};

/// How far the issuer's clock may be from ours, in seconds (RFC 7519 section 4.1.4: "usually no
/// more than a few minutes").
const LEEWAY_SECONDS: i64 = 30;

/// Turns access tokens of one issuer, meant for one audience, into callers.
#[derive(Debug)]
pub struct Verifier {
    keys: HashMap<String, PublicKey>,
    issuer: String,
    audience: String,
    clock: Clock,
}

impl Verifier {
    /// Makes a verifier from the text of a JSON Web Key Set.
    ///
    /// Times are judged by `clock`. Keys other than Ed25519 and P-256 are left out; it is an error
    /// if none is left.
    pub fn from_jwks(
        json: &str,
        issuer: &str,
        audience: &str,
        clock: Clock,
    ) -> Result<Verifier, KeyError> {
        Ok(Verifier {
            keys: jwks::parse(json)?,
            issuer: issuer.to_owned(),
            audience: audience.to_owned(),
            clock,
        })
    }

    /// Checks `token`, the compact form without the word `Bearer`, and returns who holds it.
    pub fn verify(&self, token: &str) -> Result<Caller, TokenError> {
        self.verify_lasting(token).map(|(caller, _)| caller)
    }

    /// Does as [`Verifier::verify`], and also returns for how long from now the token goes on being accepted:
    /// to its `exp` and what the clocks may differ by.
    pub fn verify_lasting(&self, token: &str) -> Result<(Caller, Duration), TokenError> {
        let parts = Parts::split(token)?;
        let key = self
            .keys
            .get(&parts.header.kid)
            .ok_or(TokenError::UnknownKey)?;
        if parts.header.alg != key.algorithm() {
            return Err(TokenError::Algorithm);
        }
        if !key.verify(parts.signed.as_bytes(), &parts.signature) {
            return Err(TokenError::Signature);
        }
        let claims: Claims = parts.claims()?;
        if claims.iss != self.issuer {
            return Err(TokenError::Issuer);
        }
        if !claims.aud.contains(&self.audience) {
            return Err(TokenError::Audience);
        }
        let instant = self.clock.now();
        let now = instant.as_second();
        let accepted_to = claims.exp.saturating_add(LEEWAY_SECONDS);
        if accepted_to <= now {
            return Err(TokenError::Expired);
        }
        let begun = Duration::from_nanos(u64::try_from(instant.subsec_nanosecond()).unwrap_or(0));
        let left = Duration::from_secs(accepted_to.abs_diff(now)).saturating_sub(begun);
        let valid_from = claims.nbf.unwrap_or(claims.iat).max(claims.iat);
        if valid_from.saturating_sub(LEEWAY_SECONDS) > now {
            return Err(TokenError::NotYetValid);
        }
        claims.into_caller().map(|caller| (caller, left))
    }
}
