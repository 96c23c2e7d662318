//! The way of every word of a side on a measure: the methods differ only in what is said.

use accord_proto::roadmaps::v1::Measure as Answer;
use aip::{Violation, Violations};
use fault::Fault;
use identity::Caller;
use ledger::{Change, ChangeKind, Stamp};
use storage::Tx;
use tonic::Request;

use super::{
    super::{Begun, begin, checked, convert, fault as faults, roadmaps},
    Service, check_etag, keep, present, speaker,
};
use crate::{
    domain::{completion::Action, measure::Word, name::MeasureName, refusal::Refusal},
    store,
};

/// The parts that every such request has.
pub(super) trait Said: prost::Message + prost::Name {
    /// The full name of the method.
    const METHOD: &'static str;

    /// The measure's name as given.
    fn name(&self) -> &str;

    /// The etag as given.
    fn etag(&self) -> &str;
}

macro_rules! said {
    ($($request:ident => $method:literal),* $(,)?) => { $(
        impl Said for accord_proto::roadmaps::v1::$request {
            const METHOD: &'static str = concat!("accord.roadmaps.v1.MeasureService/", $method);

            fn name(&self) -> &str {
                &self.name
            }

            fn etag(&self) -> &str {
                &self.etag
            }
        }
    )* };
}

said! {
    StartMeasureRequest => "StartMeasure",
    ReportMeasureRequest => "ReportMeasure",
    WithdrawMeasureReportRequest => "WithdrawMeasureReport",
    ConfirmMeasureRequest => "ConfirmMeasure",
    ReturnMeasureRequest => "ReturnMeasure",
    DisputeMeasureRequest => "DisputeMeasure",
    ProposeMeasureCancellationRequest => "ProposeMeasureCancellation",
    AcceptMeasureCancellationRequest => "AcceptMeasureCancellation",
    DeclineMeasureCancellationRequest => "DeclineMeasureCancellation",
}

/// Takes the word that `read` finds in a request.
pub(super) async fn run<M: Said>(
    service: &Service,
    request: Request<M>,
    read: impl FnOnce(&M) -> Result<Word, Violations>,
) -> Result<Answer, Fault> {
    let Begun {
        call,
        caller,
        given,
        mut violations,
    } = begin(M::METHOD, request)?;
    let name = violations.take(MeasureName::parse("name", given.name()));
    let word = read(&given).map_err(|found| violations.merge(found)).ok();
    let (name, word) = checked(name.zip(word), violations)?;
    let etag = given.etag().to_owned();
    service
        .journal
        .mutate(call, move |tx, stamp| {
            let (caller, name) = (caller.clone(), name.clone());
            let (etag, word) = (etag.clone(), word.clone());
            Box::pin(speak(tx, stamp, caller, name, etag, word))
        })
        .await
}

async fn speak(
    tx: &mut Tx,
    stamp: Stamp,
    caller: Caller,
    name: MeasureName,
    etag: String,
    word: Word,
) -> Result<(Answer, Vec<Change>), Fault> {
    let mut roadmap = roadmaps::present(tx, &name.roadmap_name()).await?;
    let mut measure = present(tx, &name).await?;
    let speaker = speaker(&caller, &roadmap)?;
    check_etag(&etag, &measure)?;
    let party = roadmap.party(speaker.side);
    let refused = |refusal: &Refusal, name: String| faults::refused(refusal, &name, party);
    roadmap
        .require_adopted()
        .map_err(|refusal| refused(&refusal, roadmap.name.to_string()))?;
    if let Some(claim) = &word.claim {
        convert::word::fits(claim, &roadmap)?;
    }
    let before = measure.revision;
    let event = measure
        .speak(&speaker, word, stamp.now)
        .map_err(|refusal| refused(&refusal, name.to_string()))?;
    keep(tx, &roadmap, &measure, before, &event).await?;
    let recorded = convert::measure::write(&measure);
    let mut changes = vec![Change::of(
        name.to_string(),
        ChangeKind::StateChanged,
        &recorded,
    )];
    if roadmap.is_closing() {
        let before = roadmap.revision;
        roadmap.word_given(stamp.now);
        store::roadmaps::update_if(tx, &roadmap, before, None).await?;
        changes.push(Change::of(
            roadmap.name.to_string(),
            ChangeKind::StateChanged,
            &convert::roadmap::write(&roadmap),
        ));
    }
    Ok((convert::measure::answer(&measure, stamp.today()), changes))
}

/// Reads a word that names no report.
pub(super) fn plain(action: Action, reason: Result<String, Violation>) -> Result<Word, Violations> {
    Ok(Word {
        action,
        revision: None,
        reason: reason?,
        claim: None,
    })
}

/// Reads a word about a report.
pub(super) fn about_report(
    action: Action,
    revision: i64,
    reason: Result<String, Violation>,
) -> Result<Word, Violations> {
    let mut violations = Violations::new();
    let revision = violations.take(convert::word::revision("report_revision", revision));
    let reason = violations.take(reason);
    violations.finish()?;
    Ok(Word {
        action,
        revision,
        reason: reason.unwrap_or_default(),
        claim: None,
    })
}
