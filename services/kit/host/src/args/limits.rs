//! How many calls a process answers, for whom.

use ipnet::IpNet;

/// Limits on the calls of each agency and of each address. A call beyond one is refused with
/// `RESOURCE_EXHAUSTED` and the time after which it may be repeated.
#[derive(clap::Args, Clone, Debug, Default)]
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
