//! Access tokens.

use std::sync::LazyLock;

use clock::Clock;
use identity::Verifier;

/// A key made for this: nobody has its other half.
const KEYS: &str = r#"{"keys":[
    {"kty":"OKP","crv":"Ed25519","use":"sig","alg":"EdDSA","kid":"one","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
    {"kty":"EC","crv":"P-256","use":"sig","alg":"ES256","kid":"two",
     "x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}]}"#;

static VERIFIER: LazyLock<Verifier> = LazyLock::new(|| {
    let at = "2026-11-23T09:00:00Z".parse().expect("an instant");
    Verifier::from_jwks(KEYS, "accord-local", "accord", Clock::fixed(at)).expect("good keys")
});

/// A token: without the other half of a key it is refused, whatever it says. The same bytes as a set of keys are refused or read.
pub fn token(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    assert!(VERIFIER.verify(text).is_err(), "{text} is accepted");
    let _ = Verifier::from_jwks(text, "accord-local", "accord", Clock::system());
}
