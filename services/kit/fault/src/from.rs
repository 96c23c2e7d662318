//! What failures of the kit mean to a caller.

use aip::{Violation, Violations};

use crate::Fault;

impl From<Violations> for Fault {
    fn from(violations: Violations) -> Self {
        Self::invalid(violations)
    }
}

impl From<Violation> for Fault {
    fn from(violation: Violation) -> Self {
        Self::invalid(violation.into())
    }
}

/// A service that expects an error of these, such as a conflict on a name, handles it before; one
/// that arrives here is a defect, unless the database is merely away.
impl From<storage::Error> for Fault {
    fn from(error: storage::Error) -> Self {
        match error {
            storage::Error::Busy | storage::Error::Unavailable => Self::unavailable(
                "DATABASE_UNAVAILABLE",
                "the database cannot be reached or is too busy; try again",
            ),
            storage::Error::NotFound
            | storage::Error::Conflict
            | storage::Error::Reference
            | storage::Error::Check
            | storage::Error::Corrupt { .. }
            | storage::Error::Engine(_) => Self::internal(error),
        }
    }
}
