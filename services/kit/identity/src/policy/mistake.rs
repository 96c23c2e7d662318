//! What is wrong with a set of policies, and where.

use std::fmt;

use miette::Diagnostic;

/// One thing that is wrong, at its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The file or folder.
    pub file: String,
    /// Line and column, from 1, where it is known.
    pub place: Option<(usize, usize)>,
    /// What is wrong, in one line.
    pub reason: String,
}

impl Mistake {
    /// Something wrong with `file` as a whole.
    pub(super) fn of_file(file: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            place: None,
            reason: reason.into(),
        }
    }

    /// Something wrong at the byte `offset` of `text`.
    pub(super) fn at(file: &str, text: &str, offset: usize, reason: impl Into<String>) -> Self {
        Self {
            place: Some(place(text, offset)),
            ..Self::of_file(file, reason)
        }
    }

    /// Reads what Cedar says: the error itself and those that came with it.
    pub(super) fn of_cedar(file: &str, text: &str, error: &dyn Diagnostic) -> Vec<Self> {
        let mut all = vec![Self::one_of_cedar(file, text, error)];
        for related in error.related().into_iter().flatten() {
            all.push(Self::one_of_cedar(file, text, related));
        }
        all
    }

    fn one_of_cedar(file: &str, text: &str, error: &dyn Diagnostic) -> Self {
        let label = error.labels().and_then(|mut labels| labels.next());
        let mut reason = error.to_string();
        let mut cause = error.source();
        while let Some(inner) = cause {
            let inner_text = inner.to_string();
            if !reason.contains(&inner_text) {
                reason = format!("{reason}: {inner_text}");
            }
            cause = inner.source();
        }
        if let Some(note) = label.as_ref().and_then(|label| label.label()) {
            reason = format!("{reason} ({note})");
        }
        if let Some(help) = error.help() {
            reason = format!("{reason}; {help}");
        }
        let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
        Self {
            place: label.map(|label| place(text, label.offset())),
            ..Self::of_file(file, reason)
        }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Some((line, column)) => write!(f, "{}:{line}:{column}: {}", self.file, self.reason),
            None => write!(f, "{}: {}", self.file, self.reason),
        }
    }
}

/// The line and the column, in characters from 1, of a byte.
fn place(text: &str, offset: usize) -> (usize, usize) {
    let before = &text[..text.floor_char_boundary(offset)];
    let line = before.matches('\n').count() + 1;
    let begun = before.rfind('\n').map_or(0, |at| at + 1);
    (line, before[begun..].chars().count() + 1)
}

/// Why a set of policies is not used: everything that is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyError(pub(super) Vec<Mistake>);

impl PolicyError {
    /// Returns what is wrong, file by file; at least one thing.
    #[must_use]
    pub fn mistakes(&self) -> &[Mistake] {
        &self.0
    }
}

impl fmt::Display for PolicyError {
    /// Writes one line: the first mistake, and how many more there are.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((first, more)) = self.0.split_first() else {
            return f.write_str("the policies are wrong");
        };
        first.fmt(f)?;
        match more.len() {
            0 => Ok(()),
            more => write!(
                f,
                " (and {more} more; `accord policy validate` tells them all)"
            ),
        }
    }
}

impl std::error::Error for PolicyError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_in_characters_from_one() {
        let text = "аб\nв г";
        assert_eq!(place(text, 0), (1, 1));
        assert_eq!(place(text, text.find('г').unwrap()), (2, 3));
        assert_eq!(place(text, 1000), (2, 4));
    }
}
