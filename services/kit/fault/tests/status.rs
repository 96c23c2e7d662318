//! What callers find in the status of a fault.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
    time::Duration,
};

use accord_proto::google::rpc;
use aip::{Violation, Violations};
use fault::Fault;
use proptest::prelude::*;
use prost::{Message, Name};
use tonic::{Code, Status};

const DOMAIN: &str = "accord.documents.v1";

/// What most clients take of one header, in bytes.
const HEADER_BYTES: usize = 8 * 1_024;

fn details(status: &Status) -> rpc::Status {
    let details = rpc::Status::decode(status.details()).unwrap();
    assert_eq!(Code::from(details.code), status.code());
    assert_eq!(details.message, status.message());
    details
}

fn detail<M: Message + Name + Default>(status: &Status) -> Option<M> {
    let type_url = format!("type.googleapis.com/{}", M::full_name());
    let found = details(status)
        .details
        .into_iter()
        .find(|any| any.type_url == type_url)?;
    Some(M::decode(found.value.as_slice()).unwrap())
}

fn info(status: &Status) -> rpc::ErrorInfo {
    detail(status).expect("every status has an ErrorInfo")
}

fn violations(fields: &[&str]) -> Violations {
    fields
        .iter()
        .map(|field| Violation::new(*field, "DATE_INVALID", "is not a day of the calendar"))
        .collect()
}

#[test]
fn every_kind_has_its_code_reason_and_domain() {
    for (fault, code, reason) in [
        (
            Fault::not_found("T", "a/b"),
            Code::NotFound,
            "RESOURCE_NOT_FOUND",
        ),
        (
            Fault::already_exists("T", "a/b"),
            Code::AlreadyExists,
            "RESOURCE_ALREADY_EXISTS",
        ),
        (
            Fault::etag_mismatch("a/b", "\"1\"", "\"2\""),
            Code::Aborted,
            "ETAG_MISMATCH",
        ),
        (
            Fault::failed_precondition("ACT_RETRACTED", "m"),
            Code::FailedPrecondition,
            "ACT_RETRACTED",
        ),
        (
            Fault::permission_denied("ROLE_REQUIRED", "m"),
            Code::PermissionDenied,
            "ROLE_REQUIRED",
        ),
        (
            Fault::unauthenticated("TOKEN_MISSING", "m"),
            Code::Unauthenticated,
            "TOKEN_MISSING",
        ),
        (
            Fault::unavailable("UPSTREAM_UNAVAILABLE", "m"),
            Code::Unavailable,
            "UPSTREAM_UNAVAILABLE",
        ),
        (Fault::internal("cause"), Code::Internal, "INTERNAL"),
        (
            Fault::new(Code::OutOfRange, "TOKEN_EXPIRED", "m"),
            Code::OutOfRange,
            "TOKEN_EXPIRED",
        ),
    ] {
        assert_eq!((fault.code(), fault.reason()), (code, reason));
        let status = fault.into_status(DOMAIN);
        assert_eq!(status.code(), code);
        let info = info(&status);
        assert_eq!(
            (info.reason.as_str(), info.domain.as_str()),
            (reason, DOMAIN)
        );
    }
}

#[test]
fn all_violations_are_sent_at_once() {
    let status = Fault::from(violations(&["act.date", "act.end_date"])).into_status(DOMAIN);
    assert_eq!(status.code(), Code::InvalidArgument);
    assert_eq!(info(&status).reason, "INVALID_FIELD_VALUES");
    let sent: rpc::BadRequest = detail(&status).unwrap();
    let sent: Vec<_> = sent
        .field_violations
        .iter()
        .map(|violation| (violation.field.as_str(), violation.reason.as_str()))
        .collect();
    assert_eq!(
        sent,
        [
            ("act.date", "DATE_INVALID"),
            ("act.end_date", "DATE_INVALID")
        ]
    );
}

#[test]
fn a_single_violation_lends_its_reason() {
    let status =
        Fault::invalid_field("filter", "FILTER_INVALID", "at character 3: x").into_status(DOMAIN);
    assert_eq!(info(&status).reason, "FILTER_INVALID");
    assert_eq!(status.message(), "filter: at character 3: x");
    let sent: rpc::BadRequest = detail(&status).unwrap();
    assert_eq!(sent.field_violations[0].description, "at character 3: x");
}

#[test]
fn a_list_of_violations_can_have_a_reason_of_its_own() {
    let status = Fault::invalid(violations(&["rows[0]", "rows[1]"]))
        .with_reason("IMPORT_ROWS_INVALID", "2 rows are wrong")
        .into_status(DOMAIN);
    assert_eq!(info(&status).reason, "IMPORT_ROWS_INVALID");
    assert_eq!(status.message(), "2 rows are wrong");
    let sent: rpc::BadRequest = detail(&status).unwrap();
    assert_eq!(sent.field_violations.len(), 2);
}

