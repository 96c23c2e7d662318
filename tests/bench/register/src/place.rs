//! Where the database of a register is, and whether it outlives the run.

use std::{
    error::Error,
    fs, io,
    path::{Path, PathBuf},
};

use storage::Options;
use tempfile::TempDir;

/// As many as the command's default.
const CONNECTIONS: u32 = 10;

/// The place of one register.
#[derive(Debug)]
pub(crate) struct Place {
    /// The file or the server, and the schema there.
    pub(crate) options: Options,
    /// What holds the keys of the callers, and the file unless it is kept.
    pub(crate) folder: TempDir,
    /// Says, once it exists, that the register there is loaded.
    mark: Option<PathBuf>,
}

impl Place {
    /// A new place, which goes with the run.
    pub(crate) fn passing(url: Option<&str>) -> io::Result<Self> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("register.db");
        // One schema a run; the name lasts as long as the process.
        let stamp = jiff::Timestamp::now().as_microsecond();
        let schema = format!("bench_register_{stamp}");
        Ok(Self {
            options: options(url, &file, schema),
            folder,
            mark: None,
        })
    }

    /// The place of the register of this size and seed that `kept` has: its file, or the mark of its schema on the server.
    pub(crate) fn kept(url: Option<&str>, kept: &Path, size: u64, seed: u64) -> io::Result<Self> {
        fs::create_dir_all(kept)?;
        let engine = if url.is_some() { "postgres" } else { "sqlite" };
        let name = format!("{engine}-{size}-{seed}");
        let schema = format!("bench_register_{size}_{seed}");
        Ok(Self {
            options: options(url, &kept.join(format!("{name}.db")), schema),
            folder: tempfile::tempdir()?,
            mark: Some(kept.join(format!("{name}.loaded"))),
        })
    }

    /// Whether the place outlives the run.
    pub(crate) fn is_kept(&self) -> bool {
        self.mark.is_some()
    }

    /// Whether there is a register that was loaded to its end.
    pub(crate) fn is_loaded(&self) -> bool {
        self.mark.as_ref().is_some_and(|mark| mark.exists())
    }

    /// Notes that the register is loaded.
    pub(crate) fn set_loaded(&self) -> io::Result<()> {
        match &self.mark {
            Some(mark) => fs::write(mark, "loaded\n"),
            None => Ok(()),
        }
    }

    /// Removes the file of a register that was not loaded to its end.
    pub(crate) fn clear(&self) -> Result<(), Box<dyn Error>> {
        let Some(file) = self.options.url.strip_prefix("sqlite://") else {
            return Ok(());
        };
        for end in ["", "-wal", "-shm"] {
            match fs::remove_file(format!("{file}{end}")) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
                _ => {}
            }
        }
        Ok(())
    }
}

fn options(url: Option<&str>, file: &Path, schema: String) -> Options {
    Options {
        url: url.map_or_else(|| format!("sqlite://{}", file.display()), str::to_owned),
        schema: schema.leak(),
        max_connections: CONNECTIONS,
    }
}
