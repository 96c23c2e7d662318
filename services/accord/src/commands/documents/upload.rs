//! `accord documents upload`: a file that becomes a version of a text; a broken upload goes on where it stopped.

use std::path::PathBuf;
use std::time::Duration;

use accord_proto::documents::v1::text_service_client::TextServiceClient;
use accord_proto::documents::v1::{
    CompleteUploadRequest, CreateTextRequest, CreateUploadRequest, GetTextRequest,
    GetTextVersionRequest, GetUploadRequest, Source, Text, TextVersion, UpdateTextRequest, Upload,
    UploadState, UploadTextRequest,
};
use futures::{StreamExt as _, stream};
use indicatif::ProgressBar;
use tonic::{Code, Status};

use super::texts;
use crate::apply::derive_request_id;
use crate::client::{Connection, broken_off};
use crate::error::Error;
use crate::import;
use crate::progress;
use crate::render::View;

/// How often a broken stream is taken up again before the command gives up.
const ATTEMPTS: u32 = 8;
/// How long to wait before the first of these; each further wait is twice as long.
const FIRST_WAIT: Duration = Duration::from_millis(250);
/// Media types by the end of a file's name.
const MEDIA_TYPES: [(&str, &str); 12] = [
    ("pdf", "application/pdf"),
    ("txt", "text/plain; charset=utf-8"),
    ("md", "text/markdown; charset=utf-8"),
    ("html", "text/html; charset=utf-8"),
    ("htm", "text/html; charset=utf-8"),
    ("xml", "application/xml"),
    ("rtf", "application/rtf"),
    ("doc", "application/msword"),
    (
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    ("odt", "application/vnd.oasis.opendocument.text"),
    ("tif", "image/tiff"),
    ("jpg", "image/jpeg"),
];

/// Options of `accord documents upload`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord documents upload customs-energy/ru agreement.pdf --authentic --token-file uz.token
  accord documents upload customs-energy/uz-Latn scan.pdf --original-of UZ --token-file uz.token
  accord documents upload customs-energy/kk page.html --source https://adilet.zan.kz/kaz/docs/P2100000155 --token-file kz.token

The file's SHA-256 is announced, and the service checks it before the file becomes a version. After a break the
command goes on by itself, and so does the same command run again. A file that is a version already is not sent again.")]
pub(super) struct Args {
    /// The text: the document, by its id or full name, and after a slash the language and script, as a BCP 47 tag.
    #[arg(value_name = "DOCUMENT/LANGUAGE")]
    text: String,
    /// The file.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The document itself says that its text in this language is authentic.
    #[arg(long)]
    authentic: bool,
    /// The party whose original the file is; without it, it is nobody's original but a copy.
    #[arg(long, value_name = "PARTY")]
    original_of: Option<String>,
    /// The media type [default: by the end of the file's name].
    #[arg(long, value_name = "TYPE")]
    media_type: Option<String>,
    /// Where the file was read, if it was not given by the agency itself.
    #[arg(long, value_name = "URL")]
    source: Option<String>,
}

/// What is uploaded, and as what.
struct Order<'a> {
    /// The full name of the text.
    text: String,
    language: &'a str,
    media_type: String,
    args: &'a Args,
    file: import::Upload,
}

pub(super) async fn run(
    connection: &Connection,
    partnership: Option<&str>,
    args: &Args,
) -> Result<View, Error> {
    let (document, language) = split(&args.text)?;
    let media_type = media_type(args)?;
    // Before the file is read, which may take long: from then on every call is repeated.
    let document = super::name(connection, partnership, document).await?;
    let order = Order {
        text: format!("{document}/texts/{}", language.to_lowercase()),
        language,
        media_type,
        args,
        file: import::Upload::of_file(&args.file)?,
    };
    if order.file.len() == 0 {
        return Err(Error::file(&args.file, "the file is empty"));
    }
    let mut client = TextServiceClient::new(connection.clone());
    let bar = progress::bytes(order.file.len(), &args.file.display().to_string());
    let sent = send(&mut client, &order, &bar).await;
    bar.finish_and_clear();
    Ok(match sent? {
        Sent::Before(version) => texts::version_view(
            &version,
            "The file is a version of the text already.".into(),
        ),
        Sent::Now(version) => {
            texts::version_view(&version, "The file is a version of the text now.".into())
        }
    })
}

/// The version that a file is.
enum Sent {
    /// It was one before.
    Before(TextVersion),
    /// It became one.
    Now(TextVersion),
}

/// Takes `DOCUMENT/LANGUAGE` apart; the document may be a full name.
pub(super) fn split(text: &str) -> Result<(&str, &str), Error> {
    let wrong = || {
        Error::Usage(format!(
            "\"{text}\" does not name a text; write it as DOCUMENT/LANGUAGE, such as customs-energy/ru"
        ))
    };
    if let Some((document, language)) = text.split_once("/texts/") {
        return Ok((document, language));
    }
    let (document, language) = text.rsplit_once('/').ok_or_else(wrong)?;
    let is_whole = !document.is_empty() && !language.is_empty() && document != "partnerships";
    is_whole.then_some((document, language)).ok_or_else(wrong)
}

