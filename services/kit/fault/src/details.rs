//! The typed details of a status (AIP-193), small enough for every client to receive.
//!
//! Details travel in an HTTP/2 header. Clients commonly take 8 KiB of headers in all and lose the
//! whole answer if there is more, so texts are cut and violations left out beyond a budget, and
//! `ErrorInfo` says how many.

use std::time::Duration;

use accord_proto::google::rpc;
use prost::{Message, Name};
use prost_types::Any;
use tonic::Status;

use crate::fault::Parts;

/// The most bytes that violations take: in base64, with the rest, well below 8 KiB.
const VIOLATIONS_BYTES: usize = 3_500;

/// The most bytes of one text that may quote a caller.
const TEXT_BYTES: usize = 400;

/// Returns the status with all details that apply.
pub(crate) fn status(parts: Parts, domain: &str, request_id: Option<String>) -> Status {
    let mut budget = VIOLATIONS_BYTES;
    let bad_request = bad_request(&parts, &mut budget);
    let failure = precondition_failure(&parts, &mut budget);
    let left_out = parts.violations.len() + parts.preconditions.len()
        - bad_request.field_violations.len()
        - failure.violations.len();
    let mut metadata = parts.metadata;
    if left_out > 0 {
        metadata.insert("violations_left_out".to_owned(), left_out.to_string());
    }
    let mut details = vec![any(&rpc::ErrorInfo {
        reason: parts.reason.to_owned(),
        domain: domain.to_owned(),
        metadata: metadata
            .into_iter()
            .map(|(key, value)| (key, cut(value)))
            .collect(),
    })];
    if !bad_request.field_violations.is_empty() {
        details.push(any(&bad_request));
    }
    if !failure.violations.is_empty() {
        details.push(any(&failure));
    }
    if let Some(resource) = parts.resource {
        details.push(any(&rpc::ResourceInfo {
            resource_type: resource.kind,
            resource_name: cut(resource.name),
            ..rpc::ResourceInfo::default()
        }));
    }
    if let Some(after) = parts.retry_after {
        details.push(any(&rpc::RetryInfo {
            retry_delay: Some(duration(after)),
        }));
    }
    if let Some(request_id) = request_id {
        details.push(any(&rpc::RequestInfo {
            request_id,
            ..rpc::RequestInfo::default()
        }));
    }
    let message = cut(parts.message);
    let status = rpc::Status {
        code: parts.code.into(),
        message: message.clone(),
        details,
    };
    Status::with_details(parts.code, message, status.encode_to_vec().into())
}

/// Returns the fields that are wrong, as many as fit.
fn bad_request(parts: &Parts, budget: &mut usize) -> rpc::BadRequest {
    let violations = parts
        .violations
        .iter()
        .map(|violation| rpc::bad_request::FieldViolation {
            field: cut(violation.field.clone()),
            description: cut(violation.description.clone()),
            reason: violation.reason.to_owned(),
            localized_message: None,
        });
    rpc::BadRequest {
        field_violations: fitting(violations, budget),
    }
}

/// Returns the conditions that were not met, as many as fit.
fn precondition_failure(parts: &Parts, budget: &mut usize) -> rpc::PreconditionFailure {
    let violations =
        parts
            .preconditions
            .iter()
            .map(|precondition| rpc::precondition_failure::Violation {
                r#type: cut(precondition.kind.clone()),
                subject: cut(precondition.subject.clone()),
                description: cut(precondition.description.clone()),
            });
    rpc::PreconditionFailure {
        violations: fitting(violations, budget),
    }
}

/// Takes messages while they fit into the budget, and takes their bytes off it.
fn fitting<M: Message>(messages: impl Iterator<Item = M>, budget: &mut usize) -> Vec<M> {
    messages
        .map_while(|message| {
            *budget = budget.checked_sub(message.encoded_len())?;
            Some(message)
        })
        .collect()
}

fn duration(duration: Duration) -> prost_types::Duration {
    prost_types::Duration {
        seconds: i64::try_from(duration.as_secs()).unwrap_or(i64::MAX),
        nanos: i32::try_from(duration.subsec_nanos()).unwrap_or_default(),
    }
}

/// Shortens a text that may be of any length.
fn cut(text: String) -> String {
    if text.len() <= TEXT_BYTES {
        return text;
    }
    format!("{}…", &text[..text.floor_char_boundary(TEXT_BYTES)])
}

fn any<M: Message + Name>(message: &M) -> Any {
    Any {
        type_url: format!("type.googleapis.com/{}", M::full_name()),
        value: message.encode_to_vec(),
    }
}
