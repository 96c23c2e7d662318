//! The samples that the binary carries: directories of calls, as `accord apply` takes them.

use crate::apply::Folder;

/// Every file of `sample/`: its path there, and what it holds.
const FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/sample.rs"));

/// What `accord demo` starts with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Sample {
    /// Uzbekistan–Kazakhstan, from public sources, each fact with its source.
    UzKz,
    /// An invented partnership of invented countries, for trying everything out.
    Fictional,
    /// Nothing: an empty register.
    None,
}

impl Sample {
    /// The directory of the sample's calls, or nothing for an empty register.
    #[must_use]
    pub fn folder(self) -> Option<Folder> {
        let name = match self {
            Self::UzKz => "uz-kz/",
            Self::Fictional => "fictional/",
            Self::None => return None,
        };
        let files = FILES
            .iter()
            .filter_map(|(path, bytes)| path.strip_prefix(name).map(|path| (path, *bytes)));
        Some(Folder::Embedded {
            name: name.trim_end_matches('/'),
            files: files.collect(),
        })
    }
}