fn media_type(args: &Args) -> Result<String, Error> {
    if let Some(given) = &args.media_type {
        return Ok(given.clone());
    }
    let extension = args
        .file
        .extension()
        .and_then(|extension| extension.to_str())
        .unwrap_or_default();
    MEDIA_TYPES
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(extension))
        .map(|(_, media_type)| (*media_type).to_owned())
        .ok_or_else(|| {
            Error::Usage(format!(
                "the end of \"{}\" does not tell what kind of file it is; say so with --media-type TYPE, such as application/pdf",
                args.file.display()
            ))
        })
}

/// Returns the text, registered now if it was not.
async fn text(
    client: &mut TextServiceClient<Connection>,
    order: &Order<'_>,
) -> Result<Text, Broken> {
    let name = order.text.clone();
    let found = client.get_text(GetTextRequest { name }).await;
    let text = match found {
        Ok(text) => text.into_inner(),
        Err(status) if status.code() == Code::NotFound => return create(client, order).await,
        Err(status) => return Err(status.into()),
    };
    if !order.args.authentic || text.authentic == Some(true) {
        return Ok(text);
    }
    let request = UpdateTextRequest {
        text: Some(Text {
            name: text.name.clone(),
            etag: text.etag.clone(),
            authentic: Some(true),
            ..Text::default()
        }),
        update_mask: Some(prost_types::FieldMask {
            paths: vec!["authentic".to_owned()],
        }),
        ..UpdateTextRequest::default()
    };
    Ok(client.update_text(request).await?.into_inner())
}

async fn create(
    client: &mut TextServiceClient<Connection>,
    order: &Order<'_>,
) -> Result<Text, Broken> {
    let request = CreateTextRequest {
        parent: order.document().to_owned(),
        text: Some(Text {
            language_code: order.language.to_owned(),
            authentic: order.args.authentic.then_some(true),
            ..Text::default()
        }),
        ..CreateTextRequest::default()
    };
    Ok(client.create_text(request).await?.into_inner())
}

/// The newest version of the text, if it is this very file, given in the same way.
async fn same_version(
    client: &mut TextServiceClient<Connection>,
    text: &Text,
    order: &Order<'_>,
) -> Result<Option<TextVersion>, Broken> {
    if text.latest_version.is_empty() {
        return Ok(None);
    }
    let name = text.latest_version.clone();
    let version = client
        .get_text_version(GetTextVersionRequest { name })
        .await?
        .into_inner();
    let is_same = version.sha256 == order.file.digest()
        && version.party == order.party()
        && version.source.as_ref().map(|source| source.uri.as_str())
            == order.args.source.as_deref();
    Ok(is_same.then_some(version))
}

impl Order<'_> {
    fn document(&self) -> &str {
        self.text.split("/texts/").next().unwrap_or_default()
    }

    fn party(&self) -> &str {
        self.args.original_of.as_deref().unwrap_or_default()
    }

    /// The id of an upload, which follows from what is uploaded and as what, so that a later run finds it again.
    fn upload_id(&self, number: u32) -> String {
        let source = self.args.source.as_deref().unwrap_or_default();
        let parts = [
            &self.text,
            self.file.digest(),
            &self.media_type,
            self.party(),
            source,
        ];
        format!("file-{}-{number}", derive_request_id(&parts))
    }
}

/// Sends the file, from where the service has it, until it is a version.
async fn send(
    client: &mut TextServiceClient<Connection>,
    order: &Order<'_>,
    bar: &ProgressBar,
) -> Result<Sent, Error> {
    let mut wait = FIRST_WAIT;
    let mut attempt = 1;
    let mut durable = 0;
    loop {
        let error = match attempt_once(client, order, bar, &mut durable).await {
            Ok(sent) => return Ok(sent),
            Err(Broken::For(error)) => return Err(error),
            Err(Broken::Once(status)) => status,
            Err(Broken::Further(status)) => {
                // What moves on is not given up.
                attempt = 1;
                wait = FIRST_WAIT;
                status
            }
        };
        if attempt == ATTEMPTS {
            return Err(error.into());
        }
        tokio::time::sleep(wait).await;
        wait *= 2;
        attempt += 1;
    }
}

/// How an attempt ended that brought no version.
enum Broken {
    /// Another would end in the same way.
    For(Error),
    /// Another may end well.
    Once(Status),
    /// Another may end well, and this one got further than the one before.
    Further(Status),
}

impl From<Status> for Broken {
    fn from(status: Status) -> Self {
        match status.code() {
            // A service that went away, and a stream that stands elsewhere than this program thought.
            Code::Unavailable | Code::Cancelled | Code::Unknown | Code::OutOfRange => {
                Self::Once(status)
            }
            _ => Self::For(status.into()),
        }
    }
}

