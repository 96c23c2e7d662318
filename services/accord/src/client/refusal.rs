//! A service's error, read from its status and details and told to people.

use std::{fmt, io};

use accord_proto::google::rpc::{
    self, BadRequest, ErrorInfo, PreconditionFailure, RequestInfo, RetryInfo,
};
use prost::{Message, Name};

use super::innermost;

/// What a service said when it refused a call.
#[derive(Debug, Clone)]
pub struct Refusal {
    code: tonic::Code,
    message: String,
    info: Option<ErrorInfo>,
    fields: BadRequest,
    preconditions: PreconditionFailure,
    retry_seconds: Option<i64>,
    request_id: Option<String>,
    /// What the command that was refused can say better than the code alone.
    hint: Option<&'static str>,
}

/// What to do about a connection that ended before the answer.
const CUT_OFF: &str = "the connection ended before the answer: try again; a server with TLS ends it so where the address \
                       does not begin with https://, and one that asks for client certificates where none is shown \
                       (--client-cert, --client-key)";

/// What to do where the bytes of an answer are none of HTTP/2: those of an alert of TLS have a length that no frame has.
const IS_TLS: &str = "what answers may speak TLS: write the address with https://";

/// What to do about a call that no server has answered.
fn hint(status: &tonic::Status) -> Option<&'static str> {
    let is_local = std::error::Error::source(status).is_some();
    if is_local && message(status).contains("frame with invalid size") {
        return Some(IS_TLS);
    }
    is_cut_off(status).then_some(CUT_OFF)
}

/// Tells whether no server gave a status, because a connection that stood was cut off.
fn is_cut_off(status: &tonic::Status) -> bool {
    let mut source = std::error::Error::source(status);
    let is_local = source.is_some();
    while let Some(error) = source {
        let kind = error.downcast_ref::<io::Error>().map(io::Error::kind);
        if kind == Some(io::ErrorKind::ConnectionRefused) {
            return false;
        }
        source = error.source();
    }
    // Which of these it is depends on how far the call had come.
    let is_cut = |code| {
        use tonic::Code::{Cancelled, Internal, Unavailable, Unknown};
        matches!(code, Cancelled | Internal | Unavailable | Unknown)
    };
    is_local && is_cut(status.code())
}

/// The message of a status; where no server gave it, with what is behind it: the words of TLS, for example.
fn message(status: &tonic::Status) -> String {
    let message = status.message();
    match std::error::Error::source(status).map(innermost) {
        Some(cause) if !message.contains(&cause) => format!("{message}: {cause}"),
        _ => message.to_owned(),
    }
}

impl Refusal {
    /// Reads a status and every detail that it carries.
    #[must_use]
    pub fn of(status: &tonic::Status) -> Self {
        let details = rpc::Status::decode(status.details())
            .map(|status| status.details)
            .unwrap_or_default();
        Self {
            code: status.code(),
            message: message(status),
            info: find(&details),
            fields: find(&details).unwrap_or_default(),
            preconditions: find(&details).unwrap_or_default(),
            retry_seconds: find::<RetryInfo>(&details)
                .and_then(|retry| retry.retry_delay)
                .map(|delay| delay.seconds),
            request_id: find::<RequestInfo>(&details).map(|request| request.request_id),
            hint: hint(status),
        }
    }

    /// Says what to do about one reason, instead of what the code alone would suggest.
    #[must_use]
    pub fn with_hint(mut self, reason: &str, hint: &'static str) -> Self {
        if self.reason() == reason {
            self.hint = Some(hint);
        }
        self
    }

    /// Names a flag of the command where violations name the field of the request that it sets.
    #[must_use]
    pub fn with_flag(mut self, field: &str, flag: &str) -> Self {
        for violation in &mut self.fields.field_violations {
            violation.description = violation.description.replace(field, flag);
        }
        self
    }

    /// The status code.
    #[must_use]
    pub fn code(&self) -> tonic::Code {
        self.code
    }

    /// The stable reason, or nothing if the answer came from something that is not Accord.
    #[must_use]
    pub fn reason(&self) -> &str {
        self.info.as_ref().map_or("", |info| info.reason.as_str())
    }

    /// What it is about, in words.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The fields that are wrong, each with its reason.
    #[must_use]
    pub fn violations(&self) -> &[rpc::bad_request::FieldViolation] {
        &self.fields.field_violations
    }

    /// One word of the reason's metadata; empty if it is not there.
    #[must_use]
    pub fn metadata(&self, key: &str) -> &str {
        let value = self.info.as_ref().and_then(|info| info.metadata.get(key));
        value.map_or("", String::as_str)
    }

