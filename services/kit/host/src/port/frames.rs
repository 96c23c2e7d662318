//! Where the frames of HTTP/2 begin in the bytes of a connection, and what their headers say.
//!
//! Source of the format: RFC 9113 sections 3.4 and 4.1. Payloads are skipped by their length.

/// What a client of HTTP/2 begins with.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Bytes of a frame's header.
const HEADER: usize = 9;

/// The header of a frame, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    /// Its type.
    pub(super) kind: u8,
    /// Its flags.
    pub(super) flags: u8,
    /// Bytes of its payload.
    pub(super) length: usize,
}

impl Frame {
    pub(super) const DATA: u8 = 0;
    pub(super) const HEADERS: u8 = 1;
    pub(super) const RST_STREAM: u8 = 3;
    pub(super) const SETTINGS: u8 = 4;
    pub(super) const CONTINUATION: u8 = 9;
    const END_STREAM: u8 = 1;

    /// Whether it is the last of its sender on its stream.
    pub(super) fn ends_stream(self) -> bool {
        matches!(self.kind, Self::DATA | Self::HEADERS) && self.flags & Self::END_STREAM != 0
    }
}

/// How far one direction of a connection has been read.
#[derive(Debug)]
pub(super) struct Scanner {
    state: State,
}

#[derive(Debug)]
enum State {
    /// So many bytes of the preface have come.
    Preface(usize),
    /// So many bytes of a frame's header have come.
    Header([u8; HEADER], usize),
    /// So many bytes of a frame's payload are still to come.
    Payload(usize),
    /// It is no HTTP/2.
    Other,
}

impl Scanner {
    /// Reads what a client sends, which begins with the preface if it is HTTP/2.
    pub(super) fn of_client() -> Self {
        Self {
            state: State::Preface(0),
        }
    }

    /// Reads what a server sends.
    pub(super) fn of_server() -> Self {
        Self {
            state: State::Header([0; HEADER], 0),
        }
    }

    /// Whether the bytes are those of HTTP/1 or of nothing known.
    pub(super) fn is_other(&self) -> bool {
        matches!(self.state, State::Other)
    }

    /// Goes on by all of `bytes`, and tells each frame whose header is complete.
    pub(super) fn scan(&mut self, mut bytes: &[u8], mut tell: impl FnMut(Frame)) {
        while !bytes.is_empty() {
            bytes = match &mut self.state {
                State::Other => return,
                State::Preface(seen) => {
                    let expected = PREFACE.get(*seen..).unwrap_or_default();
                    let length = expected.len().min(bytes.len());
                    let (taken, rest) = bytes.split_at(length);
                    if !expected.starts_with(taken) {
                        self.state = State::Other;
                        return;
                    }
                    *seen += length;
                    if *seen == PREFACE.len() {
                        self.state = State::Header([0; HEADER], 0);
                    }
                    rest
                }
                State::Header(header, filled) => {
                    let length = (HEADER - *filled).min(bytes.len());
                    let (taken, rest) = bytes.split_at(length);
                    if let Some(place) = header.get_mut(*filled..*filled + length) {
                        place.copy_from_slice(taken);
                    }
                    *filled += length;
                    if *filled == HEADER {
                        let [a, b, c, kind, flags, ..] = *header;
                        let length = usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c);
                        self.state = State::payload(length);
                        tell(Frame {
                            kind,
                            flags,
                            length,
                        });
                    }
                    rest
                }
                State::Payload(left) => {
                    let length = (*left).min(bytes.len());
                    self.state = State::payload(*left - length);
                    bytes.get(length..).unwrap_or_default()
                }
            };
        }
    }
}

impl State {
    /// What follows when so many bytes of a payload are still to come.
    fn payload(left: usize) -> Self {
        if left == 0 {
            Self::Header([0; HEADER], 0)
        } else {
            Self::Payload(left)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bytes(frame: Frame) -> Vec<u8> {
        let [_, a, b, c] = u32::try_from(frame.length).unwrap().to_be_bytes();
        let mut bytes = vec![a, b, c, frame.kind, frame.flags, 0, 0, 0, 1];
        bytes.extend(std::iter::repeat_n(0xff, frame.length));
        bytes
    }

    #[test]
    fn http_1_is_none() {
        for begin in ["GET / HTTP/1.1\r\n", "PRI * HTTP/1.1\r\n", "PRX"] {
            let mut scanner = Scanner::of_client();
            scanner.scan(begin.as_bytes(), |frame| panic!("{frame:?}"));
            assert!(scanner.is_other(), "{begin}");
        }
    }

    proptest! {
        #[test]
        fn wherever_the_bytes_are_cut_the_frames_are_found(
            frames in prop::collection::vec((0_u8..12, 0_u8..=255, 0_usize..40), 0..8),
            piece in 1_usize..60,
        ) {
            let frames: Vec<Frame> = frames
                .into_iter()
                .map(|(kind, flags, length)| Frame { kind, flags, length })
                .collect();
            let mut all = PREFACE.to_vec();
            all.extend(frames.iter().flat_map(|frame| bytes(*frame)));
            let mut scanner = Scanner::of_client();
            let mut found = Vec::new();
            for part in all.chunks(piece) {
                scanner.scan(part, |frame| found.push(frame));
            }
            prop_assert_eq!(found, frames);
            prop_assert!(!scanner.is_other());
        }
    }
}
