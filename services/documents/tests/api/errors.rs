//! What callers read from errors.

use std::collections::BTreeMap;

use accord_proto::google::rpc;
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
}

/// Reads the details of an error, which must have its reason.
pub(crate) fn explain(status: &Status) -> Explained {
    let details = rpc::Status::decode(status.details()).unwrap();
    let find = |name: &str| {
        details
            .details
            .iter()
            .find(|any| any.type_url.ends_with(name))
            .map(|any| any.value.clone())
    };
    let info = rpc::ErrorInfo::decode(find("google.rpc.ErrorInfo").unwrap().as_slice()).unwrap();
    let violations = find("google.rpc.BadRequest")
        .map(|value| {
            rpc::BadRequest::decode(value.as_slice())
                .unwrap()
                .field_violations
        })
        .unwrap_or_default();
    Explained {
        code: status.code(),
        reason: info.reason,
        domain: info.domain,
        metadata: info.metadata.into_iter().collect(),
        violations: violations
            .into_iter()
            .map(|violation| (violation.field, violation.reason))
            .collect(),
    }
}

/// Checks an error's code and reason, and that the reason is one of the contract's.
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
    assert_declared(&explained);
    explained
}

/// Checks that bad input is answered with exactly these violations.
#[track_caller]
pub(crate) fn assert_violations<T: std::fmt::Debug>(
    result: Result<T, Status>,
    expected: &[(&str, &str)],
) {
    let explained = explain(&result.unwrap_err());
    assert_eq!(explained.code, Code::InvalidArgument, "{explained:?}");
    let mut found: Vec<_> = explained
        .violations
        .iter()
        .map(|(field, reason)| (field.as_str(), reason.as_str()))
        .collect();
    let mut expected = expected.to_vec();
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected);
    let overall = if expected.len() == 1 {
        expected[0].1
    } else {
        "INVALID_FIELD_VALUES"
    };
    assert_eq!(explained.reason, overall);
    assert_eq!(explained.domain, "accord.documents.v1");
    assert_declared(&explained);
}

#[track_caller]
fn assert_declared(explained: &Explained) {
    use accord_proto::documents::v1::ErrorReason;
    for reason in explained
        .violations
        .iter()
        .map(|(_, reason)| reason)
        .chain([&explained.reason])
    {
        assert!(
            ErrorReason::from_str_name(reason).is_some(),
            "{reason} is not in the contract"
        );
    }
}
