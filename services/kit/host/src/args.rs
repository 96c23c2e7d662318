//! The settings that every process has, each as a flag, as `ACCORD_<FLAG>` and as a key of the
//! configuration file.

mod auth;
mod connections;
mod limits;
mod listen;
mod log;
mod policy;
mod tls;

use std::{net::SocketAddr, path::PathBuf};

use clap::builder::RangedU64ValueParser;

pub use auth::AuthArgs;
pub use connections::ConnectionArgs;
pub(crate) use connections::Resets;
pub use limits::LimitArgs;
pub use listen::ListenArgs;
pub use log::{AccessLog, LogArgs, LogFormat};
pub use policy::PolicyArgs;
pub use tls::{ClientAuth, TlsArgs};

use crate::StartError;

/// How the process tells on standard output that it is ready.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Output {
    /// A few lines for people.
    #[default]
    Text,
    /// One JSON object in one line.
    Json,
}

/// All settings of a thin binary but its service's own.
#[derive(clap::Args, Clone, Debug)]
pub struct HostArgs {
    /// Configuration file in TOML; its keys are the flags' names. Variables and flags win over it
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// How to tell on standard output that the process is ready
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub output: Output,

    /// Where to listen.
    #[command(flatten)]
    pub listen: ListenArgs,

    /// Whose access tokens are accepted.
    #[command(flatten)]
    pub auth: AuthArgs,

    /// What callers may do.
    #[command(flatten)]
    pub policy: PolicyArgs,

    /// What to log.
    #[command(flatten)]
    pub log: LogArgs,
}

impl HostArgs {
    /// Returns whether the header `client-cert` of whoever connects to `listen` is believed.
    ///
    /// Fails with [`StartError::Config`] where anybody could send it, and where agencies are to be known by certificates that nobody
    /// could show.
    pub fn believes_client_cert(&self, listen: SocketAddr) -> Result<bool, StartError> {
        let tls = &self.listen.tls;
        let believes = self.auth.auth_trust_client_cert;
        let asks = tls.tls_client_ca.is_some();
        if believes && !listen.ip().is_loopback() && !(asks && tls.tls_client_auth.is_required()) {
            return Err(StartError::Config(format!(
                "--auth-trust-client-cert (ACCORD_AUTH_TRUST_CLIENT_CERT) would believe anybody who reaches {listen}: \
                 listen on this machine only, or ask for a certificate of the gateway with --tls-client-ca \
                 (ACCORD_TLS_CLIENT_CA) and --tls-client-auth required"
            )));
        }
        if self.auth.auth_agencies.is_some() && !believes && !asks {
            return Err(StartError::Config(
                "--auth-agencies (ACCORD_AUTH_AGENCIES) names callers by certificates that nobody can show: set \
                 --tls-client-ca (ACCORD_TLS_CLIENT_CA), or behind a gateway --auth-trust-client-cert \
                 (ACCORD_AUTH_TRUST_CLIENT_CERT)"
                    .to_owned(),
            ));
        }
        Ok(believes)
    }
}

/// The longest time that a setting gives, in seconds: a century, so that no clock overflows.
const MAX_SECONDS: u64 = 100 * 366 * 86_400;

/// Returns what reads a time in seconds that must not be zero.
fn seconds() -> RangedU64ValueParser<u64> {
    RangedU64ValueParser::new().range(1..=MAX_SECONDS)
}

/// Returns what reads a time in seconds that may be zero.
fn seconds_or_none() -> RangedU64ValueParser<u64> {
    RangedU64ValueParser::new().range(0..=MAX_SECONDS)
}

/// Returns the environment variable of a flag: `--tls-cert` is `ACCORD_TLS_CERT`.
pub(crate) fn variable(flag: &str) -> String {
    format!("ACCORD_{}", flag.replace('-', "_").to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use clap::{Args as _, Command, FromArgMatches as _};

    use super::*;

    fn parse(arguments: &[&str]) -> Result<HostArgs, clap::Error> {
        let command = HostArgs::augment_args(Command::new("test"));
        let arguments = [&["test"][..], arguments].concat();
        HostArgs::from_arg_matches(&command.try_get_matches_from(arguments)?)
    }

    fn believes(listen: &str, arguments: &[&str]) -> Result<bool, String> {
        let args = parse(arguments).unwrap();
        args.believes_client_cert(listen.parse().unwrap())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn header_with_a_certificate_is_believed_only_where_not_everybody_can_send_it() {
        let (here, anywhere) = ("127.0.0.1:80", "0.0.0.0:80");
        let trusting = ["--auth-trust-client-cert"];
        let asking = [&trusting[..], &["--tls-client-ca", "ca.pem"]].concat();
        let optional = [&asking[..], &["--tls-client-auth", "optional"]].concat();
        assert_eq!(believes(anywhere, &[]), Ok(false));
        assert_eq!(believes(here, &trusting), Ok(true));
        assert_eq!(believes("[::1]:80", &trusting), Ok(true));
        assert_eq!(believes(anywhere, &asking), Ok(true));
        for refused in [&trusting[..], &optional] {
            let error = believes(anywhere, refused).unwrap_err();
            assert!(error.contains("ACCORD_TLS_CLIENT_CA"), "{error}");
        }
    }

    #[test]
    fn agencies_whose_certificates_nobody_can_show_are_refused() {
        let agencies = ["--auth-agencies", "agencies.json"];
        let error = believes("127.0.0.1:80", &agencies).unwrap_err();
        assert!(error.contains("ACCORD_TLS_CLIENT_CA"), "{error}");
        for more in [
            &["--tls-client-ca", "ca.pem"][..],
            &["--auth-trust-client-cert"],
        ] {
            assert!(believes("127.0.0.1:80", &[&agencies[..], more].concat()).is_ok());
        }
    }

    #[test]
    fn times_are_no_longer_than_a_clock_can_count() {
        for wrong in ["18446744073709551615", "3162240001", "0", "-1"] {
            assert!(parse(&["--idle-seconds", wrong]).is_err(), "{wrong}");
        }
        assert!(parse(&["--idle-seconds", "3162240000"]).is_ok());
        for none in ["--drain-seconds", "--auth-jwks-interval"] {
            assert!(parse(&[none, "0"]).is_ok());
            assert!(parse(&[none, "18446744073709551615"]).is_err());
        }
    }
}
