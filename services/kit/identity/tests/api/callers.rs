//! Whose word a caller may give, from the token to the answer.

use std::time::Duration;

use clock::Clock;
use identity::{Caller, Grant, Issuer, Role};

fn caller(party: Option<&str>, role: Role) -> Caller {
    let directory = tempfile::tempdir().unwrap();
    let issuer = Issuer::open_or_create(directory.path(), Clock::system()).unwrap();
    let token = issuer.issue(&Grant {
        agency: "agency".to_owned(),
        party: party.map(str::to_owned),
        roles: vec![role],
        ttl: Duration::from_mins(1),
    });
    issuer.verifier().unwrap().verify(&token).unwrap()
}

#[test]
fn only_an_editor_of_the_party_gives_its_word() {
    assert!(caller(Some("UZ"), Role::Editor).speaks_for("UZ").is_ok());
    for (party, role, reason) in [
        (Some("KZ"), Role::Editor, "PARTY_MISMATCH"),
        (Some("UZ"), Role::Reader, "ROLE_REQUIRED"),
        (None, Role::Operator, "PARTY_MISMATCH"),
        (None, Role::Editor, "PARTY_MISMATCH"),
    ] {
        let fault = caller(party, role).speaks_for("UZ").unwrap_err();
        assert_eq!(fault.code(), tonic::Code::PermissionDenied);
        assert_eq!(fault.reason(), reason, "{party:?} {role}");
    }
}

#[test]
fn request_without_a_caller_is_unauthenticated() {
    let fault = Caller::of(&tonic::Request::new(())).unwrap_err();
    assert_eq!(fault.code(), tonic::Code::Unauthenticated);
    assert_eq!(fault.reason(), "TOKEN_MISSING");

    let mut request = tonic::Request::new(());
    request.extensions_mut().insert(Caller::anonymous_open());
    assert!(Caller::of(&request).unwrap().may_read().is_ok());
    assert!(Caller::of(&request).unwrap().may_edit().is_err());
}
