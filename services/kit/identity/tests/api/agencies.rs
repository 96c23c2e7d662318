//! Whose a client certificate is.

use std::time::Duration;

use identity::{Agencies, Role, Thumbprint, TokenError};
use rcgen::{CertificateParams, KeyPair, SanType};
use serde_json::{Value, json};

/// A certificate with these names, in DER.
fn certificate(dns: &[&str], uri: Option<&str>) -> Vec<u8> {
    let names: Vec<String> = dns.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    if let Some(uri) = uri {
        params
            .subject_alt_names
            .push(SanType::URI(uri.try_into().unwrap()));
    }
    let key = KeyPair::generate().unwrap();
    params.self_signed(&key).unwrap().der().to_vec()
}

fn read(entries: &Value) -> Result<Agencies, String> {
    Agencies::from_json(&entries.to_string()).map_err(|error| error.to_string())
}

fn uz_stat(by: &str, value: &str) -> Value {
    json!({by: value, "agency": "uz-stat", "party": "UZ", "roles": ["editor", "reader"]})
}

/// A certificate with this name that is good to this day.
fn good_to(name: &str, year: i32, month: u8, day: u8) -> Vec<u8> {
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.not_after = rcgen::date_time_ymd(year, month, day);
    let key = KeyPair::generate().unwrap();
    params.self_signed(&key).unwrap().der().to_vec()
}

#[test]
fn certificate_is_good_to_the_end_of_its_last_second() {
    let certificate = good_to("stat.gov.uz", 2030, 1, 1);
    let end = 1_893_456_000;
    let left = |now| identity::certificate_left(&certificate, now);
    assert_eq!(left(end - 59), Ok(Duration::from_mins(1)));
    assert_eq!(left(end), Ok(Duration::from_secs(1)));
    for over in [end + 1, i64::MAX] {
        assert_eq!(left(over), Err(TokenError::CertificateExpired));
    }
    assert!(left(i64::MIN).is_ok());
    assert!(identity::certificate_left(b"no certificate", 0).is_err());
}

#[test]
fn certificate_is_known_by_its_thumbprint_or_a_name() {
    let pinned = certificate(&[], None);
    let thumbprint = Thumbprint::of(&pinned);
    let agencies = read(&json!([
        uz_stat("thumbprint", thumbprint.as_str()),
        {"name": "Customs.gov.uz", "agency": "uz-customs", "party": "UZ", "roles": ["reader"]},
        {"name": "spiffe://gov.kz/stat", "agency": "kz-stat", "party": "KZ", "roles": ["editor"]},
        {"name": "ops.accord.example", "agency": "ops", "roles": ["operator"]},
    ]))
    .unwrap();
    let agency = |certificate: &[u8]| agencies.caller(certificate).map(|caller| caller.agency);
    let told = |name: &str| Some(name.to_owned());
    assert_eq!(agency(&pinned), told("uz-stat"));
    assert_eq!(
        agency(&certificate(&["x.uz", "customs.gov.uz"], None)),
        told("uz-customs")
    );
    assert_eq!(
        agency(&certificate(&[], Some("spiffe://gov.kz/stat"))),
        told("kz-stat")
    );
    assert_eq!(
        agency(&certificate(&["ops.accord.example"], None)),
        told("ops")
    );
    for stranger in [
        certificate(&[], None),
        certificate(&["gov.uz", "sub.customs.gov.uz"], None),
        certificate(&["*.gov.uz"], None),
        b"no certificate".to_vec(),
    ] {
        assert_eq!(agency(&stranger), None);
    }
    let caller = agencies.caller(&pinned).unwrap();
    assert_eq!(caller.roles, [Role::Reader, Role::Editor]);
    assert_eq!(caller.party.as_deref(), Some("UZ"));
    // A renewed certificate of the same agency is the same subject, whose repeated requests are known again.
    assert_eq!(caller.subject, "certificate:uz-stat");
}

#[test]
fn certificate_with_names_of_two_agencies_is_nobodys() {
    let agencies = read(&json!([
        {"name": "a.uz", "agency": "uz-a", "party": "UZ", "roles": ["editor"]},
        {"name": "b.kz", "agency": "kz-b", "party": "KZ", "roles": ["editor"]},
    ]))
    .unwrap();
    assert!(
        agencies
            .caller(&certificate(&["a.uz", "b.kz"], None))
            .is_none()
    );
    assert!(
        agencies
            .caller(&certificate(&["a.uz", "c.kz"], None))
            .is_some()
    );
}

#[test]
fn wrong_entries_are_refused_with_their_number() {
    let good = uz_stat("name", "a.uz");
    for (wrong, part) in [
        (
            json!({"agency": "uz-stat", "roles": []}),
            "either a thumbprint or a name",
        ),
        (
            json!({"name": "a", "thumbprint": "b", "agency": "uz-stat", "roles": []}),
            "either a thumbprint or a name",
        ),
        (uz_stat("thumbprint", "abcd"), "SHA-256"),
        (uz_stat("name", "A.uz"), "twice"),
        (
            json!({"name": "b.uz", "agency": "uz-stat", "party": "UZ", "roles": ["reader"]}),
            "other roles",
        ),
        (
            json!({"name": "b.uz", "agency": "uz-stat", "roles": ["reader", "editor"]}),
            "another party",
        ),
        (json!({"name": "b", "agency": "Uz", "roles": []}), "agency"),
        (
            json!({"name": "b", "agency": "uz", "party": "uz", "roles": []}),
            "party",
        ),
        (
            json!({"name": "b", "agency": "uz", "roles": ["chef"]}),
            "chef",
        ),
        (
            json!({"name": "b", "agency": "uz", "party": "UZ", "roles": ["operator"]}),
            "operator",
        ),
    ] {
        let text = read(&json!([good, wrong])).unwrap_err();
        assert!(
            text.starts_with("agency number 2: ") && text.contains(part),
            "{text}"
        );
    }
    for malformed in [
        json!({}),
        json!([{"name": "a", "agency": "a", "roles": [], "colour": 1}]),
    ] {
        assert!(read(&malformed).is_err());
    }
    assert!(read(&json!([good, uz_stat("name", "b.uz")])).is_ok());
    assert!(read(&json!([])).unwrap().caller(b"x").is_none());
}
