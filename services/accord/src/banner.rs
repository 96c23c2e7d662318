//! What `accord serve` and `accord demo` tell people once all is ready: where everything is, and what to try next.

use std::env;
use std::fmt::{self, Write as _};
use std::io::{self, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};

use crate::apply::Outcome;
use crate::client::{DEFAULT_ADDRESS, DEFAULT_TOKEN_FILE};
use crate::sample::{Sample, Suggestion};

/// Where everything is.
#[derive(Debug, Clone)]
pub struct Banner {
    /// Where calls are answered.
    pub listen: SocketAddr,
    /// Where health and metrics are.
    pub admin_listen: SocketAddr,
    /// Whether calls must come over TLS.
    pub has_tls: bool,
    /// Where data is kept.
    pub data_dir: PathBuf,
    /// The operator's token; none with an issuer elsewhere.
    pub token_file: Option<PathBuf>,
    /// What was loaded.
    pub sample: Sample,
    /// What loading came to; none without a sample.
    pub loaded: Option<Outcome>,
}

impl Banner {
    /// The address at which this machine reaches the process.
    #[must_use]
    pub fn local_address(&self) -> String {
        let ip = match self.listen.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        };
        let address = SocketAddr::new(ip, self.listen.port());
        if self.has_tls && ip.is_loopback() {
            // Certificates are made for names.
            return format!("https://localhost:{}", address.port());
        }
        let scheme = if self.has_tls { "https" } else { "http" };
        format!("{scheme}://{address}")
    }

    /// Writes the banner to standard output; a process goes on without a reader of it.
    pub fn print(&self) {
        let mut out = io::stdout().lock();
        let _ = write!(out, "{self}").and_then(|()| out.flush());
    }

    /// The options that a command needs to reach this process, empty where the defaults do.
    fn options(&self) -> String {
        let mut options = String::new();
        let address = self.local_address();
        if address != DEFAULT_ADDRESS {
            let _ = write!(options, " --address {address}");
        }
        if let Some(path) = &self.token_file
            && Path::new(DEFAULT_TOKEN_FILE).canonicalize().ok().as_ref() != Some(path)
        {
            let _ = write!(
                options,
                " --token-file {}",
                quoted(&path.display().to_string())
            );
        }
        options
    }
}

impl fmt::Display for Banner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.has_tls { "https" } else { "http" };
        writeln!(f, "Accord is ready.\n")?;
        writeln!(f, "  Calls     {scheme}://{} (gRPC)", self.listen)?;
        writeln!(f, "  Health    http://{}/readyz", self.admin_listen)?;
        writeln!(f, "  Metrics   http://{}/metrics", self.admin_listen)?;
        writeln!(f, "  Data      {}", self.data_dir.display())?;
        match &self.token_file {
            Some(path) => writeln!(f, "  Token     {} (the operator's)", path.display())?,
            None => writeln!(f, "  Token     from the issuer that the settings name")?,
        }
        if let Some(loaded) = &self.loaded {
            writeln!(
                f,
                "  Sample    {}: {} facts and words recorded, {} there before",
                self.sample.name(),
                loaded.applied,
                loaded.already_there
            )?;
        }
        writeln!(f, "\nTry next, in another terminal:\n")?;
        let program = program();
        for suggestion in self.sample.suggestions() {
            match suggestion {
                Suggestion::Ask(command) => {
                    writeln!(f, "  {program} {command}{}", self.options())?;
                }
                Suggestion::Offline(command) => {
                    let data_dir = quoted(&self.data_dir.display().to_string());
                    writeln!(f, "  {program} {command} --data-dir {data_dir}")?;
                }
            }
        }
        writeln!(f, "\nCtrl-C ends it.")
    }
}

/// How this program is called from here: by its name if that is found, else by its path.
fn program() -> String {
    let Ok(current) = env::current_exe() else {
        return "accord".to_owned();
    };
    let found = env::var_os("PATH").and_then(|paths| {
        env::split_paths(&paths)
            .map(|folder| folder.join("accord"))
            .find(|path| path.is_file())
    });
    if found.and_then(|path| path.canonicalize().ok()) == current.canonicalize().ok() {
        return "accord".to_owned();
    }
    let below = env::current_dir().ok().and_then(|folder| {
        current
            .strip_prefix(folder)
            .ok()
            .map(|path| Path::new(".").join(path))
    });
    quoted(&below.unwrap_or(current).display().to_string())
}

/// Quotes a word for a shell if it needs to be.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-:+=@".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn banner(listen: &str, has_tls: bool) -> Banner {
        Banner {
            listen: listen.parse().unwrap(),
            admin_listen: "127.0.0.1:8081".parse().unwrap(),
            has_tls,
            data_dir: "/data".into(),
            token_file: Some("/data/operator.token".into()),
            sample: Sample::UzKz,
            loaded: None,
        }
    }

    #[test]
    fn commands_work_when_pasted() {
        let text = banner("127.0.0.1:9000", false).to_string();
        let commands: Vec<&str> = text
            .lines()
            .filter(|line| {
                line.ends_with(" --address http://127.0.0.1:9000 --token-file /data/operator.token")
            })
            .collect();
        assert_eq!(commands.len(), 4, "{text}");
        assert_eq!(
            banner("127.0.0.1:8080", false).options(),
            " --token-file /data/operator.token"
        );
    }

    #[test]
    fn every_interface_is_reached_by_loopback_and_tls_by_a_name() {
        assert_eq!(
            banner("0.0.0.0:80", false).local_address(),
            "http://127.0.0.1:80"
        );
        assert_eq!(banner("[::]:80", false).local_address(), "http://[::1]:80");
        assert_eq!(
            banner("0.0.0.0:443", true).local_address(),
            "https://localhost:443"
        );
    }

    #[test]
    fn odd_paths_are_quoted() {
        assert_eq!(quoted("/a b/it's"), r"'/a b/it'\''s'");
        assert_eq!(
            quoted("/tmp/accord-demo-x/operator.token"),
            "/tmp/accord-demo-x/operator.token"
        );
    }
}
