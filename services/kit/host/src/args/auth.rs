//! Whose access tokens a process accepts.

use std::fs;

use clock::Clock;
use identity::Verifier;

use crate::StartError;

/// The issuer of access tokens. All three settings are needed, or none where a process has an
/// issuer of its own.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct AuthArgs {
    /// Issuer of the access tokens, exactly as in their `iss`
    #[arg(long, value_name = "ISSUER")]
    pub auth_issuer: Option<String>,

    /// Audience that the access tokens must name in `aud`
    #[arg(long, value_name = "AUDIENCE")]
    pub auth_audience: Option<String>,

    /// File with the issuer's public keys, a JSON Web Key Set; read again on SIGHUP
    #[arg(long, value_name = "FILE")]
    pub auth_jwks: Option<String>,
}

impl AuthArgs {
    /// Tells whether any of the settings is set.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.auth_issuer.is_some() || self.auth_audience.is_some() || self.auth_jwks.is_some()
    }

    /// Reads the keys and makes the verifier.
    ///
    /// Fails with [`StartError::Config`] that names each missing setting, or the unusable file.
    pub fn verifier(&self, clock: Clock) -> Result<Verifier, StartError> {
        let (Some(issuer), Some(audience), Some(jwks)) =
            (&self.auth_issuer, &self.auth_audience, &self.auth_jwks)
        else {
            return Err(self.missing());
        };
        if jwks.starts_with("https://") || jwks.starts_with("http://") {
            return Err(StartError::Config(format!(
                "--auth-jwks (ACCORD_AUTH_JWKS): {jwks} is an address, but only a file is \
                 supported; fetch the key set into a file, and send SIGHUP when it changes"
            )));
        }
        let wrong = |detail: String| {
            StartError::Config(format!("--auth-jwks (ACCORD_AUTH_JWKS): {jwks}: {detail}"))
        };
        let keys = fs::read_to_string(jwks).map_err(|error| wrong(error.to_string()))?;
        Verifier::from_jwks(&keys, issuer, audience, clock)
            .map_err(|error| wrong(error.to_string()))
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
