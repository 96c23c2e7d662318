//! The years and periods of a series.

use aip::Violation;

use super::Asked;
use crate::domain::{
    period::{Period, Window, YEARS},
    turnover::Question,
};

/// How many years a series spans at most.
const MAX_YEARS: i16 = 100;

/// Checks the first and the last year asked for.
pub(in crate::api) fn check_years(
    (start, end): (Option<i16>, Option<i16>),
) -> Result<(), Violation> {
    let Some((start, end)) = start.zip(end) else {
        return Ok(());
    };
    if end < start {
        return Err(Violation::new(
            "end_year",
            "FIELD_INVALID",
            "is before start_year",
        ));
    }
    if end - start >= MAX_YEARS {
        return Err(Violation::new(
            "end_year",
            "FIELD_INVALID",
            "must be at most 99 years after start_year",
        ));
    }
    Ok(())
}

/// The years of which figures are needed: growth looks back a year, twelve months begin in the year before.
pub(super) fn years(asked: &Asked) -> (i16, i16) {
    let (start, end) = asked.years;
    let back = 1 + i16::from(asked.window == Window::TwelveMonths);
    let base = asked.base.map(|base| (base.first_year(), base.year()));
    let start = start.map_or(*YEARS.start(), |year| year - back);
    let end = end.unwrap_or(*YEARS.end());
    match base {
        Some((first, last)) => (start.min(first), end.max(last)),
        None => (start, end),
    }
}

/// Returns the periods of the series, from the first year asked for or known to the last.
pub(super) fn periods(
    asked: &Asked,
    question: &Question,
    known: Option<(i16, i16)>,
) -> Vec<Period> {
    let today = question.today.year();
    match bounds(asked.years, known, today) {
        Some(years) => periods_between(asked.window, years),
        None => Vec::new(),
    }
}

/// Returns the periods of a window from the first to the last of some years.
pub(in crate::api) fn periods_between(window: Window, (start, end): (i16, i16)) -> Vec<Period> {
    let last_months: &[i8] = match window {
        Window::Year => &[12],
        Window::HalfYear => &[6, 12],
        Window::Quarter => &[3, 6, 9, 12],
        Window::Month | Window::JanuaryToMonth | Window::TwelveMonths => {
            &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
        }
    };
    (start..=end)
        .flat_map(|year| last_months.iter().map(move |month| (year, *month)))
        .filter_map(|(year, month)| Period::new(window, year, month).ok())
        .collect()
}

/// Returns the first and the last year: those asked for, else those known. What was asked for has
/// been checked; what is derived is kept within [`MAX_YEARS`] and not after `this_year`, so that a
/// slip in one published period does not take the series with it.
pub(in crate::api) fn bounds(
    (start, end): (Option<i16>, Option<i16>),
    known: Option<(i16, i16)>,
    this_year: i16,
) -> Option<(i16, i16)> {
    let (known_start, known_end) = known.unzip();
    let end = end.or_else(|| {
        let latest = start.map_or(this_year, |start| this_year.min(start + MAX_YEARS - 1));
        Some(known_end?.min(latest))
    })?;
    let start = start.or_else(|| Some(known_start?.max(end - MAX_YEARS + 1)))?;
    Some((start, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derived_years_are_the_last_hundred() {
        let known = Some((1900, 2122));
        for (asked, expected) in [
            ((None, None), (1927, 2026)),
            ((Some(2000), None), (2000, 2026)),
            ((Some(1910), None), (1910, 2009)),
            ((None, Some(2030)), (1931, 2030)),
            ((Some(2020), Some(2030)), (2020, 2030)),
        ] {
            assert_eq!(bounds(asked, known, 2026), Some(expected));
        }
        assert_eq!(
            bounds((None, None), Some((2021, 2025)), 2026),
            Some((2021, 2025))
        );
        assert_eq!(bounds((Some(2020), None), None, 2026), None);
    }
}
