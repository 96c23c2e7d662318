//! A failure in the words of the contract.

use std::{collections::BTreeMap, fmt, time::Duration};

use aip::Violations;
use tonic::Code;

use crate::details;

/// What a caller waits before trying again, where nobody knows better.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// So ends the reason of what is refused for its size, and is refused again when it is sent again.
const OF_SIZE: &str = "_TOO_LARGE";

/// Why a call failed, for the caller; and for the log, where it is our own fault.
#[derive(Clone, Debug)]
pub struct Fault(Box<Parts>);

/// Boxed, because a fault is the rare half of every result.
#[derive(Clone, Debug)]
pub(crate) struct Parts {
    pub(crate) code: Code,
    pub(crate) reason: &'static str,
    pub(crate) message: String,
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) violations: Violations,
    pub(crate) preconditions: Vec<Precondition>,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) resource: Option<Resource>,
    /// What really happened; it is logged and never sent.
    pub(crate) source: Option<String>,
}

/// A condition of the system's state that was not met.
#[derive(Clone, Debug)]
pub(crate) struct Precondition {
    pub(crate) kind: String,
    pub(crate) subject: String,
    pub(crate) description: String,
}

/// The resource that a fault is about.
#[derive(Clone, Debug)]
pub(crate) struct Resource {
    pub(crate) kind: String,
    pub(crate) name: String,
}

impl Fault {
    /// Describes a failure. `reason` is one of the values of the package's `ErrorReason`; the
    /// message is for the caller's developers and must not say more than they may know.
    ///
    /// UNAVAILABLE and `RESOURCE_EXHAUSTED` ask to try again after a second, unless
    /// [`Fault::with_retry`] says otherwise; but for what is too large.
    pub fn new(code: Code, reason: &'static str, message: impl Into<String>) -> Self {
        let is_passing = matches!(code, Code::Unavailable | Code::ResourceExhausted)
            && !reason.ends_with(OF_SIZE);
        Self(Box::new(Parts {
            code,
            reason,
            message: message.into(),
            metadata: BTreeMap::new(),
            violations: Violations::new(),
            preconditions: Vec::new(),
            retry_after: is_passing.then_some(RETRY_AFTER),
            resource: None,
            source: None,
        }))
    }

    /// Adds a fact about this occurrence.
    #[must_use]
    pub fn with_metadata(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.0.metadata.insert(key.into(), value.into());
        self
    }

    /// Adds a condition that was not met: its kind in `UPPER_SNAKE_CASE`, what failed it, usually a
    /// resource name, and what to do about it.
    #[must_use]
    pub fn with_precondition(
        mut self,
        kind: impl Into<String>,
        subject: impl Into<String>,
        description: impl Into<String>,
    ) -> Self {
        self.0.preconditions.push(Precondition {
            kind: kind.into(),
            subject: subject.into(),
            description: description.into(),
        });
        self
    }

    /// Says when to try again.
    #[must_use]
    pub fn with_retry(mut self, after: Duration) -> Self {
        self.0.retry_after = Some(after);
        self
    }

    /// Names the resource that it is about: its type, such as `accord.documents.v1/Document`, and
    /// its name.
    #[must_use]
    pub fn with_resource(mut self, kind: impl Into<String>, name: impl Into<String>) -> Self {
        self.0.resource = Some(Resource {
            kind: kind.into(),
            name: name.into(),
        });
        self
    }

    /// `INVALID_ARGUMENT`: fields of the request are wrong. The reason is the violation's own if
    /// there is one, `INVALID_FIELD_VALUES` if there are several.
    #[must_use]
    pub fn invalid(violations: Violations) -> Self {
        let mut all = violations.iter();
        let (reason, message) = match (all.next(), all.next()) {
            (Some(only), None) => (only.reason, only.to_string()),
            (Some(first), Some(_)) => (
                "INVALID_FIELD_VALUES",
                format!("{} fields are wrong; the first: {first}", violations.len()),
            ),
            (None, _) => ("INVALID_FIELD_VALUES", "the request is wrong".to_owned()),
        };
        let mut fault = Self::new(Code::InvalidArgument, reason, message);
        fault.0.violations = violations;
        fault
    }

