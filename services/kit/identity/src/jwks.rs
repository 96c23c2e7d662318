//! Public keys as a JSON Web Key Set (RFC 7517), each bound to one algorithm.

use std::{collections::HashMap, path::PathBuf};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::signature::{ECDSA_P256_SHA256_FIXED, ED25519, UnparsedPublicKey};
use serde::{Deserialize, de::IgnoredAny};

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
    /// The set has no key for `EdDSA` with Ed25519 or for ES256.
    #[error("the key set has no signing key for EdDSA (Ed25519) or ES256")]
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

/// The signature algorithms accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Algorithm {
    EdDsa,
    Es256,
}

impl Algorithm {
    /// The registered name in `alg` (RFC 7518, RFC 8037).
    fn name(self) -> &'static str {
        match self {
            Algorithm::EdDsa => "EdDSA",
            Algorithm::Es256 => "ES256",
        }
    }
}

/// A public key and the only algorithm that may be used with it.
#[derive(Debug)]
pub(crate) struct PublicKey {
    algorithm: Algorithm,
    bytes: Vec<u8>,
}

impl PublicKey {
    /// The `alg` that a token signed with this key must have.
    pub(crate) fn algorithm(&self) -> &'static str {
        self.algorithm.name()
    }

    /// Tells whether `signature` over `message` was made with this key.
    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        match self.algorithm {
            Algorithm::EdDsa => UnparsedPublicKey::new(&ED25519, &self.bytes)
                .verify(message, signature)
                .is_ok(),
            Algorithm::Es256 => UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &self.bytes)
                .verify(message, signature)
                .is_ok(),
        }
    }
}

#[derive(Deserialize)]
struct Set {
    keys: Vec<Jwk>,
}

#[derive(Deserialize)]
struct Jwk {
    #[serde(default)]
    kid: String,
    kty: String,
    crv: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    x: Option<String>,
    y: Option<String>,
    /// The private part, which has no place in a published set.
    d: Option<IgnoredAny>,
}

/// Reads a key set; keys of other kinds (RSA, encryption) are left out.
pub(crate) fn parse(json: &str) -> Result<HashMap<String, PublicKey>, KeyError> {
    let set: Set = serde_json::from_str(json)?;
    let mut keys = HashMap::new();
    for jwk in set.keys {
        let Some(algorithm) = algorithm_of(&jwk) else {
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
        if jwk.d.is_some() {
            return Err(refuse(
                "it holds the private key; publish only the public one",
            ));
        }
        let bytes = point(&jwk, algorithm).map_err(refuse)?;
        if keys
            .insert(kid.clone(), PublicKey { algorithm, bytes })
            .is_some()
        {
            return Err(refuse("two keys have this kid"));
        }
    }
    if keys.is_empty() {
        return Err(KeyError::NoUsableKey);
    }
    Ok(keys)
}

/// Returns the one algorithm for a key, by its kind; none if the key is for something else.
fn algorithm_of(jwk: &Jwk) -> Option<Algorithm> {
    let algorithm = match (jwk.kty.as_str(), jwk.crv.as_deref()?) {
        ("OKP", "Ed25519") => Algorithm::EdDsa,
        ("EC", "P-256") => Algorithm::Es256,
        _ => return None,
    };
    let for_signing = jwk
        .purpose
        .as_deref()
        .is_none_or(|purpose| purpose == "sig");
    let agrees = jwk.alg.as_deref().is_none_or(|alg| alg == algorithm.name());
    (for_signing && agrees).then_some(algorithm)
}

/// Returns the key's bytes as `ring` takes them.
fn point(jwk: &Jwk, algorithm: Algorithm) -> Result<Vec<u8>, &'static str> {
    let x = coordinate(jwk.x.as_deref())?;
    match algorithm {
        Algorithm::EdDsa => Ok(x),
        Algorithm::Es256 => {
            // SEC 1 section 2.3.3: the uncompressed form.
            let mut bytes = vec![4];
            bytes.extend(x);
            bytes.extend(coordinate(jwk.y.as_deref())?);
            Ok(bytes)
        }
    }
}

fn coordinate(text: Option<&str>) -> Result<Vec<u8>, &'static str> {
    text.and_then(|text| URL_SAFE_NO_PAD.decode(text).ok())
        .filter(|bytes| bytes.len() == 32)
        .ok_or("its coordinates must be 32 bytes in base64url")
}
