//! The data directory of the one-process mode: databases, signing key and the operator's token.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clock::Clock;
use identity::{Grant, Issuer, Role};

/// Where `accord serve` keeps everything unless told otherwise.
pub const DEFAULT_DATA_DIR: &str = "accord-data";
/// The operator's token within the data directory.
const TOKEN_FILE: &str = "operator.token";
/// Held by the process that serves the directory.
const LOCK_FILE: &str = "accord.lock";
/// Longer than a process runs between two updates; every start writes a new token.
const OPERATOR_TTL: Duration = Duration::from_hours(366 * 24);

/// A data directory that this process alone serves from.
#[derive(Debug)]
pub struct DataDir {
    path: PathBuf,
    _lock: File,
}

/// Why a directory cannot be served from.
#[derive(Debug, thiserror::Error)]
pub enum DataDirError {
    /// It cannot be made or written to.
    #[error("cannot write to the data directory {}: {cause}; choose another with --data-dir", path.display())]
    Unwritable {
        /// The directory.
        path: PathBuf,
        /// What went wrong.
        cause: io::Error,
    },
    /// Another process serves from it.
    #[error("another accord is running on the data directory {}; stop it, or choose another with --data-dir", .0.display())]
    InUse(PathBuf),
}

impl DataDir {
    /// Makes the directory if it is missing, readable by its owner only, and takes it for this process.
    pub fn open(path: &Path) -> Result<Self, DataDirError> {
        let unwritable = |cause| DataDirError::Unwritable {
            path: path.to_owned(),
            cause,
        };
        make_private(path).map_err(unwritable)?;
        let path = path.canonicalize().map_err(unwritable)?;
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path.join(LOCK_FILE))
            .map_err(unwritable)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path, _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(DataDirError::InUse(path)),
            Err(TryLockError::Error(cause)) => Err(unwritable(cause)),
        }
    }

    /// The directory, as an absolute path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The database of one service.
    #[must_use]
    pub fn database_url(&self, service: &str) -> String {
        let file = self.path.join(format!("{service}.sqlite"));
        format!("sqlite://{}", file.display())
    }

    /// Writes a new operator's token and returns its file.
    pub fn write_operator_token(&self, issuer: &Issuer) -> io::Result<PathBuf> {
        let path = self.path.join(TOKEN_FILE);
        let token = issuer.issue(&Grant {
            agency: "operator".to_owned(),
            party: None,
            roles: vec![Role::Operator],
            ttl: OPERATOR_TTL,
        });
        let unfinished = self.path.join(format!("{TOKEN_FILE}.unfinished"));
        match fs::remove_file(&unfinished) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        write_private(&unfinished, &token)?;
        fs::rename(&unfinished, &path)?;
        Ok(path)
    }

    /// Opens the signing key, making it at the first start.
    pub fn issuer(&self, clock: Clock) -> Result<Issuer, identity::KeyError> {
        Issuer::open_or_create(&self.path, clock)
    }
}

/// Writes a text and a line end into a new file that only its owner can read; an existing file is refused.
pub fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    writeln!(file, "{text}")?;
    file.sync_all()
}

fn make_private(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_serves_one_process_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data");
        let first = DataDir::open(&path).unwrap();
        assert!(matches!(DataDir::open(&path), Err(DataDirError::InUse(_))));
        drop(first);
        assert!(DataDir::open(&path).is_ok());
    }

    #[test]
    fn a_file_in_the_way_is_told_in_one_message() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "").unwrap();
        let error = DataDir::open(&path).unwrap_err().to_string();
        assert!(
            error.starts_with("cannot write to the data directory"),
            "{error}"
        );
    }

    #[cfg(unix)]
    #[test]
    fn private_files_are_for_their_owner_and_never_overwritten() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        write_private(&path, "a").unwrap();
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert!(write_private(&path, "b").is_err());
    }
}
