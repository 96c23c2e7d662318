//! The hashes by which stored bytes are known: of the whole file, and of each MiB of it, so that a range can be checked
//! without reading the rest.

use std::ops::Range;

use sha2::{Digest as _, Sha256};

/// The bytes that one hash covers.
pub const CHUNK_BYTES: u64 = 1024 * 1024;

/// How many bytes a SHA-256 has.
const HASH_BYTES: usize = 32;

/// Hashes a file as it goes by.
#[derive(Clone, Debug, Default)]
pub struct Hasher {
    whole: Sha256,
    chunk: Sha256,
    in_chunk: u64,
    hashes: Vec<u8>,
    size: u64,
}

impl Hasher {
    /// Takes the next bytes.
    pub fn update(&mut self, mut bytes: &[u8]) {
        self.whole.update(bytes);
        self.size += bytes.len() as u64;
        while !bytes.is_empty() {
            let room = usize::try_from(CHUNK_BYTES - self.in_chunk).unwrap_or(usize::MAX);
            let (now, later) = bytes.split_at(bytes.len().min(room));
            self.chunk.update(now);
            self.in_chunk += now.len() as u64;
            if self.in_chunk == CHUNK_BYTES {
                self.end_chunk();
            }
            bytes = later;
        }
    }

    /// Returns the size, the hash of the whole in hexadecimal digits, and the hashes of its chunks.
    #[must_use]
    pub fn finish(mut self) -> (u64, String, Vec<u8>) {
        if self.in_chunk > 0 {
            self.end_chunk();
        }
        (self.size, hex::encode(self.whole.finalize()), self.hashes)
    }

    fn end_chunk(&mut self) {
        let hash = std::mem::take(&mut self.chunk).finalize();
        self.hashes.extend_from_slice(&hash);
        self.in_chunk = 0;
    }
}

/// The chunks of a stored file, and what each must hash to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunks {
    size: u64,
    hashes: Vec<u8>,
}

impl Chunks {
    /// Takes the chunk hashes of a file of `size` bytes; nothing unless there is one for each chunk.
    #[must_use]
    pub fn new(size: u64, hashes: Vec<u8>) -> Option<Self> {
        let count = usize::try_from(size.div_ceil(CHUNK_BYTES)).ok()?;
        (hashes.len() == count * HASH_BYTES).then_some(Self { size, hashes })
    }

    /// Returns how many bytes the file has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Returns the range of the chunk that holds the byte at `offset`.
    #[must_use]
    pub fn around(&self, offset: u64) -> Range<u64> {
        let start = offset - offset % CHUNK_BYTES;
        start..(start + CHUNK_BYTES).min(self.size)
    }

    /// Returns whether bytes are those of the chunk that begins at `start`.
    #[must_use]
    pub fn are_right(&self, start: u64, bytes: &[u8]) -> bool {
        let index = usize::try_from(start / CHUNK_BYTES).unwrap_or(usize::MAX);
        let place = index
            .checked_mul(HASH_BYTES)
            .and_then(|from| self.hashes.get(from..from + HASH_BYTES));
        place.is_some_and(|expected| Sha256::digest(bytes)[..] == *expected)
    }
}

#[cfg(test)]
#[expect(clippy::cast_possible_truncation, reason = "files of a test are small")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]

        #[test]
        fn however_a_file_arrives_its_hashes_are_the_same(
            size in 1_usize..(2 * 1024 * 1024 + 2),
            cuts in proptest::collection::vec(1_usize..1_500_000, 1..6),
        ) {
            let file: Vec<u8> = (0..size).map(|i| (i % 251) as u8).collect();
            let mut hasher = Hasher::default();
            let mut rest = file.as_slice();
            for cut in cuts.iter().cycle() {
                let (now, later) = rest.split_at(rest.len().min(*cut));
                hasher.update(now);
                rest = later;
                if rest.is_empty() { break; }
            }
            let (found, whole, hashes) = hasher.finish();
            prop_assert_eq!(found, size as u64);
            prop_assert_eq!(whole, hex::encode(Sha256::digest(&file)));
            let chunks = Chunks::new(found, hashes).unwrap();
            for (index, chunk) in file.chunks(CHUNK_BYTES as usize).enumerate() {
                let start = index as u64 * CHUNK_BYTES;
                prop_assert!(chunks.are_right(start, chunk));
                prop_assert_eq!(chunks.around(start).end - start, chunk.len() as u64);
                let mut wrong = chunk.to_vec();
                wrong[chunk.len() / 2] ^= 1;
                prop_assert!(!chunks.are_right(start, &wrong));
            }
        }
    }

    #[test]
    fn hashes_that_are_too_few_are_refused() {
        assert_eq!(Chunks::new(CHUNK_BYTES + 1, vec![0; HASH_BYTES]), None);
        assert!(Chunks::new(CHUNK_BYTES, vec![0; HASH_BYTES]).is_some());
    }
}
