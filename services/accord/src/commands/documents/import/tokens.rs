//! Whose token documents and acts are sent with: the party's own where there is one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::client::{Bearer, ClientArgs, Connection};
use crate::error::Error;

/// A connection for each party, and one for what any of them may send.
pub(super) struct Connections {
    by_party: BTreeMap<String, Connection>,
    any: Connection,
    /// The party that the token of `any` speaks for, as far as it can be read from the token.
    any_party: Option<String>,
}

impl Connections {
    /// Opens a connection for each token.
    pub(super) async fn open(
        client: &ClientArgs,
        tokens: &[(String, PathBuf)],
    ) -> Result<Self, Error> {
        let mut by_party = BTreeMap::new();
        for (party, path) in tokens {
            let connection = client.connect_as(Bearer::read(Some(path))?).await?;
            by_party.insert(party.clone(), connection);
        }
        let (any, any_party) = match by_party.iter().next() {
            Some((party, connection)) if client.token_file.is_none() => {
                (connection.clone(), Some(party.clone()))
            }
            _ => (client.connect().await?, client.token_file().and_then(party)),
        };
        Ok(Self {
            by_party,
            any,
            any_party,
        })
    }

    /// The connection for what is no single party's.
    pub(super) fn any(&self) -> &Connection {
        &self.any
    }

    /// The connection for a party's word, or why there is none.
    pub(super) fn of(&self, party: &str) -> Result<&Connection, String> {
        if let Some(connection) = self.by_party.get(party) {
            return Ok(connection);
        }
        match &self.any_party {
            Some(own) if own == party => Ok(&self.any),
            // A token that cannot be read here is for the service to judge.
            None if self.by_party.is_empty() => Ok(&self.any),
            _ => Err(format!(
                "only {party} gives its word; add its token with --token {party}=FILE"
            )),
        }
    }
}

/// The party that a token says it is of; what it says is for the service to check.
fn party(path: &Path) -> Option<String> {
    let token = std::fs::read_to_string(path).ok()?;
    let claims = token.trim().split('.').nth(1)?;
    let claims: serde_json::Value =
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
    Some(claims["party"].as_str()?.to_owned())
}
