//! One public key, as it is published and as it checks signatures.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, RsaParameters, RsaPublicKeyComponents,
    UnparsedPublicKey, VerificationAlgorithm,
};
use serde::{Deserialize, de::IgnoredAny};

/// Shortest and longest modulus accepted, in bytes: RFC 7518 section 3.3 asks for 2,048 bits, and longer ones than 8,192 only
/// cost time.
const MODULUS_BYTES: std::ops::RangeInclusive<usize> = 256..=1024;
/// Longest public exponent that a signature is checked with, in bytes.
const MAX_EXPONENT_BYTES: usize = 4;

/// A signature algorithm: its registered name (`alg`; RFC 7518, RFC 8037) and what keys it takes.
#[derive(Clone, Copy)]
pub(super) struct Algorithm {
    name: &'static str,
    check: Check,
}

#[derive(Clone, Copy)]
enum Check {
    /// A point on a curve, its coordinates so many bytes long.
    Curve {
        name: &'static str,
        bytes: usize,
        by: &'static dyn VerificationAlgorithm,
    },
    Rsa(&'static RsaParameters),
}

/// The algorithms accepted. Of several for one kind of key the first is that of a key that names none: RS256 is what every
/// issuer of access tokens must have (RFC 9068 section 2.1).
static ALGORITHMS: [Algorithm; 9] = [
    curve("EdDSA", "Ed25519", 32, &ED25519),
    curve("ES256", "P-256", 32, &ECDSA_P256_SHA256_FIXED),
    curve("ES384", "P-384", 48, &ECDSA_P384_SHA384_FIXED),
    rsa("RS256", &RSA_PKCS1_2048_8192_SHA256),
    rsa("RS384", &RSA_PKCS1_2048_8192_SHA384),
    rsa("RS512", &RSA_PKCS1_2048_8192_SHA512),
    rsa("PS256", &RSA_PSS_2048_8192_SHA256),
    rsa("PS384", &RSA_PSS_2048_8192_SHA384),
    rsa("PS512", &RSA_PSS_2048_8192_SHA512),
];

const fn curve(
    algorithm: &'static str,
    name: &'static str,
    bytes: usize,
    by: &'static dyn VerificationAlgorithm,
) -> Algorithm {
    Algorithm {
        name: algorithm,
        check: Check::Curve { name, bytes, by },
    }
}

const fn rsa(name: &'static str, parameters: &'static RsaParameters) -> Algorithm {
    Algorithm {
        name,
        check: Check::Rsa(parameters),
    }
}

/// A key of a set, as it is written.
#[derive(Deserialize)]
pub(super) struct Jwk {
    #[serde(default)]
    pub(super) kid: String,
    pub(super) kty: String,
    crv: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    x: Option<String>,
    y: Option<String>,
    n: Option<String>,
    e: Option<String>,
    /// The private part, which has no place in a published set.
    d: Option<IgnoredAny>,
}

impl Jwk {
    /// Returns the one algorithm for this key, by its kind and what it says of itself; none if the key is for something else.
    pub(super) fn algorithm(&self) -> Option<Algorithm> {
        let for_signing = self
            .purpose
            .as_deref()
            .is_none_or(|purpose| purpose == "sig");
        let takes = |algorithm: &&Algorithm| match algorithm.check {
            Check::Curve { name, .. } => {
                let kind = if name == "Ed25519" { "OKP" } else { "EC" };
                self.kty == kind && self.crv.as_deref() == Some(name)
            }
            Check::Rsa(_) => self.kty == "RSA",
        };
        ALGORITHMS
            .iter()
            .filter(takes)
            .find(|algorithm| self.alg.as_deref().is_none_or(|alg| alg == algorithm.name))
            .filter(|_| for_signing)
            .copied()
    }
}

/// A public key and the only algorithm that may be used with it.
#[derive(Debug)]
pub(crate) struct PublicKey {
    algorithm: &'static str,
    material: Material,
}

#[derive(Debug)]
enum Material {
    Curve(UnparsedPublicKey<Vec<u8>>),
    Rsa(&'static RsaParameters, RsaPublicKeyComponents<Vec<u8>>),
}

impl PublicKey {
    /// Reads the key for its algorithm; the error says what is wrong with it.
    pub(super) fn read(jwk: &Jwk, algorithm: Algorithm) -> Result<PublicKey, &'static str> {
        if jwk.d.is_some() {
            return Err("it holds the private key; publish only the public one");
        }
        let material = match algorithm.check {
            Check::Curve { name, bytes, by } => {
                let mut point = coordinate(jwk.x.as_deref(), bytes)?;
                if name != "Ed25519" {
                    // SEC 1 section 2.3.3: the uncompressed form.
                    point.insert(0, 4);
                    point.extend(coordinate(jwk.y.as_deref(), bytes)?);
                }
                Material::Curve(UnparsedPublicKey::new(by, point))
            }
            Check::Rsa(parameters) => {
                let n = number(jwk.n.as_deref())
                    .filter(|n| MODULUS_BYTES.contains(&n.len()))
                    .ok_or("its modulus n must have 2,048 to 8,192 bits, in base64url")?;
                let e = number(jwk.e.as_deref())
                    .filter(|e| (1..=MAX_EXPONENT_BYTES).contains(&e.len()))
                    .ok_or("its exponent e must be a number of up to 4 bytes, in base64url")?;
                Material::Rsa(parameters, RsaPublicKeyComponents { n, e })
            }
        };
        Ok(PublicKey {
            algorithm: algorithm.name,
            material,
        })
    }

    /// The `alg` that a token signed with this key must have.
    pub(crate) fn algorithm(&self) -> &'static str {
        self.algorithm
    }

    /// Tells whether `signature` over `message` was made with this key.
    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.material {
            Material::Curve(key) => key.verify(message, signature).is_ok(),
            Material::Rsa(parameters, key) => key.verify(parameters, message, signature).is_ok(),
        }
    }
}

fn coordinate(text: Option<&str>, bytes: usize) -> Result<Vec<u8>, &'static str> {
    let problem = match bytes {
        48 => "its coordinates must be 48 bytes in base64url",
        _ => "its coordinates must be 32 bytes in base64url",
    };
    text.and_then(|text| URL_SAFE_NO_PAD.decode(text).ok())
        .filter(|read| read.len() == bytes)
        .ok_or(problem)
}

/// Reads a number of RSA: big-endian, and without the leading zeros that RFC 7518 section 6.3.1.1 forbids but some publish.
fn number(text: Option<&str>) -> Option<Vec<u8>> {
    let mut bytes = URL_SAFE_NO_PAD.decode(text?).ok()?;
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes.drain(..zeros);
    Some(bytes)
}
