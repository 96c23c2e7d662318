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

/// A command to try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suggestion {
    /// Asks the running process.
    Ask(&'static str),
    /// Works on the data directory alone.
    Offline(&'static str),
}

impl Sample {
    /// The sample's word, as typed.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::UzKz => "uz-kz",
            Self::Fictional => "fictional",
            Self::None => "none",
        }
    }

    /// The partnership that the sample is about, or nothing for an empty register.
    #[must_use]
    pub fn partnership(self) -> Option<&'static str> {
        match self {
            Self::UzKz => Some("uz-kz"),
            Self::Fictional => Some("xa-xb"),
            Self::None => None,
        }
    }

    /// Four commands that show what is there.
    #[must_use]
    pub fn suggestions(self) -> [Suggestion; 4] {
        use Suggestion::{Ask, Offline};
        match self {
            Self::UzKz => [
                Ask("overview"),
                Ask("documents status customs-energy --on 2023-01-01"),
                Ask("trade turnover --method as-reported --reporter UZ --from 2018"),
                Ask("roadmaps list"),
            ],
            Self::Fictional => [
                Ask("overview"),
                Ask("documents list"),
                Ask("trade target"),
                Ask("roadmaps measures lantern-towns"),
            ],
            Self::None => [
                Ask("ledger list documents"),
                Ask("ledger watch documents"),
                Offline("token issue --agency xa-stat --party XA --role editor"),
                Ask("apply --help"),
            ],
        }
    }

    /// The directory of the sample's calls, or nothing for an empty register.
    #[must_use]
    pub fn folder(self) -> Option<Folder> {
        if self == Self::None {
            return None;
        }
        let name = self.name();
        let files = FILES.iter().filter_map(|(path, bytes)| {
            let path = path.strip_prefix(name)?.strip_prefix('/')?;
            Some((path, *bytes))
        });
        Some(Folder::Embedded {
            name,
            files: files.collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apply;

    #[test]
    fn every_sample_is_well_formed_and_brings_the_files_that_it_imports() {
        for sample in [Sample::UzKz, Sample::Fictional] {
            let folder = sample.folder().unwrap();
            let steps = apply::read_all(&folder.call_files().unwrap()).unwrap();
            assert!(steps.len() > 10, "{}", sample.name());
            for step in steps {
                assert!(step.party.is_some(), "{}: whose word is it?", step.place);
                if let apply::Action::Import(import) = step.action {
                    assert!(!folder.read(&import.file).unwrap().is_empty());
                }
            }
        }
        assert!(Sample::None.folder().is_none());
    }
}
