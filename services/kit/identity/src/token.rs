//! The compact form of a signed token (RFC 7515), read strictly, and what can be wrong with it.

use std::{collections::HashSet, fmt, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use fault::Fault;
use serde::{
    Deserialize, Deserializer,
    de::{Error as _, IgnoredAny, MapAccess, Visitor},
};
use tonic::Code;

/// Longest token read. Real ones are below 2 KiB; RFC 9700 asks for no limit, HTTP servers allow
/// 8 KiB for all headers.
pub(crate) const MAX_TOKEN_BYTES: usize = 8 * 1024;

/// When a call that cannot be checked may be tried again: about as often as keys are fetched then.
const KEYS_RETRY_AFTER: Duration = Duration::from_secs(30);

/// Why a token was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The token is longer than 8 KiB.
    #[error("the access token is longer than {MAX_TOKEN_BYTES} bytes")]
    TooLong,
    /// The token is not three base64url parts with JSON objects in the first two.
    #[error("the access token is malformed: {0}")]
    Malformed(String),
    /// The header's `typ` is not `at+jwt`.
    #[error("the access token's typ must be at+jwt")]
    Type,
    /// The header's `alg` is not the one that belongs to its key.
    #[error("the access token's alg is not the algorithm of its key")]
    Algorithm,
    /// No key with the header's `kid` is known.
    #[error("the access token is signed with an unknown key")]
    UnknownKey,
    /// No key is known: those of the issuer are too old to be believed. Nothing is said of the token.
    #[error(
        "access tokens cannot be checked: their issuer's keys could not be fetched for too long"
    )]
    NoKeys,
    /// The signature does not fit.
    #[error("the access token's signature is wrong")]
    Signature,
    /// The token comes from another issuer.
    #[error("the access token is of another issuer")]
    Issuer,
    /// The token is meant for another audience.
    #[error("the access token is for another audience")]
    Audience,
    /// The token's time is over.
    #[error("the access token has expired")]
    Expired,
    /// The token was issued, or becomes valid, in the future.
    #[error("the access token is not valid yet")]
    NotYetValid,
    /// The token is bound to a client certificate that the caller has not shown.
    #[error("the access token is bound to a client certificate that was not shown with it")]
    Certificate,
    /// The time of the client certificate that stands for a token is over.
    #[error("the client certificate has expired, and the call carries no access token")]
    CertificateExpired,
    /// A claim has an unacceptable value.
    #[error("the access token's claim {claim} {problem}")]
    Claim {
        /// Name of the claim.
        claim: &'static str,
        /// What the claim must be.
        problem: &'static str,
    },
}

impl From<TokenError> for Fault {
    fn from(error: TokenError) -> Self {
        if error == TokenError::NoKeys {
            let fault = Fault::new(Code::Unavailable, "KEYS_UNAVAILABLE", error.to_string());
            return fault.with_retry(KEYS_RETRY_AFTER);
        }
        let reason = match error {
            TokenError::Expired | TokenError::CertificateExpired => "TOKEN_EXPIRED",
            TokenError::TooLong
            | TokenError::Malformed(_)
            | TokenError::Type
            | TokenError::Algorithm
            | TokenError::UnknownKey
            | TokenError::NoKeys
            | TokenError::Signature
            | TokenError::Issuer
            | TokenError::Audience
            | TokenError::NotYetValid
            | TokenError::Certificate
            | TokenError::Claim { .. } => "TOKEN_INVALID",
        };
        Fault::unauthenticated(reason, error.to_string())
    }
}

/// The header parameters that are read; a repeated one is refused.
#[derive(Debug, Deserialize)]
pub(crate) struct Header {
    pub(crate) alg: String,
    pub(crate) typ: String,
    pub(crate) kid: String,
    /// Extensions that must be understood (RFC 7515 section 4.1.11): none is, so any is refused.
    crit: Option<IgnoredAny>,
}

/// A token taken apart, its signature not yet checked.
pub(crate) struct Parts<'a> {
    pub(crate) header: Header,
    /// The bytes that the signature covers.
    pub(crate) signed: &'a str,
    payload: &'a str,
    pub(crate) signature: Vec<u8>,
}

impl<'a> Parts<'a> {
    /// Takes `token` apart and checks the header's own rules: length, form, `typ`, `crit`.
    pub(crate) fn split(token: &'a str) -> Result<Self, TokenError> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(TokenError::TooLong);
        }
        let malformed = || TokenError::Malformed("it must have three parts".to_owned());
        let (signed, signature) = token.rsplit_once('.').ok_or_else(malformed)?;
        let (header, payload) = signed.split_once('.').ok_or_else(malformed)?;
        if payload.contains('.') {
            return Err(malformed());
        }
        let header: Header = json("header", header)?;
        if header.crit.is_some() {
            return Err(TokenError::Malformed(
                "its header has crit extensions, and none is supported".to_owned(),
            ));
        }
        // RFC 9068 section 4: both spellings; RFC 7515 section 4.1.9: compared without case.
        let typ = header.typ.to_ascii_lowercase();
        if typ != "at+jwt" && typ != "application/at+jwt" {
            return Err(TokenError::Type);
        }
        Ok(Parts {
            header,
            signed,
            payload,
            signature: decode("signature", signature)?,
        })
    }

    /// Reads the payload; to be called only once the signature is checked.
    pub(crate) fn claims<T: for<'de> Deserialize<'de>>(&self) -> Result<T, TokenError> {
        json("payload", self.payload)
    }
}

fn decode(part: &str, text: &str) -> Result<Vec<u8>, TokenError> {
    URL_SAFE_NO_PAD
        .decode(text)
        .map_err(|_| TokenError::Malformed(format!("its {part} is not base64url without padding")))
}

fn json<T: for<'de> Deserialize<'de>>(part: &str, text: &str) -> Result<T, TokenError> {
    let bytes = decode(part, text)?;
    let malformed =
        |problem: &dyn fmt::Display| TokenError::Malformed(format!("its {part}: {problem}"));
    let text = std::str::from_utf8(&bytes).map_err(|error| malformed(&error))?;
    // A list is no object though its members could be counted off, and a name that is given twice has two meanings even where
    // none of them matters here (RFC 7519 section 4).
    serde_json::from_str::<Names>(text).map_err(|error| malformed(&error))?;
    serde_json::from_str(text).map_err(|error| malformed(&error))
}

/// The names of a JSON object, each given once.
struct Names;

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Names)
    }
}

impl<'de> Visitor<'de> for Names {
    type Value = Names;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Names, A::Error> {
        let mut names = HashSet::new();
        while let Some((name, IgnoredAny)) = members.next_entry::<String, _>()? {
            if names.contains(&name) {
                return Err(A::Error::custom(format_args!("{name:?} is given twice")));
            }
            names.insert(name);
        }
        Ok(Names)
    }
}
