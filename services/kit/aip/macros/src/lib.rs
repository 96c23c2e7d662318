//! The macro behind `aip::resource_name!`: one struct per resource pattern, with a field for each
//! variable of the pattern.
//!
//! A declarative macro cannot look into the string, and the string is worth keeping: it is, letter
//! for letter, the pattern of the contract's `google.api.resource`.

use std::fmt::Write as _;

use proc_macro::{TokenStream, TokenTree};

/// Declares the type of a resource name; `aip::resource_name` describes it.
#[proc_macro]
pub fn resource_name(input: TokenStream) -> TokenStream {
    let code = match Declaration::read(input) {
        Ok(declaration) => declaration.code(),
        Err(message) => format!("::std::compile_error!({message:?});"),
    };
    code.parse().unwrap_or_default()
}

/// What stands between the braces: `/// Comment. pub struct Type = "pattern";`.
struct Declaration {
    /// Comments, attributes and visibility, as they were written.
    head: String,
    name: String,
    pattern: String,
    variables: Vec<String>,
}

impl Declaration {
    fn read(input: TokenStream) -> Result<Self, String> {
        let expected = "expected `pub struct Type = \"collection/{variable}\";`";
        let tokens: Vec<TokenTree> = input.into_iter().collect();
        let at = tokens
            .iter()
            .position(|token| token.to_string() == "struct")
            .ok_or(expected)?;
        let head: TokenStream = tokens.iter().take(at).cloned().collect();
        let rest: Vec<String> = tokens
            .iter()
            .skip(at + 1)
            .map(ToString::to_string)
            .collect();
        let [name, equals, literal, semicolon] = rest.as_slice() else {
            return Err(expected.to_owned());
        };
        if equals != "=" || semicolon != ";" {
            return Err(expected.to_owned());
        }
        let pattern = literal.trim_matches('"').to_owned();
        Ok(Self {
            head: head.to_string(),
            name: name.clone(),
            variables: variables(&pattern)?,
            pattern,
        })
    }

    fn code(&self) -> String {
        let Self {
            head,
            name,
            pattern,
            variables,
        } = self;
        let list = variables.join(", ");
        let (mut fields, mut parameters, mut owned) = (String::new(), String::new(), String::new());
        for variable in variables {
            // Writing to a string cannot fail.
            let _ = write!(
                fields,
                "/// The id that stands for `{{{variable}}}`.\npub {variable}: ::std::string::String,\n"
            );
            let _ = write!(
                parameters,
                "{variable}: impl ::std::convert::Into<::std::string::String>, "
            );
            let _ = write!(owned, "{variable}: {variable}.into(), ");
        }
        format!(
            r#"
            #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
            {head}
            struct {name} {{ {fields} }}

            impl {name} {{
                /// The pattern of such names.
                pub const PATTERN: &'static str = "{pattern}";

                /// Returns the name with these ids, which must be known to be well formed.
                #[must_use]
                pub fn new({parameters}) -> Self {{
                    Self {{ {owned} }}
                }}

                /// Parses the value of request field `field`; a name that does not match the
                /// pattern is a violation with reason `NAME_INVALID`, none at all one with
                /// `FIELD_REQUIRED`.
                pub fn parse(
                    field: &str,
                    value: &str,
                ) -> ::std::result::Result<Self, ::aip::Violation> {{
                    let [{list}] = ::aip::name::parse(Self::PATTERN, field, value)?;
                    ::std::result::Result::Ok(Self {{ {list} }})
                }}

                /// Parses as `parse` does, but takes [`ANY`](::aip::name::ANY) for each id, where a
                /// list method reads across parents (AIP-159).
                pub fn parse_any(
                    field: &str,
                    value: &str,
                ) -> ::std::result::Result<Self, ::aip::Violation> {{
                    let [{list}] = ::aip::name::parse_any(Self::PATTERN, field, value)?;
                    ::std::result::Result::Ok(Self {{ {list} }})
                }}
            }}

            impl ::std::fmt::Display for {name} {{
                fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {{
                    let Self {{ {list} }} = self;
                    ::std::write!(f, "{pattern}")
                }}
            }}
            "#
        )
    }
}

/// Returns the variables of a pattern in which collections and variables alternate; the last word
/// may be that of a singleton (AIP-156), as in `partnerships/{partnership}/overview`.
fn variables(pattern: &str) -> Result<Vec<String>, String> {
    let wrong = || format!("`{pattern}` is not a pattern such as `collection/{{variable}}`");
    let mut variables = Vec::new();
    for (index, segment) in pattern.split('/').enumerate() {
        let variable = segment
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'));
        match variable {
            Some(variable) if index % 2 == 1 && is_identifier(variable) => {
                variables.push(variable.to_owned());
            }
            None if index % 2 == 0 && !segment.is_empty() => {}
            _ => return Err(wrong()),
        }
    }
    let words = pattern.split('/').count();
    if variables.is_empty() || words - variables.len() > variables.len() + 1 {
        return Err(wrong());
    }
    Ok(variables)
}

fn is_identifier(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}
