//! The client's side of a connection: where it goes, whose token it carries, how answers are shown.

mod bearer;
pub mod refusal;

use std::path::{Path, PathBuf};
use std::time::Duration;

use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity};

pub use bearer::Bearer;

use crate::error::Error;
use crate::render::Format;

/// Where `accord serve` and `accord demo` listen unless told otherwise.
pub const DEFAULT_ADDRESS: &str = "http://127.0.0.1:8080";
/// Where `accord serve` leaves the operator's token unless told otherwise.
pub const DEFAULT_TOKEN_FILE: &str = "accord-data/operator.token";
/// A connection that takes longer than this is given up.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// An error with a hundred violations travels in one trailer.
const MAX_HEADER_BYTES: u32 = 64 * 1024;

/// A connection that sends a token with every call.
pub type Connection = InterceptedService<Channel, Bearer>;

/// Options of every client command.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Client options")]
pub struct ClientArgs {
    /// Where Accord answers: `http://HOST:PORT` or `https://HOST:PORT`.
    #[arg(long, global = true, value_name = "URL", env = "ACCORD_ADDRESS", default_value = DEFAULT_ADDRESS)]
    pub address: String,
    /// File with the token to send [default: accord-data/operator.token, if it exists].
    #[arg(long, global = true, value_name = "FILE", env = "ACCORD_TOKEN_FILE")]
    pub token_file: Option<PathBuf>,
    /// File with the certificate authority to trust for `https`, beside the system's (PEM).
    #[arg(long, global = true, value_name = "FILE", env = "ACCORD_CA_FILE")]
    pub ca_file: Option<PathBuf>,
    /// File with the certificate to show where the server asks for one, and those between it and its authority (PEM).
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "ACCORD_CLIENT_CERT",
        requires = "client_key"
    )]
    pub client_cert: Option<PathBuf>,
    /// File with the private key of `--client-cert` (PEM).
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "ACCORD_CLIENT_KEY",
        requires = "client_cert"
    )]
    pub client_key: Option<PathBuf>,
    /// Language of names and titles, as a BCP 47 tag such as `ru` or `uz-Latn`.
    #[arg(
        long,
        global = true,
        value_name = "TAG",
        env = "ACCORD_LANGUAGE",
        default_value = "en"
    )]
    pub language: String,
    /// How the answer is shown.
    #[arg(
        short,
        long,
        global = true,
        value_name = "FORMAT",
        value_enum,
        default_value = "table"
    )]
    pub output: Format,
}

impl ClientArgs {
    /// Connects with the token of `--token-file`.
    pub async fn connect(&self) -> Result<Connection, Error> {
        let bearer = Bearer::read(self.token_file())?;
        self.connect_as(bearer).await
    }

    /// Connects with a given token.
    pub async fn connect_as(&self, bearer: Bearer) -> Result<Connection, Error> {
        Ok(InterceptedService::new(self.channel().await?, bearer))
    }

    /// Opens a channel, with the client certificate if there is one.
    pub async fn channel(&self) -> Result<Channel, Error> {
        let read = |path: &Path| std::fs::read(path).map_err(|error| Error::file(path, error));
        let shown = match (&self.client_cert, &self.client_key) {
            (Some(certificate), Some(key)) => {
                Some(Identity::from_pem(read(certificate)?, read(key)?))
            }
            _ => None,
        };
        channel(&self.address, self.ca_file.as_deref(), shown).await
    }

    /// The token file asked for, else the default one if it exists.
    #[must_use]
    pub fn token_file(&self) -> Option<&Path> {
        let default = Path::new(DEFAULT_TOKEN_FILE);
        self.token_file
            .as_deref()
            .or_else(|| default.exists().then_some(default))
    }
}

/// Opens a channel, and says which address it was if nothing answers.
pub async fn channel(
    address: &str,
    ca_file: Option<&Path>,
    shown: Option<Identity>,
) -> Result<Channel, Error> {
    let mut endpoint = Endpoint::from_shared(address.to_owned())
        .map_err(|_| bad_address(address))?
        .connect_timeout(CONNECT_TIMEOUT)
        .http2_max_header_list_size(MAX_HEADER_BYTES)
        .user_agent(concat!("accord/", env!("CARGO_PKG_VERSION")))
        .map_err(|error| Error::Failed(error.to_string()))?;
    match endpoint.uri().scheme_str() {
        Some("http") if shown.is_some() => {
            return Err(Error::Usage(format!(
                "--client-cert is for an https address, and --address is \"{address}\""
            )));
        }
        Some("http") => {}
        Some("https") => {
            let mut tls = ClientTlsConfig::new().with_native_roots();
            if let Some(path) = ca_file {
                let pem = std::fs::read(path).map_err(|error| Error::file(path, error))?;
                tls = tls.ca_certificate(Certificate::from_pem(pem));
            }
            if let Some(identity) = shown {
                tls = tls.identity(identity);
            }
            endpoint = endpoint
                .tls_config(tls)
                .map_err(|error| Error::Failed(format!("TLS: {}", innermost(&error))))?;
        }
        _ => return Err(bad_address(address)),
    }
    endpoint.connect().await.map_err(|error| {
        let cause = innermost(&error);
        // What TLS says of bytes that are none of its own.
        if cause.contains("InvalidContentType") {
            return Error::Failed(format!(
                "what answers at {address} does not speak TLS ({cause})\n  hint: write the address with http:// if the server \
                 is one without TLS, or name its port for TLS"
            ));
        }
        Error::Unreachable {
            address: address.to_owned(),
            cause,
        }
    })
}

fn bad_address(address: &str) -> Error {
    Error::Usage(format!(
        "--address \"{address}\" is not an address; write it as {DEFAULT_ADDRESS}"
    ))
}

/// The cause at the bottom of an error, which is what a person needs to read.
fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}

/// The status of a stream that ended without one, before all was there.
#[expect(
    clippy::disallowed_methods,
    reason = "it is told to nobody but this command's user"
)]
pub fn broken_off(message: impl Into<String>) -> tonic::Status {
    tonic::Status::unavailable(message)
}
