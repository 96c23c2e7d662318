//! The services whose resources measures refer to.

use std::{fmt, str::FromStr};

use super::name::{DocumentName, TargetName};

/// A service whose resources a measure may refer to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Peer {
    /// Documents, which have the commitments that measures fulfil.
    Documents,
    /// Trade, which has the targets that indicators are read from.
    Trade,
}

impl Peer {
    /// Every peer.
    pub const ALL: [Self; 2] = [Self::Documents, Self::Trade];

    /// Returns the word for the service: in `--peer documents=URL` and in errors.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Documents => "documents",
            Self::Trade => "trade",
        }
    }

    /// Returns the service that keeps a resource of this name; nothing for a name of any other form.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        if DocumentName::parse("name", name).is_ok() {
            Some(Self::Documents)
        } else if TargetName::parse("name", name).is_ok() {
            Some(Self::Trade)
        } else {
            None
        }
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The word names no service whose resources a measure may refer to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no peer `{0}`: it is documents or trade")]
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_its_service() {
        for (name, expected) in [
            ("partnerships/uz-kz/documents/d", Some(Peer::Documents)),
            ("partnerships/uz-kz/targets/t", Some(Peer::Trade)),
            ("partnerships/uz-kz/roadmaps/r", None),
            ("", None),
        ] {
            assert_eq!(Peer::of(name), expected, "{name}");
        }
    }

    #[test]
    fn a_peer_goes_by_its_word() {
        for peer in Peer::ALL {
            assert_eq!(peer.name().parse(), Ok(peer));
        }
        assert!("roadmaps".parse::<Peer>().is_err());
    }
}
