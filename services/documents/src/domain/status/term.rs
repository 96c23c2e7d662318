//! How long a document stays in force: its terms, their renewal, and the notice that stops it.
//!
//! The day of entry into force is the first day of a term, so a term of five years from 5 February
//! 2021 ends with 4 February 2026, as the parties counted for the New START treaty. Renewals are
//! counted from the day of entry into force, never from the term before, so that a short month does
//! not shift all later ones.

use jiff::{Span, civil::Date};

use crate::domain::{DurationRule, offset::months_after};

/// The term that a day falls in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// The rule in one sentence.
    pub rule: String,
    /// The last day of the term, if one is established.
    pub end: Option<Date>,
    /// The first day of the next term, if it renews.
    pub renewal: Option<Date>,
    /// The last day on which a notice that stops the renewal can be received.
    pub notice_deadline: Option<Date>,
}

impl Term {
    /// Returns the term that `day` falls in, for a document that enters into force on `entry`.
    pub(super) fn on(day: Date, rule: &DurationRule, entry: Option<Date>) -> Self {
        let mut term = Self {
            rule: rule.sentence(),
            end: None,
            renewal: None,
            notice_deadline: None,
        };
        match (rule, entry) {
            (DurationRule::Until(end), _) => term.end = Some(*end),
            (DurationRule::Months(months), Some(entry)) => {
                term.end = Some(eve(months_after(entry, *months)));
            }
            (
                DurationRule::Renewable {
                    initial_months,
                    renewal_months,
                    notice_months,
                },
                Some(entry),
            ) => {
                let renewal = first_days(entry, *initial_months, *renewal_months, day)
                    .find(|renewal| day < *renewal);
                term.end = renewal.map(eve);
                term.renewal = renewal;
                term.notice_deadline =
                    renewal.map(|renewal| notice_deadline(renewal, *notice_months));
            }
            _ => {}
        }
        term
    }
}

impl Term {
    /// Ends the term, if it lasts so long, with the eve of the day from which the document no longer binds. One that
    /// had not entered into force by then has no term.
    pub(super) fn cut(&mut self, end: Date, entry: Option<Date>) {
        if self.end.is_some_and(|last| last < eve(end)) {
            return;
        }
        let was_in_force = entry.is_some_and(|entry| entry < end);
        let last = self.end.filter(|last| *last == eve(end));
        self.end = last.or(was_in_force.then(|| eve(end)));
        self.renewal = None;
        self.notice_deadline = None;
    }
}

/// Returns the days on which a notice received on `received` takes effect under `rule`: the first
/// day on which the document no longer binds. Nothing if the rule foresees no notice.
pub(super) fn notice_effect(rule: &DurationRule, entry: Date, received: Date) -> Option<Date> {
    match rule {
        DurationRule::Indefinite {
            notice_months: Some(months),
        } => Some(months_after(received, *months)),
        DurationRule::Renewable {
            initial_months,
            renewal_months,
            notice_months,
        } => first_days(entry, *initial_months, *renewal_months, received)
            .find(|renewal| received <= notice_deadline(*renewal, *notice_months)),
        DurationRule::Indefinite {
            notice_months: None,
        }
        | DurationRule::Months(_)
        | DurationRule::Until(_)
        | DurationRule::Unknown => None,
    }
}

/// Returns the first day of each further term of a document that entered into force on `entry`, with the
/// last day on which a notice that stops this renewal can be received; nothing for a rule without renewals.
pub(super) fn renewals(rule: &DurationRule, entry: Date) -> impl Iterator<Item = (Date, Date)> {
    let months = match rule {
        DurationRule::Renewable {
            initial_months,
            renewal_months,
            notice_months,
        } => Some((*initial_months, *renewal_months, *notice_months)),
        _ => None,
    };
    months
        .into_iter()
        .flat_map(move |(initial, renewal, notice)| {
            first_days(entry, initial, renewal, entry)
                .map(move |day| (day, notice_deadline(day, notice)))
        })
}

/// Returns the first days of further terms in their order, from the second term's or the last ones before `day` on, while
/// the calendar lasts. However many terms have passed by then, they are not counted one by one.
fn first_days(
    entry: Date,
    initial_months: i32,
    renewal_months: i32,
    day: Date,
) -> impl Iterator<Item = Date> {
    let (initial, renewal) = (i64::from(initial_months), i64::from(renewal_months.max(1)));
    // A term that begins fewer months after the entry than this begins before the month of `day`.
    let months = 12 * i64::from(day.year() - entry.year()) + i64::from(day.month() - entry.month());
    let passed = (months - initial).max(0) / renewal;
    (passed..).map_while(move |number| {
        let months = Span::new().try_months(initial + number * renewal);
        entry.checked_add(months.ok()?).ok()
    })
}

