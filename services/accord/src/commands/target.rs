//! Where a command's file goes: standard output, or a file that appears only when it is complete.

use std::io::{self, BufWriter, Stdout, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::Error;

/// Standard output, or a file in the making.
pub(in crate::commands) enum Target {
    /// Standard output.
    Standard(BufWriter<Stdout>),
    /// A file beside the one that it becomes.
    File(BufWriter<NamedTempFile>, PathBuf),
}

impl Target {
    /// Opens a file, or standard output for no file and for `-`.
    pub(in crate::commands) fn open(path: Option<&Path>) -> Result<Self, Error> {
        let Some(path) = path.filter(|path| *path != Path::new("-")) else {
            return Ok(Self::Standard(BufWriter::new(io::stdout())));
        };
        if path.is_dir() {
            return Err(Error::file(path, "is a directory"));
        }
        let folder = match path.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        let file = NamedTempFile::new_in(folder).map_err(|error| Error::file(path, error))?;
        Ok(Self::File(BufWriter::new(file), path.to_owned()))
    }

    /// Whether it is standard output.
    pub(in crate::commands) fn is_standard(&self) -> bool {
        matches!(self, Self::Standard(_))
    }

    /// Writes what is left, and moves the file to its place.
    pub(in crate::commands) fn finish(self) -> Result<(), Error> {
        match self {
            Self::Standard(mut out) => out.flush().map_err(Error::Output),
            Self::File(out, path) => {
                let file = out
                    .into_inner()
                    .map_err(|error| Error::file(&path, error.into_error()))?;
                readable(file.path()).map_err(|error| Error::file(&path, error))?;
                file.as_file()
                    .sync_all()
                    .map_err(|error| Error::file(&path, error))?;
                file.persist(&path)
                    .map_err(|error| Error::file(&path, error.error))?;
                Ok(())
            }
        }
    }
}

/// A temporary file is its owner's alone; the finished one gets what a new file of the owner's group may have.
#[cfg(unix)]
fn readable(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o640))
}

#[cfg(not(unix))]
fn readable(_: &Path) -> io::Result<()> {
    Ok(())
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Standard(out) => out.write(bytes),
            Self::File(out, _) => out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Standard(out) => out.flush(),
            Self::File(out, _) => out.flush(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_there_when_it_is_complete_and_not_before() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv");
        std::fs::write(&path, "before").unwrap();
        let mut target = Target::open(Some(&path)).unwrap();
        target.write_all(b"after").unwrap();
        drop(target);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "before");
        let mut target = Target::open(Some(&path)).unwrap();
        target.write_all(b"after").unwrap();
        target.finish().unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "after");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
