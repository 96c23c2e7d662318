//! The two sides' words on a measure: `accord roadmaps start`, `report`, `confirm` and the rest.

use std::fmt::Write as _;
use std::path::PathBuf;

use accord_proto::google::r#type::Date;
use accord_proto::roadmaps::v1::measure_service_client::MeasureServiceClient;
use accord_proto::roadmaps::v1::{
    AcceptMeasureCancellationRequest, ConfirmMeasureRequest, DeclineMeasureCancellationRequest,
    DisputeMeasureRequest, Evidence, Measure, ProposeMeasureCancellationRequest,
    ReportMeasureRequest, ReturnMeasureRequest, StartMeasureRequest, WithdrawMeasureReportRequest,
};
use sha2::{Digest as _, Sha256};

use super::care::{self, Care};
use crate::client::Connection;
use crate::error::Error;
use crate::render::{Answer, Block, Page, Sheet, View, value};
use crate::when;

/// Options of a word that needs no reason.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord roadmaps start river-towns/ferry --token-file uz.token
  accord roadmaps accept-cancellation river-towns/ferry --note 'As agreed.' --token-file kz.token")]
pub(super) struct PlainArgs {
    /// The measure, as ROADMAP/MEASURE or by its full name.
    #[arg(value_name = "MEASURE")]
    measure: String,
    /// A note for the record.
    #[arg(long, value_name = "TEXT", default_value = "")]
    note: String,
    #[command(flatten)]
    care: Care,
}

/// Options of a word that needs a reason.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord roadmaps propose-cancellation river-towns/ferry --reason 'No funds.' --token-file uz.token
  accord roadmaps decline-cancellation river-towns/ferry --reason 'Funds were found.' --token-file kz.token")]
pub(super) struct ReasonArgs {
    /// The measure, as ROADMAP/MEASURE or by its full name.
    #[arg(value_name = "MEASURE")]
    measure: String,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    care: Care,
}

/// Options of `accord roadmaps report`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord roadmaps report river-towns/ferry --evidence act.pdf --link https://example.org/act.pdf --token-file uz.token
  accord roadmaps report river-towns/ferry --sha256 9f86d0… --done-on 2022-06-28 --token-file uz.token

A file is not uploaded: its hash pins it. Reporting again answers a return or a dispute with the next revision.")]
pub(super) struct ReportArgs {
    /// The measure, as ROADMAP/MEASURE or by its full name.
    #[arg(value_name = "MEASURE")]
    measure: String,
    /// A file that proves it; repeatable.
    #[arg(long, value_name = "FILE", required_unless_present = "sha256")]
    evidence: Vec<PathBuf>,
    /// The SHA-256 of evidence that is not here; repeatable.
    #[arg(long, value_name = "HASH")]
    sha256: Vec<String>,
    /// Where the evidence can be fetched: one for each piece, files first.
    #[arg(long, value_name = "URL")]
    link: Vec<String>,
    /// The day on which it was done; today when left out.
    #[arg(long, value_name = "DAY", value_parser = when::day)]
    done_on: Option<Date>,
    /// What was done.
    #[arg(long, value_name = "TEXT", default_value = "")]
    note: String,
    #[command(flatten)]
    care: Care,
}

/// Options of `accord roadmaps confirm`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord roadmaps confirm river-towns/ferry --revision 2 --token-file kz.token

The measure is then complete. A report that was revised since is not confirmed unread.")]
pub(super) struct ConfirmArgs {
    /// The measure, as ROADMAP/MEASURE or by its full name.
    #[arg(value_name = "MEASURE")]
    measure: String,
    /// The revision of the report that you have read.
    #[arg(long, value_name = "NUMBER")]
    revision: i64,
    /// A note for the record.
    #[arg(long, value_name = "TEXT", default_value = "")]
    note: String,
    #[command(flatten)]
    care: Care,
}

