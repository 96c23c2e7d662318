//! `accord documents download`: the bytes of a version, checked here too; a broken download goes on where it stopped.

use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::time::Duration;

use accord_proto::documents::v1::text_service_client::TextServiceClient;
use accord_proto::documents::v1::{
    DownloadHeader, DownloadTextRequest, GetTextRequest, GetTextVersionRequest, TextVersion,
};
use indicatif::ProgressBar;
use sha2::{Digest as _, Sha256};
use tonic::{Code, Status};

use super::target::Target;
use super::upload;
use crate::client::{Connection, broken_off};
use crate::error::Error;
use crate::progress;

/// How often a broken stream is taken up again without a byte in between.
const ATTEMPTS: u32 = 5;
/// How long to wait before the first of these; each further wait is twice as long.
const FIRST_WAIT: Duration = Duration::from_millis(250);

/// Options of `accord documents download`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord documents download customs-energy/ru --output-file agreement.pdf       the latest version
  accord documents download customs-energy/ru/v1 --output-file first.pdf
  accord documents download partnerships/uz-kz/documents/customs-energy/texts/ru/versions/v1 --range 0-1023 | xxd

The whole file is compared with its SHA-256 here as well, and appears in its place only when it is complete and right.
Of a range the service checks the pieces; it cannot be checked here.")]
pub(super) struct Args {
    /// The version: its full name, DOCUMENT/LANGUAGE/VERSION, or DOCUMENT/LANGUAGE for the latest.
    #[arg(value_name = "VERSION")]
    version: String,
    /// The file to write, instead of standard output.
    #[arg(long, value_name = "FILE")]
    output_file: Option<PathBuf>,
    /// Only these bytes, counted from 0: FIRST-LAST, or FIRST- for all that follow.
    #[arg(long, value_name = "RANGE", value_parser = range)]
    range: Option<Range>,
}

/// Some bytes of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Range {
    first: i64,
    /// How many; 0 for all that follow.
    count: i64,
}

fn range(text: &str) -> Result<Range, String> {
    let wrong =
        || format!("\"{text}\" is not a range; write it as 0-1023, or 1024- for all that follow");
    let (first, last) = text.split_once('-').ok_or_else(wrong)?;
    let first: i64 = first.parse().map_err(|_| wrong())?;
    if last.is_empty() {
        return Ok(Range { first, count: 0 });
    }
    let last: i64 = last.parse().map_err(|_| wrong())?;
    if last < first || last == i64::MAX {
        return Err(wrong());
    }
    Ok(Range {
        first,
        count: last - first + 1,
    })
}

pub(super) async fn run(
    connection: &Connection,
    partnership: Option<&str>,
    args: &Args,
) -> Result<(), Error> {
    let mut client = TextServiceClient::new(connection.clone());
    let name = name(connection, &mut client, partnership, &args.version).await?;
    let version = client
        .get_text_version(GetTextVersionRequest { name })
        .await?
        .into_inner();
    let target = Target::open(args.output_file.as_deref())?;
    if target.is_standard()
        && std::io::stdout().is_terminal()
        && !version.media_type.starts_with("text/")
    {
        return Err(Error::Usage(format!(
            "{} is no text for a terminal; write it to a file with --output-file FILE",
            version.media_type
        )));
    }
    let bar = progress::bytes(version.size_bytes.unsigned_abs(), &version.name);
    let done = fetch(&mut client, &version, args.range, target, &bar).await;
    bar.finish_and_clear();
    let count = done?;
    if let Some(path) = &args.output_file {
        let checked = if args.range.is_some() {
            String::new()
        } else {
            format!(", SHA-256 {}", version.sha256)
        };
        eprintln!("{}: {count} bytes{checked}", path.display());
    }
    Ok(())
}

