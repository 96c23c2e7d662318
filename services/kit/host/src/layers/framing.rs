//! Where the messages of a body begin and end in its bytes.
//!
//! Source of the format: "gRPC over HTTP2", a message is one byte of flags, its length in four bytes, the
//! highest first, and as many bytes.

/// Bytes before each message.
const PREFIX: usize = 5;

/// How far the messages of a body have come.
#[derive(Debug, Default)]
pub(crate) struct Framing {
    /// Messages whose last byte is out, as far as it matters.
    whole: Whole,
    /// The prefix of the message under way, as far as it is out.
    prefix: [u8; PREFIX],
    prefix_bytes: usize,
    /// Bytes of the message under way that are not out yet, once its prefix is.
    left: usize,
    /// The length of the longest message that has begun.
    longest: usize,
}

/// How many messages are out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Whole {
    #[default]
    None,
    One,
    Several,
}

impl Framing {
    /// Whether a message has begun and not ended.
    pub(crate) fn is_within(&self) -> bool {
        self.prefix_bytes > 0
    }

    /// Whether a second message has begun.
    pub(crate) fn has_second(&self) -> bool {
        match self.whole {
            Whole::None => false,
            Whole::One => self.is_within(),
            Whole::Several => true,
        }
    }

    /// Returns the length of the longest message that has begun.
    pub(crate) fn longest(&self) -> usize {
        self.longest
    }

    /// Whether these may be the bytes of an answer of one message.
    pub(crate) fn may_be_single(&self) -> bool {
        self.whole != Whole::Several
    }

    /// Goes on by all of `data`.
    pub(crate) fn advance(&mut self, mut data: &[u8]) {
        while !data.is_empty() {
            data = &data[self.step(data)..];
        }
    }

    /// Goes on to the end of the message under way, or of the first; returns how many bytes of `data` that
    /// is, none of them between later messages.
    pub(crate) fn advance_one(&mut self, data: &[u8]) -> usize {
        if !self.is_within() && self.whole != Whole::None {
            return 0;
        }
        let mut taken = 0;
        while taken < data.len() {
            taken += self.step(&data[taken..]);
            if !self.is_within() {
                break;
            }
        }
        taken
    }

    /// Takes bytes of one prefix or one message; returns how many, at least one of any.
    fn step(&mut self, data: &[u8]) -> usize {
        let taken = if self.prefix_bytes < PREFIX {
            let taken = data.len().min(PREFIX - self.prefix_bytes);
            let to = self.prefix_bytes + taken;
            self.prefix[self.prefix_bytes..to].copy_from_slice(&data[..taken]);
            self.prefix_bytes = to;
            let [_flags, a, b, c, d] = self.prefix;
            self.left = usize::try_from(u32::from_be_bytes([a, b, c, d])).unwrap_or(usize::MAX);
            if to == PREFIX {
                self.longest = self.longest.max(self.left);
            }
            taken
        } else {
            let taken = data.len().min(self.left);
            self.left -= taken;
            taken
        };
        if self.prefix_bytes == PREFIX && self.left == 0 {
            self.prefix_bytes = 0;
            self.whole = match self.whole {
                Whole::None => Whole::One,
                Whole::One | Whole::Several => Whole::Several,
            };
        }
        taken
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn message(length: usize) -> Vec<u8> {
        let mut bytes = vec![0];
        bytes.extend(u32::try_from(length).unwrap().to_be_bytes());
        bytes.extend(std::iter::repeat_n(7, length));
        bytes
    }

    #[test]
    fn after_the_first_message_nothing_more_is_taken() {
        let mut framing = Framing::default();
        let bytes = [message(3), message(0), message(2)].concat();
        assert_eq!(framing.advance_one(&bytes), 8);
        assert_eq!(framing.advance_one(&bytes[8..]), 0);
        assert!(framing.may_be_single());
    }

    #[test]
    fn the_second_message_begins_with_its_first_byte() {
        let mut framing = Framing::default();
        framing.advance(&message(3));
        assert!(!framing.has_second());
        framing.advance(&message(3)[..1]);
        assert!(framing.has_second());
    }

    #[test]
    fn an_empty_message_is_one() {
        let mut framing = Framing::default();
        framing.advance(&[message(0), message(0)].concat());
        assert!(!framing.may_be_single());
        assert!(!framing.is_within());
    }

    proptest! {
        #[test]
        fn wherever_the_bytes_are_cut_the_ends_are_found(
            lengths in prop::collection::vec(0_usize..40, 1..6),
            piece in 1_usize..50,
        ) {
            let bytes: Vec<u8> = lengths.iter().flat_map(|length| message(*length)).collect();
            let mut framing = Framing::default();
            let mut ends = Vec::new();
            for (at, byte) in bytes.iter().enumerate() {
                framing.advance(&[*byte]);
                if !framing.is_within() {
                    ends.push(at + 1);
                }
            }
            let expected: Vec<usize> = lengths
                .iter()
                .scan(0, |at, length| { *at += PREFIX + length; Some(*at) })
                .collect();
            prop_assert_eq!(&ends, &expected);

            let mut in_pieces = Framing::default();
            for part in bytes.chunks(piece) {
                in_pieces.advance(part);
            }
            prop_assert!(!in_pieces.is_within());
            prop_assert_eq!(in_pieces.may_be_single(), lengths.len() == 1);
        }
    }
}
