//! The texts of policies and schema: those in the program, and those of a folder.

use std::{fs, path::Path};

use super::{Mistake, PolicyError, load};

/// A file of policies or a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyFile {
    /// Its name, for messages.
    pub name: String,
    /// What stands in it.
    pub text: String,
}

/// One schema and the files of policies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyFiles {
    /// The schema.
    pub schema: PolicyFile,
    /// The policies, in the order of their names.
    pub policies: Vec<PolicyFile>,
}

const SCHEMA: (&str, &str) = (
    "accord.cedarschema",
    include_str!("../../policies/accord.cedarschema"),
);

const POLICIES: [(&str, &str); 3] = [
    (
        "administration.cedar",
        include_str!("../../policies/administration.cedar"),
    ),
    (
        "reading.cedar",
        include_str!("../../policies/reading.cedar"),
    ),
    (
        "recording.cedar",
        include_str!("../../policies/recording.cedar"),
    ),
];

impl PolicyFiles {
    /// Returns the files that are part of the program.
    #[must_use]
    pub fn shipped() -> Self {
        let file = |(name, text): (&str, &str)| PolicyFile {
            name: name.to_owned(),
            text: text.to_owned(),
        };
        Self {
            schema: file(SCHEMA),
            policies: POLICIES.map(file).to_vec(),
        }
    }

    /// Reads a folder: every `*.cedar` in it, in the place of all policies that are part of the program, and its
    /// `*.cedarschema`, without which the schema of the program is used.
    ///
    /// A folder without policies is an error, because it would allow nothing.
    pub fn read(folder: &Path) -> Result<Self, PolicyError> {
        let failed = |path: &Path, error: std::io::Error| {
            Mistake::of_file(path.display().to_string(), error.to_string())
        };
        let entries = fs::read_dir(folder).map_err(|error| failed(folder, error));
        let mut paths = Vec::new();
        let mut mistakes = Vec::new();
        for entry in entries.map_err(|wrong| PolicyError(vec![wrong]))? {
            match entry {
                Ok(entry) => paths.push(entry.path()),
                Err(error) => mistakes.push(failed(folder, error)),
            }
        }
        paths.sort();
        let (mut schemas, mut policies) = (Vec::new(), Vec::new());
        for path in paths {
            let extension = path.extension().and_then(|extension| extension.to_str());
            let into = match extension {
                Some("cedar") => &mut policies,
                Some("cedarschema") => &mut schemas,
                _ => continue,
            };
            match fs::read_to_string(&path) {
                Ok(text) => into.push(PolicyFile {
                    name: path.display().to_string(),
                    text,
                }),
                Err(error) => mistakes.push(failed(&path, error)),
            }
        }
        let wrong = |reason: &str| Mistake::of_file(folder.display().to_string(), reason);
        if policies.is_empty() && mistakes.is_empty() {
            mistakes.push(wrong("there is no *.cedar in it: nothing would be allowed"));
        }
        if schemas.len() > 1 {
            mistakes.push(wrong("there is more than one *.cedarschema in it"));
        }
        let schema = schemas.pop().unwrap_or_else(|| Self::shipped().schema);
        let files = Self { schema, policies };
        if mistakes.is_empty() {
            return Ok(files);
        }
        // What could be read is checked too, so that everything is told at once.
        if let Err(PolicyError(more)) = load::load(&files) {
            mistakes.extend(more);
        }
        Err(PolicyError(mistakes))
    }
}
