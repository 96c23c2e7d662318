//! Which address gets the next call: the less loaded of two that chance picks.
//!
//! Pure: chance is given. "The power of two choices" (Mitzenmacher, 2001) comes close to the least loaded of all
//! without herding every gateway's calls to the same one.

use super::circuit::{Cause, Standing};

/// Least share of calls of an address that has just come back.
const FIRST_SHARE: f64 = 0.1;

/// What is known of an address when a call has to be placed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    /// Calls in progress there.
    pub(super) pending: usize,
    /// Its share of calls, from just back to full: 0 to 1.
    pub(super) warmth: f64,
    /// Whether calls may go there.
    pub(super) standing: Standing,
    /// Whether it has a place for one more.
    pub(super) has_place: bool,
    /// Whether this call has been there and failed.
    pub(super) is_tried: bool,
}

impl Candidate {
    fn load(&self) -> f64 {
        #[allow(clippy::cast_precision_loss, reason = "counts of calls are small")]
        let calls = (self.pending + 1) as f64;
        calls / self.warmth.clamp(FIRST_SHARE, 1.0)
    }

    /// Tells whether it may get any call.
    pub(super) fn is_good(&self) -> bool {
        self.standing == Standing::Closed && self.has_place && !self.is_tried
    }
}

/// Returns the index of the less loaded of two of `candidates`.
pub(super) fn lighter(
    candidates: &[(usize, Candidate)],
    mut chance: impl FnMut(usize) -> usize,
) -> Option<usize> {
    let count = candidates.len();
    if count < 2 {
        return candidates.first().map(|(index, _)| *index);
    }
    let first = chance(count);
    let second = (first + 1 + chance(count - 1)) % count;
    let (one, other) = (candidates.get(first)?, candidates.get(second)?);
    let chosen = if other.1.load() < one.1.load() {
        other
    } else {
        one
    };
    Some(chosen.0)
}

/// What is to be done with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    /// It goes to this address.
    Go(usize),
    /// It goes to this address as the one that tries it.
    Try(usize),
    /// Every address that could take it is full.
    Full,
    /// It has been everywhere.
    Nowhere,
}

/// Chooses among all addresses of an upstream.
///
/// An address that is due to be tried comes first, then the good ones. When those are fewer than `panic_percent` of
/// all, the ones that answer badly are taken too; when there are none, all.
pub(super) fn choose(
    all: &[Candidate],
    panic_percent: u8,
    mut chance: impl FnMut(usize) -> usize,
) -> Choice {
    let fresh = |candidate: &Candidate| !candidate.is_tried && candidate.has_place;
    let due = |(_, candidate): &(usize, &Candidate)| {
        fresh(candidate) && matches!(candidate.standing, Standing::Due(_))
    };
    if let Some((index, _)) = all.iter().enumerate().find(due) {
        return Choice::Try(index);
    }
    let serving = all
        .iter()
        .filter(|candidate| candidate.standing == Standing::Closed)
        .count();
    let is_panic = serving * 100 < usize::from(panic_percent) * all.len();
    let answers = |standing| matches!(standing, Standing::Open(Cause::Failing | Cause::NotServing));
    let wanted = all_that(all, |candidate| {
        candidate.is_good() || (is_panic && fresh(candidate) && answers(candidate.standing))
    });
    if let Some(index) = lighter(&wanted, &mut chance) {
        return Choice::Go(index);
    }
    // A full address that serves is waited for; one that is down is no way round it.
    let is_waited_for = |one: &Candidate| one.standing == Standing::Closed && !one.is_tried;
    if all.iter().any(is_waited_for) {
        return Choice::Full;
    }
    match lighter(&all_that(all, fresh), chance) {
        Some(index) => Choice::Go(index),
        None if all.iter().any(|one| !one.is_tried) => Choice::Full,
        None => Choice::Nowhere,
    }
}