    /// What the caller can do about it, where that is known.
    fn hint(&self) -> Option<String> {
        if let Some(hint) = self.hint {
            return Some(hint.to_owned());
        }
        if let Some(seconds) = self.retry_seconds {
            return Some(format!("try again in {} s", seconds.max(1)));
        }
        match self.code {
            tonic::Code::Unauthenticated => Some(
                "name a token with --token-file FILE; the operator's lies in the data directory, \
                 `accord token issue` makes others"
                    .to_owned(),
            ),
            tonic::Code::PermissionDenied => Some(
                "a party's word needs a token of that party: `accord token issue --party …`, then --token-file FILE"
                    .to_owned(),
            ),
            tonic::Code::Aborted => {
                Some("somebody else changed it meanwhile: read it again and repeat".to_owned())
            }
            _ => None,
        }
    }
}

/// Finds the first detail of one kind.
fn find<M: Message + Name + Default>(details: &[prost_types::Any]) -> Option<M> {
    details
        .iter()
        .find(|any| any.type_url.rsplit('/').next() == Some(M::full_name().as_str()))
        .and_then(|any| M::decode(any.value.as_slice()).ok())
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = format!("{:?}", self.code);
        match self.reason() {
            "" => write!(f, "{} ({code})", self.message)?,
            reason => write!(f, "{} ({code}, {reason})", self.message)?,
        }
        for violation in &self.fields.field_violations {
            if self.message.contains(&violation.description) {
                continue;
            }
            write!(f, "\n  {}: {}", violation.field, violation.description)?;
        }
        for violation in &self.preconditions.violations {
            write!(f, "\n  {}: {}", violation.subject, violation.description)?;
        }
        if let Some(info) = &self.info {
            let mut metadata: Vec<_> = info.metadata.iter().collect();
            metadata.sort();
            for (key, value) in metadata {
                write!(f, "\n  {key}: {value}")?;
            }
        }
        if let Some(request_id) = &self.request_id {
            write!(f, "\n  request: {request_id}")?;
        }
        match self.hint() {
            Some(hint) => write!(f, "\n  hint: {hint}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use accord_proto::google::rpc::bad_request::FieldViolation;

    fn any<M: Message + Name>(message: &M) -> prost_types::Any {
        prost_types::Any {
            type_url: format!("type.googleapis.com/{}", M::full_name()),
            value: message.encode_to_vec(),
        }
    }

    #[test]
    fn every_violation_reaches_the_reader() {
        let violation = |field: &str, description: &str| FieldViolation {
            field: field.into(),
            description: description.into(),
            ..FieldViolation::default()
        };
        let details = rpc::Status {
            code: 3,
            message: String::new(),
            details: vec![
                any(&ErrorInfo {
                    reason: "INVALID_FIELD_VALUES".into(),
                    domain: "accord.trade.v1".into(),
                    ..ErrorInfo::default()
                }),
                any(&BadRequest {
                    field_violations: vec![
                        violation("method", "is required"),
                        violation("page_size", "is negative"),
                    ],
                }),
            ],
        };
        let status = tonic::Status::with_details(
            tonic::Code::InvalidArgument,
            "2 fields are wrong",
            details.encode_to_vec().into(),
        );
        assert_eq!(
            Refusal::of(&status).to_string(),
            "2 fields are wrong (InvalidArgument, INVALID_FIELD_VALUES)\n  method: is required\n  page_size: is negative"
        );
    }

    #[test]
    fn a_status_without_details_is_still_told() {
        let status = tonic::Status::with_details(
            tonic::Code::Unimplemented,
            "no such method",
            prost::bytes::Bytes::new(),
        );
        assert_eq!(
            Refusal::of(&status)
                .with_hint("", "ask elsewhere")
                .to_string(),
            "no such method (Unimplemented)\n  hint: ask elsewhere"
        );
    }

    #[test]
    fn only_of_a_connection_that_stood_a_certificate_is_spoken_of() {
        let told = |kind: io::ErrorKind| {
            let error = Box::new(io::Error::from(kind));
            Refusal::of(&tonic::Status::from_error(error)).to_string()
        };
        let broken = told(io::ErrorKind::BrokenPipe);
        assert!(broken.contains("--client-cert"), "{broken}");
        let refused = told(io::ErrorKind::ConnectionRefused);
        assert!(!refused.contains("--client-cert"), "{refused}");
        let by_server =
            tonic::Status::with_details(tonic::Code::Unknown, "", prost::bytes::Bytes::new());
        let said = Refusal::of(&by_server).to_string();
        assert!(!said.contains("--client-cert"), "{said}");
    }
}
