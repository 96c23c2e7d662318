//! The claims of an access token (RFC 9068) and which values of Accord's own are acceptable.

use serde::Deserialize;

use crate::{Caller, Role, TokenError};

/// The claims that are read; serde refuses a repeated or ill-typed one, others are ignored.
#[derive(Debug, Deserialize)]
pub(crate) struct Claims {
    pub(crate) iss: String,
    pub(crate) sub: String,
    pub(crate) aud: Audience,
    /// Seconds since 1970; whole seconds only.
    pub(crate) exp: i64,
    pub(crate) iat: i64,
    pub(crate) nbf: Option<i64>,
    jti: String,
    client_id: String,
    agency: String,
    party: Option<String>,
    roles: Vec<String>,
    cnf: Option<Confirmation>,
}

/// How the holder proves to be the one whom the token was given (RFC 7800): only by a client certificate. A proof that we
/// cannot check is refused and not left out.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Confirmation {
    #[serde(rename = "x5t#S256")]
    certificate: Option<String>,
}

/// RFC 7519 section 4.1.3: one audience, or a list of them.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Audience {
    pub(crate) fn contains(&self, audience: &str) -> bool {
        match self {
            Audience::One(one) => one == audience,
            Audience::Many(many) => many.iter().any(|one| one == audience),
        }
    }
}

impl Claims {
    /// Returns the thumbprint of the certificate that the token is bound to, if it is.
    pub(crate) fn bound_to(&self) -> Result<Option<String>, TokenError> {
        match &self.cnf {
            None => Ok(None),
            Some(Confirmation {
                certificate: Some(thumbprint),
            }) => Ok(Some(thumbprint.clone())),
            Some(Confirmation { certificate: None }) => Err(TokenError::Claim {
                claim: "cnf",
                problem: "must be the thumbprint of a certificate, x5t#S256",
            }),
        }
    }

    /// Turns the claims into a caller once signature, issuer, audience and times are checked.
    ///
    /// A role that Accord does not know gives no right and is left out.
    pub(crate) fn into_caller(self) -> Result<Caller, TokenError> {
        for (claim, value) in [
            ("sub", &self.sub),
            ("jti", &self.jti),
            ("client_id", &self.client_id),
        ] {
            if value.is_empty() || value.chars().any(char::is_control) {
                return Err(TokenError::Claim {
                    claim,
                    problem: "must be non-empty text",
                });
            }
        }
        let mut roles: Vec<Role> = self
            .roles
            .iter()
            .filter_map(|word| word.parse().ok())
            .collect();
        roles.sort_unstable();
        roles.dedup();
        check_standing(&self.agency, self.party.as_deref(), &roles)?;
        Ok(Caller::new(self.sub, self.agency, self.party, roles))
    }
}

/// Checks agency, party and roles against each other; the same for tokens read and tokens issued.
pub(crate) fn check_standing(
    agency: &str,
    party: Option<&str>,
    roles: &[Role],
) -> Result<(), TokenError> {
    if !is_agency(agency) {
        return Err(TokenError::Claim {
            claim: "agency",
            problem: "must be 1 to 63 lower-case letters, digits and hyphens, beginning with a letter",
        });
    }
    let Some(party) = party else { return Ok(()) };
    if party.len() != 2 || !party.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Err(TokenError::Claim {
            claim: "party",
            problem: "must be an ISO 3166-1 alpha-2 code, two capital letters",
        });
    }
    if roles.contains(&Role::Operator) {
        return Err(TokenError::Claim {
            claim: "party",
            problem: "must be absent for an operator, who never gives a party's word",
        });
    }
    Ok(())
}

fn is_agency(agency: &str) -> bool {
    let bytes = agency.as_bytes();
    matches!(bytes.len(), 1..=63)
        && bytes[0].is_ascii_lowercase()
        && !agency.ends_with('-')
        && bytes
            .iter()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-')
}
