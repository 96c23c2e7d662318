//! What is printed.

use std::{
    io::{self, Write as _},
    time::Duration,
};

/// Prints a line.
pub(crate) fn line(text: impl AsRef<str>) -> io::Result<()> {
    writeln!(io::stdout().lock(), "{}", text.as_ref())
}

/// Times of one kind of call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Times {
    /// Half of the calls take no longer.
    pub(crate) p50: Duration,
    /// Ninety-nine of a hundred take no longer.
    pub(crate) p99: Duration,
    /// What a call takes of processors on average, the client's part too; of the engine only SQLite's.
    pub(crate) processor: Duration,
}

impl Times {
    /// Takes the times of single calls, and what they took of processors together.
    pub(crate) fn of(mut taken: Vec<Duration>, processor: Duration) -> Self {
        let calls = u32::try_from(taken.len()).unwrap_or(u32::MAX).max(1);
        taken.sort_unstable();
        let last = taken.len().saturating_sub(1);
        let at = |part: usize| taken.get((taken.len() * part / 100).min(last));
        Self {
            p50: at(50).copied().unwrap_or_default(),
            p99: at(99).copied().unwrap_or_default(),
            processor: processor / calls,
        }
    }
}

/// Milliseconds with one place.
pub(crate) fn ms(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1_000.0)
}

/// How many times as long.
pub(crate) fn ratio(time: Duration, other: Duration) -> String {
    format!("{:.2}", time.as_secs_f64() / other.as_secs_f64().max(1e-9))
}

/// Rows a second, in millions.
pub(crate) fn rate(rows: u64, time: Duration) -> String {
    let millions = f64::from(u32::try_from(rows).unwrap_or(u32::MAX)) / 1e6;
    format!(
        "{:.3} million rows/s",
        millions / time.as_secs_f64().max(1e-9)
    )
}
