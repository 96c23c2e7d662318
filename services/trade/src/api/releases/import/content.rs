//! The digest of a file that arrives in pieces, perhaps in several streams.

use sha2_resumable::{
    Digest as _, Sha256,
    digest::{array::Array, common::hazmat::SerializableState},
};

/// The SHA-256 of the bytes so far, where the caller has announced one.
#[derive(Clone, Debug, Default)]
pub(super) struct Content {
    running: Option<Sha256>,
    /// The state at the end of the last row: where the file can be gone on with.
    at_end: Option<Sha256>,
}

impl Content {
    /// Starts at the beginning of a file, or goes on behind bytes that left this state; none when it means
    /// nothing.
    pub(super) fn resume(is_wanted: bool, state: &[u8]) -> Option<Self> {
        let running = match (is_wanted, state) {
            (false, _) => None,
            (true, []) => Some(Sha256::new()),
            (true, state) => {
                let state = Array::try_from(state).ok()?;
                Some(Sha256::deserialize(&state).ok()?)
            }
        };
        let mut content = Self {
            running,
            at_end: None,
        };
        content.mark();
        Some(content)
    }

    /// Takes more bytes.
    pub(super) fn take(&mut self, bytes: &[u8]) {
        if let Some(running) = &mut self.running {
            running.update(bytes);
        }
    }

    /// Keeps the state: a row ends here.
    pub(super) fn mark(&mut self) {
        self.at_end.clone_from(&self.running);
    }

    /// Returns the state at the end of the last row; empty when nobody asks for a digest.
    pub(super) fn state(&self) -> Vec<u8> {
        let at_end = self.at_end.as_ref();
        at_end.map_or_else(Vec::new, |at_end| at_end.serialize().to_vec())
    }

    /// Returns the digest of the bytes that left a state.
    pub(super) fn digest(state: &[u8]) -> Option<[u8; 32]> {
        let content = Self::resume(true, state)?;
        Some(content.running?.finalize().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn going_on_with_a_state_gives_the_digest_of_the_whole() {
        let bytes: Vec<u8> = (0..=250).collect();
        for cut in [0, 1, 63, 64, 65, 200, bytes.len()] {
            let mut first = Content::resume(true, &[]).unwrap();
            first.take(&bytes[..cut]);
            first.mark();
            first.take(b"what is read again");
            let mut second = Content::resume(true, &first.state()).unwrap();
            second.take(&bytes[cut..]);
            second.mark();
            let whole: [u8; 32] = Sha256::digest(&bytes).into();
            assert_eq!(Content::digest(&second.state()), Some(whole), "{cut}");
        }
        assert!(Content::resume(true, b"no state").is_none());
        assert!(Content::resume(false, b"").unwrap().state().is_empty());
    }
}
