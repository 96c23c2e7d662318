//! Adds up figures or sums that arrive in the order of their keys, and fills pages with the sums.

use super::page::{Entry, encode};
use crate::{domain::tally::Measures, store::key::REGION_SHIFT};

/// From how many entries on a page is full. It ends with the code that it is at.
const FULL: usize = 8_192;

/// A page of sums of one level and year. All of it is of one partner and region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Page {
    /// The level of the sums.
    pub level: i64,
    /// The year.
    pub year: i64,
    /// The series of the first sum.
    pub series: i64,
    /// The greatest span.
    pub last_span: i64,
    /// The sums.
    pub body: Vec<u8>,
}

/// Adds up what has the same series, span and marks, and makes pages of it.
///
/// What is added must come year by year, and in each by ascending codes; only what has the same code but
/// other numbers of digits, spans or marks may come in any order.
#[derive(Debug)]
pub(super) struct Adder {
    level: i64,
    year: i64,
    /// The sums of the code that is being added up, in any order.
    open: Vec<Entry>,
    /// Where among them the next one is likely to be: most codes have the same spans, in order.
    likely: usize,
    /// The sums of the page that is being filled.
    page: Vec<Entry>,
    /// The pages that are full.
    pub full: Vec<Page>,
}

impl Adder {
    pub(super) fn new(level: i64) -> Self {
        Self {
            level,
            year: 0,
            open: Vec::new(),
            likely: 0,
            page: Vec::new(),
            full: Vec::new(),
        }
    }

    /// Adds a sum, or a figure that makes one by itself.
    pub(super) fn add(&mut self, year: i64, entry: Entry) {
        let goes_on = year == self.year
            && self
                .open
                .first()
                .is_some_and(|open| code_of(open) == code_of(&entry));
        if !goes_on {
            self.close_code();
            if year != self.year {
                self.close_page();
                self.year = year;
            }
        }
        let is_same = |open: &Entry| open.key() == entry.key();
        let found = match self.open.get(self.likely) {
            Some(open) if is_same(open) => Some(self.likely),
            _ => self.open.iter().position(is_same),
        };
        match found.and_then(|place| Some((place, self.open.get_mut(place)?))) {
            Some((place, open)) => {
                open.measures.add(entry.measures);
                self.likely = place + 1;
            }
            None => {
                self.open.push(entry);
                self.likely = 0;
            }
        }
        if self.likely == self.open.len() {
            self.likely = 0;
        }
    }

    /// Ends the page, though more of the code that is being added up can come.
    pub(super) fn close_page(&mut self) {
        let Some(first) = self.page.first() else {
            return;
        };
        self.full.push(Page {
            level: self.level,
            year: self.year,
            series: first.series,
            last_span: self.page.iter().map(|entry| entry.span).max().unwrap_or(0),
            body: encode(&self.page),
        });
        self.page.clear();
    }

    /// Ends all.
    pub(super) fn close(&mut self) {
        self.close_code();
        self.close_page();
    }

    /// How many sums wait for their page to be full.
    pub(super) fn waiting(&self) -> usize {
        self.page.len() + self.open.len()
    }

    fn close_code(&mut self) {
        // What was taken out and brought back at one moment is nothing.
        self.open
            .retain(|entry| entry.measures != Measures::default());
        self.open.sort_unstable_by_key(Entry::key);
        let place = |entry: Option<&Entry>| entry.map(|entry| entry.series >> REGION_SHIFT);
        let is_elsewhere = place(self.page.first()) != place(self.open.first());
        if self.page.len() >= FULL || !self.open.is_empty() && is_elsewhere {
            self.close_page();
        }
        self.page.append(&mut self.open);
        self.likely = 0;
    }
}

/// The code of a sum with all that it stands in, without the number of its digits.
fn code_of(entry: &Entry) -> i64 {
    entry.series >> 3
}