/// A notice must be received so long before the renewal that the whole time lies between.
fn notice_deadline(renewal: Date, notice_months: i32) -> Date {
    eve(months_after(renewal, -notice_months))
}

/// Returns the day before.
pub(super) fn eve(day: Date) -> Date {
    day.yesterday().unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    const FIVE_YEARS: DurationRule = DurationRule::Renewable {
        initial_months: 60,
        renewal_months: 60,
        notice_months: 6,
    };

    #[test]
    fn a_term_ends_on_the_eve_of_its_anniversary() {
        let term = Term::on(
            date(2021, 2, 5),
            &DurationRule::Months(60),
            Some(date(2021, 2, 5)),
        );
        assert_eq!(term.end, Some(date(2026, 2, 4)));
        assert_eq!(term.renewal, None);
    }

    #[test]
    fn a_renewable_term_names_its_renewal_and_the_last_day_of_notice() {
        let term = Term::on(date(2030, 1, 1), &FIVE_YEARS, Some(date(2020, 3, 1)));
        assert_eq!(term.end, Some(date(2030, 2, 28)));
        assert_eq!(term.renewal, Some(date(2030, 3, 1)));
        assert_eq!(term.notice_deadline, Some(date(2029, 8, 31)));
    }

    #[test]
    fn a_notice_received_after_the_deadline_stops_the_next_renewal() {
        let entry = date(2020, 3, 1);
        assert_eq!(
            notice_effect(&FIVE_YEARS, entry, date(2024, 8, 31)),
            Some(date(2025, 3, 1))
        );
        assert_eq!(
            notice_effect(&FIVE_YEARS, entry, date(2024, 9, 1)),
            Some(date(2030, 3, 1))
        );
    }

    #[test]
    fn a_renewal_does_not_shift_after_a_short_month() {
        let monthly = DurationRule::Renewable {
            initial_months: 1,
            renewal_months: 1,
            notice_months: 0,
        };
        let renewal = |day| Term::on(day, &monthly, Some(date(2023, 1, 31))).renewal;
        assert_eq!(renewal(date(2023, 2, 1)), Some(date(2023, 2, 28)));
        assert_eq!(renewal(date(2023, 2, 28)), Some(date(2023, 3, 31)));
    }

    #[test]
    fn a_thousand_years_of_monthly_terms_are_counted_to_the_day() {
        let monthly = DurationRule::Renewable {
            initial_months: 1,
            renewal_months: 1,
            notice_months: 1,
        };
        let entry = Some(date(1500, 1, 31));
        for (day, renewal) in [
            (date(2499, 12, 31), date(2500, 1, 31)),
            (date(2500, 12, 31), date(2501, 1, 31)),
            (date(2700, 2, 27), date(2700, 2, 28)),
        ] {
            let term = Term::on(day, &monthly, entry);
            assert_eq!(term.renewal, Some(renewal), "{day}");
            assert_eq!(term.end, Some(eve(renewal)));
        }
        assert_eq!(
            notice_effect(&monthly, date(1500, 1, 31), date(2600, 5, 30)),
            Some(date(2600, 7, 31))
        );
        let last = Term::on(Date::MAX, &monthly, entry);
        assert_eq!((last.end, last.renewal), (None, None));
    }

    proptest! {
        #[test]
        fn every_day_falls_in_exactly_one_term(day in 0i64..200_000, initial in 1i32..240, renewal in 1i32..240) {
            let entry = date(1900, 1, 31);
            let day = entry.saturating_add(jiff::SignedDuration::from_hours(24 * day));
            let rule = DurationRule::Renewable { initial_months: initial, renewal_months: renewal, notice_months: 3 };
            let term = Term::on(day, &rule, Some(entry));
            prop_assert!(term.end.is_some_and(|end| day <= end));
            let before = term.renewal.and_then(|first| Term::on(eve(eve(first)), &rule, Some(entry)).renewal);
            prop_assert!(before <= term.renewal);
        }

        #[test]
        fn a_notice_never_takes_effect_before_its_receipt(day in 0i64..100_000, months in 1i32..120) {
            let entry = date(1900, 1, 1);
            let received = entry.saturating_add(jiff::SignedDuration::from_hours(24 * day));
            for rule in [
                DurationRule::Indefinite { notice_months: Some(months) },
                DurationRule::Renewable { initial_months: 60, renewal_months: 12, notice_months: months },
            ] {
                prop_assert!(notice_effect(&rule, entry, received).is_some_and(|effect| effect > received));
            }
        }
    }
}
