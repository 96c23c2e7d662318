//! Resume tokens: where a watch goes on, for one watch only.
//!
//! A token is a small protobuf message in base64url: a version, the position with the hash of the entry that
//! stood there (so that it cannot go on in a log that went back to a backup), and a seal. The seal is a
//! digest over the position and the watch's interest, so that a token which was changed, or is used
//! for another watch, is refused. It keeps nothing secret.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use prost::Message as _;
use sha2::{Digest as _, Sha256};

use aip::Violation;

use crate::watch::{Interest, Mark, Position};

/// Changes when older tokens can no longer be understood.
const VERSION: u32 = 1;
/// Half a SHA-256: enough against mistakes, and short.
const SEAL_BYTES: usize = 16;
/// Longer ones are not ours.
const MAX_CHARS: usize = 4_096;

#[derive(Clone, PartialEq, prost::Message)]
struct Token {
    #[prost(uint32, tag = "1")]
    version: u32,
    /// The last entry that was looked at, or the snapshot of an initial state.
    #[prost(int64, tag = "2")]
    sequence: i64,
    /// In an initial state, the resource it has come to.
    #[prost(string, optional, tag = "3")]
    resource: Option<String>,
    #[prost(bytes = "vec", tag = "4")]
    seal: Vec<u8>,
    /// Which entry stood there.
    #[prost(bytes = "vec", tag = "5")]
    hash: Vec<u8>,
}

impl Token {
    /// The seal over everything else, for one interest.
    fn sealed(mut self, interest: &Interest) -> Self {
        self.seal = Vec::new();
        let digest = Sha256::new()
            .chain_update(interest.digest())
            .chain_update(self.encode_to_vec())
            .finalize();
        self.seal = digest.into_iter().take(SEAL_BYTES).collect();
        self
    }
}

/// Writes a position of the watch with this interest.
pub(crate) fn write(position: &Position, interest: &Interest) -> String {
    let resource = match position {
        Position::InitialState { after, .. } => Some(after.clone()),
        Position::Changes { .. } => None,
    };
    let mark = position.mark();
    let token = Token {
        version: VERSION,
        sequence: mark.sequence,
        resource,
        seal: Vec::new(),
        hash: mark.hash.clone(),
    };
    URL_SAFE_NO_PAD.encode(token.sealed(interest).encode_to_vec())
}

/// Reads a position that a watch with this interest was given.
pub(crate) fn read(text: &str, interest: &Interest) -> Result<Position, Violation> {
    let refused =
        |description: &str| Violation::new("resume_token", "RESUME_TOKEN_INVALID", description);
    let damaged = || refused("is not a resume token, or was changed");
    if text.len() > MAX_CHARS {
        return Err(damaged());
    }
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| damaged())?;
    let token = Token::decode(bytes.as_slice()).map_err(|_| damaged())?;
    if token.version != VERSION {
        return Err(refused(
            "was made by another version of the service; begin anew",
        ));
    }
    if token != token.clone().sealed(interest) || token.sequence < 0 {
        return Err(refused(
            "was changed, or belongs to a watch of something else",
        ));
    }
    let mark = Mark::new(token.sequence, &token.hash);
    Ok(match token.resource {
        Some(after) => Position::InitialState {
            snapshot: mark,
            after,
        },
        None => Position::Changes { after: mark },
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn interest(parent: &str) -> Interest {
        Interest {
            log: "trade".to_owned(),
            resource_parent: parent.to_owned(),
            kinds: vec![1, 4],
            resource_types: vec!["trade.accord/Release".to_owned()],
        }
    }

    fn marks() -> impl Strategy<Value = Mark> {
        (0..i64::MAX, any::<[u8; 32]>()).prop_map(|(sequence, hash)| Mark::new(sequence, &hash))
    }

    fn positions() -> impl Strategy<Value = Position> {
        prop_oneof![
            marks().prop_map(|after| Position::Changes { after }),
            (marks(), "[a-z/]{0,40}")
                .prop_map(|(snapshot, after)| Position::InitialState { snapshot, after }),
        ]
    }

    proptest! {
        #[test]
        fn a_position_is_read_as_it_was_written(position in positions()) {
            let token = write(&position, &interest("a"));
            prop_assert_eq!(read(&token, &interest("a")).unwrap(), position);
        }

        #[test]
        fn a_token_of_another_watch_is_refused(position in positions()) {
            let token = write(&position, &interest("a"));
            prop_assert!(read(&token, &interest("b")).is_err());
        }

        #[test]
        fn a_changed_token_is_refused(
            position in positions(),
            at in any::<prop::sample::Index>(),
            with in "[A-Za-z0-9_-]",
        ) {
            let token = write(&position, &interest("a"));
            let at = at.index(token.len());
            let mut changed = token.clone();
            changed.replace_range(at..=at, &with);
            // The last character can have bits that do not count; then it is not base64.
            prop_assume!(changed != token);
            prop_assert!(read(&changed, &interest("a")).is_err());
        }

        #[test]
        fn any_text_is_read_without_a_panic(text in any::<String>()) {
            prop_assert!(read(&text, &interest("a")).is_err());
        }
    }
}
