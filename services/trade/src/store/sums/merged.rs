//! The pages of one level and year, of any number of releases and moments, as one sequence of sums by ascending
//! series.

use std::{cmp::Reverse, collections::BinaryHeap, vec};

use storage::Error;

use super::{
    StoredPage,
    page::{Cursor, Entry},
};

/// Sums of pages, the least series first. What is read of a page is not kept.
pub(crate) struct Merged {
    runs: Vec<Run>,
    /// The series of the next sum of each run that is not at its end, and the place of the run.
    next: BinaryHeap<Reverse<(i64, usize)>>,
}

/// The pages of one release from one moment on, which follow each other.
struct Run {
    release: i64,
    pages: vec::IntoIter<StoredPage>,
    open: Option<(StoredPage, Cursor)>,
    /// The next sum.
    head: Entry,
}

impl Merged {
    /// Takes pages of one level and year, in any order.
    pub(crate) fn new(mut pages: Vec<StoredPage>) -> Result<Self, Error> {
        pages.sort_by_key(|page| (page.release, page.at_us, page.series));
        let mut merged = Self {
            runs: Vec::new(),
            next: BinaryHeap::new(),
        };
        let mut pages = pages.into_iter().peekable();
        while let Some(first) = pages.next() {
            let (release, at_us) = (first.release, first.at_us);
            let mut own = vec![first];
            while let Some(page) =
                pages.next_if(|page| (page.release, page.at_us) == (release, at_us))
            {
                own.push(page);
            }
            let mut run = Run {
                release,
                pages: own.into_iter(),
                open: None,
                head: Entry::default(),
            };
            if let Some(series) = run.advance()? {
                merged.next.push(Reverse((series, merged.runs.len())));
                merged.runs.push(run);
            }
        }
        Ok(merged)
    }

    /// Returns the next sum with the number of its release.
    pub(crate) fn next(&mut self) -> Result<Option<(i64, Entry)>, Error> {
        let Some(mut least) = self.next.peek_mut() else {
            return Ok(None);
        };
        let Reverse((_, place)) = *least;
        let run = self.runs.get_mut(place).ok_or(Error::NotFound)?;
        let found = (run.release, run.head);
        match run.advance()? {
            Some(series) => *least = Reverse((series, place)),
            None => {
                std::collections::binary_heap::PeekMut::pop(least);
            }
        }
        Ok(Some(found))
    }
}

impl Run {
    /// Goes on to the next sum; returns its series, or none at the end.
    fn advance(&mut self) -> Result<Option<i64>, Error> {
        loop {
            if let Some((page, cursor)) = &mut self.open {
                let next = cursor
                    .next(&page.body)
                    .map_err(|error| page.corrupt(error))?;
                if let Some(entry) = next {
                    self.head = entry;
                    return Ok(Some(entry.series));
                }
            }
            let Some(page) = self.pages.next() else {
                return Ok(None);
            };
            if self.open.is_some() && page.series < self.head.series {
                return Err(page.corrupt("begins before the page before it ends"));
            }
            let cursor = Cursor::new(page.series);
            self.open = Some((page, cursor));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::store::sums::page::encode;

    fn page((release, at_us): (i64, i64), entries: &[Entry]) -> StoredPage {
        StoredPage {
            release,
            period_year: 2023,
            series: entries[0].series,
            at_us,
            body: encode(entries),
        }
    }

    fn entry(series: i64, span: i64) -> Entry {
        Entry {
            series,
            span,
            ..Entry::default()
        }
    }

    proptest! {
        #[test]
        fn every_sum_comes_once_and_by_ascending_series(
            runs in prop::collection::vec(prop::collection::btree_set((0..40_i64, 0..3_i64), 0..60), 0..5),
            size in 1..20_i64,
        ) {
            let (mut pages, mut expected) = (Vec::new(), Vec::new());
            for (place, keys) in (0..).zip(&runs) {
                let entries: Vec<Entry> = keys.iter().map(|(series, span)| entry(*series, *span)).collect();
                let (release, at_us) = (place / 2, place % 2);
                // Pages end with a series.
                let pieces = entries.chunk_by(|one, other| one.series / size == other.series / size);
                pages.extend(pieces.map(|some| page((release, at_us), some)));
                expected.extend(entries.iter().map(|entry| (entry.series, release, entry.span)));
            }
            pages.reverse();
            let (mut merged, mut found) = (Merged::new(pages).unwrap(), Vec::new());
            while let Some((release, entry)) = merged.next().unwrap() {
                found.push((entry.series, release, entry.span));
            }
            prop_assert!(found.is_sorted_by_key(|(series, ..)| *series));
            found.sort_unstable();
            expected.sort_unstable();
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn a_page_that_begins_before_the_one_before_it_ends_is_corrupt() {
        let pages =
            [[3, 9], [5, 7]].map(|[first, last]| page((1, 0), &[entry(first, 1), entry(last, 1)]));
        let mut merged = Merged::new(pages.to_vec()).unwrap();
        let found: Vec<_> = std::iter::from_fn(|| merged.next().transpose())
            .take(3)
            .collect();
        assert!(
            matches!(found.as_slice(), [Ok(_), Err(Error::Corrupt { .. }), ..]),
            "{found:?}"
        );
    }
}
