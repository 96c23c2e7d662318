//! The wire format, read from a slice.

use super::Odd;

/// How a value stands on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WireType {
    Varint,
    Fixed64,
    Bytes,
    Fixed32,
}

/// What is left of a message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// The number of the next field, and how it stands there.
    pub(super) fn key(&mut self) -> Result<(u32, WireType), Odd> {
        let key = u32::try_from(self.varint()?).map_err(|_| Odd)?;
        let kind = match key & 7 {
            0 => WireType::Varint,
            1 => WireType::Fixed64,
            2 => WireType::Bytes,
            5 => WireType::Fixed32,
            // Groups, and what is nothing.
            _ => return Err(Odd),
        };
        match key >> 3 {
            0 => Err(Odd),
            number => Ok((number, kind)),
        }
    }

    pub(super) fn varint(&mut self) -> Result<u64, Odd> {
        let mut value = 0_u64;
        for (index, byte) in self.0.iter().take(10).enumerate() {
            // The tenth byte has one bit of 64.
            if index == 9 && *byte > 1 {
                return Err(Odd);
            }
            value |= u64::from(byte & 0x7f) << (7 * index);
            if byte & 0x80 == 0 {
                self.0 = self.0.get(index + 1..).ok_or(Odd)?;
                return Ok(value);
            }
        }
        Err(Odd)
    }

    pub(super) fn bytes(&mut self) -> Result<&'a [u8], Odd> {
        let length = usize::try_from(self.varint()?).map_err(|_| Odd)?;
        self.take(length)
    }

    pub(super) fn fixed64(&mut self) -> Result<[u8; 8], Odd> {
        self.take(8)?.try_into().map_err(|_| Odd)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], Odd> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(Odd)?;
        self.0 = rest;
        Ok(taken)
    }

    /// Passes over a value.
    pub(super) fn skip(&mut self, kind: WireType) -> Result<(), Odd> {
        match kind {
            WireType::Varint => self.varint().map(|_| ()),
            WireType::Fixed64 => self.take(8).map(|_| ()),
            WireType::Bytes => self.bytes().map(|_| ()),
            WireType::Fixed32 => self.take(4).map(|_| ()),
        }
    }
}

/// Appends a varint.
pub(super) fn put_varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(u8::try_from(value & 0x7f).unwrap_or_default() | 0x80);
        value >>= 7;
    }
    out.push(u8::try_from(value).unwrap_or_default());
}
