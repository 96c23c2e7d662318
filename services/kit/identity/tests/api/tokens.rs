//! Every way a token can be wrong, against one that is right.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use clock::Clock;
use identity::{Role, TokenError, Verifier};
use proptest::prelude::*;
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _},
};
use serde_json::{Value, json};

const NOW: i64 = 1_800_000_000;

mod bound;
mod families;
mod injected;

/// A signing key of each accepted kind, and the verifier that knows both.
struct Keys {
    ed25519: Ed25519KeyPair,
    p256: EcdsaKeyPair,
    verifier: Verifier,
    clock: Clock,
}

impl Keys {
    fn new() -> Self {
        let random = SystemRandom::new();
        let ed25519 = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
        let pkcs8 =
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let p256 =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random)
                .unwrap();
        let point = p256.public_key().as_ref();
        let jwks = json!({"keys": [
            {"kty": "OKP", "crv": "Ed25519", "kid": "ed", "x": encode(ed25519.public_key())},
            {"kty": "EC", "crv": "P-256", "kid": "ec", "x": encode(&point[1..33]), "y": encode(&point[33..])},
        ]});
        let clock = Clock::fixed(jiff::Timestamp::from_second(NOW).unwrap());
        let verifier =
            Verifier::from_jwks(&jwks.to_string(), "https://issuer", "accord", clock.clone());
        Self {
            ed25519,
            p256,
            verifier: verifier.unwrap(),
            clock,
        }
    }

    fn sign_ed25519(&self, header: &str, payload: &str) -> String {
        let signed = format!("{}.{}", encode(header), encode(payload));
        let signature = self.ed25519.sign(signed.as_bytes());
        format!("{signed}.{}", encode(signature))
    }

    fn sign_p256(&self, header: &str, payload: &str) -> String {
        let signed = format!("{}.{}", encode(header), encode(payload));
        let signature = self
            .p256
            .sign(&SystemRandom::new(), signed.as_bytes())
            .unwrap();
        format!("{signed}.{}", encode(signature))
    }

    /// The answer to a token that is right but for `changes` to its claims (null removes one).
    fn with_claims(&self, changes: &Value) -> Result<identity::Caller, TokenError> {
        let mut claims = claims();
        for (name, value) in changes.as_object().unwrap() {
            if value.is_null() {
                claims.as_object_mut().unwrap().remove(name);
            } else {
                claims[name] = value.clone();
            }
        }
        let token = self.sign_ed25519(HEADER, &claims.to_string());
        self.verifier.verify(&token)
    }

    /// The answer to a token that is right but for its header.
    fn with_header(&self, header: &str) -> Result<identity::Caller, TokenError> {
        let token = self.sign_ed25519(header, &claims().to_string());
        self.verifier.verify(&token)
    }
}

const HEADER: &str = r#"{"alg":"EdDSA","typ":"at+jwt","kid":"ed"}"#;

fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn claims() -> Value {
    json!({
        "iss": "https://issuer", "sub": "clerk-1", "aud": "accord", "client_id": "clerk",
        "iat": NOW - 10, "exp": NOW + 600, "jti": "1",
        "agency": "uz-stat", "party": "UZ", "roles": ["editor"],
    })
}

#[test]
fn right_token_names_its_caller() {
    let keys = Keys::new();
    let caller = keys.with_claims(&json!({})).unwrap();
    assert_eq!(caller.subject, "clerk-1");
    assert_eq!(caller.agency, "uz-stat");
    assert_eq!(caller.party.as_deref(), Some("UZ"));
    assert_eq!(caller.roles, [Role::Editor]);
}

#[test]
fn es256_token_is_accepted() {
    let keys = Keys::new();
    let token = keys.sign_p256(
        r#"{"alg":"ES256","typ":"at+jwt","kid":"ec"}"#,
        &claims().to_string(),
    );
    assert_eq!(keys.verifier.verify(&token).unwrap().agency, "uz-stat");
}

