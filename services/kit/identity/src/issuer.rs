//! The token issuer of the one-process mode: an Ed25519 key in the data directory.
//!
//! Installations with an authorization server of their own never use it.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use clock::Clock;
use ring::{
    digest,
    rand::SystemRandom,
    signature::{Ed25519KeyPair, KeyPair as _},
};
use serde_json::json;

use crate::{KeyError, Role, TokenError, Verifier, claims};

/// `iss` of the tokens that the one-process mode gives.
pub const ISSUER: &str = "accord-local";
/// `aud` of the tokens that the one-process mode gives.
pub const AUDIENCE: &str = "accord";

const KEY_FILE: &str = "token-signing-key.pk8";
const JWKS_FILE: &str = "jwks.json";

/// What a token is to say of its holder.
#[derive(Clone, Debug)]
pub struct Grant {
    /// The agency, also used as `sub` and `client_id`.
    pub agency: String,
    /// The agency's party as an ISO 3166-1 alpha-2 code; none for operators.
    pub party: Option<String>,
    /// The roles given.
    pub roles: Vec<Role>,
    /// How long the token is valid, counted in whole seconds.
    pub ttl: Duration,
}

impl Grant {
    /// Checks that a token of this grant would be accepted: the agency's and party's form, and no
    /// party for an operator.
    pub fn check(&self) -> Result<(), TokenError> {
        claims::check_standing(&self.agency, self.party.as_deref(), &self.roles)
    }
}

/// Signs access tokens with the key of a data directory.
pub struct Issuer {
    key: Ed25519KeyPair,
    kid: String,
    directory: PathBuf,
    clock: Clock,
}

impl Issuer {
    /// Opens the key in `directory`, which must have been made by [`Issuer::open_or_create`].
    pub fn open(directory: &Path, clock: Clock) -> Result<Issuer, KeyError> {
        let path = directory.join(KEY_FILE);
        let at = |source| KeyError::File {
            path: path.clone(),
            source,
        };
        refuse_readable_by_others(&path)?;
        let pkcs8 = fs::read(&path).map_err(at)?;
        let key = Ed25519KeyPair::from_pkcs8(&pkcs8)
            .map_err(|_| KeyError::PrivateKey { path: path.clone() })?;
        Ok(Issuer {
            kid: thumbprint(&key),
            key,
            directory: directory.to_owned(),
            clock,
        })
    }

    /// Opens the key in `directory`, making the directory, the key (mode 0600) and `jwks.json`
    /// beside it where they are missing. A crash in between leaves nothing to repair.
    pub fn open_or_create(directory: &Path, clock: Clock) -> Result<Issuer, KeyError> {
        let at = |path: &Path| {
            let path = path.to_owned();
            |source| KeyError::File { path, source }
        };
        fs::create_dir_all(directory).map_err(at(directory))?;
        let path = directory.join(KEY_FILE);
        if !path.try_exists().map_err(at(&path))? {
            let key = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new())
                .map_err(|_| KeyError::Randomness)?;
            write_whole(&path, key.as_ref(), 0o600).map_err(at(&path))?;
        }
        let issuer = Issuer::open(directory, clock)?;
        let jwks = issuer.jwks_path();
        write_whole(&jwks, issuer.jwks().as_bytes(), 0o644).map_err(at(&jwks))?;
        Ok(issuer)
    }

    /// Returns a signed token for `grant`, valid from now.
    #[must_use]
    pub fn issue(&self, grant: &Grant) -> String {
        let now = self.clock.now().as_second();
        let ttl = i64::try_from(grant.ttl.as_secs()).unwrap_or(i64::MAX);
        let header = json!({"alg": "EdDSA", "typ": "at+jwt", "kid": self.kid});
        let mut claims = json!({
            "iss": ISSUER,
            "sub": grant.agency,
            "aud": AUDIENCE,
            "client_id": grant.agency,
            "iat": now,
            "exp": now.saturating_add(ttl),
            "jti": self.clock.new_uid().to_string(),
            "agency": grant.agency,
            "roles": grant.roles.iter().map(|role| role.as_str()).collect::<Vec<_>>(),
        });
        if let Some(party) = &grant.party {
            claims["party"] = json!(party);
        }
        let encode = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", encode(header), encode(claims));
        let signature = URL_SAFE_NO_PAD.encode(self.key.sign(signed.as_bytes()));
        format!("{signed}.{signature}")
    }

    /// Returns the public key as a JSON Web Key Set.
    #[must_use]
    pub fn jwks(&self) -> String {
        let key = json!({
            "kty": "OKP",
            "crv": "Ed25519",
            "alg": "EdDSA",
            "use": "sig",
            "kid": self.kid,
            "x": URL_SAFE_NO_PAD.encode(self.key.public_key()),
        });
        json!({ "keys": [key] }).to_string()
    }

    /// Returns where the public key is written, for services that run beside.
    #[must_use]
    pub fn jwks_path(&self) -> PathBuf {
        self.directory.join(JWKS_FILE)
    }

    /// Returns a verifier for this issuer's own tokens.
    pub fn verifier(&self) -> Result<Verifier, KeyError> {
        Verifier::from_jwks(&self.jwks(), ISSUER, AUDIENCE, self.clock.clone())
    }
}

/// The key's name: its thumbprint by RFC 7638, whose members stand in alphabetical order.
fn thumbprint(key: &Ed25519KeyPair) -> String {
    let x = URL_SAFE_NO_PAD.encode(key.public_key());
    let members = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#);
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, members.as_bytes()))
}

/// Writes a file so that it is there whole or not at all.
fn write_whole(path: &Path, content: &[u8], mode: u32) -> io::Result<()> {
    use io::Write as _;

    let unfinished = path.with_extension(format!("{}.unfinished", std::process::id()));
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    let mut file = options.open(&unfinished)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(&unfinished, path)
}

#[cfg(unix)]
fn refuse_readable_by_others(path: &Path) -> Result<(), KeyError> {
    use std::os::unix::fs::PermissionsExt as _;

    let metadata = fs::metadata(path).map_err(|source| KeyError::File {
        path: path.to_owned(),
        source,
    })?;
    let for_others = metadata.permissions().mode() & 0o077;
    if for_others != 0 {
        return Err(KeyError::Permissions {
            path: path.to_owned(),
        });
    }
    Ok(())
}

#[cfg(not(unix))]
fn refuse_readable_by_others(_path: &Path) -> Result<(), KeyError> {
    Ok(())
}
