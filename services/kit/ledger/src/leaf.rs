//! The leaf of an entry: its bytes, their hash, and the way back.

use accord_proto::ledger::v1::{Actor, Entry};
use prost::Message as _;
use sha2::{Digest as _, Sha256};

use crate::{Call, Change, Stamp};

/// What RFC 6962, section 2.1 puts before a leaf, so that no leaf passes for a node of the tree.
const LEAF_PREFIX: [u8; 1] = [0x00];

/// The bytes of an entry's leaf, as `entry.proto` defines them: prost writes fields in ascending
/// order and leaves defaults out.
pub(crate) fn bytes(sequence: i64, stamp: &Stamp, call: &Call, change: Change) -> Vec<u8> {
    let entry = Entry {
        name: String::new(),
        sequence,
        record_time: Some(accord_proto::convert::from_timestamp(stamp.now)),
        resource: change.resource,
        resource_type: change.resource_type,
        kind: change.kind.into(),
        method: call.method.to_owned(),
        actor: Some(Actor {
            subject: call.caller.subject.clone(),
            agency: call.caller.agency.clone(),
            party: call.caller.party.clone().unwrap_or_default(),
        }),
        request_id: call.request_id_text(),
        state: Some(change.state),
        leaf_hash: Vec::new(),
        redacted: false,
        salt: stamp.new_salt().to_vec(),
    };
    entry.encode_to_vec()
}

/// The hash of a leaf.
pub(crate) fn hash(leaf: &[u8]) -> Vec<u8> {
    Sha256::new()
        .chain_update(LEAF_PREFIX)
        .chain_update(leaf)
        .finalize()
        .to_vec()
}

/// The entry of a stored leaf.
pub(crate) fn entry(
    log: &str,
    leaf: &[u8],
    leaf_hash: Vec<u8>,
) -> Result<Entry, prost::DecodeError> {
    let mut entry = Entry::decode(leaf)?;
    entry.name = format!("logs/{log}/entries/{}", entry.sequence);
    entry.leaf_hash = leaf_hash;
    Ok(entry)
}

#[cfg(test)]
mod tests {
    use accord_proto::ledger::v1::ChangeKind;
    use clock::Clock;
    use identity::Caller;

    use super::*;

    /// The leaf of a small entry, byte by byte: what another implementation must arrive at.
    #[test]
    fn the_bytes_are_as_documented() {
        let clock = Clock::fixed(jiff::Timestamp::from_second(1_638_748_800).unwrap());
        let call = Call {
            method: "m",
            request_id: None,
            payload: Vec::new(),
            validate_only: false,
            caller: Caller::new("s", "a", None, Vec::new()),
        };
        let change = Change {
            resource: "r".to_owned(),
            resource_type: "t".to_owned(),
            kind: ChangeKind::Updated,
            state: prost_types::Any {
                type_url: "u".to_owned(),
                value: vec![1, 2],
            },
            readers: crate::Readers::default(),
        };
        let leaf = bytes(3, &Stamp::after(0, &clock), &call, change);
        let expected: &[&[u8]] = &[
            &[0x10, 3],
            &[0x1a, 6, 0x08, 0x80, 0xa5, 0xb5, 0x8d, 0x06],
            &[0x22, 1, b'r'],
            &[0x2a, 1, b't'],
            &[0x30, 2],
            &[0x3a, 1, b'm'],
            &[0x42, 6, 0x0a, 1, b's', 0x12, 1, b'a'],
            &[0x52, 7, 0x0a, 1, b'u', 0x12, 2, 1, 2],
        ];
        let salt: &[u8] = &[0x6a, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
        let without_salt = expected.concat();
        assert_eq!(leaf, [without_salt.as_slice(), salt].concat());
        let entry = entry("trade", &leaf, hash(&leaf)).unwrap();
        assert_eq!(entry.name, "logs/trade/entries/3");
        assert_eq!(entry.salt, clock_salt(1));
    }

    fn clock_salt(number: u8) -> Vec<u8> {
        [[0; 15].as_slice(), &[number]].concat()
    }

    /// A leaf of before there were salts: it is read as it is, and its bytes follow from the entry.
    #[test]
    fn a_leaf_without_a_salt_is_read_and_checked_as_before() {
        let old: &[u8] = &[0x10, 3, 0x22, 1, b'r', 0x2a, 1, b't', 0x30, 2];
        let read = entry("trade", old, hash(old)).unwrap();
        assert_eq!((read.sequence, read.salt.len()), (3, 0));
        let again = Entry {
            name: String::new(),
            leaf_hash: Vec::new(),
            ..read.clone()
        };
        assert_eq!(hash(&again.encode_to_vec()), read.leaf_hash);
    }

    /// The hash of the empty leaf is a known vector of certificate transparency's test suites.
    #[test]
    fn the_hash_is_that_of_rfc_6962() {
        let hex = hash(b"")
            .iter()
            .fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
        let known = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d";
        assert_eq!(hex, known);
    }
}
