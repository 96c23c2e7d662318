//! Resources of other services that a document refers to.

use std::{fmt, str::FromStr};

use thiserror::Error;

aip::resource_name! {
    /// Name of a roadmap.
    pub struct RoadmapName = "partnerships/{partnership}/roadmaps/{roadmap}";
}

aip::resource_name! {
    /// Name of a measure of a roadmap.
    pub struct MeasureName = "partnerships/{partnership}/roadmaps/{roadmap}/measures/{measure}";
}

aip::resource_name! {
    /// Name of a release of trade figures.
    pub struct ReleaseName = "partnerships/{partnership}/releases/{release}";
}

aip::resource_name! {
    /// Name of a trade target.
    pub struct TargetName = "partnerships/{partnership}/targets/{target}";
}

/// A service whose resources a document may refer to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Peer {
    /// Regional roadmaps and their measures.
    Roadmaps,
    /// Releases and targets of trade.
    Trade,
}

/// The type of a resource of another service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foreign {
    /// A roadmap.
    Roadmap,
    /// A measure of a roadmap.
    Measure,
    /// A release of trade figures.
    Release,
    /// A trade target.
    Target,
}

impl Peer {
    /// Every peer.
    pub const ALL: [Self; 2] = [Self::Roadmaps, Self::Trade];

    /// Returns the word for the service: in `--peer roadmaps=URL` and in errors.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Roadmaps => "roadmaps",
            Self::Trade => "trade",
        }
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The word names no service whose resources a document may refer to.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("there is no peer `{0}`: it is roadmaps or trade")]
pub struct UnknownPeer(pub String);

impl FromStr for Peer {
    type Err = UnknownPeer;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|peer| peer.name() == word)
            .ok_or_else(|| UnknownPeer(word.to_owned()))
    }
}

impl Foreign {
    /// Returns what a name names; nothing for a name of any other form.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        let field = "target";
        [
            (RoadmapName::parse(field, name).is_ok(), Self::Roadmap),
            (MeasureName::parse(field, name).is_ok(), Self::Measure),
            (ReleaseName::parse(field, name).is_ok(), Self::Release),
            (TargetName::parse(field, name).is_ok(), Self::Target),
        ]
        .into_iter()
        .find_map(|(is_name, kind)| is_name.then_some(kind))
    }

    /// Returns the service that keeps such resources.
    #[must_use]
    pub const fn peer(self) -> Peer {
        match self {
            Self::Roadmap | Self::Measure => Peer::Roadmaps,
            Self::Release | Self::Target => Peer::Trade,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_its_type_and_service() {
        for (name, expected) in [
            ("partnerships/uz-kz/roadmaps/r", Some(Foreign::Roadmap)),
            (
                "partnerships/uz-kz/roadmaps/r/measures/m",
                Some(Foreign::Measure),
            ),
            ("partnerships/uz-kz/releases/r", Some(Foreign::Release)),
            ("partnerships/uz-kz/targets/t", Some(Foreign::Target)),
            ("partnerships/uz-kz/documents/d", None),
            ("partnerships/uz-kz/targets/T", None),
            ("partnerships/uz-kz/releases/r/imports/i", None),
            ("roadmaps/r", None),
            ("", None),
        ] {
            assert_eq!(Foreign::of(name), expected, "{name}");
        }
        assert_eq!(Foreign::Measure.peer(), Peer::Roadmaps);
        assert_eq!(Foreign::Target.peer(), Peer::Trade);
    }

    #[test]
    fn a_peer_goes_by_its_word() {
        for peer in Peer::ALL {
            assert_eq!(peer.name().parse(), Ok(peer));
        }
        let error = "documents".parse::<Peer>().unwrap_err();
        assert!(error.to_string().contains("roadmaps or trade"), "{error}");
    }
}