fn all_that(all: &[Candidate], is_wanted: impl Fn(&Candidate) -> bool) -> Vec<(usize, Candidate)> {
    all.iter()
        .copied()
        .enumerate()
        .filter(|(_, candidate)| is_wanted(candidate))
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn good(pending: usize) -> Candidate {
        Candidate {
            pending,
            warmth: 1.0,
            standing: Standing::Closed,
            has_place: true,
            is_tried: false,
        }
    }

    fn open(cause: Cause) -> Candidate {
        Candidate {
            standing: Standing::Open(cause),
            ..good(0)
        }
    }

    fn chosen(all: &[Candidate]) -> Choice {
        choose(all, 50, |_| 0)
    }

    #[test]
    fn the_less_loaded_of_two_gets_the_call() {
        assert_eq!(chosen(&[good(3), good(2)]), Choice::Go(1));
        assert_eq!(chosen(&[good(2), good(3)]), Choice::Go(0));
    }

    #[test]
    fn one_that_just_came_back_counts_as_more_loaded() {
        let back = Candidate {
            warmth: 0.0,
            ..good(0)
        };
        assert_eq!(chosen(&[back, good(8)]), Choice::Go(1));
        assert_eq!(chosen(&[back, good(10)]), Choice::Go(0));
    }

    #[test]
    fn one_whose_circuit_is_open_gets_none_while_enough_others_serve() {
        let all = [open(Cause::Failing), good(99)];
        assert_eq!(chosen(&all), Choice::Go(1));
    }

    #[test]
    fn with_too_few_left_the_failing_ones_get_calls_and_the_unreachable_do_not() {
        let all = [open(Cause::Unreachable), open(Cause::Failing), good(99)];
        assert_eq!(chosen(&all), Choice::Go(1));
    }

    #[test]
    fn with_none_left_all_get_calls() {
        let all = [open(Cause::Unreachable)];
        assert_eq!(chosen(&all), Choice::Go(0));
    }

    #[test]
    fn a_full_one_is_waited_for() {
        let full = Candidate {
            has_place: false,
            ..good(7)
        };
        assert_eq!(chosen(&[full, open(Cause::Unreachable)]), Choice::Full);
    }

    #[test]
    fn a_call_that_has_been_everywhere_goes_nowhere() {
        let tried = Candidate {
            is_tried: true,
            ..good(0)
        };
        assert_eq!(chosen(&[tried]), Choice::Nowhere);
        assert_eq!(chosen(&[]), Choice::Nowhere);
    }

    fn any_candidate() -> impl Strategy<Value = Candidate> {
        let standing = prop_oneof![
            Just(Standing::Closed),
            Just(Standing::Due(Cause::Failing)),
            Just(Standing::Open(Cause::Unreachable)),
            Just(Standing::Open(Cause::Failing)),
        ];
        (
            0..50_usize,
            0.0..=1.0_f64,
            standing,
            any::<bool>(),
            any::<bool>(),
        )
            .prop_map(
                |(pending, warmth, standing, has_place, is_tried)| Candidate {
                    pending,
                    warmth,
                    standing,
                    has_place,
                    is_tried,
                },
            )
    }

    proptest! {
        /// A call never goes where it has failed or where there is no place, and goes somewhere if it can.
        #[test]
        fn a_place_that_is_there_is_found(
            all in prop::collection::vec(any_candidate(), 0..8),
            percent in 0..=100_u8,
            seed in any::<u64>(),
        ) {
            let mut random = fastrand::Rng::with_seed(seed);
            let choice = choose(&all, percent, |below| random.usize(..below));
            let open_to_it = all.iter().filter(|one| one.has_place && !one.is_tried).count();
            match choice {
                Choice::Go(index) | Choice::Try(index) => {
                    prop_assert!(all[index].has_place && !all[index].is_tried);
                }
                Choice::Full => prop_assert!(all.iter().any(|one| !one.has_place && !one.is_tried)),
                Choice::Nowhere => prop_assert_eq!(open_to_it, 0),
            }
            if all.iter().any(Candidate::is_good) {
                prop_assert!(matches!(choice, Choice::Go(_) | Choice::Try(_)));
            }
        }
    }
}
