//! Releases: what one reporter published at one time, and how releases relate in time.

use jiff::{Timestamp, civil::Date};

use super::{
    cell::{Cell, Commodity, Flow, HsEdition},
    period::{Period, Window},
};

/// Where a release is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Being prepared; no query sees its figures.
    Staging,
    /// Counts from its publication on.
    Published,
    /// Counted from its publication until its withdrawal.
    Withdrawn,
}

/// Where a time of publication comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PublishBasis {
    /// The source states it.
    Stated,
    /// The earliest moment at which the source is known to have existed.
    FirstKnown,
}

/// The terms of delivery at which goods are valued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Valuation {
    /// Free on board.
    Fob,
    /// Cost, insurance and freight.
    Cif,
    /// The publication does not say.
    NotStated,
}

/// What is counted as trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Goods only.
    Goods,
    /// Goods and services.
    GoodsAndServices,
    /// The publication does not say.
    NotStated,
}

/// What a publication covers. Empty lists and absent days mean: not stated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// Whether every covered figure is in the release.
    pub complete: bool,
    /// The partners: at least one.
    pub partners: Vec<String>,
    /// The flows; never empty when complete.
    pub flows: Vec<Flow>,
    /// The kinds of windows; never empty when complete.
    pub windows: Vec<Window>,
    /// The first day; there when complete.
    pub first_day: Option<Date>,
    /// The last day; there when complete.
    pub last_day: Option<Date>,
    /// Whether complete by commodity too.
    pub by_commodity: bool,
    /// Whether complete by region too.
    pub by_region: bool,
}

impl Coverage {
    /// Tells whether a figure about `cell` belongs into a release of this coverage.
    #[must_use]
    pub fn admits(&self, cell: &Cell) -> bool {
        self.partners.contains(&cell.partner)
            && (self.flows.is_empty() || self.flows.contains(&cell.flow))
            && self.admits_period(cell.period)
    }

    /// Tells whether a release of this coverage would have a figure about `cell` if there were one.
    #[must_use]
    pub fn exhausts(&self, cell: &Cell) -> bool {
        self.complete
            && self.admits(cell)
            && (self.by_commodity || cell.commodity == Commodity::Total)
            && (self.by_region || cell.region.is_empty())
    }

    fn admits_period(&self, period: Period) -> bool {
        (self.windows.is_empty() || self.windows.contains(&period.window()))
            && self.first_day.is_none_or(|day| day <= period.first_day())
            && self.last_day.is_none_or(|day| period.last_day() <= day)
    }
}

/// What the creator of a release says about the publication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// What people call it.
    pub display_name: String,
    /// The party whose statistics these are.
    pub reporter: String,
    /// The body that published the figures.
    pub publisher: String,
    /// When it appeared, and how that is known.
    pub published: Option<(Timestamp, PublishBasis)>,
    /// How the time of publication was established; may be empty.
    pub publish_time_note: String,
    /// Address; may be empty.
    pub source_uri: String,
    /// What it covers.
    pub coverage: Coverage,
    /// How exports are valued.
    pub export_valuation: Valuation,
    /// How imports are valued.
    pub import_valuation: Valuation,
    /// Whether services are counted.
    pub scope: Scope,
    /// The edition of commodity codes that name none.
    pub hs_edition: Option<HsEdition>,
    /// Anything else; may be empty.
    pub note: String,
}

/// A withdrawal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawal {
    /// From when on the publication does not count.
    pub time: Timestamp,
    /// When Accord recorded that.
    pub record_time: Timestamp,
    /// Why.
    pub reason: String,
}

/// A release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// Its resource name.
    pub name: String,
    /// Its unique identifier.
    pub uid: String,
    /// Its place among all releases in the order of their recording, from 1.
    pub number: i64,
    /// Counts its changes, from 1.
    pub revision: i64,
    /// What it says about the publication.
    pub publication: Publication,
    /// How many figures finished imports have brought.
    pub observation_count: i64,
    /// When Accord recorded it as published; none while staging.
    pub publish_record_time: Option<Timestamp>,
    /// Its withdrawal, if it was withdrawn.
    pub withdrawal: Option<Withdrawal>,
    /// When Accord recorded it first.
    pub create_time: Timestamp,
    /// When Accord recorded its latest change.
    pub update_time: Timestamp,
}

