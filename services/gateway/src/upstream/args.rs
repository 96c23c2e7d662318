//! How the gateway treats the servers behind it: what an operator may set, with the values that hold otherwise.

use std::time::Duration;

/// How the servers behind the gateway are found, chosen, given up and taken back.
#[derive(Clone, Debug, PartialEq, clap::Args)]
pub struct UpstreamArgs {
    /// Seconds between two look-ups of the addresses that an upstream's name stands for. A failed look-up
    /// keeps the addresses of the one before; a failed connection causes one a second after the last.
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    pub upstream_refresh_seconds: Duration,

    /// Seconds between two `grpc.health.v1` checks of each address; 0 for none. A server that does not know the
    /// protocol counts as healthy.
    #[arg(long, value_name = "SECONDS", default_value = "5", value_parser = seconds)]
    pub upstream_health_seconds: Duration,

    /// Failures in a row (UNAVAILABLE answered, connections lost) after which an address gets no calls for a
    /// while. One that no connection can be made to gets none at once.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    pub upstream_failures: u32,

    /// Longest time in seconds that an address gets no calls before one is tried; the first time is a
    /// thirtieth of it, and each further one twice the one before.
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = seconds)]
    pub upstream_ejection_seconds: Duration,

    /// Percentage of an upstream's addresses below which those that failed, but can be reached, get calls
    /// again: the few that are left would fail next.
    #[arg(long, value_name = "PERCENT", default_value_t = 50, value_parser = clap::value_parser!(u8).range(0..=100))]
    pub upstream_panic_percent: u8,

    /// Seconds in which an address that came back gets up to its full share of calls; 0 for at once.
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    pub upstream_slow_start_seconds: Duration,

    /// Connections to one address for each serving thread. A further one is opened when the others have as many calls as
    /// the server allows.
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..))]
    pub upstream_connections: u32,

    /// Calls in progress at one address, beside watches; more wait for a place.
    #[arg(long, value_name = "N", default_value_t = 1024, value_parser = clap::value_parser!(u32).range(1..))]
    pub upstream_calls: u32,

    /// Calls of one upstream that wait for a place; more are refused with UNAVAILABLE.
    #[arg(long, value_name = "N", default_value_t = 256)]
    pub upstream_waiting: u32,

    /// Repeated calls in percent of all calls of the last ten seconds, beside ten a second that are always
    /// allowed: 0, 1, 2, 4, 5, 10, 20, 25, 50 or 100, one call in a whole number.
    #[arg(long, value_name = "PERCENT", default_value_t = 20, value_parser = one_in)]
    pub upstream_retry_percent: u8,

    /// How often one call is repeated; 0 for never.
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub upstream_retries: u32,

    /// Bytes of a request that are kept so that it can be repeated; a longer one is not, nor one that comes in more than
    /// 256 pieces, or one for each KiB of these where that is more.
    #[arg(long, value_name = "BYTES", default_value_t = 64 * 1024)]
    pub upstream_retry_bytes: usize,
}

impl Default for UpstreamArgs {
    /// The values that the help names.
    fn default() -> Self {
        Self {
            upstream_refresh_seconds: Duration::from_secs(10),
            upstream_health_seconds: Duration::from_secs(5),
            upstream_failures: 5,
            upstream_ejection_seconds: Duration::from_secs(30),
            upstream_panic_percent: 50,
            upstream_slow_start_seconds: Duration::from_secs(10),
            upstream_connections: 4,
            upstream_calls: 1024,
            upstream_waiting: 256,
            upstream_retry_percent: 20,
            upstream_retries: 3,
            upstream_retry_bytes: 64 * 1024,
        }
    }
}

/// Longest time that can be set: a day, beyond which a mistake is likelier than a wish.
const MAX_SECONDS: f64 = 86_400.0;

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text
        .parse()
        .map_err(|_| "expected a number of seconds, such as 10 or 0.5".to_owned())?;
    if !(0.0..=MAX_SECONDS).contains(&seconds) {
        return Err(format!("expected 0 to {MAX_SECONDS} seconds"));
    }
    Ok(Duration::from_secs_f64(seconds))
}

/// Reads a percentage that is one in a whole number: the budget counts no others.
fn one_in(text: &str) -> Result<u8, String> {
    let percent = text.parse().ok();
    percent
        .filter(|percent| *percent == 0 || 100_u8.is_multiple_of(*percent))
        .ok_or_else(|| "expected 0, 1, 2, 4, 5, 10, 20, 25, 50 or 100".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::{Args as _, Command, FromArgMatches as _};

    use super::*;

    fn parsed(arguments: &[&str]) -> Result<UpstreamArgs, clap::Error> {
        let command = UpstreamArgs::augment_args(Command::new("gateway").no_binary_name(true));
        let matches = command.try_get_matches_from(arguments)?;
        UpstreamArgs::from_arg_matches(&matches)
    }

    #[test]
    fn defaults_are_those_that_the_help_names() {
        assert_eq!(parsed(&[]).expect("valid"), UpstreamArgs::default());
    }

    #[test]
    fn fractions_of_a_second_are_allowed_and_nonsense_is_not() {
        let set = parsed(&["--upstream-health-seconds", "0.25"]).expect("valid");
        assert_eq!(set.upstream_health_seconds, Duration::from_millis(250));
        for text in ["-1", "NaN", "inf", "1e9", "soon", ""] {
            let argument = format!("--upstream-refresh-seconds={text}");
            assert!(parsed(&[&argument]).is_err(), "{text}");
        }
        for percent in ["3", "30", "60", "99", "101", "-1", "x"] {
            let argument = format!("--upstream-retry-percent={percent}");
            assert!(parsed(&[&argument]).is_err(), "{percent}");
        }
        assert!(parsed(&["--upstream-failures", "0"]).is_err());
        assert!(parsed(&["--upstream-panic-percent", "101"]).is_err());
    }
}
