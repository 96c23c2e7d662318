//! Every reason that the host and the gateway give stands in a contract.

use std::{collections::BTreeSet, fs, path::Path};

/// The layers of the host, whose domain is `accord`.
const HOST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../kit/host/src");
/// The gateway itself.
const GATEWAY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
/// The gateway's own service, whose domain is `accord.overview.v1`.
const OVERVIEW: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/overview");
/// What is wrong with tokens.
const TOKENS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../kit/identity/src/token.rs");

/// The reasons of a package.
fn reasons_of(package: &str) -> BTreeSet<String> {
    let name = format!("{package}.ErrorReason");
    let reasons = accord_proto::descriptors().get_enum_by_name(&name);
    let reasons = reasons.expect("every package has its reasons");
    reasons
        .values()
        .map(|value| value.name().to_owned())
        .collect()
}

/// The reasons in the sources at `path`, but not those below `without`: the texts in capitals of files
/// that make faults.
fn given(path: &Path, without: Option<&Path>) -> BTreeSet<String> {
    if Some(path) == without {
        return BTreeSet::new();
    }
    if path.is_dir() {
        let entries = fs::read_dir(path).expect("a folder");
        return entries
            .flat_map(|entry| given(&entry.expect("an entry").path(), without))
            .collect();
    }
    let source = fs::read_to_string(path).expect("a source");
    let source = source.split("#[cfg(test)]").next().unwrap_or_default();
    if !source.contains("Fault") {
        return BTreeSet::new();
    }
    let mut found: BTreeSet<String> = source
        .lines()
        .flat_map(|line| line.split('"').skip(1).step_by(2))
        .filter(|text| text.len() > 3 && text.bytes().all(is_of_a_reason))
        .map(str::to_owned)
        .collect();
    if source.contains("Fault::internal") {
        found.insert("INTERNAL".to_owned());
    }
    found
}

fn is_of_a_reason(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte == b'_'
}

/// The reasons among `given` that do not stand in the contract of `package`.
fn unknown(given: &BTreeSet<String>, package: &str) -> Vec<String> {
    given.difference(&reasons_of(package)).cloned().collect()
}

#[test]
fn reasons_of_the_host_stand_in_the_shared_contract() {
    let mut of_host = given(Path::new(HOST), None);
    of_host.extend(given(Path::new(TOKENS), None));
    assert!(of_host.contains("OVERLOADED"), "{of_host:?}");
    assert!(of_host.contains("TOKEN_EXPIRED"), "{of_host:?}");
    assert_eq!(unknown(&of_host, "accord"), [""; 0]);
}

#[test]
fn reasons_of_the_gateway_stand_in_the_contract_of_their_domain() {
    let of_forwarding = given(Path::new(GATEWAY), Some(Path::new(OVERVIEW)));
    assert!(of_forwarding.contains("UPSTREAM_LOST"), "{of_forwarding:?}");
    assert_eq!(unknown(&of_forwarding, "accord"), [""; 0]);

    let of_overview = given(Path::new(OVERVIEW), None);
    assert!(of_overview.contains("ALL_PARTS_MISSING"), "{of_overview:?}");
    assert_eq!(unknown(&of_overview, "accord.overview.v1"), [""; 0]);
}
