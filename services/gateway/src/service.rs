//! The three services of Accord that stand behind the gateway, by the words that addresses, logs
//! and contracts know them by.

use std::{fmt, str::FromStr};

use thiserror::Error;

/// One of Accord's own services.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Service {
    /// The register of documents.
    Documents,
    /// Trade metrics.
    Trade,
    /// Regional roadmaps.
    Roadmaps,
}

impl Service {
    /// Every service, in the order in which answers name them.
    pub const ALL: [Self; 3] = [Self::Documents, Self::Trade, Self::Roadmaps];

    /// Returns the word for the service: in `--upstream documents=URL`, `logs/documents` and error
    /// metadata.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Documents => "documents",
            Self::Trade => "trade",
            Self::Roadmaps => "roadmaps",
        }
    }

    /// Returns the prefix of the packages whose calls the service answers.
    #[must_use]
    pub fn package(self) -> &'static str {
        match self {
            Self::Documents => "accord.documents",
            Self::Trade => "accord.trade",
            Self::Roadmaps => "accord.roadmaps",
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The word names none of Accord's services.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "there is no service `{0}`: it is one of documents, trade, roadmaps (use --route for any other gRPC service)"
)]
pub struct UnknownService(pub String);

impl FromStr for Service {
    type Err = UnknownService;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|service| service.name() == word)
            .ok_or_else(|| UnknownService(word.to_owned()))
    }
}
