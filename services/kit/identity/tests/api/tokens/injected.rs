//! Attacks that let the token say by which key or algorithm it is to be checked (RFC 8725 sections 2 and 3), and ones that
//! are merely large.

use ring::{
    hmac,
    signature::{Ed25519KeyPair, KeyPair as _},
};
use serde_json::{Value, json};

use super::{HEADER, Keys, NOW, claims, encode};
use identity::TokenError;

/// A key that the verifier does not know.
fn stranger() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[9; 32]).unwrap()
}

/// A token with this header, signed by a stranger.
fn forged(header: &Value) -> String {
    let signed = format!(
        "{}.{}",
        encode(header.to_string()),
        encode(claims().to_string())
    );
    let signature = stranger().sign(signed.as_bytes());
    format!("{signed}.{}", encode(signature))
}

#[test]
fn key_in_the_header_or_at_an_address_of_the_header_is_not_used() {
    let keys = Keys::new();
    let key =
        json!({"kty": "OKP", "crv": "Ed25519", "kid": "ed", "x": encode(stranger().public_key())});
    for (name, value) in [
        ("jwk", key.clone()),
        ("jwks", json!({"keys": [key]})),
        ("jku", json!("https://stranger.example/jwks.json")),
        ("jku", json!("file:///etc/passwd")),
        ("x5u", json!("https://stranger.example/cert.pem")),
        ("x5c", json!(["MIIB"])),
        ("x5t#S256", json!("AAAA")),
    ] {
        let mut header = json!({"alg": "EdDSA", "typ": "at+jwt", "kid": "ed"});
        header[name] = value.clone();
        assert_eq!(
            keys.verifier.verify(&forged(&header)),
            Err(TokenError::Signature),
            "{name}"
        );
        header["kid"] = json!("stranger");
        assert_eq!(
            keys.verifier.verify(&forged(&header)),
            Err(TokenError::UnknownKey),
            "{name}"
        );
        // A token of the right key may have them; they change nothing.
        header["kid"] = json!("ed");
        assert!(keys.with_header(&header.to_string()).is_ok(), "{name}");
    }
}

#[test]
fn kid_is_a_name_in_the_key_set_and_nothing_else() {
    let keys = Keys::new();
    for kid in [
        "",
        "../../dev/null",
        "/dev/null",
        "ed' OR '1'='1",
        "ed\u{0}",
        "ed ",
        "ED",
        "http://stranger.example/key",
    ] {
        let header = json!({"alg": "EdDSA", "typ": "at+jwt", "kid": kid});
        assert_eq!(
            keys.verifier.verify(&forged(&header)),
            Err(TokenError::UnknownKey),
            "{kid}"
        );
    }
}

#[test]
fn public_key_is_no_secret_of_a_hash() {
    let keys = Keys::new();
    let public = keys.ed25519.public_key().as_ref();
    for secret in [public.to_vec(), encode(public).into_bytes()] {
        for alg in ["HS256", "HS384", "HS512", "EdDSA"] {
            let header = json!({"alg": alg, "typ": "at+jwt", "kid": "ed"});
            let signed = format!(
                "{}.{}",
                encode(header.to_string()),
                encode(claims().to_string())
            );
            let secret = hmac::Key::new(hmac::HMAC_SHA256, &secret);
            let token = format!(
                "{signed}.{}",
                encode(hmac::sign(&secret, signed.as_bytes()))
            );
            let expected = if alg == "EdDSA" {
                TokenError::Signature
            } else {
                TokenError::Algorithm
            };
            assert_eq!(keys.verifier.verify(&token), Err(expected), "{alg}");
        }
    }
}

#[test]
fn signature_of_nothing_is_none() {
    let keys = Keys::new();
    let signed = |kid: &str, alg: &str| {
        let header = json!({"alg": alg, "typ": "at+jwt", "kid": kid});
        format!(
            "{}.{}",
            encode(header.to_string()),
            encode(claims().to_string())
        )
    };
    // CVE-2022-21449: an ECDSA signature of zeros fits everything where it is not looked at.
    for (kid, alg) in [("ec", "ES256"), ("ed", "EdDSA")] {
        for signature in [
            vec![0; 64],
            Vec::new(),
            vec![0; 63],
            vec![255; 64],
            vec![0; 72],
        ] {
            let token = format!("{}.{}", signed(kid, alg), encode(signature));
            assert_eq!(
                keys.verifier.verify(&token),
                Err(TokenError::Signature),
                "{kid}"
            );
        }
    }
}

#[test]
fn large_and_deep_tokens_are_refused_before_they_are_read() {
    let keys = Keys::new();
    assert_eq!(
        keys.verifier.verify(&"a".repeat(1 << 20)),
        Err(TokenError::TooLong)
    );
    assert_eq!(
        keys.verifier.verify(&"a.".repeat(1 << 20)),
        Err(TokenError::TooLong)
    );
    let deep = format!("{}1{}", "[".repeat(2_000), "]".repeat(2_000));
    let header = format!(r#"{{"alg":{deep},"typ":"at+jwt","kid":"ed"}}"#);
    assert!(matches!(
        keys.with_header(&header),
        Err(TokenError::Malformed(_))
    ));
    // What is not looked at is passed over without going deeper.
    let header = format!(r#"{{"alg":"EdDSA","typ":"at+jwt","kid":"ed","x":{deep}}}"#);
    assert!(keys.with_header(&header).is_ok());
    for dots in ["", ".", "..", "...", "....", "a.b", "a.b.c.d", "a.b.c.d.e"] {
        let answer = keys.verifier.verify(dots);
        assert!(
            matches!(answer, Err(TokenError::Malformed(_))),
            "{dots}: {answer:?}"
        );
    }
    // An encrypted token (RFC 7516) has five parts and is none of ours.
    let whole = keys.sign_ed25519(HEADER, &claims().to_string());
    assert!(keys.verifier.verify(&format!("{whole}.AA.AA")).is_err());
    assert!(keys.verifier.verify(&format!("{whole}=")).is_err());
    assert!(keys.verifier.verify(&format!("{whole}\n")).is_err());
}

#[test]
fn numbers_beyond_every_clock_are_refused() {
    let keys = Keys::new();
    assert!(keys.with_claims(&json!({"exp": i64::MAX})).is_ok());
    assert!(keys.with_claims(&json!({"exp": u64::MAX})).is_err());
    assert!(keys.with_claims(&json!({"exp": 1e300})).is_err());
    assert_eq!(
        keys.with_claims(&json!({"nbf": i64::MAX})),
        Err(TokenError::NotYetValid)
    );
    assert!(
        keys.with_claims(&json!({"nbf": i64::MIN, "iat": NOW}))
            .is_ok()
    );
}
