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

/// The most violations that are kept of one request. No answer has room for more, and a caller who
/// sends a million wrong entries must not make this service hold a million texts.
const MAX_KEPT: usize = 100;

/// The wrong fields of a request, in the order in which they were found: the first 100, and how many
/// more there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Violations {
    kept: Vec<Violation>,
    left_out: usize,
}

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
        self.add(Violation::new(field, reason, description));
    }

    /// Returns the checked value, or keeps what is wrong with it and returns nothing.
    pub fn take<T>(&mut self, result: Result<T, Violation>) -> Option<T> {
        result.map_err(|violation| self.add(violation)).ok()
    }

    /// Adds all of `others`, found in the part of the request at `prefix`.
    pub fn merge_under(&mut self, prefix: &str, others: Violations) {
        self.left_out += others.left_out;
        for violation in others.kept {
            let separator = if violation.field.starts_with('[') || prefix.is_empty() {
                ""
            } else {
                "."
            };
            self.add(Violation {
                field: format!("{prefix}{separator}{}", violation.field),
                ..violation
            });
        }
    }

    /// Adds all of `others` as they are.
    pub fn merge(&mut self, others: Violations) {
        self.left_out += others.left_out;
        for violation in others.kept {
            self.add(violation);
        }
    }

    /// Tells whether there are more than are kept: further ones need not be looked for where that takes long.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.left_out > 0
    }

    fn add(&mut self, violation: Violation) {
        if self.kept.len() < MAX_KEPT {
            self.kept.push(violation);
        } else {
            self.left_out += 1;
        }
    }

    /// Says whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// Returns how many fields are wrong, those that were left out too.
    #[must_use]
    pub fn len(&self) -> usize {
        self.kept.len() + self.left_out
    }

    /// Returns how many fields are wrong that were not kept: those beyond the first 100.
    #[must_use]
    pub fn left_out(&self) -> usize {
        self.left_out
    }

    /// Ends the checks: an error if anything is wrong.
    pub fn finish(self) -> Result<(), Violations> {
        if self.is_empty() { Ok(()) } else { Err(self) }
    }

    /// Goes through the violations that were kept, in the order in which they were found.
    pub fn iter(&self) -> std::slice::Iter<'_, Violation> {
        self.kept.iter()
    }
}

impl From<Violation> for Violations {
    fn from(violation: Violation) -> Self {
        Self::from_iter([violation])
    }
}

impl FromIterator<Violation> for Violations {
    fn from_iter<I: IntoIterator<Item = Violation>>(violations: I) -> Self {
        let mut all = Self::new();
        for violation in violations {
            all.add(violation);
        }
        all
    }
}

impl IntoIterator for Violations {
    type Item = Violation;
    type IntoIter = std::vec::IntoIter<Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.kept.into_iter()
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
        for (index, violation) in self.kept.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{violation}")?;
        }
        match self.left_out {
            0 => Ok(()),
            left_out => write!(f, "; and {left_out} more"),
        }
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

    #[test]
    fn only_the_first_hundred_are_kept_and_the_others_counted() {
        let flood = |count: usize| -> Violations {
            (0..count)
                .map(|index| Violation::required(format!("[{index}]")))
                .collect()
        };
        let mut violations = flood(99);
        assert_eq!((violations.len(), violations.left_out()), (99, 0));
        violations.push("b", "B_INVALID", "must be b");
        violations.push("c", "C_INVALID", "must be c");
        violations.take(Err::<(), _>(Violation::required("d")));
        assert_eq!((violations.len(), violations.left_out()), (102, 2));
        violations.merge_under("acts", flood(150));
        violations.merge(flood(250));
        assert_eq!((violations.len(), violations.left_out()), (502, 402));
        assert!(violations.to_string().ends_with("; and 402 more"));
        assert_eq!(violations.iter().count(), 100);
        assert_eq!(violations.into_iter().last().unwrap().field, "b");
    }
}
