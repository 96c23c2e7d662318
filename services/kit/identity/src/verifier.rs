//! Checks access tokens as RFC 9068 section 4 and RFC 8725 ask.

use std::{collections::HashMap, sync::Arc, time::Duration};

use clock::Clock;
use ring::digest;

use crate::{
    Caller, KeyError, Thumbprint, TokenError,
    claims::Claims,
    jwks::{self, PublicKey},
    recent::Recent,
    token::Parts,
};

/// How far the issuer's clock may be from ours, in seconds (RFC 7519 section 4.1.4: "usually no
/// more than a few minutes").
const LEEWAY_SECONDS: i64 = 30;

/// How many good tokens are remembered, up to twice as many (see `Recent`): far more than an installation has agencies. What is forgotten
/// is checked again.
const REMEMBERED: usize = 4_096;

/// Turns access tokens of one issuer, meant for one audience, into callers.
///
/// A token that was found good is remembered by its hash, so that its signature is checked once; its times and what it is
/// bound to are checked every time. Tokens that were refused are not remembered. New keys come with a new verifier, which
/// remembers nothing.
#[derive(Debug)]
pub struct Verifier {
    keys: HashMap<String, PublicKey>,
    issuer: String,
    audience: String,
    clock: Clock,
    remembered: Recent<Hash, Arc<Accepted>>,
}

/// The SHA-256 of a token: what is remembered is of no use to whoever reads it.
type Hash = [u8; digest::SHA256_OUTPUT_LEN];

/// A token with a good signature, of the right issuer and for the right audience.
#[derive(Debug)]
struct Accepted {
    caller: Caller,
    /// The certificate that the token is bound to.
    bound_to: Option<String>,
    /// Seconds since 1970.
    valid_from: i64,
    expires: i64,
}

impl Verifier {
    /// Makes a verifier from the text of a JSON Web Key Set.
    ///
    /// Times are judged by `clock`. Keys other than Ed25519, P-256, P-384 and RSA are left out; it is an error if none is left.
    /// A key belongs to one algorithm: the one that it names, or that of its kind, which is RS256 for RSA.
    pub fn from_jwks(
        json: &str,
        issuer: &str,
        audience: &str,
        clock: Clock,
    ) -> Result<Verifier, KeyError> {
        let keys = jwks::parse(json)?;
        Ok(Verifier {
            keys,
            ..Self::without_keys(issuer, audience, clock)
        })
    }

    /// Makes a verifier that accepts nothing, and says so of itself ([`TokenError::NoKeys`]): for when the keys are too old to be believed.
    #[must_use]
    pub fn without_keys(issuer: &str, audience: &str, clock: Clock) -> Verifier {
        Verifier {
            keys: HashMap::new(),
            issuer: issuer.to_owned(),
            audience: audience.to_owned(),
            clock,
            remembered: Recent::new(REMEMBERED),
        }
    }

    /// Checks `token`, the compact form without the word `Bearer`, and returns who holds it.
    ///
    /// A token that is bound to a client certificate is refused: see [`Verifier::verify_shown`].
    pub fn verify(&self, token: &str) -> Result<Caller, TokenError> {
        self.verify_shown(token, None).map(|(caller, _)| caller)
    }

    /// Checks `token` as of a caller that showed a client certificate, or none, and returns who holds it and for how long from
    /// now the token goes on being accepted: to its `exp` and what the clocks may differ by.
    ///
    /// A token bound to a certificate (`cnf.x5t#S256`, RFC 8705 section 3) is good with that one only; one that is not is
    /// good with any.
    pub fn verify_shown(
        &self,
        token: &str,
        certificate: Option<&Thumbprint>,
    ) -> Result<(Caller, Duration), TokenError> {
        let hash = hash(token);
        let accepted = match self.remembered.get(&hash) {
            Some(accepted) => accepted,
            None => {
                let accepted = Arc::new(self.check(token)?);
                // Before its time, or after it, there is nothing to gain.
                if self.judge(&accepted).is_ok() {
                    self.remembered.put(hash, Arc::clone(&accepted));
                }
                accepted
            }
        };
        let left = self.judge(&accepted)?;
        let shown = certificate.map(Thumbprint::as_str);
        if accepted.bound_to.is_some() && accepted.bound_to.as_deref() != shown {
            return Err(TokenError::Certificate);
        }
        Ok((accepted.caller.clone(), left))
    }

    /// Checks everything about a token that does not change.
    fn check(&self, token: &str) -> Result<Accepted, TokenError> {
        let parts = Parts::split(token)?;
        let key = self.keys.get(&parts.header.kid).ok_or({
            if self.keys.is_empty() {
                TokenError::NoKeys
            } else {
                TokenError::UnknownKey
            }
        })?;
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
        Ok(Accepted {
            valid_from: claims.nbf.unwrap_or(claims.iat).max(claims.iat),
            expires: claims.exp,
            bound_to: claims.bound_to()?,
            caller: claims.into_caller()?,
        })
    }

    /// Judges the times of a token, and returns for how long it goes on being accepted.
    fn judge(&self, accepted: &Accepted) -> Result<Duration, TokenError> {
        let instant = self.clock.now();
        let now = instant.as_second();
        let accepted_to = accepted.expires.saturating_add(LEEWAY_SECONDS);
        if accepted_to <= now {
            return Err(TokenError::Expired);
        }
        if accepted.valid_from.saturating_sub(LEEWAY_SECONDS) > now {
            return Err(TokenError::NotYetValid);
        }
        let begun = Duration::from_nanos(u64::try_from(instant.subsec_nanosecond()).unwrap_or(0));
        Ok(Duration::from_secs(accepted_to.abs_diff(now)).saturating_sub(begun))
    }
}

fn hash(token: &str) -> Hash {
    let mut hash = Hash::default();
    hash.copy_from_slice(digest::digest(&digest::SHA256, token.as_bytes()).as_ref());
    hash
}
