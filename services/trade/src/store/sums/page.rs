//! Pages of sums as bytes: small, because publishing writes them and every question about many figures
//! reads them.
//!
//! A version byte, then the entries in ascending order of series, span and marks. Each begins with a byte
//! of flags that say what follows: whatever is as in the entry before, or as it mostly is, takes no room.
//! Then come, as whole numbers in base 128 (negative ones in zigzag): the step from the series before,
//! span and marks, the number of figures, the value, half the units of rounding, and what has a weight.

use crate::domain::tally::Measures;

/// The only version there has been.
const VERSION: u8 = 1;

/// Span and marks follow.
const KIND: u8 = 1;
/// The number of figures follows.
const FIGURES: u8 = 2;
/// Half the units of rounding follow.
const HALVES: u8 = 4;
/// No figure has a weight.
const UNWEIGHED: u8 = 8;
/// Only some have one: how many, and their values, follow.
const PARTLY_WEIGHED: u8 = 16;

/// What figures of one release add up to that have the same series, span and marks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The series of the sum.
    pub series: i64,
    /// The span of the sum.
    pub span: i64,
    /// What its figures are marked with.
    pub marks: i64,
    /// What they add up to.
    pub measures: Measures,
}

impl Entry {
    /// What entries are sorted by.
    pub(super) fn key(&self) -> (i64, i64, i64) {
        (self.series, self.span, self.marks)
    }
}

/// Bytes that are no page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is no page of sums")]
pub(crate) struct Malformed;

/// Writes entries, which must ascend.
pub(super) fn encode(entries: &[Entry]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(1 + entries.len() * 16);
    bytes.push(VERSION);
    let first = entries.first().map_or(0, |entry| entry.series);
    let mut last = Entry {
        series: first,
        ..Entry::default()
    };
    for entry in entries {
        put(&last, entry, &mut bytes);
        last = *entry;
    }
    bytes
}

fn put(last: &Entry, entry: &Entry, bytes: &mut Vec<u8>) {
    let measures = &entry.measures;
    let is_unweighed = (measures.weighed, measures.grams, measures.weighed_cents) == (0, 0, 0);
    let is_weighed =
        (measures.weighed, measures.weighed_cents) == (measures.figures, measures.cents);
    let mut flags = 0;
    let mut set = |flag: u8, is_set: bool| flags |= if is_set { flag } else { 0 };
    set(KIND, (entry.span, entry.marks) != (last.span, last.marks));
    set(FIGURES, measures.figures != last.measures.figures);
    set(HALVES, measures.half_units != 0);
    set(UNWEIGHED, is_unweighed);
    set(PARTLY_WEIGHED, !is_unweighed && !is_weighed);
    bytes.push(flags);
    put_number(entry.series.abs_diff(last.series), bytes);
    let mut signed = |number: i64| put_number(zigzag(number), bytes);
    if flags & KIND != 0 {
        signed(entry.span);
        signed(entry.marks);
    }
    if flags & FIGURES != 0 {
        signed(measures.figures);
    }
    signed(measures.cents);
    if flags & HALVES != 0 {
        signed(measures.half_units);
    }
    if flags & UNWEIGHED == 0 {
        signed(measures.grams);
    }
    if flags & PARTLY_WEIGHED != 0 {
        signed(measures.weighed);
        signed(measures.weighed_cents);
    }
}

fn zigzag(number: i64) -> u64 {
    (number << 1).cast_unsigned() ^ (number >> 63).cast_unsigned()
}

fn unzigzag(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}

fn put_number(mut number: u64, bytes: &mut Vec<u8>) {
    loop {
        let [low, ..] = number.to_le_bytes();
        number >>= 7;
        if number == 0 {
            bytes.push(low & 127);
            return;
        }
        bytes.push(low | 128);
    }
}

/// A place in the bytes of a page.
#[derive(Clone, Debug)]
pub(super) struct Cursor {
    at: usize,
    last: Entry,
    is_first: bool,
}

impl Cursor {
    /// Stands before the first entry of a page that begins with a series.
    pub(super) fn new(series: i64) -> Self {
        Self {
            at: 0,
            last: Entry {
                series,
                ..Entry::default()
            },
            is_first: true,
        }
    }

    /// Reads the next entry; none at the end.
    pub(super) fn next(&mut self, body: &[u8]) -> Result<Option<Entry>, Malformed> {
        if self.at == 0 {
            self.at = 1;
            if body.first() != Some(&VERSION) {
                return Err(Malformed);
            }
        }
        let Some(rest) = body.get(self.at..).filter(|rest| !rest.is_empty()) else {
            return Ok(None);
        };
        let mut numbers = Numbers(rest);
        let entry = self.take(&mut numbers)?;
        self.at += rest.len() - numbers.0.len();
        let ascends = entry.key() > self.last.key();
        if self.is_first && entry.series != self.last.series || !self.is_first && !ascends {
            return Err(Malformed);
        }
        self.is_first = false;
        self.last = entry;
        Ok(Some(entry))
    }

