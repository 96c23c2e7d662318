//! The effective settings as text, without secrets.

use clap::{Arg, ArgMatches, Command, parser::ValueSource};
use url::Url;

/// Stands for what is not shown.
const HIDDEN: &str = "***";

/// Returns each setting of the chosen subcommand as `flag = value (source)`.
///
/// A flag with `hide_env_values` holds a secret: of a URL only the password is hidden, of anything
/// else all.
pub(super) fn lines(command: &Command, matches: &ArgMatches) -> Vec<String> {
    if let Some((name, below)) = matches.subcommand()
        && let Some(subcommand) = command.find_subcommand(name)
    {
        return lines(subcommand, below);
    }
    command
        .get_arguments()
        .filter_map(|arg| line(arg, matches))
        .collect()
}

fn line(arg: &Arg, matches: &ArgMatches) -> Option<String> {
    let id = arg.get_id().as_str();
    let values: Vec<String> = matches
        .try_get_raw(id)
        .ok()??
        .map(|value| value.to_string_lossy())
        .map(|value| {
            if arg.is_hide_env_values_set() {
                redacted(&value)
            } else {
                value.into_owned()
            }
        })
        .collect();
    let source = match matches.value_source(id)? {
        ValueSource::CommandLine => "flag",
        ValueSource::EnvVariable => "variable",
        _ => "file or default",
    };
    Some(format!(
        "{} = {} ({source})",
        arg.get_long()?,
        values.join(",")
    ))
}

fn redacted(value: &str) -> String {
    match Url::parse(value) {
        Ok(mut url) if url.query().is_none() => {
            if url.password().is_some() && url.set_password(Some(HIDDEN)).is_err() {
                return HIDDEN.to_owned();
            }
            url.to_string()
        }
        _ => HIDDEN.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_and_other_secrets_are_hidden() {
        for (value, shown) in [
            ("postgres://u:secret@h:5432/d", "postgres://u:***@h:5432/d"),
            ("postgres://u@h/d", "postgres://u@h/d"),
            ("postgres://u@h/d?password=secret", HIDDEN),
            ("sqlite:///var/lib/a.db", "sqlite:///var/lib/a.db"),
            ("secret", HIDDEN),
        ] {
            assert_eq!(redacted(value), shown);
        }
    }
}
