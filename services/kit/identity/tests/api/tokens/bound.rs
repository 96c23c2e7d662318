//! Tokens that are bound to a client certificate, and tokens that are remembered.

use std::time::Duration;

use identity::{Thumbprint, TokenError, Verifier};
use serde_json::{Value, json};

use super::{HEADER, Keys, NOW, claims};

fn token(keys: &Keys, confirmation: &Value) -> String {
    let mut claims = claims();
    claims["cnf"] = confirmation.clone();
    keys.sign_ed25519(HEADER, &claims.to_string())
}

#[test]
fn bound_token_is_good_with_its_certificate_only_however_often_it_comes() {
    let keys = Keys::new();
    let (own, other) = (Thumbprint::of(b"own"), Thumbprint::of(b"other"));
    let token = token(&keys, &json!({"x5t#S256": own.as_str()}));
    for _ in 0..3 {
        assert!(keys.verifier.verify_shown(&token, Some(&own)).is_ok());
        for shown in [None, Some(&other)] {
            let answer = keys.verifier.verify_shown(&token, shown);
            assert_eq!(answer.unwrap_err(), TokenError::Certificate);
        }
        assert_eq!(keys.verifier.verify(&token), Err(TokenError::Certificate));
    }
}

#[test]
fn token_that_is_not_bound_is_good_with_any_certificate() {
    let keys = Keys::new();
    let token = keys.sign_ed25519(HEADER, &claims().to_string());
    for shown in [None, Some(&Thumbprint::of(b"any"))] {
        assert!(keys.verifier.verify_shown(&token, shown).is_ok());
    }
}

#[test]
fn token_bound_to_what_cannot_be_checked_is_refused() {
    let keys = Keys::new();
    let own = Thumbprint::of(b"own");
    for confirmation in [
        json!({}),
        json!({"jkt": "AAAA"}),
        json!({"jwk": {"kty": "OKP"}}),
        json!({"x5t#S256": own.as_str(), "jkt": "AAAA"}),
        json!({"x5t#S256": 1}),
        json!({"x5t#S256": null}),
        json!("x"),
    ] {
        let token = token(&keys, &confirmation);
        let answer = keys.verifier.verify_shown(&token, Some(&own));
        assert!(answer.is_err(), "{confirmation}");
    }
}

#[test]
fn thumbprint_is_that_of_the_standard() {
    // SHA-256 of nothing, FIPS 180-4.
    assert_eq!(
        Thumbprint::of(b"").as_str(),
        "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"
    );
}

#[test]
fn remembered_token_ends_when_it_expires() {
    let keys = Keys::new();
    let mut claims = claims();
    claims["exp"] = json!(NOW + 60);
    let token = keys.sign_ed25519(HEADER, &claims.to_string());
    let (_, left) = keys.verifier.verify_shown(&token, None).unwrap();
    assert_eq!(left, Duration::from_secs(90));
    keys.clock.advance(Duration::from_secs(60));
    let (_, left) = keys.verifier.verify_shown(&token, None).unwrap();
    assert_eq!(left, Duration::from_secs(30));
    keys.clock.advance(Duration::from_secs(30));
    assert_eq!(keys.verifier.verify(&token), Err(TokenError::Expired));
}

#[test]
fn token_before_its_time_is_good_when_the_time_has_come() {
    let keys = Keys::new();
    let mut claims = claims();
    claims["nbf"] = json!(NOW + 100);
    let token = keys.sign_ed25519(HEADER, &claims.to_string());
    assert_eq!(keys.verifier.verify(&token), Err(TokenError::NotYetValid));
    keys.clock.advance(Duration::from_secs(70));
    assert!(keys.verifier.verify(&token).is_ok());
}

#[test]
fn remembered_token_is_that_token_to_the_letter() {
    let keys = Keys::new();
    let good = keys.sign_ed25519(HEADER, &claims().to_string());
    assert!(keys.verifier.verify(&good).is_ok());
    let (signed, signature) = good.rsplit_once('.').unwrap();
    assert!(
        keys.verifier
            .verify(&format!("{signed}.{}", &signature[1..]))
            .is_err()
    );
    assert!(keys.verifier.verify(signed).is_err());
}

#[test]
fn verifier_without_keys_accepts_nothing_and_says_so_of_itself() {
    let keys = Keys::new();
    let none = Verifier::without_keys("https://issuer", "accord", keys.clock.clone());
    let good = keys.sign_ed25519(HEADER, &claims().to_string());
    assert_eq!(none.verify(&good), Err(TokenError::NoKeys));
}
