//! Whose access tokens, and whose client certificates, a process accepts.

use std::{fs, path::PathBuf, time::Duration};

use clock::Clock;
use identity::{Agencies, Verifier};

use crate::{
    StartError, Tokens,
    key_source::{self, Issuer},
};

/// The issuer of access tokens and the holders of client certificates. The first three settings are needed, or none of them
/// where a process has an issuer of its own.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct AuthArgs {
    /// Issuer of the access tokens, exactly as in their `iss`
    #[arg(long, value_name = "ISSUER")]
    pub auth_issuer: Option<String>,

    /// Audience that the access tokens must name in `aud`
    #[arg(long, value_name = "AUDIENCE")]
    pub auth_audience: Option<String>,

    /// File or https address of the issuer's public keys, a JSON Web Key Set. A file is read again on SIGHUP; an address is
    /// asked again as its Cache-Control says (1 to 60 minutes, else 10), and when a token names an unknown key
    #[arg(long, value_name = "FILE|URL")]
    pub auth_jwks: Option<String>,

    /// Seconds between two fetches of the public keys, at least, however many tokens name unknown ones
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = super::seconds_or_none())]
    pub auth_jwks_interval: u64,

    /// Seconds that fetched public keys are used beyond what their Cache-Control says while their address does not answer, withdrawn
    /// ones too: by default a night in which nobody repairs it. Then calls with tokens are refused with UNAVAILABLE until it answers
    #[arg(long, value_name = "SECONDS", default_value_t = 86_400, value_parser = super::seconds_or_none())]
    pub auth_jwks_stale_seconds: u64,

    /// File with the agencies that may call with a client certificate in the place of a token: a JSON list of objects with
    /// `thumbprint` (x5t#S256) or `name` (a DNS name or URI of the certificate), `agency`, `party` and `roles`; read again on SIGHUP
    #[arg(long, value_name = "FILE")]
    pub auth_agencies: Option<PathBuf>,

    /// Believe the header `client-cert` of whoever connects (RFC 9440): for a service that only the gateway can reach, on
    /// this machine or with a certificate, which --tls-client-ca vouches for and --tls-client-auth requires
    #[arg(long)]
    pub auth_trust_client_cert: bool,
}

impl AuthArgs {
    /// Tells whether any of the settings of an issuer is set.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.auth_issuer.is_some() || self.auth_audience.is_some() || self.auth_jwks.is_some()
    }

    /// Reads or fetches the keys and reads the agencies; keys of an address are fetched again in the background from then on.
    ///
    /// Fails with [`StartError::Config`] that names each missing setting, or the unusable file, and with
    /// [`StartError::Start`] if the address does not answer. Must be called inside a tokio runtime.
    pub async fn tokens(&self, clock: Clock) -> Result<Tokens, StartError> {
        let tokens = match self.address()? {
            None => Tokens::from(self.verifier(clock)?),
            Some(address) => {
                let (name, audience, _) = self.issuer()?;
                let issuer = Issuer {
                    address,
                    name: name.to_owned(),
                    audience: audience.to_owned(),
                    clock,
                    apart: Duration::from_secs(self.auth_jwks_interval),
                    stale: Duration::from_secs(self.auth_jwks_stale_seconds),
                };
                key_source::tokens(issuer).await?
            }
        };
        tokens.replace_agencies(self.agencies()?);
        Ok(tokens)
    }

    /// Reads the keys of a file and makes the verifier.
    ///
    /// Fails with [`StartError::Config`] that names each missing setting, or the unusable file.
    pub fn verifier(&self, clock: Clock) -> Result<Verifier, StartError> {
        let (issuer, audience, jwks) = self.issuer()?;
        let wrong = |detail: String| wrong_jwks(jwks, &detail);
        let keys = fs::read_to_string(jwks).map_err(|error| wrong(error.to_string()))?;
        Verifier::from_jwks(&keys, issuer, audience, clock)
            .map_err(|error| wrong(error.to_string()))
    }

    /// Reads the agencies of client certificates; none if no file is set.
    pub fn agencies(&self) -> Result<Agencies, StartError> {
        let Some(path) = &self.auth_agencies else {
            return Ok(Agencies::default());
        };
        let wrong = |detail: String| {
            let path = path.display();
            StartError::Config(format!(
                "--auth-agencies (ACCORD_AUTH_AGENCIES): {path}: {detail}"
            ))
        };
        let text = fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
        Agencies::from_json(&text).map_err(|error| wrong(error.to_string()))
    }

    /// Does what SIGHUP asks: reads or fetches the keys again and reads the agencies; what fails leaves what was before.
    pub(crate) fn reload(&self, tokens: &Tokens, clock: &Clock) {
        if self.is_set() && !tokens.fetch_again() {
            match self.verifier(clock.clone()) {
                Ok(verifier) => {
                    tokens.replace(verifier);
                    tracing::info!("the key set was read again");
                }
                Err(error) => tracing::error!(%error, "the key set before stays in use"),
            }
        }
        match self.agencies() {
            Ok(agencies) => tokens.replace_agencies(agencies),
            Err(error) => tracing::error!(%error, "the agencies before stay in use"),
        }
    }

    /// The address of the keys; nothing if they stand in a file.
    fn address(&self) -> Result<Option<url::Url>, StartError> {
        match &self.auth_jwks {
            Some(jwks) if jwks.contains("://") => key_source::address(jwks)
                .map(Some)
                .map_err(|detail| wrong_jwks(jwks, &detail)),
            _ => Ok(None),
        }
    }

    fn issuer(&self) -> Result<(&str, &str, &str), StartError> {
        match (&self.auth_issuer, &self.auth_audience, &self.auth_jwks) {
            (Some(issuer), Some(audience), Some(jwks)) => Ok((issuer, audience, jwks)),
            _ => Err(self.missing()),
        }
    }

    fn missing(&self) -> StartError {
        let settings = [
            (&self.auth_issuer, "--auth-issuer (ACCORD_AUTH_ISSUER)"),
            (
                &self.auth_audience,
                "--auth-audience (ACCORD_AUTH_AUDIENCE)",
            ),
            (&self.auth_jwks, "--auth-jwks (ACCORD_AUTH_JWKS)"),
        ];
        let missing: Vec<&str> = settings
            .into_iter()
            .filter(|(value, _)| value.is_none())
            .map(|(_, name)| name)
            .collect();
        StartError::Config(format!(
            "callers' access tokens cannot be checked: set {}",
            missing.join(", ")
        ))
    }
}

fn wrong_jwks(jwks: &str, detail: &str) -> StartError {
    let jwks = if jwks.contains("://") {
        // What cannot be read as an address may have a password that cannot be told from it.
        url::Url::parse(jwks).map_or("the address".to_owned(), |address| {
            key_source::shown(&address).to_string()
        })
    } else {
        jwks.to_owned()
    };
    StartError::Config(format!("--auth-jwks (ACCORD_AUTH_JWKS): {jwks}: {detail}"))
}
