//! `accord policy show`.

use std::fs;
use std::io::{ErrorKind, Write as _, stderr};
use std::path::{Path, PathBuf};

use identity::{PolicyFile, PolicyFiles};

use crate::error::Error;

/// Options of `accord policy show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord policy show
  accord policy show --out ./policies        files to begin with; then: accord serve --policy-dir ./policies")]
pub(super) struct Args {
    /// Writes the files into this folder, which is made if it is missing, instead of standard output; files that are there are
    /// left alone and told.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(super) fn run(args: &Args) -> Result<(), Error> {
    let PolicyFiles { schema, policies } = PolicyFiles::shipped();
    let files = policies.into_iter().chain([schema]);
    if let Some(folder) = &args.out {
        fs::create_dir_all(folder).map_err(|error| Error::file(folder, error))?;
        return files.into_iter().try_for_each(|file| write(folder, &file));
    }
    let mut out = std::io::stdout();
    for (at, file) in files.enumerate() {
        let gap = if at == 0 { "" } else { "\n" };
        write!(out, "{gap}// {}\n\n{}", file.name, file.text)?;
    }
    Ok(())
}

fn write(folder: &Path, file: &PolicyFile) -> Result<(), Error> {
    let path = folder.join(&file.name);
    match fs::File::create_new(&path) {
        Ok(mut new) => new
            .write_all(file.text.as_bytes())
            .map_err(|error| Error::file(&path, error)),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            // A command goes on without a reader of what it says.
            let _ = writeln!(
                stderr(),
                "{} is there already and was left as it is",
                path.display()
            );
            Ok(())
        }
        Err(error) => Err(Error::file(&path, error)),
    }
}