/// Options of `accord roadmaps return`, `dispute` and `withdraw-report`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord roadmaps return river-towns/ferry --revision 1 --reason 'The act lacks a stamp.' --token-file kz.token
  accord roadmaps dispute river-towns/ferry --revision 1 --reason 'It is closed.' --token-file kz.token
  accord roadmaps withdraw-report river-towns/ferry --revision 1 --reason 'Filed too early.' --token-file uz.token")]
pub(super) struct JudgeArgs {
    /// The measure, as ROADMAP/MEASURE or by its full name.
    #[arg(value_name = "MEASURE")]
    measure: String,
    /// The revision of the report that you have read.
    #[arg(long, value_name = "NUMBER")]
    revision: i64,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    care: Care,
}

/// A word without a reason.
#[derive(Clone, Copy, Debug)]
pub(super) enum Plain {
    Start,
    AcceptCancellation,
}

/// A word with a reason.
#[derive(Clone, Copy, Debug)]
pub(super) enum Reasoned {
    ProposeCancellation,
    DeclineCancellation,
}

/// A word on a report.
#[derive(Clone, Copy, Debug)]
pub(super) enum Judged {
    Withdraw,
    Return,
    Dispute,
}

pub(super) async fn plain(
    connection: &Connection,
    partnership: Option<&str>,
    word: Plain,
    args: &PlainArgs,
) -> Result<View, Error> {
    let name = care::measure(connection, partnership, &args.measure).await?;
    let mut client = MeasureServiceClient::new(connection.clone());
    let (note, care) = (args.note.clone(), &args.care);
    let (etag, request_id) = (care.etag.clone(), care.request_id.clone());
    let validate_only = care.check;
    let answer = match word {
        Plain::Start => {
            let request = StartMeasureRequest {
                name,
                note,
                etag,
                request_id,
                validate_only,
            };
            client.start_measure(request).await?
        }
        Plain::AcceptCancellation => {
            let request = AcceptMeasureCancellationRequest {
                name,
                note,
                etag,
                request_id,
                validate_only,
            };
            client.accept_measure_cancellation(request).await?
        }
    };
    Ok(view(&answer.into_inner()))
}

pub(super) async fn reasoned(
    connection: &Connection,
    partnership: Option<&str>,
    word: Reasoned,
    args: &ReasonArgs,
) -> Result<View, Error> {
    let name = care::measure(connection, partnership, &args.measure).await?;
    let mut client = MeasureServiceClient::new(connection.clone());
    let (reason, care) = (args.reason.clone(), &args.care);
    let (etag, request_id) = (care.etag.clone(), care.request_id.clone());
    let validate_only = care.check;
    let answer = match word {
        Reasoned::ProposeCancellation => {
            let request = ProposeMeasureCancellationRequest {
                name,
                reason,
                etag,
                request_id,
                validate_only,
            };
            client.propose_measure_cancellation(request).await?
        }
        Reasoned::DeclineCancellation => {
            let request = DeclineMeasureCancellationRequest {
                name,
                reason,
                etag,
                request_id,
                validate_only,
            };
            client.decline_measure_cancellation(request).await?
        }
    };
    Ok(view(&answer.into_inner()))
}

pub(super) async fn report(
    connection: &Connection,
    partnership: Option<&str>,
    args: &ReportArgs,
) -> Result<View, Error> {
    let request = ReportMeasureRequest {
        name: care::measure(connection, partnership, &args.measure).await?,
        evidence: evidence(args)?,
        completion_date: args.done_on,
        note: args.note.clone(),
        etag: args.care.etag.clone(),
        request_id: args.care.request_id.clone(),
        validate_only: args.care.check,
    };
    let mut client = MeasureServiceClient::new(connection.clone());
    let answer = client.report_measure(request).await?;
    Ok(view(&answer.into_inner()))
}