/// Why a release cannot be published or withdrawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// It is published or withdrawn already.
    #[error("the release is not staging")]
    NotStaging(State),
    /// It is not published, or withdrawn already.
    #[error("the release is not published")]
    NotPublished(State),
    /// It does not say when it was published.
    #[error("the release has no time of publication")]
    PublishTimeMissing,
    /// Its time of publication has not come.
    #[error("the time of publication lies in the future")]
    PublishTimeInFuture,
    /// It has no figures.
    #[error("the release has no figures")]
    Empty,
    /// The withdrawal is not after the publication, or lies in the future.
    #[error("the withdrawal is not between the publication and now")]
    WithdrawTime,
}

/// The place of a release among others: a later one supersedes an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Vintage<'a> {
    publish_time: Timestamp,
    record_time: Timestamp,
    name: &'a str,
}

impl Release {
    /// Returns where the release is in its life.
    #[must_use]
    pub fn state(&self) -> State {
        match (&self.withdrawal, self.publish_record_time) {
            (Some(_), _) => State::Withdrawn,
            (None, Some(_)) => State::Published,
            (None, None) => State::Staging,
        }
    }

    /// Returns the release's place in time; none while staging.
    #[must_use]
    pub fn vintage(&self) -> Option<Vintage<'_>> {
        let (publish_time, _) = self.publication.published?;
        Some(Vintage {
            publish_time,
            record_time: self.publish_record_time?,
            name: &self.name,
        })
    }

    /// Tells whether the release counts for who asks as known at `known`, leaving out what was
    /// recorded at `recorded_before` or later.
    #[must_use]
    pub fn counts(&self, known: Timestamp, recorded_before: Option<Timestamp>) -> bool {
        let recorded = |at: Timestamp| recorded_before.is_none_or(|bound| at < bound);
        let published = self
            .vintage()
            .is_some_and(|vintage| vintage.publish_time <= known && recorded(vintage.record_time));
        let withdrawn = self
            .withdrawal
            .as_ref()
            .is_some_and(|withdrawal| withdrawal.time <= known && recorded(withdrawal.record_time));
        published && !withdrawn
    }

    /// Fails unless the release can still change.
    pub fn expect_staging(&self) -> Result<(), Error> {
        match self.state() {
            State::Staging => Ok(()),
            state @ (State::Published | State::Withdrawn) => Err(Error::NotStaging(state)),
        }
    }

    /// Makes the release count from its time of publication on.
    pub fn publish(&mut self, now: Timestamp) -> Result<(), Error> {
        self.expect_staging()?;
        let (publish_time, _) = self
            .publication
            .published
            .ok_or(Error::PublishTimeMissing)?;
        if publish_time > now {
            return Err(Error::PublishTimeInFuture);
        }
        if self.observation_count == 0 {
            return Err(Error::Empty);
        }
        self.publish_record_time = Some(now);
        self.touch(now);
        Ok(())
    }

    /// Takes the release out from `time` on.
    pub fn withdraw(
        &mut self,
        time: Timestamp,
        reason: String,
        now: Timestamp,
    ) -> Result<(), Error> {
        match self.state() {
            State::Published => {}
            state @ (State::Staging | State::Withdrawn) => return Err(Error::NotPublished(state)),
        }
        let published = self.vintage().map(|vintage| vintage.publish_time);
        if time > now || published.is_some_and(|published| time <= published) {
            return Err(Error::WithdrawTime);
        }
        self.withdrawal = Some(Withdrawal {
            time,
            record_time: now,
            reason,
        });
        self.touch(now);
        Ok(())
    }

    /// Counts one more change.
    pub fn touch(&mut self, now: Timestamp) {
        self.revision += 1;
        self.update_time = now;
    }
}

