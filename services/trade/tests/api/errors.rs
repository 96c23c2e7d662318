//! What callers read from errors.

use std::collections::BTreeMap;

use accord_proto::{google::rpc, trade::v1::ErrorReason};
use prost::Message as _;
use tonic::{Code, Status};

/// The details of an error.
#[derive(Debug)]
pub(crate) struct Explained {
    pub(crate) code: Code,
    pub(crate) reason: String,
    pub(crate) domain: String,
    pub(crate) metadata: BTreeMap<String, String>,
    /// Field and reason of each violation.
    pub(crate) violations: Vec<(String, String)>,
    /// Subjects of the conditions that were not met.
    pub(crate) preconditions: Vec<String>,
}

/// Reads the details of an error, which must have a reason of the contract.
#[track_caller]
pub(crate) fn explain(status: &Status) -> Explained {
    let details = rpc::Status::decode(status.details()).unwrap().details;
    let find = |name: &str| {
        let found = details.iter().find(|any| any.type_url.ends_with(name));
        found.map(|any| any.value.clone())
    };
    let info = find("google.rpc.ErrorInfo").unwrap_or_else(|| panic!("no ErrorInfo: {status:?}"));
    let info = rpc::ErrorInfo::decode(info.as_slice()).unwrap();
    assert!(
        ErrorReason::from_str_name(&info.reason).is_some(),
        "{} is not declared in the contract",
        info.reason
    );
    let violations = find("google.rpc.BadRequest").map_or_else(Vec::new, |value| {
        rpc::BadRequest::decode(value.as_slice())
            .unwrap()
            .field_violations
    });
    let preconditions = find("google.rpc.PreconditionFailure").map_or_else(Vec::new, |value| {
        rpc::PreconditionFailure::decode(value.as_slice())
            .unwrap()
            .violations
    });
    Explained {
        code: status.code(),
        reason: info.reason,
        domain: info.domain,
        metadata: info.metadata.into_iter().collect(),
        violations: violations
            .into_iter()
            .map(|violation| (violation.field, violation.reason))
            .collect(),
        preconditions: preconditions
            .into_iter()
            .map(|violation| violation.subject)
            .collect(),
    }
}

/// Checks an error's code and reason.
#[track_caller]
pub(crate) fn assert_fault<T: std::fmt::Debug>(
    result: Result<T, Status>,
    code: Code,
    reason: &str,
) -> Explained {
    let explained = explain(&result.unwrap_err());
    assert_eq!(
        (explained.code, explained.reason.as_str()),
        (code, reason),
        "{explained:?}"
    );
    explained
}

/// Checks that bad input is answered with exactly these violations, all declared in the contract.
#[track_caller]
pub(crate) fn assert_violations<T: std::fmt::Debug>(
    result: Result<T, Status>,
    expected: &[(&str, &str)],
) -> Explained {
    let explained = explain(&result.unwrap_err());
    assert_eq!(explained.code, Code::InvalidArgument, "{explained:?}");
    assert_eq!(explained.domain, "accord.trade.v1");
    let mut found: Vec<_> = explained
        .violations
        .iter()
        .map(|(field, reason)| (field.as_str(), reason.as_str()))
        .collect();
    for (_, reason) in &found {
        assert!(
            ErrorReason::from_str_name(reason).is_some(),
            "{reason} is not declared"
        );
    }
    let mut expected = expected.to_vec();
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected);
    explained
}
