//! The figures of all rounds: medians, and how far the rounds lie apart.

use std::fmt;

use serde::Serialize;

use crate::load::Payload;

/// One measurement of one way.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    pub(crate) way: &'static str,
    pub(crate) payload: Payload,
    pub(crate) calls_per_second: f64,
    pub(crate) median_us: u32,
    pub(crate) p99_us: u32,
    pub(crate) cpu_us_per_call: Option<f64>,
}

/// Every measurement.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    samples: Vec<Sample>,
}

/// What one way comes to: medians over the rounds.
#[derive(Debug, Serialize)]
pub(crate) struct Line {
    way: &'static str,
    payload: Payload,
    calls_per_second: f64,
    /// Throughput as a share of that of direct calls in the same round.
    share_of_direct: f64,
    /// The smallest and the largest share of a round: the noise.
    share_from_to: (f64, f64),
    /// What a call takes longer than a direct one, one call at a time.
    added_median_us: f64,
    added_p99_us: f64,
    cpu_us_per_call: Option<f64>,
    rounds: usize,
}

impl Figures {
    pub(crate) fn add(&mut self, sample: Sample) {
        self.samples.push(sample);
    }

    /// A line for each way and payload, in the order of measuring.
    pub(crate) fn lines(&self) -> Vec<Line> {
        let mut lines: Vec<Line> = Vec::new();
        for sample in &self.samples {
            let is_known = |line: &Line| line.way == sample.way && line.payload == sample.payload;
            if !lines.iter().any(is_known) {
                lines.push(self.line(sample.way, sample.payload));
            }
        }
        lines
    }

    fn of(&self, way: &str, payload: Payload) -> impl Iterator<Item = &Sample> {
        let is = move |sample: &&Sample| sample.way == way && sample.payload == payload;
        self.samples.iter().filter(is)
    }

    fn line(&self, way: &'static str, payload: Payload) -> Line {
        let rounds: Vec<_> = self
            .of(way, payload)
            .zip(self.of("direct", payload))
            .collect();
        let over = |figure: &dyn Fn(&Sample, &Sample) -> f64| -> Vec<f64> {
            rounds
                .iter()
                .map(|(own, direct)| figure(own, direct))
                .collect()
        };
        let shares = over(&|own, direct| own.calls_per_second / direct.calls_per_second);
        let cpu: Vec<f64> = rounds
            .iter()
            .filter_map(|(own, _)| own.cpu_us_per_call)
            .collect();
        Line {
            way,
            payload,
            calls_per_second: median(over(&|own, _| own.calls_per_second)),
            share_from_to: (
                shares.iter().copied().fold(f64::INFINITY, f64::min),
                shares.iter().copied().fold(0.0, f64::max),
            ),
            share_of_direct: median(shares),
            added_median_us: median(over(&|own, direct| {
                f64::from(own.median_us) - f64::from(direct.median_us)
            })),
            added_p99_us: median(over(&|own, direct| {
                f64::from(own.p99_us) - f64::from(direct.p99_us)
            })),
            cpu_us_per_call: (!cpu.is_empty()).then(|| median(cpu)),
            rounds: rounds.len(),
        }
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            formatter,
            "{:8} {:14} {:>9} {:>7} {:>13} {:>10} {:>10} {:>9}",
            "way", "answer", "calls/s", "share", "(from-to)", "+p50 us", "+p99 us", "cpu us"
        )?;
        for line in self.lines() {
            let payload = match line.payload {
                Payload::Small => "small",
                Payload::TwoKilobytes => "2 KB",
            };
            let (from, to) = line.share_from_to;
            let cpu = line
                .cpu_us_per_call
                .map_or("-".to_owned(), |cpu| format!("{cpu:.1}"));
            writeln!(
                formatter,
                "{:8} {payload:14} {:>9.0} {:>7.2} {:>13} {:>10.0} {:>10.0} {cpu:>9}",
                line.way,
                line.calls_per_second,
                line.share_of_direct,
                format!("{from:.2}-{to:.2}"),
                line.added_median_us,
                line.added_p99_us,
            )?;
        }
        Ok(())
    }
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_unstable_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(0.0)
}
