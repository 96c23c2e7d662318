//! Public keys as a JSON Web Key Set (RFC 7517), each bound to one algorithm.

use std::{collections::HashMap, path::PathBuf};

use serde::Deserialize;

use self::key::Jwk;
pub(crate) use self::key::PublicKey;

mod key;

/// Why keys could not be read, made or stored.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The key set is not a JSON object with a list `keys`.
    #[error("the key set is not a JSON Web Key Set: {0}")]
    Malformed(#[from] serde_json::Error),
    /// A key of a supported kind is damaged.
    #[error("key {kid:?} of the key set: {problem}")]
    Key {
        /// The key's `kid`, empty if it has none.
        kid: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The set has no key for an accepted algorithm.
    #[error(
        "the key set has no signing key for EdDSA (Ed25519), ES256, ES384, or RS256 to PS512 (RSA)"
    )]
    NoUsableKey,
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Others than the owner can read the private key.
    #[error("{}: others can read this private key; run `chmod 600` on it", path.display())]
    Permissions {
        /// The key's file.
        path: PathBuf,
    },
    /// The file does not hold a private key for Ed25519.
    #[error("{}: not an Ed25519 private key in PKCS #8", path.display())]
    PrivateKey {
        /// The key's file.
        path: PathBuf,
    },
    /// The system gave no randomness for a new key.
    #[error("no randomness for a new key")]
    Randomness,
}

#[derive(Deserialize)]
struct Set {
    keys: Vec<Jwk>,
}

/// Reads a key set; keys that are for something else than signing by an accepted algorithm are left out.
pub(crate) fn parse(json: &str) -> Result<HashMap<String, PublicKey>, KeyError> {
    let set: Set = serde_json::from_str(json)?;
    let mut keys = HashMap::new();
    for jwk in set.keys {
        let Some(algorithm) = jwk.algorithm() else {
            tracing::debug!(kid = jwk.kid, kty = jwk.kty, "key left out of the key set");
            continue;
        };
        let kid = jwk.kid.clone();
        let refuse = |problem| KeyError::Key {
            kid: kid.clone(),
            problem,
        };
        if kid.is_empty() {
            return Err(refuse("a kid is required"));
        }
        let key = PublicKey::read(&jwk, algorithm).map_err(refuse)?;
        if keys.insert(kid.clone(), key).is_some() {
            return Err(refuse("two keys have this kid"));
        }
    }
    if keys.is_empty() {
        return Err(KeyError::NoUsableKey);
    }
    Ok(keys)
}
