//! When a roadmap will be finished, from how many measures both sides attested in each past week.
//!
//! Futures are drawn week by week from a Pólya urn of the past weeks: the predictive distribution of D. B. Rubin's
//! Bayesian bootstrap (Annals of Statistics 9(1), 1981). Plain drawing with replacement takes a few weeks for all that
//! can ever happen and is too sure of itself; the urn is wider the shorter the past is. Random numbers come from
//! `ChaCha8` with a fixed seed, so the same records always give the same answer.

use jiff::{ToSpan as _, civil::Date};
use rand_chacha::{
    ChaCha8Rng,
    rand_core::{RngCore as _, SeedableRng as _},
};

use super::burnup::monday;

/// How many futures are drawn.
pub const SIMULATIONS: usize = 10_000;

/// How many weeks a future has at most: ten years.
pub const HORIZON_WEEKS: usize = 520;

/// The seed of the random numbers: the day of the declaration that the first roadmaps come from.
pub const SEED: u64 = 20_211_206;

/// The least that a forecast is made from. With fewer weeks the urn knows next to nothing; with fewer measures or weeks in
/// which any was attested, one busy day would decide the answer.
pub const LEAST_WEEKS: usize = 8;
/// See [`LEAST_WEEKS`].
pub const LEAST_ATTESTED: i64 = 10;
/// See [`LEAST_WEEKS`].
pub const LEAST_ACTIVE_WEEKS: usize = 4;

/// The probabilities of the answer, in parts per million.
pub const PROBABILITIES_PPM: [i64; 3] = [500_000, 800_000, 950_000];

/// How many weeks ahead the method is tried on the past, and with how many futures each.
pub const TRIAL_WEEKS: usize = 4;
const TRIAL_SIMULATIONS: usize = 1_000;
/// The most trials, the latest ones: two years.
const MOST_TRIALS: usize = 104;

/// What is known of a roadmap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The day on which both sides had adopted it.
    pub adopted: Date,
    /// The day of the question.
    pub today: Date,
    /// The last day of its period.
    pub period_end: Date,
    /// The days on which measures were confirmed.
    pub attested: Vec<Date>,
    /// How many agreed measures are not.
    pub remaining: i64,
}

/// The data that there are, too few for a forecast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooThin {
    /// Full weeks since the adoption, among those that may be drawn from.
    pub weeks: usize,
    /// Measures attested in them.
    pub attested: i64,
    /// Weeks in which any was.
    pub active_weeks: usize,
}

/// By when a roadmap will be finished.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forecast {
    /// The Monday of the first week that was drawn from.
    pub history_start: Date,
    /// The Sunday of the last one.
    pub history_end: Date,
    /// How many measures were attested in each.
    pub weekly: Vec<i64>,
    /// After how many weeks it is finished, for each of [`PROBABILITIES_PPM`]; nothing beyond the horizon.
    pub weeks: [Option<usize>; 3],
    /// How probable it is by the end of the period, in parts per million.
    pub by_period_end_ppm: i64,
    /// How the method does on the past; nothing when it cannot be tried.
    pub backtest: Option<Backtest>,
}

/// How well the method would have done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backtest {
    /// How many times it was tried.
    pub trials: usize,
    /// The mean of how far the median was off, in thousandths of a measure.
    pub absolute_error_milli: i64,
    /// The mean of by how much it was too high.
    pub error_milli: i64,
    /// How often the middle 80 % had what came, in parts per million.
    pub coverage_ppm: i64,
}

impl Forecast {
    /// Makes a forecast from at most `most_weeks` past weeks.
    pub fn of(known: &Known, most_weeks: usize) -> Result<Self, TooThin> {
        let (first, counts) = weekly(known);
        let left_out = counts.len().saturating_sub(most_weeks);
        let (_, recent) = counts.split_at(left_out);
        require_enough(recent)?;
        let start = first.saturating_add(weeks(left_out));
        let end = monday(known.today).saturating_sub(1.days());
        let mut random = ChaCha8Rng::seed_from_u64(SEED);
        let mut futures: Vec<usize> = (0..SIMULATIONS)
            .map(|_| weeks_until(&mut random, recent, known.remaining))
            .collect();
        futures.sort_unstable();
        let in_period = futures
            .iter()
            .filter(|count| **count <= HORIZON_WEEKS)
            .filter(|count| end.saturating_add(weeks(**count)) <= known.period_end)
            .count();
        Ok(Self {
            history_start: start,
            history_end: end,
            weekly: recent.to_vec(),
            weeks: PROBABILITIES_PPM.map(|ppm| {
                let weeks = quantile(&futures, ppm);
                weeks.filter(|count| *count <= HORIZON_WEEKS)
            }),
            by_period_end_ppm: ppm(in_period, SIMULATIONS),
            backtest: backtest(&counts, most_weeks),
        })
    }

    /// Returns the Sunday that ends a week of the future, counted from 1.
    #[must_use]
    pub fn end_of_week(&self, week: usize) -> Date {
        self.history_end.saturating_add(weeks(week))
    }
}