/// How a flow of a release is valued; a published total takes in both.
#[must_use]
pub fn valuations(publication: &Publication, flow: Flow) -> Vec<Valuation> {
    match flow {
        Flow::Export | Flow::ReExport => vec![publication.export_valuation],
        Flow::Import | Flow::ReImport => vec![publication.import_valuation],
        Flow::Turnover => vec![publication.export_valuation, publication.import_valuation],
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn day(text: &str) -> Timestamp {
        format!("{text}T00:00:00Z").parse().unwrap()
    }

    /// A partial release of goods, published and recorded on `published`.
    pub(crate) fn release(name: &str, reporter: &str, published: &str) -> Release {
        let partner = if reporter == "UZ" { "KZ" } else { "UZ" };
        Release {
            name: name.to_owned(),
            uid: name.to_owned(),
            number: 0,
            revision: 1,
            publication: Publication {
                display_name: name.to_owned(),
                reporter: reporter.to_owned(),
                publisher: "Statistics".to_owned(),
                published: Some((day(published), PublishBasis::Stated)),
                publish_time_note: String::new(),
                source_uri: String::new(),
                coverage: Coverage {
                    complete: false,
                    partners: vec![partner.to_owned()],
                    flows: Vec::new(),
                    windows: Vec::new(),
                    first_day: None,
                    last_day: None,
                    by_commodity: false,
                    by_region: false,
                },
                export_valuation: Valuation::Fob,
                import_valuation: Valuation::Cif,
                scope: Scope::Goods,
                hs_edition: None,
                note: String::new(),
            },
            observation_count: 1,
            publish_record_time: Some(day(published)),
            withdrawal: None,
            create_time: day(published),
            update_time: day(published),
        }
    }

    #[test]
    fn a_release_is_published_once_and_withdrawn_once() {
        let mut release = release("r", "UZ", "2024-01-01");
        release.publish_record_time = None;
        assert_eq!(release.state(), State::Staging);
        assert_eq!(
            release.withdraw(day("2024-02-01"), String::new(), day("2024-02-01")),
            Err(Error::NotPublished(State::Staging))
        );
        assert_eq!(
            release.publish(day("2023-12-31")),
            Err(Error::PublishTimeInFuture)
        );
        assert_eq!(release.publish(day("2024-01-05")), Ok(()));
        assert_eq!(
            release.publish(day("2024-01-05")),
            Err(Error::NotStaging(State::Published))
        );
        let now = day("2024-02-01");
        for bad in ["2024-01-01", "2024-02-02"] {
            assert_eq!(
                release.withdraw(day(bad), String::new(), now),
                Err(Error::WithdrawTime)
            );
        }
        assert_eq!(release.withdraw(now, "wrong file".to_owned(), now), Ok(()));
        assert_eq!(release.state(), State::Withdrawn);
        assert_eq!(release.revision, 3);
    }

    #[test]
    fn what_counts_follows_publication_and_in_the_strict_reading_recording() {
        let mut release = release("r", "UZ", "2024-01-01");
        release.publish_record_time = Some(day("2024-06-01"));
        assert!(!release.counts(day("2023-12-31"), None));
        assert!(release.counts(day("2024-01-01"), None));
        assert!(!release.counts(day("2024-01-01"), Some(day("2024-06-01"))));
        assert!(release.counts(day("2024-01-01"), Some(day("2024-06-02"))));
        release
            .withdraw(day("2024-07-01"), String::new(), day("2024-08-01"))
            .unwrap();
        assert!(release.counts(day("2024-06-30"), None));
        assert!(!release.counts(day("2024-07-01"), None));
        assert!(release.counts(day("2024-07-01"), Some(day("2024-08-01"))));
    }

    #[test]
    fn empty_releases_and_releases_without_time_are_not_published() {
        let mut empty = release("r", "UZ", "2024-01-01");
        empty.publish_record_time = None;
        empty.observation_count = 0;
        assert_eq!(empty.publish(day("2025-01-01")), Err(Error::Empty));
        empty.publication.published = None;
        assert_eq!(
            empty.publish(day("2025-01-01")),
            Err(Error::PublishTimeMissing)
        );
    }

    #[test]
    fn a_complete_annual_table_of_totals_exhausts_neither_months_nor_headings() {
        let mut coverage = release("r", "UZ", "2024-01-01").publication.coverage;
        coverage.complete = true;
        coverage.flows = vec![Flow::Export];
        coverage.windows = vec![Window::Year];
        coverage.first_day = Some(jiff::civil::date(2020, 1, 1));
        coverage.last_day = Some(jiff::civil::date(2022, 12, 31));
        let cell = |flow, period: &str, code: &str, region: &str| Cell {
            partner: "KZ".to_owned(),
            flow,
            commodity: Commodity::parse(code, HsEdition::new(6)).unwrap(),
            region: region.to_owned(),
            period: period.parse().unwrap(),
        };
        assert!(coverage.exhausts(&cell(Flow::Export, "2022", "TOTAL", "")));
        assert!(!coverage.exhausts(&cell(Flow::Import, "2022", "TOTAL", "")));
        assert!(!coverage.exhausts(&cell(Flow::Export, "2023", "TOTAL", "")));
        assert!(!coverage.exhausts(&cell(Flow::Export, "2022-03", "TOTAL", "")));
        assert!(!coverage.exhausts(&cell(Flow::Export, "2022", "27", "")));
        assert!(!coverage.exhausts(&cell(Flow::Export, "2022", "TOTAL", "UZ-TK")));
    }
}
