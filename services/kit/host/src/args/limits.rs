//! How many calls a process answers, for whom.

use clap::builder::RangedU64ValueParser;
use ipnet::IpNet;

/// Limits on the calls of each agency and of each address. A call beyond one is refused with
/// `RESOURCE_EXHAUSTED` and the time after which it may be repeated.
#[derive(clap::Args, Clone, Debug)]
#[command(next_help_heading = "Limits on calls")]
pub struct LimitArgs {
    /// Calls a second that each agency may begin, on average; 0 for no limit
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub agency_rate: u32,

    /// Calls that an agency may begin at once, before --agency-rate holds it back; 0 for those of
    /// two seconds
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub agency_burst: u32,

    /// Calls of each agency in progress at once; 0 for its share of --max-calls: the last eighth is
    /// for agencies that have fewer than the others
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub agency_calls: usize,

    /// Watches open at once: calls that are answered by a stream, which lasts as long as its reader wants.
    /// They take no place of --max-calls; more are refused with `RESOURCE_EXHAUSTED`
    #[arg(long, value_name = "N", default_value_t = 1024, value_parser = RangedU64ValueParser::<usize>::new().range(1..))]
    pub max_watches: usize,

    /// Watches of each agency open at once: 0 for its share of --max-watches, whose
    /// last eighth is for agencies that have fewer than the others
    #[arg(long, value_name = "N", default_value_t = 128)]
    pub agency_watches: usize,

    /// Requests a second that each address may send, on average, counted before its token is
    /// looked at; 0 for no limit. Addresses of IPv6 are counted by their network of 64 bits
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub address_rate: u32,

    /// Requests that an address may send at once, before --address-rate holds it back; 0 for those of
    /// two seconds
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub address_burst: u32,

    /// Requests of each address in progress at once; 0 for no limit
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub address_calls: usize,

    /// A network of proxies in front, such as `10.0.0.0/8`, whose `x-forwarded-for` says which
    /// address a request is of, and whose connections are not counted by address. Repeatable; in the
    /// variable, separated by commas. Default: the header of nobody is believed
    #[arg(
        long = "trusted-proxy",
        env = "ACCORD_TRUSTED_PROXY",
        value_name = "NETWORK",
        value_delimiter = ','
    )]
    pub trusted_proxies: Vec<IpNet>,
}

impl Default for LimitArgs {
    /// The defaults of the flags.
    fn default() -> Self {
        Self {
            agency_rate: 0,
            agency_burst: 0,
            agency_calls: 0,
            max_watches: 1024,
            agency_watches: 128,
            address_rate: 0,
            address_burst: 0,
            address_calls: 0,
            trusted_proxies: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::{Args as _, FromArgMatches as _};

    use super::*;

    #[test]
    fn the_defaults_are_those_of_the_flags() {
        let command = LimitArgs::augment_args(clap::Command::new("test"));
        let parsed = LimitArgs::from_arg_matches(&command.get_matches_from(["test"])).unwrap();
        assert_eq!(format!("{parsed:?}"), format!("{:?}", LimitArgs::default()));
    }
}
