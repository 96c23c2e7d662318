//! The bytes of an upload between two pieces: in memory, put together from messages of any size.
//!
//! A message may have a single byte. What is kept for each is the byte: small messages are copied one behind the other
//! into blocks, and only what is as large as a block is kept as it came.

use bytes::{Bytes, BytesMut};

/// How much room is made for small messages at a time.
const BLOCK_BYTES: usize = 256 * 1024;

/// Bytes in their order.
#[derive(Debug, Default)]
pub(super) struct Held {
    blocks: Vec<Bytes>,
    /// The block that small messages go into; what it gave to `blocks` lies before it in the same memory.
    open: BytesMut,
    bytes: usize,
}

impl Held {
    /// Returns how many bytes there are.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Takes the bytes of a message.
    pub(super) fn push(&mut self, data: Vec<u8>) {
        self.bytes += data.len();
        if data.len() >= BLOCK_BYTES {
            self.close();
            self.blocks.push(data.into());
            return;
        }
        if self.open.capacity() - self.open.len() < data.len() {
            self.close();
            self.open = BytesMut::with_capacity(BLOCK_BYTES);
        }
        self.open.extend_from_slice(&data);
    }

    /// Returns all bytes, in blocks.
    pub(super) fn into_blocks(mut self) -> Vec<Bytes> {
        self.close();
        self.blocks
    }

    fn close(&mut self) {
        if !self.open.is_empty() {
            self.blocks.push(self.open.split().freeze());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text_store::PIECE_BYTES;

    #[test]
    fn a_piece_of_single_bytes_is_a_few_blocks() {
        let mut held = Held::default();
        for index in 0..PIECE_BYTES {
            held.push(vec![u8::try_from(index % 251).unwrap()]);
        }
        assert_eq!(held.bytes(), PIECE_BYTES);
        let blocks = held.into_blocks();
        assert_eq!(blocks.len(), PIECE_BYTES / BLOCK_BYTES);
        let bytes = blocks.concat();
        assert!(
            bytes
                .iter()
                .enumerate()
                .all(|(index, byte)| usize::from(*byte) == index % 251)
        );
    }

    #[test]
    fn small_and_large_messages_keep_their_order_and_share_a_block() {
        let mut held = Held::default();
        let mut expected = Vec::new();
        for index in 0..20_u8 {
            for data in [vec![index], vec![index; BLOCK_BYTES], vec![index; 3]] {
                expected.extend_from_slice(&data);
                held.push(data);
            }
        }
        let before = held.open.capacity();
        assert!(before < BLOCK_BYTES, "one block served all small messages");
        assert_eq!(held.into_blocks().concat(), expected);
    }
}
