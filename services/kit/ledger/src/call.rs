//! One mutating call, as the log needs to know it.

use aip::Violations;
use identity::Caller;
use prost::{
    bytes::Buf as _,
    encoding::{self, DecodeContext, WireType, decode_key, decode_varint, skip_field},
};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// A mutating call: who calls which method with what.
#[derive(Clone, Debug)]
pub struct Call {
    /// The method, such as `accord.documents.v1.DocumentService/CreateDocument`.
    pub method: &'static str,
    /// The caller's name for this call and its retries.
    pub request_id: Option<Uuid>,
    /// The request in binary form without `request_id` and `validate_only`: what a retry must repeat.
    pub payload: Vec<u8>,
    /// Whether to check everything and change nothing.
    pub validate_only: bool,
    /// Who calls.
    pub caller: Caller,
}

impl Call {
    /// Describes a call by its request message, whose fields `request_id` and `validate_only` are
    /// read. A malformed request id is added to `violations`.
    ///
    /// The request must have no map fields: their order in the payload would not be certain.
    pub fn new<M>(
        method: &'static str,
        caller: &Caller,
        request: &M,
        violations: &mut Violations,
    ) -> Self
    where
        M: prost::Message + prost::Name,
    {
        let mut call = Self {
            method,
            request_id: None,
            payload: request.encode_to_vec(),
            validate_only: false,
            caller: caller.clone(),
        };
        let Some(descriptor) = accord_proto::descriptor_of::<M>() else {
            return call;
        };
        let number = |name| {
            descriptor
                .get_field_by_name(name)
                .map(|field| field.number())
        };
        let own = [number("request_id"), number("validate_only")];
        if own == [None, None] {
            return call;
        }
        let Ok((rest, [request_id, validate_only])) = parted(&call.payload, own) else {
            return call;
        };
        let text = match request_id {
            Some(Own::Bytes(bytes)) => String::from_utf8(bytes).unwrap_or_default(),
            _ => String::new(),
        };
        call.request_id = violations.take(aip::request_id::parse(&text)).flatten();
        call.validate_only = matches!(validate_only, Some(Own::Number(1..)));
        call.payload = rest;
        call
    }

    /// The `request_id` as text, empty without one.
    pub(crate) fn request_id_text(&self) -> String {
        self.request_id.map(|id| id.to_string()).unwrap_or_default()
    }

    /// Tells apart calls that bear the same request id.
    pub(crate) fn digest(&self) -> Vec<u8> {
        Sha256::new()
            .chain_update(self.method)
            .chain_update([0])
            .chain_update(&self.payload)
            .finalize()
            .to_vec()
    }
}

/// The value of a field of the call itself.
enum Own {
    Number(u64),
    Bytes(Vec<u8>),
}

/// Parts a message in binary form into the fields with these numbers and the rest as it stands. What the fields hold is
/// not looked into: a batch of a thousand is read here no slower than its bytes are copied.
fn parted(
    message: &[u8],
    numbers: [Option<u32>; 2],
) -> Result<(Vec<u8>, [Option<Own>; 2]), prost::DecodeError> {
    let (mut rest, mut found) = (Vec::with_capacity(message.len()), [None, None]);
    let mut left = message;
    while left.has_remaining() {
        let field = left;
        let (number, wire_type) = decode_key(&mut left)?;
        let place = numbers.iter().position(|own| *own == Some(number));
        if let Some(own) = place.and_then(|place| found.get_mut(place)) {
            *own = match wire_type {
                WireType::Varint => Some(Own::Number(decode_varint(&mut left)?)),
                WireType::LengthDelimited => {
                    let mut bytes = Vec::new();
                    encoding::bytes::merge(
                        wire_type,
                        &mut bytes,
                        &mut left,
                        DecodeContext::default(),
                    )?;
                    Some(Own::Bytes(bytes))
                }
                _ => {
                    skip_field(wire_type, number, &mut left, DecodeContext::default())?;
                    None
                }
            };
        } else {
            skip_field(wire_type, number, &mut left, DecodeContext::default())?;
            let (this, _) = field.split_at(field.len() - left.len());
            rest.extend_from_slice(this);
        }
    }
    Ok((rest, found))
}

#[cfg(test)]
mod tests {
    use accord_proto::documents::v1::DeleteDocumentRequest;
    use prost::Message as _;

    use super::*;

    const ID: &str = "4b4bdd1c-04b8-4b3b-9d1f-3d8f4f9d0a11";

    fn call(request: &DeleteDocumentRequest) -> (Call, Violations) {
        let mut violations = Violations::new();
        let caller = Caller::anonymous_open();
        let call = Call::new("DeleteDocument", &caller, request, &mut violations);
        (call, violations)
    }

    fn request() -> DeleteDocumentRequest {
        DeleteDocumentRequest {
            name: "partnerships/uz-kz/documents/plan".to_owned(),
            ..DeleteDocumentRequest::default()
        }
    }

    #[test]
    fn the_payload_is_the_request_without_id_and_validate_only() {
        let (plain, _) = call(&request());
        let (named, violations) = call(&DeleteDocumentRequest {
            request_id: ID.to_owned(),
            validate_only: true,
            ..request()
        });
        assert!(violations.is_empty());
        assert_eq!(named.payload, request().encode_to_vec());
        assert_eq!(named.digest(), plain.digest());
        assert_eq!(named.request_id_text(), ID);
        assert!(named.validate_only && !plain.validate_only);
        let (other, _) = call(&DeleteDocumentRequest {
            etag: "\"x\"".to_owned(),
            ..request()
        });
        assert_ne!(other.digest(), plain.digest());
    }

    #[test]
    fn a_malformed_request_id_is_a_violation() {
        let (call, violations) = call(&DeleteDocumentRequest {
            request_id: "again".to_owned(),
            ..request()
        });
        assert_eq!(call.request_id, None);
        let fields: Vec<_> = violations
            .iter()
            .map(|violation| violation.field.as_str())
            .collect();
        assert_eq!(fields, ["request_id"]);
    }
}
