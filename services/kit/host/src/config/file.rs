//! The configuration file: TOML whose keys are the flags' names.

use std::{fs, path::Path};

use clap::{Arg, ArgAction, Command};
use toml::{Table, Value};

use crate::StartError;

/// Reads a file; an error names the file and, where it can, the line.
pub(super) fn read(path: &Path) -> Result<Table, StartError> {
    let text = fs::read_to_string(path)
        .map_err(|error| wrong(path, &format!("cannot be read: {error}")))?;
    text.parse::<Table>().map_err(|error| {
        let line = error
            .span()
            .and_then(|span| text.get(..span.start))
            .map_or(1, |before| before.lines().count().max(1));
        wrong(path, &format!("line {line}: {}", error.message()))
    })
}

/// Makes the file's values the defaults of the command's flags.
///
/// `tls-cert`, `tls_cert` and `cert` below `[tls]` are the same key. A flag that can be repeated
/// takes a list, or a table whose pairs become `key=value`.
pub(super) fn apply(command: Command, path: &Path, file: &Table) -> Result<Command, StartError> {
    apply_below(command, path, file, "")
}

fn apply_below(
    mut command: Command,
    path: &Path,
    table: &Table,
    prefix: &str,
) -> Result<Command, StartError> {
    for (key, value) in table {
        let flag = format!("{prefix}{}", key.replace('_', "-"));
        let unknown = || wrong(path, &format!("unknown key {:?}", flag.replace('-', "_")));
        let arg = command
            .get_arguments()
            .find(|arg| arg.get_long() == Some(&flag) && flag != "config");
        match (arg, value) {
            (Some(arg), _) => {
                let id = arg.get_id().clone();
                let values = texts(arg, value).ok_or_else(|| {
                    wrong(path, &format!("key {flag:?} has a value of a wrong kind"))
                })?;
                command = command.mut_arg(id, |arg| arg.required(false).default_values(values));
            }
            (None, Value::Table(below)) => {
                let begins = format!("{flag}-");
                let is_group = command
                    .get_arguments()
                    .filter_map(Arg::get_long)
                    .any(|long| long.starts_with(&begins));
                if !is_group {
                    return Err(unknown());
                }
                command = apply_below(command, path, below, &begins)?;
            }
            (None, _) => return Err(unknown()),
        }
    }
    Ok(command)
}

/// The value as a flag's arguments; none if it does not suit the flag.
fn texts(arg: &Arg, value: &Value) -> Option<Vec<String>> {
    let repeated = matches!(arg.get_action(), ArgAction::Append);
    match value {
        Value::Array(values) if repeated => values.iter().map(text).collect(),
        Value::Table(pairs) if repeated => pairs
            .iter()
            .map(|(key, value)| Some(format!("{key}={}", text(value)?)))
            .collect(),
        value => Some(vec![text(value)?]),
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Float(number) => Some(number.to_string()),
        Value::Boolean(truth) => Some(truth.to_string()),
        Value::Datetime(_) | Value::Array(_) | Value::Table(_) => None,
    }
}

fn wrong(path: &Path, what: &str) -> StartError {
    StartError::Config(format!("{}: {what}", path.display()))
}
