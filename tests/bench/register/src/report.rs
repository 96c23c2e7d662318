//! What is printed: progress and summaries for people, one JSON object a figure for programs.

use std::{
    io::{self, Write as _},
    time::Duration,
};

use crate::{Kind, measure::Measured, memory, register::Loaded};

/// Tells how far a load is.
pub(crate) fn progress(done: u64, size: u64, rate: u64) -> io::Result<()> {
    writeln!(
        io::stderr(),
        "{done} of {size} documents, the last ones {rate} a second"
    )
}

/// Tells how a load went.
pub(crate) fn loaded(engine: Kind, size: u64, loaded: &Loaded) -> io::Result<()> {
    let rate = per_second(size, loaded.took);
    let peak = loaded
        .peak_mebibytes
        .map_or("?".to_owned(), |peak| peak.to_string());
    writeln!(
        io::stdout(),
        "\n{engine:?}, {size} documents with 5 acts each: loaded in {:.1} s, {rate} a second; peak memory {peak} MiB",
        loaded.took.as_secs_f64()
    )?;
    let rates: Vec<_> = loaded.rates.iter().map(ToString::to_string).collect();
    writeln!(
        io::stdout(),
        "documents a second in each tenth: {}",
        rates.join(" ")
    )
}

/// Tells that an earlier run has loaded a register.
pub(crate) fn found(engine: Kind, size: u64) -> io::Result<()> {
    writeln!(
        io::stdout(),
        "\n{engine:?}, {size} documents with 5 acts each: loaded by an earlier run"
    )
}

/// Tells the memory at the end.
pub(crate) fn memory() -> io::Result<()> {
    let shown = |value: Option<u64>| value.map_or("?".to_owned(), |value| value.to_string());
    let (now, peak) = (shown(memory::now()), shown(memory::peak()));
    writeln!(
        io::stdout(),
        "memory after the calls: {now} MiB; peak {peak} MiB"
    )
}

/// Prints the figures: times, how many times a bare read they are, and how they have grown since the smallest size
/// beside the growth of its logarithm.
pub(crate) fn table(
    size: u64,
    figures: &[Measured],
    smallest: &[(u64, Vec<Measured>)],
) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let raw = figures.first().map(|raw| raw.p99).unwrap_or_default();
    writeln!(
        out,
        "{:<38}{:>10}{:>10}{:>9}{:>9}  answer",
        "call", "p50 ms", "p99 ms", "x row", "growth"
    )?;
    for figure in figures {
        let before = smallest
            .iter()
            .flat_map(|(_, figures)| figures)
            .find(|before| before.name == figure.name);
        let growth = before.map_or(String::new(), |before| ratio(figure.p99, before.p99));
        writeln!(
            out,
            "{:<38}{:>10.3}{:>10.3}{:>9}{growth:>9}  {}",
            figure.name,
            millis(figure.p50),
            millis(figure.p99),
            ratio(figure.p99, raw),
            figure.answer
        )?;
    }
    if let Some((small, _)) = smallest.first() {
        let logarithm = f64::from(size.ilog2()) / f64::from(small.ilog2());
        writeln!(out, "growth of the logarithm: {logarithm:.2}")?;
    }
    Ok(())
}

/// The figures as JSON objects.
pub(crate) fn lines(engine: Kind, size: u64, figures: &[Measured]) -> Vec<String> {
    let raw = figures.first().map(|raw| raw.p99).unwrap_or_default();
    let line = |figure: &Measured| {
        serde_json::json!({
            "engine": format!("{engine:?}").to_lowercase(),
            "documents": size,
            "call": figure.name,
            "calls": figure.calls,
            "p50_ms": millis(figure.p50),
            "p99_ms": millis(figure.p99),
            "p99_of_one_row": ratio(figure.p99, raw).parse::<f64>().ok(),
            "answer": figure.answer,
        })
        .to_string()
    };
    figures.iter().map(line).collect()
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

fn ratio(time: Duration, of: Duration) -> String {
    if of.is_zero() || time.is_zero() {
        return String::new();
    }
    format!("{:.1}", time.as_secs_f64() / of.as_secs_f64())
}

/// How many of a count there were in a second.
pub(crate) fn per_second(count: u64, took: Duration) -> u64 {
    let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX).max(1);
    count.saturating_mul(1_000) / millis
}