async fn attempt_once(
    client: &mut TextServiceClient<Connection>,
    order: &Order<'_>,
    bar: &ProgressBar,
    durable: &mut i64,
) -> Result<Sent, Broken> {
    let text = text(client, order).await?;
    if let Some(version) = same_version(client, &text, order).await? {
        return Ok(Sent::Before(version));
    }
    let upload = match begin(client, order).await? {
        Begun::Done(version) => return Ok(Sent::Before(version)),
        Begun::Open(upload) => upload,
    };
    let is_further = upload.received_bytes > *durable;
    *durable = upload.received_bytes;
    if upload.received_bytes < upload.size_bytes {
        let sent = stream_rest(client, order, &upload, bar).await;
        if let Err(Broken::Once(status)) = sent {
            return Err(if is_further {
                Broken::Further(status)
            } else {
                Broken::Once(status)
            });
        }
        sent?;
    }
    let request = CompleteUploadRequest {
        request_id: derive_request_id(&["accord documents upload", &upload.name]),
        name: upload.name,
    };
    let version = client.complete_upload(request).await?.into_inner();
    Ok(Sent::Now(version))
}

/// Where an upload stands.
enum Begun {
    /// It has become a version.
    Done(TextVersion),
    /// Bytes are missing, or it has to be completed.
    Open(Upload),
}

/// Finds the upload of this file, or announces one. One that was refused, given up or withdrawn is followed by another.
async fn begin(
    client: &mut TextServiceClient<Connection>,
    order: &Order<'_>,
) -> Result<Begun, Broken> {
    let mut number = 1;
    loop {
        let upload_id = order.upload_id(number);
        let name = format!("{}/uploads/{upload_id}", order.document());
        let upload = match client.get_upload(GetUploadRequest { name }).await {
            Ok(upload) => upload.into_inner(),
            Err(status) if status.code() == Code::NotFound => {
                return Ok(Begun::Open(announce(client, order, upload_id).await?));
            }
            Err(status) => return Err(status.into()),
        };
        match upload.state() {
            UploadState::Receiving | UploadState::Unspecified => return Ok(Begun::Open(upload)),
            UploadState::Completed => {
                let name = upload.text_version;
                let version = client
                    .get_text_version(GetTextVersionRequest { name })
                    .await?
                    .into_inner();
                if version.withdraw_time.is_none() {
                    return Ok(Begun::Done(version));
                }
            }
            UploadState::Refused | UploadState::Cancelled => {}
        }
        number += 1;
    }
}

async fn announce(
    client: &mut TextServiceClient<Connection>,
    order: &Order<'_>,
    upload_id: String,
) -> Result<Upload, Broken> {
    let source = order.args.source.clone().map(|uri| Source {
        uri,
        note: String::new(),
    });
    let request = CreateUploadRequest {
        parent: order.document().to_owned(),
        upload_id,
        upload: Some(Upload {
            text: order.text.clone(),
            media_type: order.media_type.clone(),
            size_bytes: i64::try_from(order.file.len()).unwrap_or(i64::MAX),
            sha256: order.file.digest().to_owned(),
            party: order.party().to_owned(),
            source,
            ..Upload::default()
        }),
        ..CreateUploadRequest::default()
    };
    Ok(client.create_upload(request).await?.into_inner())
}

/// Sends the bytes that the service does not have.
async fn stream_rest(
    client: &mut TextServiceClient<Connection>,
    order: &Order<'_>,
    upload: &Upload,
    bar: &ProgressBar,
) -> Result<(), Broken> {
    let offset = upload.received_bytes.unsigned_abs();
    bar.set_position(offset);
    let (chunks, failure) = order
        .file
        .chunks(offset, bar.clone())
        .map_err(Broken::For)?;
    let first = UploadTextRequest {
        name: upload.name.clone(),
        offset: upload.received_bytes,
        data: Vec::new(),
    };
    let pieces = chunks.map(|data| UploadTextRequest {
        data,
        ..UploadTextRequest::default()
    });
    let answer = client
        .upload_text(stream::once(async { first }).chain(pieces))
        .await;
    if let Some(error) = failure.take() {
        return Err(Broken::For(error));
    }
    let received = answer?.into_inner().received_bytes;
    if received < upload.size_bytes {
        return Err(Broken::Once(broken_off(format!(
            "the upload ended early: {received} of {} bytes are with the service; run the command again to go on",
            upload.size_bytes
        ))));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_a_document_and_a_language() {
        assert_eq!(split("customs/uz-Latn").unwrap(), ("customs", "uz-Latn"));
        assert_eq!(
            split("partnerships/xa-xb/documents/customs/ru").unwrap(),
            ("partnerships/xa-xb/documents/customs", "ru")
        );
        assert_eq!(
            split("partnerships/xa-xb/documents/customs/texts/ru").unwrap(),
            ("partnerships/xa-xb/documents/customs", "ru")
        );
        for wrong in ["customs", "/ru", "customs/", ""] {
            assert!(matches!(split(wrong), Err(Error::Usage(_))), "{wrong}");
        }
    }
}
