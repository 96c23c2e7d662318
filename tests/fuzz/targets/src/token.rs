//! Access tokens.

use std::sync::LazyLock;

use clock::Clock;
use identity::Verifier;

/// The public keys of RFC 8037 appendix A.2 and RFC 7517 appendix A.1. Their other halves are published there too, so that they are good
/// for nothing but this: no change of bytes makes a signature by chance.
const KEYS: &str = r#"{"keys":[
    {"kty":"OKP","crv":"Ed25519","use":"sig","alg":"EdDSA","kid":"one","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
    {"kty":"EC","crv":"P-256","use":"sig","alg":"ES256","kid":"two",
     "x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}]}"#;

static VERIFIER: LazyLock<Verifier> = LazyLock::new(|| {
    let at = "2026-11-23T09:00:00Z".parse().expect("an instant");
    Verifier::from_jwks(KEYS, "accord-local", "accord", Clock::fixed(at)).expect("good keys")
});

/// A token: one that is not signed with the other half of a key is refused, whatever it says. The same bytes as a set of keys are refused or read.
pub fn token(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    assert!(VERIFIER.verify(text).is_err(), "{text} is accepted");
    let _ = Verifier::from_jwks(text, "accord-local", "accord", Clock::system());
}