#[test]
fn accepted_spellings_are_accepted() {
    let keys = Keys::new();
    for typ in ["AT+JWT", "application/at+jwt"] {
        let header = format!(r#"{{"alg":"EdDSA","typ":"{typ}","kid":"ed"}}"#);
        assert!(keys.with_header(&header).is_ok(), "{typ}");
    }
    assert!(
        keys.with_claims(&json!({"aud": ["other", "accord"]}))
            .is_ok()
    );
    assert!(
        keys.with_claims(&json!({"nbf": NOW + 20, "iat": NOW + 20}))
            .is_ok()
    );
    assert!(keys.with_claims(&json!({"exp": NOW - 20})).is_ok());
    let caller = keys.with_claims(&json!({"roles": ["editor", "reader", "reader", "baker"]}));
    assert_eq!(caller.unwrap().roles, [Role::Reader, Role::Editor]);
    let operator = keys.with_claims(&json!({"party": null, "roles": ["operator"]}));
    assert_eq!(operator.unwrap().party, None);
}

#[test]
fn unsigned_token_is_refused() {
    let keys = Keys::new();
    for alg in [
        "none", "None", "NONE", "HS256", "ES256", "RS256", "eddsa", "",
    ] {
        let header = format!(r#"{{"alg":"{alg}","typ":"at+jwt","kid":"ed"}}"#);
        assert_eq!(
            keys.with_header(&header),
            Err(TokenError::Algorithm),
            "{alg}"
        );
        let unsigned = format!("{}.{}.", encode(&header), encode(claims().to_string()));
        assert_eq!(
            keys.verifier.verify(&unsigned),
            Err(TokenError::Algorithm),
            "{alg}"
        );
    }
    let stripped = format!("{}.{}.", encode(HEADER), encode(claims().to_string()));
    assert_eq!(keys.verifier.verify(&stripped), Err(TokenError::Signature));
}

#[test]
fn key_cannot_be_used_with_the_other_algorithm() {
    let keys = Keys::new();
    let header = r#"{"alg":"EdDSA","typ":"at+jwt","kid":"ec"}"#;
    assert_eq!(keys.with_header(header), Err(TokenError::Algorithm));
    let token = keys.sign_p256(HEADER, &claims().to_string());
    assert_eq!(keys.verifier.verify(&token), Err(TokenError::Signature));
}

#[test]
fn header_must_name_type_and_key_once() {
    let keys = Keys::new();
    let answers = [
        (
            r#"{"alg":"EdDSA","typ":"JWT","kid":"ed"}"#,
            Err(TokenError::Type),
        ),
        (
            r#"{"alg":"EdDSA","typ":"at+jwt","kid":"no"}"#,
            Err(TokenError::UnknownKey),
        ),
    ];
    for (header, expected) in answers {
        assert_eq!(keys.with_header(header), expected, "{header}");
    }
    for header in [
        r#"{"alg":"EdDSA","kid":"ed"}"#,
        r#"{"alg":"EdDSA","typ":"at+jwt"}"#,
        r#"{"typ":"at+jwt","kid":"ed"}"#,
        r#"{"alg":"EdDSA","typ":"at+jwt","kid":["ed"]}"#,
        r#"{"alg":"EdDSA","alg":"EdDSA","typ":"at+jwt","kid":"ed"}"#,
        r#"{"alg":"EdDSA","typ":"at+jwt","kid":"no","kid":"ed"}"#,
        r#"{"alg":"EdDSA","typ":"at+jwt","kid":"ed","crit":["b64"]}"#,
        "[]",
        "",
    ] {
        let answer = keys.with_header(header);
        assert!(
            matches!(answer, Err(TokenError::Malformed(_))),
            "{header}: {answer:?}"
        );
    }
}

#[test]
fn wrong_claims_are_refused() {
    let keys = Keys::new();
    for (changes, expected) in [
        (json!({"iss": "https://other"}), TokenError::Issuer),
        (json!({"iss": "https://issuer/"}), TokenError::Issuer),
        (json!({"aud": "other"}), TokenError::Audience),
        (json!({"aud": []}), TokenError::Audience),
        (json!({"exp": NOW - 30}), TokenError::Expired),
        (json!({"exp": i64::MIN}), TokenError::Expired),
        (json!({"nbf": NOW + 31}), TokenError::NotYetValid),
        (json!({"iat": NOW + 31}), TokenError::NotYetValid),
        (
            json!({"iat": NOW + 31, "nbf": NOW - 10}),
            TokenError::NotYetValid,
        ),
    ] {
        assert_eq!(keys.with_claims(&changes), Err(expected), "{changes}");
    }
    for changes in [
        json!({"sub": ""}),
        json!({"jti": ""}),
        json!({"client_id": "a\u{0}b"}),
        json!({"agency": ""}),
        json!({"agency": "Uz Stat"}),
        json!({"agency": "a".repeat(64)}),
        json!({"party": "uz"}),
        json!({"party": "UZB"}),
        json!({"roles": ["editor", "operator"]}),
    ] {
        let answer = keys.with_claims(&changes);
        assert!(
            matches!(answer, Err(TokenError::Claim { .. })),
            "{changes}: {answer:?}"
        );
    }
}

#[test]
fn missing_and_ill_typed_claims_are_refused() {
    let keys = Keys::new();
    for claim in [
        "iss",
        "sub",
        "aud",
        "exp",
        "iat",
        "jti",
        "client_id",
        "agency",
        "roles",
    ] {
        let answer = keys.with_claims(&json!({ claim: null }));
        assert!(
            matches!(answer, Err(TokenError::Malformed(_))),
            "{claim}: {answer:?}"
        );
    }
    for changes in [
        json!({"exp": "1900000000"}),
        json!({"exp": 1.9e9}),
        json!({"iat": true}),
        json!({"nbf": "soon"}),
        json!({"aud": {"accord": true}}),
        json!({"aud": ["accord", 1]}),
        json!({"sub": 7}),
        json!({"roles": "editor"}),
        json!({"roles": [1]}),
        json!({"party": 1}),
    ] {
        let answer = keys.with_claims(&changes);
        assert!(
            matches!(answer, Err(TokenError::Malformed(_))),
            "{changes}: {answer:?}"
        );
    }
}

#[test]
fn repeated_claims_are_refused() {
    let keys = Keys::new();
    let text = claims().to_string();
    for repeated in [
        r#""party":"KZ""#,
        r#""exp":9999999999"#,
        r#""roles":["operator"]"#,
    ] {
        let payload = format!("{{{repeated},{}", &text[1..]);
        let answer = keys.verifier.verify(&keys.sign_ed25519(HEADER, &payload));
        assert!(
            matches!(answer, Err(TokenError::Malformed(_))),
            "{repeated}: {answer:?}"
        );
    }
    for strange in [
        // Of claims that are not looked at too.
        format!(r#"{{"scope":"a","scope":"b",{}"#, &text[1..]),
        format!(r#"{{"scope":"a","sc\u006fpe":"b",{}"#, &text[1..]),
    ] {
        let answer = keys.verifier.verify(&keys.sign_ed25519(HEADER, &strange));
        assert!(
            matches!(answer, Err(TokenError::Malformed(_))),
            "{strange}: {answer:?}"
        );
    }
}

#[test]
fn only_objects_of_utf_8_are_read() {
    let keys = Keys::new();
    let answer = keys.with_header(r#"["EdDSA","at+jwt","ed",null]"#);
    assert!(
        matches!(answer, Err(TokenError::Malformed(_))),
        "{answer:?}"
    );
    let mut payload = format!(r#"{{"name":"?",{}"#, &claims().to_string()[1..]).into_bytes();
    let place = payload.iter().position(|byte| *byte == b'?').unwrap();
    payload[place] = 0xff;
    let signed = format!("{}.{}", encode(HEADER), encode(&payload));
    let signature = keys.ed25519.sign(signed.as_bytes());
    let answer = keys
        .verifier
        .verify(&format!("{signed}.{}", encode(signature)));
    assert!(
        matches!(answer, Err(TokenError::Malformed(_))),
        "{answer:?}"
    );
}

#[test]
fn claims_of_a_badly_signed_token_are_not_read() {
    let keys = Keys::new();
    let token = keys.sign_ed25519(HEADER, &claims().to_string());
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let (header, _) = signed.split_once('.').unwrap();
    let forged = format!("{header}.{}.{signature}", encode(r#"{"iss":7}"#));
    assert_eq!(keys.verifier.verify(&forged), Err(TokenError::Signature));
}

#[test]
fn overlong_token_is_refused() {
    let keys = Keys::new();
    let answer = keys.with_claims(&json!({"sub": "a".repeat(8 * 1024)}));
    assert_eq!(answer, Err(TokenError::TooLong));
}

#[test]
fn faults_are_unauthenticated_and_tell_expiry_apart() {
    let expired = fault::Fault::from(TokenError::Expired);
    assert_eq!(expired.code(), tonic::Code::Unauthenticated);
    assert_eq!(expired.reason(), "TOKEN_EXPIRED");
    assert_eq!(
        fault::Fault::from(TokenError::Signature).reason(),
        "TOKEN_INVALID"
    );
}

proptest! {
    #[test]
    fn changed_byte_never_passes(at in 0_usize..1000, to in 0_u8..128) {
        let keys = Keys::new();
        let mut token = keys.sign_ed25519(HEADER, &claims().to_string()).into_bytes();
        let at = at % token.len();
        prop_assume!(token[at] != to);
        token[at] = to;
        let token = String::from_utf8(token).unwrap();
        prop_assert!(keys.verifier.verify(&token).is_err());
    }

    #[test]
    fn any_text_is_answered(token in "\\PC{0,200}") {
        prop_assert!(Keys::new().verifier.verify(&token).is_err());
    }
}