/// The full name of a version.
async fn name(
    connection: &Connection,
    client: &mut TextServiceClient<Connection>,
    partnership: Option<&str>,
    given: &str,
) -> Result<String, Error> {
    if given.contains("/versions/") {
        return Ok(given.to_owned());
    }
    let is_version = |part: &str| {
        part.strip_prefix('v')
            .is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
    };
    let (text, version) = match given.rsplit_once('/') {
        Some((text, version)) if is_version(version) => (text, Some(version)),
        _ => (given, None),
    };
    let (document, language) = upload::split(text)?;
    let document = super::name(connection, partnership, document).await?;
    let text = format!("{document}/texts/{}", language.to_lowercase());
    if let Some(version) = version {
        return Ok(format!("{text}/versions/{version}"));
    }
    let text = client
        .get_text(GetTextRequest { name: text })
        .await?
        .into_inner();
    if text.latest_version.is_empty() {
        return Err(Error::Failed(format!("{} has no version", text.name)));
    }
    Ok(text.latest_version)
}

/// Writes the bytes to the target, taking a broken stream up again, and returns how many there were.
async fn fetch(
    client: &mut TextServiceClient<Connection>,
    version: &TextVersion,
    range: Option<Range>,
    mut target: Target,
    bar: &ProgressBar,
) -> Result<u64, Error> {
    let Range { first, count } = range.unwrap_or(Range { first: 0, count: 0 });
    let mut got = Got {
        bytes: 0,
        expected: None,
        hasher: Sha256::new(),
    };
    let mut wait = FIRST_WAIT;
    let mut attempt = 1;
    loop {
        let before = got.bytes;
        let offset = i64::try_from(got.bytes).unwrap_or(i64::MAX);
        let request = DownloadTextRequest {
            name: version.name.clone(),
            read_offset: first.saturating_add(offset),
            read_limit: if count == 0 { 0 } else { count - offset },
        };
        let status = match stream(client, request, &mut got, &mut target, bar).await? {
            None if got.is_complete() => break,
            None => broken_off("the stream ended early"),
            Some(status) => status,
        };
        if !matches!(
            status.code(),
            Code::Unavailable | Code::Cancelled | Code::Unknown
        ) {
            return Err(status.into());
        }
        if got.bytes > before {
            (attempt, wait) = (1, FIRST_WAIT);
        } else if attempt == ATTEMPTS {
            return Err(status.into());
        }
        tokio::time::sleep(wait).await;
        wait *= 2;
        attempt += 1;
    }
    let digest = hex::encode(got.hasher.finalize());
    if range.is_none() && digest != version.sha256 {
        return Err(Error::Failed(format!(
            "{}: the bytes that came have the SHA-256 {digest}, and not the recorded {}; nothing was kept",
            version.name, version.sha256
        )));
    }
    target.finish()?;
    Ok(got.bytes)
}

/// What has come so far.
struct Got {
    bytes: u64,
    /// How many have to come in all; not known before the first header.
    expected: Option<u64>,
    hasher: Sha256,
}

impl Got {
    fn is_complete(&self) -> bool {
        self.expected == Some(self.bytes)
    }

    /// Learns from the first header how many bytes there will be.
    fn learn(&mut self, header: &DownloadHeader) {
        let rest = header.read_size.unsigned_abs();
        self.expected.get_or_insert(self.bytes + rest);
    }
}

/// Writes one stream to the target; a status is how it broke off.
async fn stream(
    client: &mut TextServiceClient<Connection>,
    request: DownloadTextRequest,
    got: &mut Got,
    target: &mut Target,
    bar: &ProgressBar,
) -> Result<Option<Status>, Error> {
    let mut pieces = match client.download_text(request).await {
        Ok(answer) => answer.into_inner(),
        Err(status) => return Ok(Some(status)),
    };
    loop {
        let piece = match pieces.message().await {
            Ok(Some(piece)) => piece,
            Ok(None) => return Ok(None),
            Err(status) => return Ok(Some(status)),
        };
        if let Some(header) = &piece.header {
            got.learn(header);
        }
        target.write_all(&piece.data)?;
        got.hasher.update(&piece.data);
        got.bytes += piece.data.len() as u64;
        bar.set_position(got.bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_names_its_first_and_last_byte() {
        assert_eq!(
            range("0-1023"),
            Ok(Range {
                first: 0,
                count: 1024
            })
        );
        assert_eq!(range("7-7"), Ok(Range { first: 7, count: 1 }));
        assert_eq!(range("5-"), Ok(Range { first: 5, count: 0 }));
        for wrong in ["", "5", "-5", "5-4", "a-b", "0-99999999999999999999"] {
            assert!(range(wrong).is_err(), "{wrong}");
        }
    }
}