    fn take(&self, numbers: &mut Numbers<'_>) -> Result<Entry, Malformed> {
        let flags = numbers.byte()?;
        let both = UNWEIGHED | PARTLY_WEIGHED;
        if flags > KIND | FIGURES | HALVES | both || flags & both == both {
            return Err(Malformed);
        }
        let step = numbers.number()?;
        let series = self.last.series.checked_add_unsigned(step);
        let mut entry = Entry {
            series: series.ok_or(Malformed)?,
            ..self.last
        };
        if flags & KIND != 0 {
            entry.span = numbers.signed()?;
            entry.marks = numbers.signed()?;
        }
        let measures = &mut entry.measures;
        if flags & FIGURES != 0 {
            measures.figures = numbers.signed()?;
        }
        measures.cents = numbers.signed()?;
        measures.half_units = if flags & HALVES == 0 {
            0
        } else {
            numbers.signed()?
        };
        (measures.weighed, measures.weighed_cents) = (measures.figures, measures.cents);
        if flags & UNWEIGHED != 0 {
            (measures.weighed, measures.grams, measures.weighed_cents) = (0, 0, 0);
        } else {
            measures.grams = numbers.signed()?;
        }
        if flags & PARTLY_WEIGHED != 0 {
            measures.weighed = numbers.signed()?;
            measures.weighed_cents = numbers.signed()?;
        }
        Ok(entry)
    }
}

/// The bytes that are still to be read.
struct Numbers<'a>(&'a [u8]);

impl Numbers<'_> {
    fn byte(&mut self) -> Result<u8, Malformed> {
        let (byte, rest) = self.0.split_first().ok_or(Malformed)?;
        self.0 = rest;
        Ok(*byte)
    }

    fn number(&mut self) -> Result<u64, Malformed> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let part = u64::from(byte & 127);
            if shift == 63 && part > 1 {
                return Err(Malformed);
            }
            number |= part << shift;
            if byte < 128 {
                return Ok(number);
            }
        }
        Err(Malformed)
    }

    fn signed(&mut self) -> Result<i64, Malformed> {
        self.number().map(unzigzag)
    }
}

/// Reads the entries of a page that begins with a series.
pub(super) fn each(series: i64, body: &[u8], mut take: impl FnMut(Entry)) -> Result<(), Malformed> {
    let mut cursor = Cursor::new(series);
    while let Some(entry) = cursor.next(body)? {
        take(entry);
    }
    Ok(())
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Numbers as figures have them, and any.
    fn any_number() -> impl Strategy<Value = i64> {
        prop_oneof![Just(0), Just(1), -9_i64..9, any::<i64>()]
    }

    fn any_measures() -> impl Strategy<Value = Measures> {
        let numbers = proptest::array::uniform5(any_number());
        (numbers, any_number(), 0..3).prop_map(|(numbers, figures, kind)| {
            let [cents, half_units, weighed, grams, weighed_cents] = numbers;
            let (weighed, grams, weighed_cents) = match kind {
                0 => (0, 0, 0),
                1 => (figures, grams, cents),
                _ => (weighed, grams, weighed_cents),
            };
            Measures {
                figures,
                cents,
                half_units,
                weighed,
                grams,
                weighed_cents,
            }
        })
    }

    fn any_entries() -> impl Strategy<Value = Vec<Entry>> {
        let key = (
            prop_oneof![0..20_i64, any::<i64>()],
            prop_oneof![Just(300), 0..3_i64, any::<i64>()],
            prop_oneof![0..3_i64, any::<i64>()],
        );
        proptest::collection::btree_map(key, any_measures(), 0..40).prop_map(|entries| {
            entries
                .into_iter()
                .map(|((series, span, marks), measures)| Entry {
                    series,
                    span,
                    marks,
                    measures,
                })
                .collect()
        })
    }

    pub(in crate::store::sums) fn decode(
        series: i64,
        body: &[u8],
    ) -> Result<Vec<Entry>, Malformed> {
        let mut entries = Vec::new();
        each(series, body, |entry| entries.push(entry))?;
        Ok(entries)
    }

    fn first(entries: &[Entry]) -> i64 {
        entries.first().map_or(0, |entry| entry.series)
    }

    proptest! {
        #[test]
        fn pages_round_trip(entries in any_entries()) {
            prop_assert_eq!(decode(first(&entries), &encode(&entries)), Ok(entries));
        }

        #[test]
        fn what_is_cut_off_or_changed_is_refused_or_ascends(
            entries in any_entries(),
            place in any::<proptest::sample::Index>(),
            change in any::<u8>(),
        ) {
            let body = encode(&entries);
            let mut other = body.clone();
            other[place.index(body.len())] ^= change;
            if let Ok(found) = decode(first(&entries), &other) {
                prop_assert!(found.is_sorted_by(|a, b| a.key() < b.key()));
            }
            let cut = &body[..place.index(body.len())];
            if let Ok(found) = decode(first(&entries), cut) {
                prop_assert!(entries.starts_with(&found));
            }
        }
    }

    #[test]
    fn no_bytes_another_version_and_another_series_are_refused() {
        let entry = Entry::default();
        let body = encode(&[entry]);
        assert_eq!(decode(0, &body), Ok(vec![entry]));
        assert_eq!(decode(0, &[]), Err(Malformed));
        assert_eq!(decode(0, &[2]), Err(Malformed));
        let mut later = body.clone();
        later[2] = 1;
        assert_eq!(decode(0, &later), Err(Malformed));
        let mut flagged = body;
        flagged[1] = UNWEIGHED | PARTLY_WEIGHED;
        assert_eq!(decode(0, &flagged), Err(Malformed));
    }

    #[test]
    fn a_usual_entry_takes_few_bytes() {
        let entries: Vec<Entry> = (0..1_000)
            .map(|index| Entry {
                series: 1_000_000 + index * 80,
                span: 300,
                marks: 321,
                measures: Measures {
                    figures: 12,
                    cents: 5_400_000_000,
                    half_units: 0,
                    weighed: 12,
                    grams: 4_200_000_000,
                    weighed_cents: 5_400_000_000,
                },
            })
            .collect();
        assert!(encode(&entries).len() < 13 * entries.len());
    }
}
