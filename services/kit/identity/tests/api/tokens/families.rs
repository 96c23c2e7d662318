//! Tokens of issuers that sign by RSA or on P-384, and what a key of one algorithm must not be taken for.

use clock::Clock;
use identity::{TokenError, Verifier};
use ring::{
    hmac,
    rand::SystemRandom,
    rsa::PublicKeyComponents,
    signature::{
        ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256,
        RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RSA_PSS_SHA384, RSA_PSS_SHA512,
        RsaEncoding, RsaKeyPair,
    },
};
use serde_json::{Value, json};

use super::{NOW, claims, encode};

/// Made once by `openssl genpkey` for these tests; it signs nothing else.
static RSA_KEY: &[u8] = include_bytes!("rsa-2048.pk8");

static PADDINGS: [(&str, &'static dyn RsaEncoding); 6] = [
    ("RS256", &RSA_PKCS1_SHA256),
    ("RS384", &RSA_PKCS1_SHA384),
    ("RS512", &RSA_PKCS1_SHA512),
    ("PS256", &RSA_PSS_SHA256),
    ("PS384", &RSA_PSS_SHA384),
    ("PS512", &RSA_PSS_SHA512),
];

fn rsa() -> RsaKeyPair {
    RsaKeyPair::from_pkcs8(RSA_KEY).unwrap()
}

/// The public key as an issuer publishes it, with or without the name of its algorithm.
fn published(alg: Option<&str>) -> Value {
    let key: PublicKeyComponents<Vec<u8>> = rsa().public().into();
    let mut jwk =
        json!({"kty": "RSA", "kid": "r", "use": "sig", "n": encode(key.n), "e": encode(key.e)});
    if let Some(alg) = alg {
        jwk["alg"] = json!(alg);
    }
    jwk
}

fn verifier(jwk: &Value) -> Verifier {
    let clock = Clock::fixed(jiff::Timestamp::from_second(NOW).unwrap());
    let set = json!({ "keys": [jwk] }).to_string();
    Verifier::from_jwks(&set, "https://issuer", "accord", clock).unwrap()
}

/// What is signed of a token whose header says `alg`.
fn signed(alg: &str) -> String {
    let header = json!({"alg": alg, "typ": "at+jwt", "kid": "r"});
    format!(
        "{}.{}",
        encode(header.to_string()),
        encode(claims().to_string())
    )
}

fn by_rsa(alg: &str, padding: &'static dyn RsaEncoding) -> String {
    let key = rsa();
    let signed = signed(alg);
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(
        padding,
        &SystemRandom::new(),
        signed.as_bytes(),
        &mut signature,
    )
    .unwrap();
    format!("{signed}.{}", encode(signature))
}

#[test]
fn rsa_key_checks_tokens_of_its_own_algorithm_only() {
    for (own, _) in PADDINGS {
        let verifier = verifier(&published(Some(own)));
        for (alg, padding) in PADDINGS {
            let token = by_rsa(alg, padding);
            let answer = verifier.verify(&token).map(|caller| caller.agency);
            let expected = if alg == own {
                Ok("uz-stat".to_owned())
            } else {
                Err(TokenError::Algorithm)
            };
            assert_eq!(answer, expected, "{own} {alg}");
            // The header says the key's algorithm, and the signature is of another.
            let answer = verifier.verify(&by_rsa(own, padding));
            assert_eq!(answer.is_ok(), alg == own, "{own} {alg}");
        }
    }
}

#[test]
fn rsa_key_without_an_algorithm_is_one_for_rs256() {
    let verifier = verifier(&published(None));
    for (alg, padding) in PADDINGS {
        let answer = verifier.verify(&by_rsa(alg, padding));
        assert_eq!(answer.is_ok(), alg == "RS256", "{alg}: {answer:?}");
    }
}

#[test]
fn published_rsa_key_is_no_secret_of_a_hash() {
    let verifier = verifier(&published(Some("RS256")));
    let key: PublicKeyComponents<Vec<u8>> = rsa().public().into();
    for secret in [
        key.n.clone(),
        encode(&key.n).into_bytes(),
        published(None).to_string().into_bytes(),
    ] {
        for (alg, expected) in [
            ("HS256", TokenError::Algorithm),
            ("none", TokenError::Algorithm),
            ("EdDSA", TokenError::Algorithm),
            ("RS256", TokenError::Signature),
        ] {
            let signed = signed(alg);
            let secret = hmac::Key::new(hmac::HMAC_SHA256, &secret);
            let token = format!(
                "{signed}.{}",
                encode(hmac::sign(&secret, signed.as_bytes()))
            );
            assert_eq!(verifier.verify(&token), Err(expected), "{alg}");
        }
    }
    for signature in [
        vec![],
        vec![0; 256],
        vec![1; 256],
        vec![255; 257],
        vec![0; 4_096],
    ] {
        let token = format!("{}.{}", signed("RS256"), encode(&signature));
        assert_eq!(
            verifier.verify(&token),
            Err(TokenError::Signature),
            "{}",
            signature.len()
        );
    }
}

#[test]
fn es384_token_is_accepted() {
    let random = SystemRandom::new();
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, &random).unwrap();
    let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, pkcs8.as_ref(), &random);
    let key = key.unwrap();
    let point = key.public_key().as_ref();
    let verifier = verifier(&json!({
        "kty": "EC", "crv": "P-384", "kid": "r", "x": encode(&point[1..49]), "y": encode(&point[49..]),
    }));
    let token = |alg: &str| {
        let signed = signed(alg);
        let signature = key.sign(&random, signed.as_bytes()).unwrap();
        format!("{signed}.{}", encode(signature))
    };
    assert_eq!(verifier.verify(&token("ES384")).unwrap().agency, "uz-stat");
    for other in ["ES256", "ES512", "EdDSA"] {
        assert_eq!(
            verifier.verify(&token(other)),
            Err(TokenError::Algorithm),
            "{other}"
        );
    }
}
