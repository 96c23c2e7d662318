//! What is measured of a measure: agreed baselines and targets, and what each side says was reached.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};

use super::{
    decimal::Decimal,
    name::{DocumentName, TargetName},
    roadmap::Source,
    side::Side,
    title::Title,
};

/// What of the progress of a trade target is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// The value attained, in US cents.
    Attained,
    /// Its share of the target, in parts per million.
    AttainedShare,
}

impl Figure {
    /// Returns the unit in which the trade service gives the figure.
    #[must_use]
    pub fn unit(self) -> &'static str {
        match self {
            Self::Attained => "US cents",
            Self::AttainedShare => "ppm",
        }
    }
}

/// Where a live indicator is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TradeReading {
    /// The trade target.
    pub target: TargetName,
    /// What is read of it.
    pub figure: Figure,
}

/// One thing that is measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Indicator {
    /// Its id in the measure.
    pub id: String,
    /// What is measured.
    pub titles: Vec<Title>,
    /// The unit of all its values.
    pub unit: String,
    /// Where the sides started.
    pub baseline: Option<Decimal>,
    /// What has to be reached.
    pub target: Option<Decimal>,
    /// Where the value is read, if nobody records it.
    pub reading: Option<TradeReading>,
}

/// What a measure fulfils.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Commitment {
    /// The document.
    pub document: DocumentName,
    /// Where in it; may be empty.
    pub provision: String,
}

/// The part of a measure's plan on which neither its days nor its weight depend.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Details {
    /// What a reader should know.
    pub notes: Vec<Title>,
    /// What is measured.
    pub indicators: Vec<Indicator>,
    /// What is fulfilled.
    pub commitments: Vec<Commitment>,
}

impl Details {
    /// Returns each name of a resource of another service, with the field that has it.
    pub fn references(&self) -> impl Iterator<Item = (String, String)> {
        let targets = self
            .indicators
            .iter()
            .enumerate()
            .filter_map(|(index, indicator)| {
                let reading = indicator.reading.as_ref()?;
                let field = format!("indicators[{index}].trade_reading.target");
                Some((field, reading.target.to_string()))
            });
        let documents = self
            .commitments
            .iter()
            .enumerate()
            .map(|(index, commitment)| {
                let field = format!("commitments[{index}].document");
                (field, commitment.document.to_string())
            });
        targets.chain(documents)
    }
}

/// One side's word on a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actual {
    /// The number in the measure, from 1 without gaps.
    pub number: i64,
    /// The indicator's id.
    pub indicator: String,
    /// The first day of the period.
    pub starts_on: Date,
    /// The last day.
    pub ends_on: Date,
    /// Whose word it is.
    pub side: Side,
    /// The agency that recorded it.
    pub agency: String,
    /// The revision, from 1 over this side's words on this indicator and period.
    pub revision: i64,
    /// The value.
    pub value: Decimal,
    /// Where it was published.
    pub source: Source,
    /// When it was recorded.
    pub at: Timestamp,
}

/// Both sides' newest words on one period.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Abreast {
    /// Each side's, if it has given one.
    pub actuals: [Option<Actual>; 2],
}

impl Abreast {
    /// Returns the first side's value less the second's, if both have given one.
    #[must_use]
    pub fn difference(&self) -> Option<Decimal> {
        let [first, second] = &self.actuals;
        Some(first.as_ref()?.value.less(second.as_ref()?.value))
    }
}

/// The periods of one indicator, by first and last day.
pub type Periods = BTreeMap<(Date, Date), Abreast>;

/// Puts words side by side: of each indicator, period and side the newest revision, in whatever order the words come.
#[must_use]
pub fn side_by_side(words: impl IntoIterator<Item = Actual>) -> BTreeMap<String, Periods> {
    let mut found: BTreeMap<String, Periods> = BTreeMap::new();
    for word in words {
        let periods = found.entry(word.indicator.clone()).or_default();
        let abreast = periods.entry((word.starts_on, word.ends_on)).or_default();
        let newest = &mut abreast.actuals[word.side.index()];
        if newest
            .as_ref()
            .is_none_or(|known| known.revision < word.revision)
        {
            *newest = Some(word);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn word(side: Side, revision: i64, month: i8, millionths: i64) -> Actual {
        Actual {
            number: revision,
            indicator: "length".to_owned(),
            starts_on: date(2022, month, 1),
            ends_on: date(2022, month, 1).last_of_month(),
            side,
            agency: "agency".to_owned(),
            revision,
            value: Decimal::from_millionths(millionths),
            source: Source {
                uri: "https://example.org".to_owned(),
                note: String::new(),
            },
            at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn both_values_stay_and_differ_openly() {
        let found = side_by_side([
            word(Side::First, 1, 3, 10_000_000),
            word(Side::Second, 1, 3, 7_500_000),
        ]);
        let abreast = &found["length"][&(date(2022, 3, 1), date(2022, 3, 31))];
        assert!(abreast.actuals.iter().all(Option::is_some));
        assert_eq!(abreast.difference().unwrap().to_string(), "2.5");
    }

    #[test]
    fn one_word_alone_has_no_difference() {
        let found = side_by_side([word(Side::Second, 1, 3, 1)]);
        let abreast = &found["length"][&(date(2022, 3, 1), date(2022, 3, 31))];
        assert_eq!(abreast.difference(), None);
        assert_eq!(abreast.actuals[0], None);
    }

    proptest! {
        #[test]
        fn the_order_of_words_does_not_matter_and_no_side_replaces_the_other(
            given in prop::collection::vec((any::<bool>(), 1_i8..=12, -9_i64..9), 0..40)
        ) {
            let mut revisions = BTreeMap::new();
            let words: Vec<Actual> = given.into_iter().map(|(is_first, month, value)| {
                let side = if is_first { Side::First } else { Side::Second };
                let revision = revisions.entry((side, month)).and_modify(|known| *known += 1).or_insert(1_i64);
                word(side, *revision, month, value)
            }).collect();
            let forth = side_by_side(words.clone());
            let back = side_by_side(words.iter().rev().cloned());
            prop_assert_eq!(&forth, &back);
            for ((side, month), revision) in revisions {
                let first_day = date(2022, month, 1);
                let kept = &forth["length"][&(first_day, first_day.last_of_month())].actuals[side.index()];
                prop_assert_eq!(kept.as_ref().map(|actual| actual.revision), Some(revision));
            }
        }
    }
}
