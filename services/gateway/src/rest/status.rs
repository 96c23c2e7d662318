//! Errors of gRPC as REST has them: the HTTP status that `google.rpc.Code` names, and the JSON of AIP-193.

use std::fmt;

use accord_proto::google::rpc;
use base64::Engine as _;
use bytes::Bytes;
use fault::Fault;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use prost::Message as _;
use prost_reflect::DynamicMessage;
use serde_json::{Value, json};
use tonic::{Code, Status};

use super::answer;
use crate::fault::DOMAIN;

/// The media type of answers.
pub(super) const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// The HTTP status of a code, as `google/rpc/code.proto` gives it.
pub(super) fn http_status(code: Code) -> StatusCode {
    match code {
        Code::Ok => StatusCode::OK,
        // Of no standard: nginx's, for a client that went away.
        Code::Cancelled => StatusCode::from_u16(499).unwrap_or(StatusCode::BAD_REQUEST),
        Code::Unknown | Code::Internal | Code::DataLoss => StatusCode::INTERNAL_SERVER_ERROR,
        Code::InvalidArgument | Code::FailedPrecondition | Code::OutOfRange => {
            StatusCode::BAD_REQUEST
        }
        Code::DeadlineExceeded => StatusCode::GATEWAY_TIMEOUT,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::AlreadyExists | Code::Aborted => StatusCode::CONFLICT,
        Code::PermissionDenied => StatusCode::FORBIDDEN,
        Code::ResourceExhausted => StatusCode::TOO_MANY_REQUESTS,
        Code::Unimplemented => StatusCode::NOT_IMPLEMENTED,
        Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Code::Unauthenticated => StatusCode::UNAUTHORIZED,
    }
}

/// Makes the answer of a call that failed.
pub(super) fn response(status: &Status) -> Response<Bytes> {
    response_with(http_status(status.code()), status)
}

/// Makes the answer of a call that failed, with another HTTP status than its code has.
pub(super) fn response_with(http: StatusCode, status: &Status) -> Response<Bytes> {
    let mut response = Response::new(body(http, status).to_string().into());
    *response.status_mut() = http;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, JSON);
    if status.code() == Code::Unauthenticated {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if let Some(seconds) = retry_after(status) {
        headers.insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

/// The JSON of an error (AIP-193).
pub(super) fn body(http: StatusCode, status: &Status) -> Value {
    let details: Vec<Value> = details(status).iter().filter_map(detail).collect();
    json!({
        "error": {
            "code": http.as_u16(),
            "message": status.message(),
            "status": host::code_name(status.code()),
            "details": details,
        }
    })
}

fn details(status: &Status) -> Vec<prost_types::Any> {
    rpc::Status::decode(status.details()).map_or_else(|_| Vec::new(), |status| status.details)
}

/// A detail as JSON, with its type; one of a type that the contracts do not have is left out.
fn detail(any: &prost_types::Any) -> Option<Value> {
    let name = any.type_url.rsplit('/').next()?;
    let descriptor = accord_proto::descriptors().get_message_by_name(name)?;
    let message = DynamicMessage::decode(descriptor, any.value.as_slice()).ok()?;
    let mut json = answer::json(&message).ok()?;
    json.as_object_mut()?
        .insert("@type".to_owned(), any.type_url.clone().into());
    Some(json)
}

/// Whether a call failed because its etag is not the current one: the error tells which one is.
pub(super) fn is_of_etag(status: &Status) -> bool {
    let details = details(status);
    let infos = details
        .iter()
        .filter(|any| any.type_url.ends_with("/google.rpc.ErrorInfo"));
    infos
        .filter_map(|any| rpc::ErrorInfo::decode(any.value.as_slice()).ok())
        .any(|info| info.metadata.contains_key("current_etag"))
}

/// After how many whole seconds the call may be repeated, if the error says so.
fn retry_after(status: &Status) -> Option<u64> {
    let detail = details(status);
    let detail = detail
        .iter()
        .find(|any| any.type_url.ends_with("/google.rpc.RetryInfo"))?;
    let info = rpc::RetryInfo::decode(detail.value.as_slice()).ok()?;
    let delay = info.retry_delay?;
    let seconds = u64::try_from(delay.seconds).ok()?;
    Some(seconds + u64::from(delay.nanos > 0))
}

/// The answer of a service is not what the contract says: a fault of ours, whose cause is logged.
pub(super) fn broken(cause: impl fmt::Display) -> Status {
    Fault::internal(cause).into_status(DOMAIN)
}

/// The answer of a service ended without a status.
pub(super) fn lost() -> Status {
    let message = "the answer ended before its end; the call may have taken effect";
    Fault::unavailable("UPSTREAM_LOST", message).into_status(DOMAIN)
}

/// The status that ends a gRPC answer; an answer without one is a broken one.
pub(super) fn of(headers: &HeaderMap) -> Status {
    let status = Status::from_header_map(headers);
    let status = status.unwrap_or_else(|| broken("the answer has no status"));
    if !status.details().is_empty() {
        return status;
    }
    // Some servers pad the header, some do not.
    let details = headers
        .get("grpc-status-details-bin")
        .map(HeaderValue::as_bytes);
    let decoded =
        details.and_then(|text| base64::engine::general_purpose::STANDARD.decode(text).ok());
    match decoded {
        Some(details) => Status::with_details(status.code(), status.message(), details.into()),
        None => status,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn an_error_has_its_details_with_their_types() {
        let fault = Fault::new(Code::Unavailable, "UPSTREAM_UNAVAILABLE", "no way")
            .with_metadata("service", "trade")
            .with_retry(Duration::from_millis(1_500));
        let response = response(&fault.into_status("accord"));
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(response.headers()[header::RETRY_AFTER], "2");
        let body: Value = serde_json::from_slice(response.body()).unwrap();
        assert_eq!(body["error"]["status"], "UNAVAILABLE");
        assert_eq!(body["error"]["code"], 503);
        let info = &body["error"]["details"][0];
        assert_eq!(info["@type"], "type.googleapis.com/google.rpc.ErrorInfo");
        assert_eq!(info["metadata"]["service"], "trade");
        assert_eq!(body["error"]["details"][1]["retryDelay"], "1.500s");
    }
}
