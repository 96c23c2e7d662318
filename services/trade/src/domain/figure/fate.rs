//! Why a published figure was not taken.

use jiff::Timestamp;

use crate::domain::{observation::Observation, release::Release};

/// Why a published figure was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate<'a> {
    /// Its release had not been published.
    NotYetPublished,
    /// Its release had been withdrawn.
    Withdrawn,
    /// In the strict reading: the publication had not been recorded.
    NotYetRecorded,
    /// This later release has the same cell.
    Superseded(&'a Release),
    /// This later release is complete, covers the cell and does not have it.
    Removed(&'a Release),
    /// It was published as missing.
    PublishedAsMissing,
    /// It stands, but others were taken.
    NotUsed,
}

/// As of when a figure is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// As known at this moment.
    pub known: Timestamp,
    /// Leaving out what was recorded then or later.
    pub recorded_before: Option<Timestamp>,
}

impl Moment {
    /// Returns why the figure of `own` was not taken. `releases` are releases of the same reporter that have been
    /// published, the earliest vintage first; `has` tells which of them have the cell.
    pub fn fate<'a>(
        self,
        own: &Release,
        figure: &Observation,
        releases: &[&'a Release],
        has: impl Fn(&Release) -> bool,
    ) -> Fate<'a> {
        if !own.counts(self.known, self.recorded_before) {
            return self.why_not_counting(own);
        }
        let later = releases.iter().filter(|other| {
            other.vintage() > own.vintage() && other.counts(self.known, self.recorded_before)
        });
        for other in later {
            if has(other) {
                return Fate::Superseded(other);
            }
            if other.publication.coverage.exhausts(&figure.cell) {
                return Fate::Removed(other);
            }
        }
        match figure.value_cents {
            Some(_) => Fate::NotUsed,
            None => Fate::PublishedAsMissing,
        }
    }

    fn why_not_counting<'a>(self, own: &Release) -> Fate<'a> {
        let vintage = own.publication.published.map(|(time, _)| time);
        if vintage.is_none_or(|published| published > self.known) {
            return Fate::NotYetPublished;
        }
        // Its publication must have been recorded for its withdrawal to be.
        let bound = self.recorded_before;
        let is_recorded = own
            .publish_record_time
            .is_some_and(|time| bound.is_none_or(|bound| time < bound));
        if is_recorded {
            Fate::Withdrawn
        } else {
            Fate::NotYetRecorded
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        cell::{Cell, Commodity, Flow},
        observation::{Precision, Qualifier, Status},
        release::tests::{day, release},
    };

    fn figure(value_cents: Option<i64>) -> Observation {
        Observation {
            line: 2,
            column: 0,
            cell: Cell {
                partner: "KZ".to_owned(),
                flow: Flow::Export,
                commodity: Commodity::Total,
                region: String::new(),
                period: "2022".parse().unwrap(),
            },
            value_cents,
            net_weight_grams: None,
            status: Status::NORMAL,
            precision: Precision {
                qualifier: Qualifier::Exact,
                unit_cents: 0,
            },
            as_published: String::new(),
        }
    }

    #[test]
    fn a_figure_says_what_became_of_it() {
        let moment = Moment {
            known: day("2024-06-01"),
            recorded_before: None,
        };
        let first = release("first", "UZ", "2024-01-01");
        let second = release("second", "UZ", "2024-02-01");
        let mut complete = release("complete", "UZ", "2024-03-01");
        let coverage = &mut complete.publication.coverage;
        coverage.complete = true;
        let releases = [&first, &second, &complete];
        let found = |own: &Release, value, has: &[&str]| {
            let has: Vec<String> = has.iter().map(|name| (*name).to_owned()).collect();
            moment.fate(own, &figure(value), &releases, move |release| {
                has.contains(&release.name)
            })
        };
        assert_eq!(
            found(&first, Some(1), &["first", "second"]),
            Fate::Superseded(&second)
        );
        assert_eq!(found(&first, Some(1), &["first"]), Fate::Removed(&complete));
        assert_eq!(found(&complete, Some(1), &["complete"]), Fate::NotUsed);
        assert_eq!(
            found(&complete, None, &["complete"]),
            Fate::PublishedAsMissing
        );
        let later = release("later", "UZ", "2024-07-01");
        assert_eq!(found(&later, Some(1), &[]), Fate::NotYetPublished);
        let mut withdrawn = release("withdrawn", "UZ", "2024-01-15");
        withdrawn
            .withdraw(day("2024-05-01"), String::new(), day("2024-05-02"))
            .unwrap();
        assert_eq!(found(&withdrawn, Some(1), &[]), Fate::Withdrawn);
        let strict = Moment {
            recorded_before: Some(day("2024-01-01")),
            ..moment
        };
        assert_eq!(
            strict.fate(&first, &figure(Some(1)), &releases, |_| false),
            Fate::NotYetRecorded
        );
    }
}
