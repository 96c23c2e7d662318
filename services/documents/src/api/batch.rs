//! What the batch methods share: how many, and what a request inside a batch may not have of its own.

use aip::{Violation, Violations};

/// The most resources of one call (AIP-231 asks for a documented maximum).
pub(super) const MAX: usize = 1_000;

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
