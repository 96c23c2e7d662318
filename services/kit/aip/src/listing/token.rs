//! Page tokens: where the next page begins, for one request only (AIP-158).
//!
//! A token is a small protobuf message in base64url: a version, the sort values of the last row,
//! and a seal. The seal is a digest over these values and all that decides which rows there are, so
//! a token that was changed, or is used with another request or method, is refused. It keeps nothing
//! secret: a token holds only what the caller was shown.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use prost::Message as _;
use sha2::{Digest, Sha256};

use crate::{Schema, Value, Violation};

use super::{ListRequest, order::Order};

/// Changes when older tokens can no longer be understood.
const VERSION: u32 = 1;

/// Half a SHA-256: enough against mistakes, and short.
const SEAL_BYTES: usize = 16;

/// Longer ones are not ours: a sort value is at most a title.
const MAX_TOKEN_CHARS: usize = 16_384;

/// A digest of all that decides which rows a list has, and their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Binding(Sha256Digest);

type Sha256Digest = [u8; 32];

impl Binding {
    pub(super) fn new(schema: &Schema, request: &ListRequest<'_>) -> Self {
        let mut digest = Sha256::new();
        // The schema stands for the method: two of them may well have the same parent and order.
        let fields = schema.fields.iter();
        let columns = fields.flat_map(|field| [field.path.as_bytes(), field.column.as_bytes()]);
        let request = [
            request.filter.as_bytes(),
            request.order_by.as_bytes(),
            request.bound_to,
        ];
        for part in columns.chain(request) {
            // With lengths, or text could move from one part to the next.
            digest.update(part.len().to_be_bytes());
            digest.update(part);
        }
        Self(digest.finalize().into())
    }

    fn seal(&self, last: &[Cell]) -> Vec<u8> {
        let mut digest = Sha256::new().chain_update(self.0);
        for cell in last {
            digest.update(cell.encode_length_delimited_to_vec());
        }
        digest.finalize().into_iter().take(SEAL_BYTES).collect()
    }
}

#[derive(Clone, PartialEq, prost::Message)]
struct Token {
    #[prost(uint32, tag = "1")]
    version: u32,
    #[prost(message, repeated, tag = "2")]
    last: Vec<Cell>,
    #[prost(bytes = "vec", tag = "3")]
    seal: Vec<u8>,
}

/// One sort value; without content it is NULL.
#[derive(Clone, PartialEq, prost::Message)]
struct Cell {
    #[prost(oneof = "Content", tags = "1, 2, 3, 4")]
    content: Option<Content>,
}

#[derive(Clone, PartialEq, prost::Oneof)]
enum Content {
    #[prost(sint64, tag = "1")]
    Int(i64),
    #[prost(string, tag = "2")]
    Text(String),
    #[prost(bool, tag = "3")]
    Bool(bool),
    #[prost(bytes, tag = "4")]
    Bytes(Vec<u8>),
}

impl From<&Value> for Cell {
    fn from(value: &Value) -> Self {
        let content = match value {
            Value::Null => None,
            Value::Int(value) => Some(Content::Int(*value)),
            Value::Text(value) => Some(Content::Text(value.clone())),
            Value::Bool(value) => Some(Content::Bool(*value)),
            Value::Bytes(value) => Some(Content::Bytes(value.clone())),
        };
        Self { content }
    }
}

impl From<Cell> for Value {
    fn from(cell: Cell) -> Self {
        match cell.content {
            None => Self::Null,
            Some(Content::Int(value)) => Self::Int(value),
            Some(Content::Text(value)) => Self::Text(value),
            Some(Content::Bool(value)) => Self::Bool(value),
            Some(Content::Bytes(value)) => Self::Bytes(value),
        }
    }
}

/// Returns the token of the page after the row with these sort values.
pub(super) fn format(binding: &Binding, last: &[Value]) -> String {
    let last: Vec<Cell> = last.iter().map(Cell::from).collect();
    let token = Token {
        version: VERSION,
        seal: binding.seal(&last),
        last,
    };
    URL_SAFE_NO_PAD.encode(token.encode_to_vec())
}

/// Returns the sort values in a token, or nothing for the first page; the reason is
/// `PAGE_TOKEN_INVALID`.
pub(super) fn parse(
    text: &str,
    binding: &Binding,
    order: &Order,
) -> Result<Option<Vec<Value>>, Violation> {
    if text.is_empty() {
        return Ok(None);
    }
    let invalid =
        |description: &str| Violation::new("page_token", "PAGE_TOKEN_INVALID", description);
    let token = decode(text)
        .ok_or_else(|| invalid("is not a page token; leave it out to begin with the first page"))?;
    if token.version != VERSION {
        return Err(invalid(
            "comes from another version of the service; begin with the first page again",
        ));
    }
    let seal = binding.seal(&token.last);
    let values: Vec<Value> = token.last.into_iter().map(Value::from).collect();
    if token.seal != seal || !order.fits(&values) {
        return Err(invalid(
            "belongs to another request: only page_size may differ from the one that returned it",
        ));
    }
    Ok(Some(values))
}

/// Decodes a token written by [`format`], and no other spelling of it.
fn decode(text: &str) -> Option<Token> {
    if text.len() > MAX_TOKEN_CHARS {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let token = Token::decode(bytes.as_slice()).ok()?;
    (token.encode_to_vec() == bytes).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn value() -> impl Strategy<Value = Value> {
        prop_oneof![
            any::<i64>().prop_map(Value::Int),
            any::<String>().prop_map(Value::Text),
            any::<bool>().prop_map(Value::Bool),
            any::<Vec<u8>>().prop_map(Value::Bytes),
        ]
    }

    fn binding(filter: &str, order_by: &str, bound_to: &[u8]) -> Binding {
        let request = ListRequest {
            filter,
            order_by,
            bound_to,
            ..ListRequest::default()
        };
        Binding::new(&Schema { fields: &[] }, &request)
    }

    #[test]
    fn parts_of_a_request_do_not_run_into_each_other() {
        assert_ne!(binding("ab", "", b""), binding("a", "b", b""));
        assert_ne!(binding("", "ab", b""), binding("", "a", b"b"));
    }

    proptest! {
        #[test]
        fn values_survive(key in value(), filter: String, bound_to: Vec<u8>) {
            let binding = binding(&filter, "", &bound_to);
            let values = vec![key];
            let parsed = parse(&format(&binding, &values), &binding, &Order::default());
            prop_assert_eq!(parsed, Ok(Some(values)));
        }

        #[test]
        fn a_changed_character_is_noticed(key in value(), at: prop::sample::Index, with in "[A-Za-z0-9_-]") {
            let binding = binding("a = 1", "", b"parent");
            let token = format(&binding, &[key]);
            let at = at.index(token.len());
            let mut changed = token.clone();
            changed.replace_range(at..=at, &with);
            prop_assume!(changed != token);
            let violation = parse(&changed, &binding, &Order::default()).unwrap_err();
            prop_assert_eq!(violation.reason, "PAGE_TOKEN_INVALID");
        }

        #[test]
        fn a_token_of_another_request_is_refused(key in value(), filter: String, order_by: String, bound_to: Vec<u8>) {
            let ours = binding("a = 1", "b", b"parent");
            let theirs = binding(&filter, &order_by, &bound_to);
            prop_assume!(ours != theirs);
            let token = format(&theirs, &[key]);
            prop_assert!(parse(&token, &ours, &Order::default()).is_err());
        }

        #[test]
        fn arbitrary_text_never_panics(text: String) {
            let _ = parse(&text, &binding("", "", b""), &Order::default());
        }
    }
}
