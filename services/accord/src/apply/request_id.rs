//! Request ids that follow from what is asked, so that loading a file again has no second effect.

use prost_reflect::{DynamicMessage, Value};
use sha2::{Digest, Sha256};

use crate::contract::Method;

/// The field's name in every contract.
const FIELD: &str = "request_id";

/// Sets the request id of a request that takes one and has none, and returns the id that it then has.
pub(super) fn fill(
    request: &mut DynamicMessage,
    method: &Method,
    party: Option<&str>,
    json: &serde_json::Value,
) -> Option<String> {
    let field = method.input().get_field_by_name(FIELD)?;
    if let Value::String(given) = request.get_field(&field).into_owned()
        && !given.is_empty()
    {
        return Some(given);
    }
    let id = derive(&[&method.path(), party.unwrap_or(""), &sorted(json)]);
    request.set_field(&field, Value::String(id.clone()));
    Some(id)
}

/// The request as JSON with its fields in the order of their names, which is not always the order that they stand in.
fn sorted(json: &serde_json::Value) -> String {
    let mut json = json.clone();
    json.sort_all_objects();
    json.to_string()
}

/// A UUID4 whose random bits are a digest of the parts, each with its length before it.
#[must_use]
pub fn derive(parts: &[&str]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.finalize()[..16]);
    uuid::Builder::from_random_bytes(bytes)
        .into_uuid()
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_version_four_and_follow_the_parts() {
        let id: uuid::Uuid = derive(&["a", "b"]).parse().unwrap();
        assert_eq!(id.get_version_num(), 4);
        assert_eq!(derive(&["a", "b"]), derive(&["a", "b"]));
        assert_ne!(derive(&["a", "b"]), derive(&["ab", ""]));
    }

    #[test]
    fn the_order_of_fields_changes_nothing() {
        let json = |text| serde_json::from_str(text).unwrap();
        let text = sorted(&json(r#"{"b": {"d": 1, "c": [{"f": 1, "e": 2}]}, "a": 1}"#));
        assert_eq!(text, r#"{"a":1,"b":{"c":[{"e":2,"f":1}],"d":1}}"#);
    }
}
