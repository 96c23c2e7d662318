//! Path templates of `google.api.http`: `/documents/v1/{name=partnerships/*/documents/*}:undelete`.
//!
//! The grammar is the one that `google/api/http.proto` gives: literal segments, `*` for one segment, `**` for the rest, variables that
//! name a field and have a template of their own, and a verb after the last segment.

use thiserror::Error;

/// One segment of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Segment {
    /// This text.
    Literal(String),
    /// Any one segment.
    One,
    /// Any number of segments, at the end.
    Rest,
}

/// A field that a part of the path gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Variable {
    /// The path of the field, such as `document.name`.
    pub(super) field: String,
    /// Its first segment.
    pub(super) first: usize,
    /// One after its last segment; for `**` the end of the path.
    pub(super) end: usize,
    /// Whether it may have several segments: then a `/` within one of them stays as it was sent.
    pub(super) is_long: bool,
}

/// A template, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Template {
    pub(super) segments: Vec<Segment>,
    pub(super) variables: Vec<Variable>,
    /// What stands after the last `:`.
    pub(super) verb: Option<String>,
}

/// A contract has a template that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("path template `{0}` cannot be read")]
pub(super) struct TemplateError(String);

impl Template {
    /// Takes a template apart.
    pub(super) fn parse(text: &str) -> Result<Self, TemplateError> {
        let error = || TemplateError(text.to_owned());
        let path = text.strip_prefix('/').ok_or_else(error)?;
        // A `:` within braces would be part of a variable; none of the contracts has one there.
        let close = path.rfind('}').map_or(0, |at| at + 1);
        let (path, verb) = match path.get(close..).and_then(|end| end.rfind(':')) {
            Some(at) => {
                let (path, verb) = path.split_at_checked(close + at).ok_or_else(error)?;
                (path, Some(verb.trim_start_matches(':').to_owned()))
            }
            None => (path, None),
        };
        let mut template = Self {
            segments: Vec::new(),
            variables: Vec::new(),
            verb,
        };
        let mut rest = path;
        loop {
            let after = if let Some(inner) = rest.strip_prefix('{') {
                let (variable, after) = inner.split_once('}').ok_or_else(error)?;
                template.variable(variable).ok_or_else(error)?;
                after
            } else {
                let end = rest.find('/').unwrap_or(rest.len());
                let (segment, after) = rest.split_at_checked(end).ok_or_else(error)?;
                template
                    .segments
                    .push(Segment::parse(segment).ok_or_else(error)?);
                after
            };
            match after.strip_prefix('/') {
                Some(after) => rest = after,
                None if after.is_empty() => break,
                None => return Err(error()),
            }
        }
        let rests = template
            .segments
            .iter()
            .filter(|one| **one == Segment::Rest);
        let is_rest_last = template.segments.last() == Some(&Segment::Rest);
        match rests.count() {
            0 => Ok(template),
            1 if is_rest_last => Ok(template),
            _ => Err(error()),
        }
    }

    fn variable(&mut self, text: &str) -> Option<()> {
        let (field, inner) = text.split_once('=').unwrap_or((text, "*"));
        let is_path = |field: &str| field.split('.').all(|part| !part.is_empty());
        if !is_path(field) {
            return None;
        }
        let first = self.segments.len();
        for segment in inner.split('/') {
            self.segments.push(Segment::parse(segment)?);
        }
        let end = self.segments.len();
        self.variables.push(Variable {
            field: field.to_owned(),
            first,
            end: if self.segments.last() == Some(&Segment::Rest) {
                usize::MAX
            } else {
                end
            },
            is_long: end - first > 1 || self.segments.last() == Some(&Segment::Rest),
        });
        Some(())
    }
}

impl Segment {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "" => None,
            "*" => Some(Self::One),
            "**" => Some(Self::Rest),
            literal if literal.contains(['*', '{', '}']) => None,
            literal => Some(Self::Literal(literal.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn literal(text: &str) -> Segment {
        Segment::Literal(text.to_owned())
    }

    #[test]
    fn a_variable_of_several_segments_and_a_verb_are_taken_apart() {
        let template =
            Template::parse("/documents/v1/{document.name=partnerships/*/documents/*}:undelete")
                .unwrap();
        assert_eq!(
            template.segments,
            [
                literal("documents"),
                literal("v1"),
                literal("partnerships"),
                Segment::One,
                literal("documents"),
                Segment::One,
            ]
        );
        let [variable] = template.variables.as_slice() else {
            panic!("{template:?}");
        };
        assert_eq!(
            (variable.field.as_str(), variable.first, variable.end),
            ("document.name", 2, 6)
        );
        assert_eq!(template.verb.as_deref(), Some("undelete"));
    }

    #[test]
    fn a_verb_after_a_literal_and_a_rest_at_the_end_are_read() {
        let template = Template::parse("/v1/{parent=a/*}/items:search").unwrap();
        assert_eq!(template.verb.as_deref(), Some("search"));
        assert_eq!(template.segments.last(), Some(&literal("items")));
        let template = Template::parse("/v1/{name=files/**}").unwrap();
        assert_eq!(template.variables[0].end, usize::MAX);
        assert_eq!(
            Template::parse("/v1/{id}").unwrap().segments[1],
            Segment::One
        );
    }

    #[test]
    fn what_is_no_template_is_refused() {
        for text in [
            "", "v1", "/", "/a//b", "/{a", "/{=b}", "/a/**/b", "/{a.=b}", "/a*b", "/{a}b",
        ] {
            assert!(Template::parse(text).is_err(), "{text}");
        }
    }
}
