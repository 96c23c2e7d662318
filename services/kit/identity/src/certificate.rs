//! Client certificates: how tokens are bound to them, and whose they are.

use std::{collections::HashMap, fmt, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::digest;
use rustls_pki_types::CertificateDer;
use serde::Deserialize;
use webpki::EndEntityCert;
use x509_parser::{certificate::X509Certificate, prelude::FromDer as _};

use crate::{Caller, Role, TokenError, claims};

/// The hash of a certificate by which tokens are bound to it: the `x5t#S256` of RFC 8705 section 3.1.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Thumbprint(String);

impl Thumbprint {
    /// Returns the thumbprint of a certificate in DER.
    #[must_use]
    pub fn of(certificate: &[u8]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, certificate)))
    }

    /// Returns the text that stands in tokens: 43 characters of base64url.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Returns for how long from `now`, in seconds since 1970, a certificate in DER is good: to the end of its `notAfter`, which belongs
/// to it (RFC 5280 section 4.1.2.5).
///
/// Fails with [`TokenError::CertificateExpired`] when its time is over; what is no certificate has none.
pub fn certificate_left(certificate: &[u8], now: i64) -> Result<Duration, TokenError> {
    let (_, parsed) =
        X509Certificate::from_der(certificate).map_err(|_| TokenError::CertificateExpired)?;
    let last = parsed.validity().not_after.timestamp();
    let left = last.saturating_add(1).saturating_sub(now);
    match u64::try_from(left) {
        Ok(left) if left > 0 => Ok(Duration::from_secs(left)),
        _ => Err(TokenError::CertificateExpired),
    }
}

/// Which agency has which client certificate.
#[derive(Debug, Default)]
pub struct Agencies {
    by_thumbprint: HashMap<String, Caller>,
    by_name: HashMap<String, Caller>,
}

/// Why a list of agencies is not taken. The text says where.
#[derive(Debug, thiserror::Error)]
pub enum AgenciesError {
    /// The text is no such list.
    #[error("it is not a list of agencies: {0}")]
    Malformed(#[from] serde_json::Error),
    /// An entry is wrong.
    #[error("agency number {number}: {problem}")]
    Entry {
        /// Which one, from 1.
        number: usize,
        /// What is wrong with it.
        problem: String,
    },
}

/// One agency and how its certificate is known.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// The certificate's `x5t#S256`.
    thumbprint: Option<String>,
    /// A DNS name or URI among the certificate's alternative names.
    name: Option<String>,
    agency: String,
    party: Option<String>,
    roles: Vec<String>,
}

impl Agencies {
    /// Reads a JSON list of agencies, each with the `thumbprint` of its certificate or a `name` in it (a DNS name or a URI),
    /// its `agency`, `party` and `roles`. An agency that stands there several times has the same party and roles each time.
    pub fn from_json(text: &str) -> Result<Self, AgenciesError> {
        let entries: Vec<Entry> = serde_json::from_str(text)?;
        let mut agencies = Self::default();
        for (at, entry) in entries.into_iter().enumerate() {
            agencies
                .add(entry)
                .map_err(|problem| AgenciesError::Entry {
                    number: at + 1,
                    problem,
                })?;
        }
        Ok(agencies)
    }

    /// Returns whose the certificate, in DER, is; its authority must have been checked. Its thumbprint goes before its
    /// names, and a certificate with names of two agencies is nobody's.
    #[must_use]
    pub fn caller(&self, certificate: &[u8]) -> Option<Caller> {
        if let Some(caller) = self.by_thumbprint.get(Thumbprint::of(certificate).as_str()) {
            return Some(caller.clone());
        }
        if self.by_name.is_empty() {
            return None;
        }
        let der = CertificateDer::from(certificate);
        let parsed = EndEntityCert::try_from(&der).ok()?;
        let names = parsed.valid_dns_names().chain(parsed.valid_uri_names());
        let mut found: Option<&Caller> = None;
        for caller in names.filter_map(|name| self.by_name.get(&name.to_ascii_lowercase())) {
            if found.is_some_and(|other| other.agency != caller.agency) {
                return None;
            }
            found = Some(caller);
        }
        found.cloned()
    }

    fn add(&mut self, entry: Entry) -> Result<(), String> {
        let mut roles = Vec::new();
        for word in &entry.roles {
            roles.push(word.parse::<Role>().map_err(|error| error.to_string())?);
        }
        roles.sort_unstable();
        roles.dedup();
        claims::check_standing(&entry.agency, entry.party.as_deref(), &roles)
            .map_err(|error| error.to_string())?;
        // Requests that are repeated are known by the subject, which a renewed certificate must not change.
        let subject = format!("certificate:{}", entry.agency);
        let caller = Caller::new(subject, entry.agency, entry.party, roles);
        let (by, key) = match (entry.thumbprint, entry.name) {
            (Some(thumbprint), None) => {
                let length = URL_SAFE_NO_PAD
                    .decode(&thumbprint)
                    .map_or(0, |hash| hash.len());
                if length != 32 {
                    return Err("its thumbprint must be a SHA-256 in base64url".to_owned());
                }
                (&mut self.by_thumbprint, thumbprint)
            }
            (None, Some(name)) if !name.is_empty() => {
                (&mut self.by_name, name.to_ascii_lowercase())
            }
            _ => return Err("it needs either a thumbprint or a name".to_owned()),
        };
        if by.insert(key.clone(), caller.clone()).is_some() {
            return Err(format!("{key:?} stands there twice"));
        }
        let mut known = self.by_thumbprint.values().chain(self.by_name.values());
        let differs = |other: &Caller| {
            other.agency == caller.agency
                && (&other.party, &other.roles) != (&caller.party, &caller.roles)
        };
        if known.any(differs) {
            let agency = &caller.agency;
            return Err(format!(
                "{agency} stands there with another party or other roles too"
            ));
        }
        Ok(())
    }
}
