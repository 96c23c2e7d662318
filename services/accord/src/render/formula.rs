//! Cells of CSV that a spreadsheet would take for a formula, made harmless and back.
//!
//! Texts come from other parties, and whoever opens a file with a spreadsheet runs what its cells begin with `=`
//! say. The practice of OWASP ("CSV Injection"): such a cell gets a `'` before it. One that begins with `'` and could be
//! mistaken for a guarded one gets another, so that taking one off brings back each cell as it was.

use std::borrow::Cow;

/// Stands before a cell that would be a formula.
const GUARD: char = '\'';

/// Returns a cell as it is written: with a guard where a spreadsheet would take it for a formula.
#[must_use]
pub fn guarded(cell: &str) -> Cow<'_, str> {
    if is_formula(cell.trim_start_matches(GUARD)) && !is_number(cell) {
        Cow::Owned(format!("{GUARD}{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

/// Returns the cells of a row as they are written.
pub fn guarded_row(cells: &[String]) -> impl Iterator<Item = String> {
    cells.iter().map(|cell| guarded(cell).into_owned())
}

/// Returns a written cell as it was: the way back from [`guarded`].
#[must_use]
pub fn bare(cell: &str) -> &str {
    match cell.strip_prefix(GUARD) {
        Some(rest) if is_formula(rest.trim_start_matches(GUARD)) => rest,
        _ => cell,
    }
}

/// Whether a spreadsheet may take it for a formula: by the signs that OWASP lists, with those of double width.
fn is_formula(cell: &str) -> bool {
    cell.starts_with([
        '=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
    ])
}

/// Whether it is a plain number, which does nothing whatever its sign: `-12.5`.
fn is_number(cell: &str) -> bool {
    let digits = cell.strip_prefix(['-', '+']).unwrap_or(cell);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_digits(whole) && is_digits(fraction)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_a_spreadsheet_would_run_is_guarded() {
        for formula in [
            "=1+1",
            "=HYPERLINK(\"https://example.org\")",
            "+A1",
            "-2+3+cmd|' /C calc'!A0",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "\n=1",
            "\u{ff1d}1+1",
            "-",
            "+998 71 200-00-00",
        ] {
            assert_eq!(guarded(formula), format!("'{formula}"));
        }
    }

    #[test]
    fn what_it_would_only_show_is_left_alone() {
        for plain in [
            "",
            "Treaty = peace",
            "'quoted'",
            "-12",
            "+7.25",
            "2021-12-06",
            " =1",
            "'",
        ] {
            assert_eq!(guarded(plain), plain);
            assert_eq!(bare(plain), plain);
        }
    }

    #[test]
    fn a_cell_that_looks_guarded_gets_another_guard() {
        assert_eq!(guarded("'=1"), "''=1");
        assert_eq!(bare("''=1"), "'=1");
        assert_eq!(guarded("'-1"), "''-1");
        assert_eq!(bare(&guarded("'-1")), "'-1");
    }

    proptest! {
        #[test]
        fn every_cell_comes_back(cell in "['=+@\t\r\n\u{ff1d}0-9.ax-]{0,6}") {
            let written = guarded(&cell);
            prop_assert!(!is_formula(&written) || is_number(&written));
            prop_assert_eq!(bare(&written), &cell);
        }
    }
}
