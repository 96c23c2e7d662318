//! Steps of groups, whatever was published.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{Operation, Step, group::explain};
use crate::domain::{
    cell::Flow,
    group::{self, Book, Side},
    observation::{Qualifier, Status},
    period::{Period, Window, tests::any_period},
    release::{Release, tests::release},
    tally::{Measures, Tally},
};

/// A sum over one figure.
fn tally(cents: i64, is_missing: bool) -> Tally {
    let mut tally = Tally::default();
    let status = Status::try_from(if is_missing { 'Q' } else { 'A' }).unwrap();
    let measures = Measures {
        figures: 1,
        cents: if is_missing { 0 } else { cents },
        ..Measures::default()
    };
    tally.add(status, Qualifier::Exact, measures);
    tally
}

/// What two releases say about periods of two years; only what stands is certain to be there.
fn any_book() -> impl Strategy<Value = Book> {
    let entry = (any_period(2022..=2023), 0_usize..2, 1_i64..100, 0_u8..8);
    proptest::collection::vec(entry, 0..40).prop_map(|entries| {
        let entries: BTreeMap<(Period, usize), (i64, u8)> = entries
            .into_iter()
            .map(|(period, rank, cents, kind)| ((period, rank), (cents, kind)))
            .collect();
        let mut book = Book::default();
        for ((period, rank), (cents, kind)) in entries {
            let entry = book.entry(period, rank);
            entry.whole = tally(cents, kind == 0);
            if kind < 6 {
                entry.standing = entry.whole;
            }
        }
        book
    })
}

fn any_asked() -> impl Strategy<Value = Period> {
    let windows = [
        Window::Month,
        Window::Quarter,
        Window::HalfYear,
        Window::Year,
        Window::JanuaryToMonth,
        Window::TwelveMonths,
    ];
    (0..windows.len(), 1_i8..=4).prop_map(move |(window, quarter)| {
        let month = if windows[window] == Window::Year {
            12
        } else if windows[window] == Window::HalfYear {
            (quarter + 1) / 2 * 6
        } else {
            quarter * 3
        };
        Period::new(windows[window], 2023, month).unwrap()
    })
}

/// What a step is made of, as the steps below it say.
fn sum_of(steps: &[Step], place: usize) -> i64 {
    let parts = steps.iter().filter(|step| step.parent == Some(place));
    let signed = parts.filter_map(|part| {
        let cents = part.cents?;
        Some(if part.subtracted { -cents } else { cents })
    });
    signed.sum()
}

proptest! {
    #[test]
    fn steps_add_up_to_the_amount(exports in any_book(), imports in any_book(), period in any_asked()) {
        let releases: [Release; 2] = [
            release("a", "UZ", "2024-01-01"),
            release("b", "UZ", "2024-02-01"),
        ];
        let side = |book, flow| Side {
            book: Some(book),
            reporter: "UZ",
            partner: "KZ",
            flow,
            region: "",
            untold: None,
        };
        let sides = [side(&exports, Flow::Export), side(&imports, Flow::Import)];
        let found = explain(&sides, &releases, period);
        prop_assert_eq!(&found.amount, &group::amount(&sides, &releases, period));
        let root = &found.steps[0];
        prop_assert_eq!(root.cents, found.amount.as_ref().ok().map(group::Amount::cents));
        prop_assert_eq!(root.absence, found.amount.as_ref().err().copied());
        for (place, step) in found.steps.iter().enumerate() {
            if matches!(step.operation, Operation::Sum(_) | Operation::Difference) {
                prop_assert_eq!(step.cents, Some(sum_of(&found.steps, place)));
            }
            prop_assert!(step.parent.is_none_or(|parent| parent < place));
        }
        // Every step that takes figures has a leaf, and no other one.
        let taking = found.steps.iter().enumerate().filter(|(_, step)| step.cells > 0);
        let taking: Vec<usize> = taking.map(|(place, _)| place).collect();
        let leaves: Vec<usize> = found.leaves.iter().map(|leaf| leaf.step).collect();
        prop_assert_eq!(taking, leaves);
    }
}
