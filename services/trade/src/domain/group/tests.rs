//! Amounts of groups.

use super::*;
use crate::domain::{
    observation::Status, period::Window, release::tests::release, tally::Measures,
};

fn period(text: &str) -> Period {
    Period::parse_asked(text).unwrap()
}

fn exact(cents: i64) -> Tally {
    let mut tally = Tally::default();
    let measures = Measures {
        figures: 1,
        cents,
        ..Measures::default()
    };
    tally.add(Status::NORMAL, Qualifier::Exact, measures);
    tally
}

fn book(entries: &[(&str, usize, i64)]) -> Book {
    let mut book = Book::default();
    for (text, rank, cents) in entries {
        let entry = book.entry(period(text), *rank);
        entry.standing.merge(&exact(*cents));
        entry.whole.merge(&exact(*cents));
    }
    book
}

fn side(book: &Book) -> Side<'_> {
    Side {
        book: Some(book),
        reporter: "UZ",
        partner: "KZ",
        flow: Flow::Export,
        region: "",
        untold: None,
    }
}

#[test]
fn what_several_releases_say_about_one_period_is_added() {
    let releases = [
        release("a", "UZ", "2024-01-01"),
        release("b", "UZ", "2024-02-01"),
    ];
    let book = book(&[("2023", 0, 10), ("2023", 1, 5)]);
    let found = amount(&[side(&book)], &releases, period("2023")).unwrap();
    assert_eq!((found.cents(), found.partial), (15, false));
    assert_eq!(found.uses.len(), 2);
}

#[test]
fn twelve_months_across_a_year_are_added_up_from_what_there_is() {
    let releases = [release("a", "UZ", "2024-01-01")];
    // From January to March is known, and from April to December by difference.
    let book = book(&[
        ("2023-01/2023-03", 0, 30),
        ("2022-01/2022-03", 0, 10),
        ("2022-01/2022-12", 0, 100),
    ]);
    let found = amount(&[side(&book)], &releases, period("2022-04/2023-03")).unwrap();
    assert_eq!(found.cents(), 120);
    let found = amount(&[side(&book)], &releases, period("2022-H1"));
    assert_eq!(found, Err(Absence::NotDecumulable));
}

#[test]
fn months_that_nobody_reports_leave_a_bound_unless_a_release_is_complete() {
    let mut releases = [release("a", "UZ", "2024-01-01")];
    let book = book(&[("2023-01", 0, 1), ("2023-03", 0, 2)]);
    let found = amount(&[side(&book)], &releases, period("2023-Q1")).unwrap();
    assert_eq!(
        (found.cents(), found.qualifier()),
        (3, Qualifier::LowerBound)
    );
    assert!(found.warnings(&releases).contains(&Warning::Partial));

    let coverage = &mut releases[0].publication.coverage;
    coverage.complete = true;
    coverage.by_commodity = true;
    coverage.flows = vec![Flow::Export];
    coverage.windows = vec![Window::Month];
    coverage.first_day = Some(jiff::civil::date(2023, 1, 1));
    coverage.last_day = Some(jiff::civil::date(2023, 12, 31));
    let found = amount(&[side(&book)], &releases, period("2023-Q1")).unwrap();
    assert_eq!((found.cents(), found.qualifier()), (3, Qualifier::Exact));
    // The other flow is not covered.
    let imports = Side {
        flow: Flow::Import,
        book: None,
        ..side(&book)
    };
    let found = amount(&[side(&book), imports], &releases, period("2023-Q1")).unwrap();
    assert_eq!(
        (found.cents(), found.qualifier()),
        (3, Qualifier::LowerBound)
    );
}

#[test]
fn months_known_in_one_sum_make_a_year() {
    let releases = [release("a", "UZ", "2024-01-01")];
    let mut book = Book::default();
    for (year, months) in [(2023, 12), (2022, 11)] {
        let sum = YearOfMonths {
            tally: exact(7),
            months,
            ranks: [0].into(),
            lengths: Lengths::default(),
        };
        book.add_year(year, &sum);
    }
    let of = |year| amount(&[side(&book)], &releases, period(year)).unwrap();
    assert_eq!((of("2023").cents(), of("2023").partial), (7, false));
    assert!(of("2022").partial);
    assert!(amount(&[side(&book)], &releases, period("2023-Q1")).is_err());
}

#[test]
fn concentration_is_the_sum_of_squared_shares() {
    assert_eq!(herfindahl_hirschman_ppm(&[5]), Some(1_000_000));
    assert_eq!(herfindahl_hirschman_ppm(&[1, 1, 1, 1]), Some(250_000));
    assert_eq!(herfindahl_hirschman_ppm(&[50, 30, 20]), Some(380_000));
    assert_eq!(herfindahl_hirschman_ppm(&[]), None);
    assert_eq!(herfindahl_hirschman_ppm(&[0]), None);
}

#[test]
fn longer_codes_of_one_release_and_period_are_parts_of_the_groups_own() {
    // What a release published of a chapter does not stand, what it published of a heading does.
    let mut chapter = Book::default();
    chapter.entry(period("2023-01/2023-06"), 0).whole = exact(100);
    let mut heading = Book::default();
    for (text, cents) in [("2023-01/2023-06", 60), ("2023-01/2023-03", 20)] {
        let entry = heading.entry(period(text), 0);
        (entry.whole, entry.standing) = (exact(cents), exact(cents));
        (entry.whole_lengths, entry.standing_lengths) = (Lengths::one(4), Lengths::one(4));
    }
    assert!(!Book::are_unclear(Some(&chapter), &[&heading]));
    assert!(Book::are_unclear(Some(&chapter), &[&heading, &heading]));
    let chapter = chapter.or_longer(&heading);
    let entry = chapter.entry_at(period("2023-01/2023-06"), 0).unwrap();
    assert_eq!(entry.whole, exact(100));
    assert_eq!(entry.standing, exact(60));
    assert_eq!(entry.standing_lengths.digits().collect::<Vec<_>>(), [4]);
    let entry = chapter.entry_at(period("2023-01/2023-03"), 0).unwrap();
    assert_eq!(entry.whole, exact(20));
}

#[test]
fn a_chapter_published_as_missing_is_at_least_what_its_headings_are() {
    let mut chapter = Book::default();
    let missing = Status::try_from('Q').unwrap();
    let one = Measures {
        figures: 1,
        ..Measures::default()
    };
    let standing = &mut chapter.entry(period("2023"), 0).standing;
    standing.add(missing, Qualifier::Exact, one);
    let chapter = chapter.or_longer(&book(&[("2023", 0, 50)]));
    let releases = [release("a", "UZ", "2024-01-01")];
    let found = amount(&[side(&chapter)], &releases, period("2023")).unwrap();
    assert_eq!(
        (found.cents(), found.qualifier()),
        (50, Qualifier::LowerBound)
    );
}