/// The evidence: files by their hashes, then hashes, each with its link.
fn evidence(args: &ReportArgs) -> Result<Vec<Evidence>, Error> {
    let mut pieces = Vec::new();
    for path in &args.evidence {
        let mut file = std::fs::File::open(path).map_err(|error| Error::file(path, error))?;
        let mut hash = Sha256::new();
        std::io::copy(&mut file, &mut hash).map_err(|error| Error::file(path, error))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        pieces.push((hex(&hash.finalize()), name.into_owned()));
    }
    pieces.extend(args.sha256.iter().map(|hash| (hash.clone(), String::new())));
    if args.link.len() > pieces.len() {
        return Err(Error::Usage(format!(
            "there are {} links for {} pieces of evidence",
            args.link.len(),
            pieces.len()
        )));
    }
    let mut links = args.link.iter().cloned();
    Ok(pieces
        .into_iter()
        .map(|(sha256, note)| Evidence {
            sha256,
            uri: links.next().unwrap_or_default(),
            note,
        })
        .collect())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing into a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

pub(super) async fn confirm(
    connection: &Connection,
    partnership: Option<&str>,
    args: &ConfirmArgs,
) -> Result<View, Error> {
    let request = ConfirmMeasureRequest {
        name: care::measure(connection, partnership, &args.measure).await?,
        report_revision: args.revision,
        note: args.note.clone(),
        etag: args.care.etag.clone(),
        request_id: args.care.request_id.clone(),
        validate_only: args.care.check,
    };
    let mut client = MeasureServiceClient::new(connection.clone());
    let answer = client.confirm_measure(request).await?;
    Ok(view(&answer.into_inner()))
}

pub(super) async fn judged(
    connection: &Connection,
    partnership: Option<&str>,
    word: Judged,
    args: &JudgeArgs,
) -> Result<View, Error> {
    let name = care::measure(connection, partnership, &args.measure).await?;
    let mut client = MeasureServiceClient::new(connection.clone());
    let (report_revision, reason) = (args.revision, args.reason.clone());
    let (etag, request_id) = (args.care.etag.clone(), args.care.request_id.clone());
    let validate_only = args.care.check;
    let answer = match word {
        Judged::Withdraw => {
            let request = WithdrawMeasureReportRequest {
                name,
                report_revision,
                reason,
                etag,
                request_id,
                validate_only,
            };
            client.withdraw_measure_report(request).await?
        }
        Judged::Return => {
            let request = ReturnMeasureRequest {
                name,
                report_revision,
                reason,
                etag,
                request_id,
                validate_only,
            };
            client.return_measure(request).await?
        }
        Judged::Dispute => {
            let request = DisputeMeasureRequest {
                name,
                report_revision,
                reason,
                etag,
                request_id,
                validate_only,
            };
            client.dispute_measure(request).await?
        }
    };
    Ok(view(&answer.into_inner()))
}

/// Shows where a measure is.
fn view(measure: &Measure) -> View {
    let report = measure.current_report.clone().unwrap_or_default();
    let verdict = measure.verdict.clone().unwrap_or_default();
    let proposal = measure.cancellation_proposal.clone().unwrap_or_default();
    let state = value::words(measure.state().as_str_name(), "MEASURE_STATE_");
    let word = value::words(verdict.kind().as_str_name(), "VERDICT_KIND_");
    let revision = match report.revision {
        0 => String::new(),
        revision => revision.to_string(),
    };
    let judged = [verdict.party.as_str(), &word, &verdict.reason];
    let page = Page::new(vec![Block::Pairs(vec![
        ("Measure", value::id(&measure.name).to_owned()),
        ("State", state.clone()),
        ("Report", revision.clone()),
        ("Claimed by", report.party.clone()),
        ("Other side", judged.join(" ").trim().to_owned()),
        ("Cancellation proposed by", proposal.party),
        ("Etag", measure.etag.clone()),
    ])]);
    let mut sheet = Sheet::new(&["name", "state", "report_revision", "reported_by", "verdict"]);
    sheet.push(vec![
        measure.name.clone(),
        state,
        revision,
        report.party,
        word,
    ]);
    View {
        answer: Answer::of(measure),
        page,
        sheet,
    }
}
