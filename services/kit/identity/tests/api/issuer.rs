//! What the one-process mode's issuer keeps on disk and what its tokens say.

use std::{fs, time::Duration};

use clock::Clock;
use identity::{AUDIENCE, Grant, ISSUER, Issuer, KeyError, Role, TokenError, Verifier};

fn grant() -> Grant {
    Grant {
        agency: "kz-customs".to_owned(),
        party: Some("KZ".to_owned()),
        roles: vec![Role::Editor],
        ttl: Duration::from_mins(1),
    }
}

#[test]
fn token_outlives_a_restart_but_not_its_time() {
    let directory = tempfile::tempdir().unwrap();
    let clock = Clock::fixed(jiff::Timestamp::from_second(1_800_000_000).unwrap());
    let data = directory.path().join("data");
    let token = Issuer::open_or_create(&data, clock.clone())
        .unwrap()
        .issue(&grant());

    let reopened = Issuer::open_or_create(&data, clock.clone()).unwrap();
    let verifier = reopened.verifier().unwrap();
    let caller = verifier.verify(&token).unwrap();
    assert_eq!(
        (caller.agency.as_str(), caller.party.as_deref()),
        ("kz-customs", Some("KZ"))
    );
    assert_eq!(caller.roles, [Role::Editor]);

    clock.advance(Duration::from_secs(91));
    assert_eq!(verifier.verify(&token), Err(TokenError::Expired));
}

#[test]
fn key_set_beside_the_key_verifies_its_tokens() {
    let directory = tempfile::tempdir().unwrap();
    let issuer = Issuer::open_or_create(directory.path(), Clock::system()).unwrap();
    let jwks = fs::read_to_string(issuer.jwks_path()).unwrap();
    let verifier = Verifier::from_jwks(&jwks, ISSUER, AUDIENCE, Clock::system()).unwrap();
    assert!(verifier.verify(&issuer.issue(&grant())).is_ok());
}

/// Another implementation of the same standards reads the same token.
#[test]
fn another_library_accepts_the_token() {
    let directory = tempfile::tempdir().unwrap();
    let issuer = Issuer::open_or_create(directory.path(), Clock::system()).unwrap();
    let token = issuer.issue(&grant());
    let keys: jsonwebtoken::jwk::JwkSet = serde_json::from_str(&issuer.jwks()).unwrap();
    let kid = jsonwebtoken::decode_header(&token).unwrap().kid.unwrap();
    let key = jsonwebtoken::DecodingKey::from_jwk(keys.find(&kid).unwrap()).unwrap();
    let mut rules = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::EdDSA);
    rules.set_audience(&[AUDIENCE]);
    rules.set_issuer(&[ISSUER]);
    let read = jsonwebtoken::decode::<serde_json::Value>(&token, &key, &rules).unwrap();
    assert_eq!(read.claims["agency"], "kz-customs");
}

#[test]
fn open_without_a_key_says_which_file_is_missing() {
    let directory = tempfile::tempdir().unwrap();
    let error = Issuer::open(directory.path(), Clock::system())
        .err()
        .unwrap();
    assert!(
        error.to_string().contains("token-signing-key.pk8"),
        "{error}"
    );
}

#[test]
fn damaged_key_is_refused_and_kept() {
    let directory = tempfile::tempdir().unwrap();
    drop(Issuer::open_or_create(directory.path(), Clock::system()).unwrap());
    let path = directory.path().join("token-signing-key.pk8");
    fs::write(&path, b"not a key").unwrap();
    let answer = Issuer::open_or_create(directory.path(), Clock::system());
    assert!(matches!(answer, Err(KeyError::PrivateKey { .. })));
    assert_eq!(fs::read(&path).unwrap(), b"not a key");
}

#[cfg(unix)]
#[test]
fn key_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    let directory = tempfile::tempdir().unwrap();
    drop(Issuer::open_or_create(directory.path(), Clock::system()).unwrap());
    let path = directory.path().join("token-signing-key.pk8");
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );

    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let answer = Issuer::open(directory.path(), Clock::system());
    assert!(matches!(answer, Err(KeyError::Permissions { .. })));
}

#[test]
fn grant_that_no_verifier_would_accept_is_known_before() {
    assert!(grant().check().is_ok());
    let mut operator = grant();
    operator.roles = vec![Role::Operator];
    assert!(matches!(
        operator.check(),
        Err(TokenError::Claim { claim: "party", .. })
    ));
}
