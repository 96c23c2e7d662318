//! Where an export stands, as its resume token keeps it.

use aip::Value;

use crate::store::key::Key;

/// A place in the order of figures: behind a key of a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) release: i64,
    pub(super) key: Key,
}

/// What an export began with, so that it goes on from the same releases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Beginning {
    /// When it began, in microseconds.
    pub(super) us: i64,
    /// Which releases counted then: [`fingerprint`].
    pub(super) releases: i64,
    /// The state of all releases then: [`versions`](crate::store::exports::versions).
    pub(super) versions: i64,
}

impl Place {
    /// Before all figures.
    pub(super) const START: Self = Self::before(0, 0);

    /// Before all figures of a year of a release.
    pub(super) const fn before(release: i64, year: i64) -> Self {
        Self {
            release,
            key: Key {
                year,
                series: -1,
                span: 0,
            },
        }
    }

    /// Behind all figures.
    pub(super) const END: Self = Self::before(i64::MAX, 0);
}

/// Returns what a token keeps.
pub(super) fn to_value(place: Place, beginning: Beginning) -> Value {
    let Key { year, series, span } = place.key;
    let Beginning {
        us,
        releases,
        versions,
    } = beginning;
    let release = place.release;
    Value::from(format!(
        "{release}/{year}/{series}/{span}/{us}/{releases}/{versions}"
    ))
}

/// Reads what a token keeps.
pub(super) fn parse(value: &Value) -> Option<(Place, Beginning)> {
    let Value::Text(text) = value else {
        return None;
    };
    let mut numbers = text.split('/').map(str::parse::<i64>);
    let mut next = || numbers.next()?.ok();
    let place = Place {
        release: next()?,
        key: Key {
            year: next()?,
            series: next()?,
            span: next()?,
        },
    };
    let beginning = Beginning {
        us: next()?,
        releases: next()?,
        versions: next()?,
    };
    Some((place, beginning))
}

/// Returns a number that tells sets of releases apart.
pub(super) fn fingerprint(numbers: impl Iterator<Item = i64>) -> i64 {
    numbers.fold(0, |hash: i64, number| {
        hash.wrapping_mul(1_000_003).wrapping_add(number)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_comes_back_with_its_beginning() {
        let place = Place {
            release: 7,
            key: Key {
                year: 2024,
                series: i64::MAX,
                span: 312,
            },
        };
        let beginning = Beginning {
            us: -5,
            releases: fingerprint([1, 2].into_iter()),
            versions: 12,
        };
        let kept = to_value(place, beginning);
        assert_eq!(parse(&kept), Some((place, beginning)));
        assert_eq!(parse(&Value::from("7/2024/1/1")), None);
        assert_ne!(
            fingerprint([1, 2].into_iter()),
            fingerprint([2, 1].into_iter())
        );
    }
}
