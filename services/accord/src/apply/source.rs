//! Where calls are read from: files, directories in name order, or the samples that the binary carries.

use std::path::{Path, PathBuf};

use crate::error::Error;

/// A directory of calls and of the files that they import.
#[derive(Debug, Clone)]
pub enum Folder {
    /// A directory on disk.
    Disk(PathBuf),
    /// A directory inside the binary.
    Embedded {
        /// Its name, for messages.
        name: &'static str,
        /// Its files: path within it, and what each holds.
        files: Vec<(&'static str, &'static [u8])>,
    },
}

/// One file of calls.
#[derive(Debug)]
pub struct CallFile {
    /// The file's name, for messages.
    pub label: String,
    /// What it holds.
    pub text: String,
    /// Where the files that it imports are looked for.
    pub folder: Folder,
}

impl Folder {
    /// Reads every `*.json` file of the directory itself, in name order.
    pub fn call_files(&self) -> Result<Vec<CallFile>, Error> {
        let names = self.json_names()?;
        if names.is_empty() {
            return Err(Error::Usage(format!(
                "{}: there is no .json file with calls here",
                self.label("")
            )));
        }
        names.iter().map(|name| self.call_file(name)).collect()
    }

    /// Reads a file beside the calls.
    pub fn read(&self, name: &str) -> Result<Vec<u8>, Error> {
        match self {
            Self::Disk(folder) => {
                let path = folder.join(name);
                std::fs::read(&path).map_err(|error| Error::file(path, error))
            }
            Self::Embedded { files, .. } => files
                .iter()
                .find(|(path, _)| *path == name)
                .map(|(_, bytes)| bytes.to_vec())
                .ok_or_else(|| Error::file(self.label(name), "no such file in the sample")),
        }
    }

    fn call_file(&self, name: &str) -> Result<CallFile, Error> {
        let label = self.label(name);
        let text = String::from_utf8(self.read(name)?)
            .map_err(|_| Error::file(&label, "the text is not UTF-8"))?;
        Ok(CallFile {
            label,
            text,
            folder: self.clone(),
        })
    }

    fn label(&self, name: &str) -> String {
        match self {
            Self::Disk(folder) => folder.join(name).display().to_string(),
            Self::Embedded { name: sample, .. } => format!("{sample}/{name}"),
        }
    }

    fn json_names(&self) -> Result<Vec<String>, Error> {
        let mut names: Vec<String> = match self {
            Self::Disk(folder) => std::fs::read_dir(folder)
                .and_then(|entries| {
                    entries
                        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
                        .collect()
                })
                .map_err(|error| Error::file(folder, error))?,
            Self::Embedded { files, .. } => {
                files.iter().map(|(path, _)| (*path).to_owned()).collect()
            }
        };
        names.retain(|name| {
            !name.contains('/') && Path::new(name).extension().is_some_and(|e| e == "json")
        });
        names.sort();
        Ok(names)
    }
}

/// Reads the calls of each path: of a file itself, of a directory all of its files.
pub(super) fn read(paths: &[PathBuf]) -> Result<Vec<CallFile>, Error> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            files.extend(Folder::Disk(path.clone()).call_files()?);
            continue;
        }
        let folder = path.parent().map_or_else(PathBuf::new, Path::to_path_buf);
        files.push(CallFile {
            label: path.display().to_string(),
            text: std::fs::read_to_string(path).map_err(|error| Error::file(path, error))?,
            folder: Folder::Disk(folder),
        });
    }
    Ok(files)
}
