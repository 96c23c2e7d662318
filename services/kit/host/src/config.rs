//! Layered configuration: defaults < file < environment < flags.
//!
//! The flags are the one list of settings. Each is also a variable `ACCORD_<FLAG>` and a key of the
//! file named by `--config`; the file's values become the flags' defaults, so that clap's own order
//! (flag, variable, default) gives the layers.

mod file;
mod redact;

use std::{ffi::OsString, path::PathBuf, process::ExitCode};

use clap::{ArgMatches, Command, FromArgMatches, Parser};

use crate::{StartError, args::variable, report};

/// Why there is no configuration to start with.
#[derive(Debug)]
pub enum Stop {
    /// Help or the version was asked for, or the flags are wrong.
    Usage(Box<clap::Error>),
    /// The configuration file is wrong.
    Config(StartError),
}

impl Stop {
    /// Writes the help, the version or the error, and returns the exit code for it.
    #[must_use]
    pub fn report(&self, program: &str) -> ExitCode {
        match self {
            Stop::Usage(error) => {
                // Nothing can be told if the terminal is gone.
                let _ = error.print();
                if error.use_stderr() {
                    ExitCode::from(2)
                } else {
                    ExitCode::SUCCESS
                }
            }
            Stop::Config(error) => report::failure(program, error),
        }
    }
}

impl From<clap::Error> for Stop {
    fn from(error: clap::Error) -> Self {
        Stop::Usage(Box::new(error))
    }
}

/// Reads the settings of `P`, its subcommands included.
///
/// A subcommand (or `P` itself) that has a flag `--config` takes its defaults from that file.
pub fn parse<P: Parser>(arguments: impl IntoIterator<Item = OsString>) -> Result<P, Stop> {
    parse_command(P::command(), arguments).map(|(settings, _)| settings)
}

/// Reads the settings that `command` describes; also returns them as lines without secrets.
pub(crate) fn parse_command<P: FromArgMatches>(
    command: Command,
    arguments: impl IntoIterator<Item = OsString>,
) -> Result<(P, Vec<String>), Stop> {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let mut command = with_variables(command);
    let selected = command
        .clone()
        .ignore_errors(true)
        .try_get_matches_from(&arguments)
        .map(|matches| selected(&matches))
        .unwrap_or_default();
    if let Some(path) = &selected.config {
        let file = file::read(path).map_err(Stop::Config)?;
        command = amend(command, &selected.subcommands, &|command| {
            file::apply(command, path, &file)
        })
        .map_err(Stop::Config)?;
    }
    let matches = command.clone().try_get_matches_from(&arguments)?;
    let settings = P::from_arg_matches(&matches)?;
    Ok((settings, redact::lines(&command, &matches)))
}

/// Gives every flag its variable, unless it names one itself.
fn with_variables(command: Command) -> Command {
    command
        .mut_args(|arg| match arg.get_long() {
            Some(long) if arg.get_env().is_none() => {
                let variable = variable(long);
                arg.env(variable)
            }
            _ => arg,
        })
        .mut_subcommands(with_variables)
}

/// Which subcommand the arguments choose, and the configuration file they name.
#[derive(Default)]
struct Selected {
    subcommands: Vec<String>,
    config: Option<PathBuf>,
}

fn selected(matches: &ArgMatches) -> Selected {
    let mut selected = Selected::default();
    let mut level = matches;
    while let Some((name, below)) = level.subcommand() {
        selected.subcommands.push(name.to_owned());
        level = below;
    }
    let config = level.try_get_one::<PathBuf>("config");
    selected.config = config.ok().flatten().cloned();
    selected
}

/// Changes the subcommand at `path`.
fn amend(
    command: Command,
    path: &[String],
    change: &dyn Fn(Command) -> Result<Command, StartError>,
) -> Result<Command, StartError> {
    let Some((name, below)) = path.split_first() else {
        return change(command);
    };
    let Some(subcommand) = command.find_subcommand(name).cloned() else {
        return Ok(command);
    };
    let changed = amend(subcommand, below, change)?;
    Ok(command.mut_subcommand(name, |_| changed))
}
