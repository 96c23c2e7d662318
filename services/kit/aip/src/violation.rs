//! What is wrong with a request, field by field.

use std::fmt;

/// One wrong field of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The path of the field in the request, such as `document.signing_date` or `acts[2].party`.
    pub field: String,
    /// The kind of violation in `UPPER_SNAKE_CASE`, such as `FIELD_REQUIRED`.
    pub reason: &'static str,
    /// What is wrong and what would be right, for the caller's developers.
    pub description: String,
}

impl Violation {
    /// Describes one wrong field.
    pub fn new(
        field: impl Into<String>,
        reason: &'static str,
        description: impl Into<String>,
    ) -> Self {
        Self {
            field: field.into(),
            reason,
            description: description.into(),
        }
    }

    /// Describes a field that must be set and is not.
    pub fn required(field: impl Into<String>) -> Self {
        Self::new(field, "FIELD_REQUIRED", "must be set")
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.description)
    }
}

impl std::error::Error for Violation {}

/// Every wrong field of a request, in the order in which they were found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Violations(Vec<Violation>);

impl Violations {
    /// Starts with nothing wrong.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one wrong field.
    pub fn push(
        &mut self,
        field: impl Into<String>,
        reason: &'static str,
        description: impl Into<String>,
    ) {
        self.0.push(Violation::new(field, reason, description));
    }

    /// Returns the checked value, or keeps what is wrong with it and returns nothing.
    pub fn take<T>(&mut self, result: Result<T, Violation>) -> Option<T> {
        result.map_err(|violation| self.0.push(violation)).ok()
    }

    /// Adds all of `others`, found in the part of the request at `prefix`.
    pub fn merge_under(&mut self, prefix: &str, others: Violations) {
        self.0.extend(others.0.into_iter().map(|violation| {
            let separator = if violation.field.starts_with('[') || prefix.is_empty() {
                ""
            } else {
                "."
            };
            Violation {
                field: format!("{prefix}{separator}{}", violation.field),
                ..violation
            }
        }));
    }

    /// Adds all of `others` as they are.
    pub fn merge(&mut self, others: Violations) {
        self.0.extend(others.0);
    }

    /// Says whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns how many fields are wrong.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Ends the checks: an error if anything is wrong.
    pub fn finish(self) -> Result<(), Violations> {
        if self.is_empty() { Ok(()) } else { Err(self) }
    }

    /// Goes through the violations in the order in which they were found.
    pub fn iter(&self) -> std::slice::Iter<'_, Violation> {
        self.0.iter()
    }
}

impl From<Violation> for Violations {
    fn from(violation: Violation) -> Self {
        Self(vec![violation])
    }
}

impl FromIterator<Violation> for Violations {
    fn from_iter<I: IntoIterator<Item = Violation>>(violations: I) -> Self {
        Self(violations.into_iter().collect())
    }
}

impl IntoIterator for Violations {
    type Item = Violation;
    type IntoIter = std::vec::IntoIter<Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Violations {
    type Item = &'a Violation;
    type IntoIter = std::slice::Iter<'a, Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, violation) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{violation}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Violations {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_violation_is_kept_in_order() {
        let mut violations = Violations::new();
        assert_eq!(violations.take(Ok::<_, Violation>(1)), Some(1));
        assert_eq!(
            violations.take(Err::<i32, _>(Violation::required("a"))),
            None
        );
        violations.push("b", "B_INVALID", "must be b");
        let found = violations.finish().unwrap_err();
        assert_eq!(found.to_string(), "a: must be set; b: must be b");
    }

    #[test]
    fn paths_are_joined_under_their_prefix() {
        let mut violations = Violations::new();
        violations.merge_under("document", Violation::required("title").into());
        violations.merge_under("acts", Violation::required("[2].party").into());
        violations.merge_under("", Violation::required("name").into());
        let fields: Vec<_> = violations.iter().map(|v| v.field.as_str()).collect();
        assert_eq!(fields, ["document.title", "acts[2].party", "name"]);
    }
}
