//! Which edition counts.

use proptest::prelude::*;

use super::*;
use crate::domain::{
    group::{self, Side},
    observation::{Qualifier, Status},
    period::Window,
    release::tests::release,
    tally::Measures,
};

fn period(text: &str) -> Period {
    Period::parse_asked(text).unwrap()
}

fn edition(number: u8) -> HsEdition {
    HsEdition::new(number).unwrap()
}

fn book(entries: &[(Period, usize, i64)]) -> Book {
    let mut book = Book::default();
    for (period, rank, cents) in entries {
        let measures = Measures {
            figures: 1,
            cents: *cents,
            ..Measures::default()
        };
        let entry = book.entry(*period, *rank);
        entry
            .standing
            .add(Status::NORMAL, Qualifier::Exact, measures);
        entry.whole.add(Status::NORMAL, Qualifier::Exact, measures);
    }
    book
}

/// The amount of a period over some editions, of which each has one code.
fn amount(books: &[(u8, Book)], asked: &str) -> (i64, Choice) {
    let mut editions = Editions::default();
    for (number, book) in books {
        editions.add(edition(*number), book);
    }
    let choice = editions.choose(Flow::Export, period(asked));
    let releases: Vec<_> = (0..9)
        .map(|number| release(&number.to_string(), "UZ", "2024-01-01"))
        .collect();
    let kept: Vec<Book> = books
        .iter()
        .map(|(number, book)| choice.of(edition(*number), book))
        .collect();
    let sides: Vec<Side<'_>> = kept
        .iter()
        .map(|book| Side {
            book: Some(book),
            reporter: "UZ",
            partner: "KZ",
            flow: Flow::Export,
            region: "",
            untold: None,
        })
        .collect();
    let found = group::amount(&sides, &releases, period(asked));
    (found.map_or(-1, |amount| amount.cents()), choice)
}

#[test]
fn of_two_editions_of_one_period_the_last_vintage_counts() {
    let year = period("2023");
    let books = [(5, book(&[(year, 0, 100)])), (6, book(&[(year, 1, 90)]))];
    let (cents, choice) = amount(&books, "2023");
    assert_eq!(cents, 90);
    assert_eq!(choice.counted(), BTreeSet::from([edition(6)]));
    assert_eq!(choice.left_out(), &BTreeSet::from([edition(5)]));
    assert!(choice.counts(edition(6)) && !choice.counts(edition(5)));
    let books = [(5, book(&[(year, 2, 100)])), (6, book(&[(year, 1, 90)]))];
    assert_eq!(amount(&books, "2023").0, 100);
    // Of one release the later edition.
    let books = [(5, book(&[(year, 1, 100)])), (6, book(&[(year, 1, 90)]))];
    assert_eq!(amount(&books, "2023").0, 90);
}

#[test]
fn a_figure_of_the_whole_period_comes_before_months_of_a_later_vintage() {
    let books = [
        (5, book(&[(period("2023"), 0, 100)])),
        (
            6,
            book(&[(period("2023-01"), 1, 7), (period("2023-02"), 1, 7)]),
        ),
    ];
    assert_eq!(amount(&books, "2023").0, 100);
    assert_eq!(amount(&books, "2023-01").0, 7);
    assert_eq!(amount(&books, "2023-Q1").0, 14);
}

#[test]
fn editions_that_follow_one_another_within_a_year_both_count() {
    let month = |month| Period::new(Window::Month, 2012, month).unwrap();
    let of = |months: std::ops::RangeInclusive<i8>, rank| -> Vec<_> {
        months.map(|own| (month(own), rank, 10)).collect()
    };
    let books = [(3, book(&of(1..=8, 0))), (4, book(&of(9..=12, 1)))];
    let (cents, choice) = amount(&books, "2012");
    assert_eq!(cents, 120);
    assert_eq!(choice.counted(), BTreeSet::from([edition(3), edition(4)]));
    assert!(choice.left_out().is_empty());
    // Two months published again in the later edition count there.
    let books = [(3, book(&of(1..=8, 0))), (4, book(&of(7..=12, 1)))];
    let (cents, choice) = amount(&books, "2012");
    assert_eq!(cents, 120);
    assert_eq!(choice.left_out(), &BTreeSet::from([edition(3)]));
}

#[test]
fn over_the_end_of_a_year_each_year_has_its_edition() {
    let books = [
        (
            5,
            book(&[(period("2022-12"), 0, 5), (period("2023-01"), 0, 6)]),
        ),
        (6, book(&[(period("2023-01"), 1, 7)])),
    ];
    assert_eq!(amount(&books, "2022-02/2023-01").0, 12);
}

proptest! {
    /// Whatever is published in whichever window: no month is counted in two editions.
    #[test]
    fn no_month_counts_twice(
        published in prop::collection::vec((3_u8..=6, 0_usize..9, 0_usize..4, 1_i8..=12), 1..30),
        asked in prop::sample::select(vec!["2023", "2023-H1", "2023-Q2", "2023-07", "2023-01/2023-05"]),
    ) {
        let windows = [Window::Month, Window::Quarter, Window::Year, Window::JanuaryToMonth];
        let mut books: BTreeMap<u8, Vec<(Period, usize, i64)>> = BTreeMap::new();
        for (number, rank, window, month) in published {
            let window = windows[window];
            let month = match window {
                Window::Quarter => (month + 2) / 3 * 3,
                Window::Year => 12,
                _ => month,
            };
            let period = Period::new(window, 2023, month).unwrap();
            // A unit for each month, so that the amount says how many months have been counted.
            let length = i64::from(period.last_month() - period.first_month() + 1);
            let own = books.entry(number).or_default();
            own.retain(|(other, ..)| *other != period);
            own.push((period, rank, length));
        }
        let books: Vec<(u8, Book)> = books
            .iter()
            .map(|(number, entries)| (*number, book(entries)))
            .collect();
        let (cents, _) = amount(&books, asked);
        let length = period(asked).last_month() - period(asked).first_month() + 1;
        prop_assert!(cents <= i64::from(length), "{cents} months of {asked}");
    }
}
