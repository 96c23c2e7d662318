//! What the batch methods share: how many, and what a request inside a batch may not have of its own.

use aip::{Violation, Violations};
use fault::Fault;
use tonic::Code;

/// The most resources of one call (AIP-231 asks for a documented maximum).
pub(super) const MAX: usize = 1_000;

/// The largest answer: what a client of gRPC takes unless it was told otherwise.
const MAX_ANSWER_BYTES: usize = 4 << 20;

/// Checks how many there are; with too many of them none is looked at, so that a call's cost is bounded.
pub(super) fn is_countable(field: &str, given: usize, violations: &mut Violations) -> bool {
    if given == 0 {
        violations.take::<()>(Err(Violation::required(field)));
    } else if given > MAX {
        let text = format!("must have 1 to {MAX} elements, not {given}");
        violations.push(field, "FIELD_INVALID", text);
    }
    (1..=MAX).contains(&given)
}

/// Checks that the request at `at`, such as `requests[3].`, leaves to the batch what the batch decides.
pub(super) fn check_child(
    at: &str,
    request_id: &str,
    validate_only: bool,
    violations: &mut Violations,
) {
    for (field, is_given) in [
        ("request_id", !request_id.is_empty()),
        ("validate_only", validate_only),
    ] {
        if is_given {
            let text = "stands beside requests, for the whole batch";
            violations.push(format!("{at}{field}"), "FIELD_INVALID", text);
        }
    }
}

/// Checks that the caller can take the answer. A batch that is written must not end as an answer that its
/// caller cannot read.
pub(super) fn check_size(answer: &impl prost::Message) -> Result<(), Fault> {
    let bytes = answer.encoded_len();
    if bytes <= MAX_ANSWER_BYTES {
        return Ok(());
    }
    let message = format!(
        "the answer would have {bytes} bytes, more than {MAX_ANSWER_BYTES}; send smaller batches"
    );
    Err(
        Fault::new(Code::ResourceExhausted, "BATCH_TOO_LARGE", message)
            .with_metadata("bytes", bytes.to_string())
            .with_metadata("max_bytes", MAX_ANSWER_BYTES.to_string()),
    )
}

#[cfg(test)]
mod tests {
    use accord_proto::documents::v1 as pb;

    use super::*;

    #[test]
    fn an_answer_of_four_mebibytes_is_the_largest() {
        let answer = |bytes: usize| pb::Document {
            signature_place: "x".repeat(bytes),
            ..pb::Document::default()
        };
        // The tag and the length of the text take five bytes.
        assert!(check_size(&answer(MAX_ANSWER_BYTES - 5)).is_ok());
        let fault = check_size(&answer(MAX_ANSWER_BYTES - 4)).unwrap_err();
        assert_eq!(fault.reason(), "BATCH_TOO_LARGE");
    }
}