fn weeks(count: usize) -> jiff::Span {
    i64::try_from(count).unwrap_or(i64::MAX).min(10_000).weeks()
}

/// Counts what was attested in each full week since the adoption, and returns the first one's Monday.
fn weekly(known: &Known) -> (Date, Vec<i64>) {
    let first = monday(known.adopted).saturating_add(1.weeks());
    let running = monday(known.today);
    let full = (clock::to_days(running) - clock::to_days(first)).div_euclid(7);
    let mut counts = vec![0; usize::try_from(full).unwrap_or(0)];
    for day in &known.attested {
        let week = (clock::to_days(*day) - clock::to_days(first)).div_euclid(7);
        let count = usize::try_from(week)
            .ok()
            .and_then(|week| counts.get_mut(week));
        if let Some(count) = count {
            *count += 1;
        }
    }
    (first, counts)
}

fn require_enough(weekly: &[i64]) -> Result<(), TooThin> {
    let found = TooThin {
        weeks: weekly.len(),
        attested: weekly.iter().sum(),
        active_weeks: weekly.iter().filter(|count| **count > 0).count(),
    };
    let enough = found.weeks >= LEAST_WEEKS
        && found.attested >= LEAST_ATTESTED
        && found.active_weeks >= LEAST_ACTIVE_WEEKS;
    if enough { Ok(()) } else { Err(found) }
}

/// An urn into which each drawn number is put back twice.
struct Urn<'a> {
    random: &'a mut ChaCha8Rng,
    numbers: Vec<i64>,
}

impl Urn<'_> {
    fn draw(&mut self) -> i64 {
        // A 32-bit number scaled to the urn's size: what an index has more or less of a chance by is below 10^-6.
        let size = u64::try_from(self.numbers.len()).unwrap_or(u64::MAX);
        let index = (u64::from(self.random.next_u32()) * size) >> 32;
        let drawn = usize::try_from(index)
            .ok()
            .and_then(|index| self.numbers.get(index))
            .copied()
            .unwrap_or_default();
        self.numbers.push(drawn);
        drawn
    }
}

/// Draws weeks until nothing remains, and returns how many; one more than the horizon when that is not enough.
fn weeks_until(random: &mut ChaCha8Rng, weekly: &[i64], remaining: i64) -> usize {
    let mut urn = Urn {
        random,
        numbers: weekly.to_vec(),
    };
    let mut left = remaining;
    let mut week = 0;
    while left > 0 && week <= HORIZON_WEEKS {
        left -= urn.draw();
        week += 1;
    }
    week
}

/// The smallest of sorted numbers that at least this part of them does not exceed.
fn quantile<T: Copy>(sorted: &[T], ppm: i64) -> Option<T> {
    let count = i128::try_from(sorted.len()).ok()?;
    let rank = (count * i128::from(ppm) + 999_999) / 1_000_000;
    let index = usize::try_from(rank).ok()?.saturating_sub(1);
    sorted.get(index).copied()
}

fn ppm(part: usize, whole: usize) -> i64 {
    let share = part.saturating_mul(1_000_000).checked_div(whole);
    i64::try_from(share.unwrap_or(0)).unwrap_or(0)
}

/// Tries the method from each past week that has enough before it and [`TRIAL_WEEKS`] behind it.
fn backtest(counts: &[i64], most_weeks: usize) -> Option<Backtest> {
    let last = counts.len().checked_sub(TRIAL_WEEKS)?;
    let first = LEAST_WEEKS.max(last.saturating_sub(MOST_TRIALS - 1));
    let (mut trials, mut absolute, mut error, mut covered) = (0_usize, 0_i64, 0_i64, 0_usize);
    for cut in first..=last {
        let (past, future) = counts.split_at_checked(cut)?;
        let (_, past) = past.split_at(past.len().saturating_sub(most_weeks));
        if require_enough(past).is_err() {
            continue;
        }
        let came: i64 = future.iter().take(TRIAL_WEEKS).sum();
        let mut random = ChaCha8Rng::seed_from_u64(SEED);
        let mut sums: Vec<i64> = (0..TRIAL_SIMULATIONS)
            .map(|_| {
                let mut urn = Urn {
                    random: &mut random,
                    numbers: past.to_vec(),
                };
                (0..TRIAL_WEEKS).map(|_| urn.draw()).sum()
            })
            .collect();
        sums.sort_unstable();
        let off = quantile(&sums, 500_000)? - came;
        trials += 1;
        absolute += off.abs();
        error += off;
        let middle = quantile(&sums, 100_000)?..=quantile(&sums, 900_000)?;
        covered += usize::from(middle.contains(&came));
    }
    let count = i64::try_from(trials).ok().filter(|count| *count > 0)?;
    Some(Backtest {
        trials,
        absolute_error_milli: absolute * 1_000 / count,
        error_milli: error * 1_000 / count,
        coverage_ppm: ppm(covered, trials),
    })
}

#[cfg(test)]
mod tests;
