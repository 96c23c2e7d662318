//! How a roadmap came to where it is: scope and both numbers at the end of each step of time, as known then and as
//! known now.

use jiff::{
    Timestamp, ToSpan as _,
    civil::{Date, Weekday},
    tz::TimeZone,
};

use super::progress::{Inconsistent, Step, Tally, Told};

/// How long the steps are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Every {
    /// Monday to Sunday.
    Week,
    /// A calendar month.
    Month,
    /// A quarter of a calendar year.
    Quarter,
}

/// The days of one step, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    /// The first.
    pub first: Date,
    /// The last, at whose end the figures stand.
    pub last: Date,
}

/// The figures at one point.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// The agreed scope.
    pub agreed: Tally,
    /// What of it should be done.
    pub due: Tally,
    /// What of it a side claims to be done.
    pub activity: Tally,
    /// What of it both confirmed.
    pub attested: Tally,
}

/// How a scope changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// What came in.
    pub added: Tally,
    /// What went out, with its weight of before.
    pub removed: Tally,
    /// What stayed with another weight, and the sum of the differences.
    pub reweighted: Tally,
}

/// A roadmap at the end of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// The step.
    pub days: Days,
    /// What was known at its end.
    pub then: Figures,
    /// What is known now of it.
    pub now: Figures,
    /// How the scope of `then` changed since the point before.
    pub change: Change,
}

impl Every {
    /// Returns the last day of the step that a day belongs to.
    fn end(self, day: Date) -> Date {
        match self {
            Self::Week => {
                let left = 7 - i64::from(day.weekday().to_monday_one_offset());
                day.saturating_add(left.days())
            }
            Self::Month => day.last_of_month(),
            Self::Quarter => {
                let left = (3 - day.month() % 3) % 3;
                let month = day
                    .first_of_month()
                    .saturating_add(i64::from(left).months());
                month.last_of_month()
            }
        }
    }

    /// Parts the days from `first` to `last` into steps; nothing when there are more than `most`.
    #[must_use]
    pub fn steps(self, first: Date, last: Date, most: usize) -> Option<Vec<Days>> {
        let mut steps = Vec::new();
        let mut begin = first;
        while begin <= last {
            if steps.len() == most {
                return None;
            }
            let end = self.end(begin).min(last);
            steps.push(Days {
                first: begin,
                last: end,
            });
            begin = end.tomorrow().ok()?;
        }
        Some(steps)
    }
}

/// Returns the Monday of the week that a day belongs to.
pub(super) fn monday(day: Date) -> Date {
    let since = i64::from(day.weekday().since(Weekday::Monday));
    day.saturating_sub(since.days())
}

/// Adds up what happened to each measure, recorded by `known`, at the end of each of the steps, which are in order.
pub fn points(
    measures: &[Vec<Step>],
    steps: &[Days],
    known: Timestamp,
) -> Result<Vec<Point>, Inconsistent> {
    let today = known.to_zoned(TimeZone::UTC).date();
    let mut points: Vec<Point> = steps
        .iter()
        .map(|days| Point {
            days: *days,
            then: Figures::default(),
            now: Figures::default(),
            change: Change::default(),
        })
        .collect();
    for events in measures {
        add_as_known_then(events, &mut points)?;
        if let Some(told) = Told::by(events)?.filter(Told::is_agreed) {
            add_as_known_now(&told, today, &mut points);
        }
    }
    Ok(points)
}

fn add_as_known_then(events: &[Step], points: &mut [Point]) -> Result<(), Inconsistent> {
    let mut left = events;
    let mut told: Option<Told> = None;
    let mut before: Option<i64> = None;
    for point in points {
        while let [next, rest @ ..] = left
            && next.at.to_zoned(TimeZone::UTC).date() <= point.days.last
        {
            told = Some(Told::after(told, next)?);
            left = rest;
        }
        let agreed = told.as_ref().filter(|told| told.is_agreed());
        let weight = agreed.map(|told| told.stakes.weight);
        point.change.note(before, weight);
        before = weight;
        if let Some(told) = agreed {
            let claimed = told.completion.state.is_claimed();
            point.then.add(told, point.days.last, claimed);
        }
    }
    Ok(())
}

fn add_as_known_now(told: &Told, today: Date, points: &mut [Point]) {
    // A side east of UTC can report on a day that has not come there yet.
    let done = told.completed_on.map(|day| day.min(today));
    let claimed = told.completion.state.is_claimed();
    for point in points {
        let by_then = claimed && done.is_some_and(|day| day <= point.days.last);
        point.now.add(told, point.days.last, by_then);
    }
}

impl Figures {
    fn add(&mut self, told: &Told, on: Date, claimed: bool) {
        let weight = told.stakes.weight;
        self.agreed.add(weight);
        if told.stakes.last_day <= on {
            self.due.add(weight);
        }
        if claimed {
            self.activity.add(weight);
            if told.attested.is_some() {
                self.attested.add(weight);
            }
        }
    }
}

impl Change {
    /// Notes the weight with which a measure was agreed before and is now.
    fn note(&mut self, before: Option<i64>, now: Option<i64>) {
        match (before, now) {
            (None, Some(now)) => self.added.add(now),
            (Some(before), None) => self.removed.add(before),
            (Some(before), Some(now)) if before != now => self.reweighted.add(now - before),
            (Some(_), Some(_)) | (None, None) => {}
        }
    }
}

#[cfg(test)]
mod laws;
