//! Which key sets are read and which are refused.

use clock::Clock;
use identity::{KeyError, Verifier};
use serde_json::{Value, json};

fn read(keys: &Value) -> Result<Verifier, KeyError> {
    Verifier::from_jwks(
        &json!({ "keys": keys }).to_string(),
        "i",
        "a",
        Clock::system(),
    )
}

fn ed25519(kid: &str) -> Value {
    json!({"kty": "OKP", "crv": "Ed25519", "kid": kid, "x": "A".repeat(43)})
}

#[test]
fn keys_for_something_else_are_left_out() {
    let others = [
        json!({"kty": "RSA", "kid": "r", "use": "enc", "n": "AQAB", "e": "AQAB"}),
        json!({"kty": "RSA", "kid": "r", "alg": "RSA-OAEP", "n": "AQAB", "e": "AQAB"}),
        json!({"kty": "RSA", "kid": "r", "alg": "RS1", "n": "AQAB", "e": "AQAB"}),
        json!({"kty": "oct", "kid": "o", "k": "AQAB"}),
        json!({"kty": "OKP", "crv": "X25519", "kid": "x", "x": "AA"}),
        json!({"kty": "OKP", "crv": "Ed25519", "kid": "e", "use": "enc", "x": "AA"}),
        json!({"kty": "EC", "crv": "P-256", "kid": "p", "alg": "ES384", "x": "AA", "y": "AA"}),
        json!({"kty": "EC", "crv": "secp256k1", "kid": "p", "x": "AA", "y": "AA"}),
    ];
    for other in &others {
        assert!(
            matches!(read(&json!([other])), Err(KeyError::NoUsableKey)),
            "{other}"
        );
        assert!(read(&json!([other, ed25519("good")])).is_ok(), "{other}");
    }
    assert!(matches!(read(&json!([])), Err(KeyError::NoUsableKey)));
}

#[test]
fn damaged_keys_are_refused() {
    let mut nameless = ed25519("");
    let mut private = ed25519("p");
    let mut short = ed25519("s");
    nameless.as_object_mut().unwrap().remove("kid");
    private["d"] = json!("AA");
    short["x"] = json!("AAAA");
    let rsa = |n: &str, e: &str| json!({"kty": "RSA", "kid": "r", "n": n, "e": e});
    let modulus = "w".repeat(342);
    assert!(read(&json!([rsa(&modulus, "AQAB")])).is_ok());
    for keys in [
        json!([rsa("AQAB", "AQAB")]),
        json!([rsa(&modulus[..340], "AQAB")]),
        json!([rsa(&"w".repeat(1368), "AQAB")]),
        json!([rsa(&format!("{modulus}="), "AQAB")]),
        json!([rsa(&modulus, "")]),
        json!([rsa(&modulus, "AAAA")]),
        json!([rsa(&modulus, "AQABAQAB")]),
        json!([{"kty": "RSA", "kid": "r", "n": modulus, "e": "AQAB", "d": "AA"}]),
        json!([{"kty": "EC", "crv": "P-384", "kid": "p", "x": "A".repeat(43), "y": "A".repeat(43)}]),
        json!([nameless]),
        json!([private]),
        json!([short]),
        json!([ed25519("twice"), ed25519("twice")]),
    ] {
        assert!(matches!(read(&keys), Err(KeyError::Key { .. })), "{keys}");
    }
}

#[test]
fn text_that_is_no_key_set_is_refused() {
    for text in [
        "",
        "[]",
        "{}",
        r#"{"keys": 1}"#,
        r#"{"keys": [{"kid": "a"}]}"#,
    ] {
        let answer = Verifier::from_jwks(text, "i", "a", Clock::system());
        assert!(matches!(answer, Err(KeyError::Malformed(_))), "{text}");
    }
}