    /// `INVALID_ARGUMENT`: one field of the request is wrong.
    pub fn invalid_field(
        field: impl Into<String>,
        reason: &'static str,
        description: impl Into<String>,
    ) -> Self {
        Self::invalid(aip::Violation::new(field, reason, description).into())
    }

    /// Names the wrong fields anew, where a request is read as another one that has them under other names.
    #[must_use]
    pub fn rename_fields(mut self, rename: impl Fn(&str) -> String) -> Self {
        if self.0.violations.is_empty() {
            return self;
        }
        let violations = std::mem::take(&mut self.0.violations);
        let renamed = violations.into_iter().map(|mut violation| {
            violation.field = rename(&violation.field);
            violation
        });
        Self::invalid(renamed.collect())
    }

    /// Replaces the reason and the message, where a list of violations has a name of its own.
    #[must_use]
    pub fn with_reason(mut self, reason: &'static str, message: impl Into<String>) -> Self {
        self.0.reason = reason;
        self.0.message = message.into();
        self
    }

    /// `NOT_FOUND`, `RESOURCE_NOT_FOUND`: there is no resource of that name.
    #[must_use]
    pub fn not_found(resource_type: &str, name: &str) -> Self {
        Self::new(
            Code::NotFound,
            "RESOURCE_NOT_FOUND",
            format!("{name} does not exist"),
        )
        .with_metadata("resource", name)
        .with_resource(resource_type, name)
    }

    /// `ALREADY_EXISTS`, `RESOURCE_ALREADY_EXISTS`: there is a resource of that name, perhaps a
    /// deleted one.
    #[must_use]
    pub fn already_exists(resource_type: &str, name: &str) -> Self {
        Self::new(
            Code::AlreadyExists,
            "RESOURCE_ALREADY_EXISTS",
            format!("{name} exists already"),
        )
        .with_metadata("resource", name)
        .with_resource(resource_type, name)
    }

    /// ABORTED, `ETAG_MISMATCH`: somebody changed the resource since the caller read it.
    #[must_use]
    pub fn etag_mismatch(name: &str, given: &str, current: &str) -> Self {
        Self::new(
            Code::Aborted,
            "ETAG_MISMATCH",
            format!("{name} has changed since it was read; read it again, then decide"),
        )
        .with_metadata("resource", name)
        .with_metadata("etag", given)
        .with_metadata("current_etag", current)
    }

    /// `FAILED_PRECONDITION`: the system is in a state that does not allow the call.
    pub fn failed_precondition(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(Code::FailedPrecondition, reason, message)
    }

    /// `PERMISSION_DENIED`: the caller is known and may not do this.
    pub fn permission_denied(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(Code::PermissionDenied, reason, message)
    }

    /// UNAUTHENTICATED: the caller is not known.
    pub fn unauthenticated(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(Code::Unauthenticated, reason, message)
    }

    /// INTERNAL, `INTERNAL`: something that we got wrong. The caller learns only an id, under which
    /// `source` stands in the log.
    pub fn internal(source: impl fmt::Display) -> Self {
        let mut fault = Self::new(Code::Internal, "INTERNAL", "internal error");
        fault.0.source = Some(source.to_string());
        fault
    }

    /// UNAVAILABLE: it may work when tried again, after a second unless [`Fault::with_retry`] says
    /// otherwise.
    pub fn unavailable(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(Code::Unavailable, reason, message)
    }

    /// Returns the gRPC code.
    #[must_use]
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// Returns the reason.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        self.0.reason
    }

    /// Returns the message that the caller is sent.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Returns the status to answer with. `domain` says whose reason it is: the package, such as
    /// `accord.documents.v1`, or `accord`.
    ///
    /// The cause of an internal fault is logged here, once, with the id that the caller is sent.
    #[must_use]
    pub fn into_status(self, domain: &str) -> tonic::Status {
        let request_id = self.0.source.as_ref().map(|source| {
            let request_id = uuid::Uuid::now_v7().to_string();
            tracing::error!(%request_id, domain, cause = %source, "internal error");
            request_id
        });
        details::status(*self.0, domain, request_id)
    }
}

/// What the log and tests show: everything but the cause.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {}: {}", self.0.code, self.0.reason, self.0.message)
    }
}

impl std::error::Error for Fault {}
