//! The texts of policies and schema: those in the program, and those of a folder.

use std::{fs, path::Path};

use super::{Mistake, PolicyError};

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
            PolicyError(vec![Mistake::of_file(
                path.display().to_string(),
                error.to_string(),
            )])
        };
        let mut paths = Vec::new();
        for entry in fs::read_dir(folder).map_err(|error| failed(folder, error))? {
            paths.push(entry.map_err(|error| failed(folder, error))?.path());
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
            into.push(PolicyFile {
                name: path.display().to_string(),
                text: fs::read_to_string(&path).map_err(|error| failed(&path, error))?,
            });
        }
        let wrong = |reason: &str| {
            let folder = folder.display().to_string();
            PolicyError(vec![Mistake::of_file(folder, reason)])
        };
        if policies.is_empty() {
            return Err(wrong("there is no *.cedar in it: nothing would be allowed"));
        }
        if schemas.len() > 1 {
            return Err(wrong("there is more than one *.cedarschema in it"));
        }
        let schema = schemas.pop().unwrap_or_else(|| Self::shipped().schema);
        Ok(Self { schema, policies })
    }
}
