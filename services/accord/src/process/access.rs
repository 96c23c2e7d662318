//! Whose tokens the process accepts: its own issuer's, or those of the one that the settings name.

use std::path::{Path, PathBuf};

use clock::Clock;
use host::{AuthArgs, StartError, Tokens};
use identity::Issuer;

use crate::data_dir::DataDir;

/// The accepted tokens and, without an issuer elsewhere, the issuer of the data directory.
pub(super) struct Access {
    tokens: Tokens,
    own: Option<(Issuer, PathBuf)>,
}

impl Access {
    /// Takes the issuer that the settings name; else makes the data directory's key and the operator's token.
    pub(super) async fn open(
        data_dir: &DataDir,
        auth: &AuthArgs,
        clock: &Clock,
    ) -> Result<Self, StartError> {
        if auth.is_set() {
            return Ok(Self {
                tokens: auth.tokens(clock.clone()).await?,
                own: None,
            });
        }
        let failed = |error: &dyn std::fmt::Display| StartError::Start(error.to_string());
        let issuer = data_dir
            .issuer(clock.clone())
            .map_err(|error| failed(&error))?;
        let token_file = data_dir.write_operator_token(&issuer).map_err(|error| {
            failed(&format!(
                "cannot write the operator's token into {}: {error}",
                data_dir.path().display()
            ))
        })?;
        let tokens = Tokens::from(issuer.verifier().map_err(|error| failed(&error))?);
        tokens.replace_agencies(auth.agencies()?);
        Ok(Self {
            tokens,
            own: Some((issuer, token_file)),
        })
    }

    /// The accepted tokens, shared with every service.
    pub(super) fn tokens(&self) -> Tokens {
        self.tokens.clone()
    }

    /// The issuer of the data directory, unless the settings name another.
    pub(super) fn issuer(&self) -> Option<&Issuer> {
        self.own.as_ref().map(|(issuer, _)| issuer)
    }

    /// The file with the operator's token, unless the settings name another issuer.
    pub(super) fn token_file(&self) -> Option<&Path> {
        self.own.as_ref().map(|(_, path)| path.as_path())
    }

    /// What SIGHUP does: reads the keys of the issuer that the settings name again, and the agencies.
    pub(super) fn reload(
        &self,
        auth: &AuthArgs,
        clock: &Clock,
    ) -> impl Fn() + Send + 'static + use<> {
        host::reload(auth.clone(), self.tokens(), clock.clone())
    }
}