#[test]
fn what_it_is_about_is_sent() {
    let status = Fault::not_found("accord.documents.v1/Document", "partnerships/a/documents/b")
        .with_precondition("DELETED", "partnerships/a", "undelete it first")
        .into_status(DOMAIN);
    assert_eq!(
        info(&status).metadata["resource"],
        "partnerships/a/documents/b"
    );
    let resource: rpc::ResourceInfo = detail(&status).unwrap();
    assert_eq!(resource.resource_type, "accord.documents.v1/Document");
    assert_eq!(resource.resource_name, "partnerships/a/documents/b");
    let precondition: rpc::PreconditionFailure = detail(&status).unwrap();
    assert_eq!(precondition.violations[0].r#type, "DELETED");
    assert_eq!(precondition.violations[0].description, "undelete it first");
}

#[test]
fn passing_faults_say_when_to_try_again() {
    let delay = |fault: Fault| {
        detail::<rpc::RetryInfo>(&fault.into_status(DOMAIN)).map(|retry| {
            let delay = retry.retry_delay.unwrap();
            (delay.seconds, delay.nanos)
        })
    };
    assert_eq!(delay(Fault::unavailable("A", "m")), Some((1, 0)));
    assert_eq!(
        delay(Fault::new(Code::ResourceExhausted, "A", "m")),
        Some((1, 0))
    );
    let later = Fault::unavailable("A", "m").with_retry(Duration::from_millis(2_500));
    assert_eq!(delay(later), Some((2, 500_000_000)));
    assert_eq!(delay(Fault::failed_precondition("A", "m")), None);
    for reason in ["MESSAGE_TOO_LARGE", "BATCH_TOO_LARGE"] {
        let fault = Fault::new(Code::ResourceExhausted, reason, "m");
        assert_eq!(delay(fault), None, "{reason}");
    }
}

#[test]
fn database_trouble_is_passing_and_anything_else_internal() {
    for error in [storage::Error::Busy, storage::Error::Unavailable] {
        let fault = Fault::from(error);
        assert_eq!(fault.code(), Code::Unavailable);
        assert_eq!(fault.reason(), "DATABASE_UNAVAILABLE");
    }
    for error in [
        storage::Error::NotFound,
        storage::Error::Conflict,
        storage::Error::Engine("syntax error".to_owned()),
        storage::Error::corrupt("acts", "kind", "7", "unknown kind 99"),
    ] {
        assert_eq!(Fault::from(error).code(), Code::Internal);
    }
}

/// Collects what is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn the_cause_of_an_internal_fault_is_logged_once_and_never_sent() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let status = tracing::subscriber::with_default(subscriber, || {
        Fault::internal("password of the database is wrong").into_status(DOMAIN)
    });
    assert_eq!(status.message(), "internal error");
    assert!(!format!("{:?}", details(&status)).contains("password"));

    let sent: rpc::RequestInfo = detail(&status).unwrap();
    let logged = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert_eq!(logged.lines().count(), 1, "{logged}");
    assert!(logged.contains("password of the database is wrong"));
    assert!(logged.contains(&sent.request_id));
}

#[test]
fn other_faults_are_not_logged() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(move || writer.clone())
        .finish();
    let status = tracing::subscriber::with_default(subscriber, || {
        Fault::not_found("T", "a/b").into_status(DOMAIN)
    });
    assert!(detail::<rpc::RequestInfo>(&status).is_none());
    assert!(log.0.lock().unwrap().is_empty());
}

#[test]
fn a_thousand_violations_still_reach_the_caller() {
    let fields: Vec<String> = (0..1_000)
        .map(|row| format!("requests[{row}].act.date"))
        .collect();
    let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
    let status = Fault::invalid(violations(&fields)).into_status(DOMAIN);
    let sent = detail::<rpc::BadRequest>(&status)
        .unwrap()
        .field_violations
        .len();
    assert!(sent > 20, "{sent}");
    let left_out: usize = info(&status).metadata["violations_left_out"]
        .parse()
        .unwrap();
    assert_eq!(sent + left_out, 1_000);
    assert!(
        status
            .message()
            .starts_with("1000 fields are wrong; the first: requests[0]")
    );
}

#[test]
fn a_thousand_preconditions_still_reach_the_caller() {
    let fault = (0..1_000).fold(
        Fault::failed_precondition("UNLIKE_SERIES", "m"),
        |fault, month| fault.with_precondition("UNLIKE_SERIES", format!("{month}"), "are added"),
    );
    let status = fault.into_status(DOMAIN);
    assert!(status.details().len().div_ceil(3) * 4 <= HEADER_BYTES);
    let sent = detail::<rpc::PreconditionFailure>(&status).unwrap();
    let sent = sent.violations.len();
    assert!(sent > 20, "{sent}");
    let left_out = &info(&status).metadata["violations_left_out"];
    assert_eq!(sent + left_out.parse::<usize>().unwrap(), 1_000);
}

/// A text of any length, of one character of any width.
fn text() -> impl Strategy<Value = String> {
    (any::<char>(), 0_usize..20_000).prop_map(|(c, length)| c.to_string().repeat(length))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn details_fit_in_a_header(
        field in text(),
        description in text(),
        count in 1_usize..40,
        etag in text(),
    ) {
        let violations = (0..count)
            .map(|_| Violation::new(field.clone(), "X", description.clone()))
            .collect();
        let status = Fault::invalid(violations)
            .with_metadata("etag", etag)
            .into_status(DOMAIN);
        prop_assert!(status.details().len().div_ceil(3) * 4 <= HEADER_BYTES);
        prop_assert_eq!(info(&status).domain, DOMAIN);
    }
}
