//! Events of measures.

use accord_proto::roadmaps::v1::{self as contract, MeasureEventKind};

use super::{measure, measure_state, time};
use crate::domain::{
    completion::Action,
    event::{Event, Kind},
    measure::Report,
    name::{RebaselineName, RoadmapName},
};

/// What is known of the re-baseline that an event is a part of.
#[derive(Clone, Debug, Default)]
pub(in crate::api) struct Agreed {
    /// The party that proposed it.
    pub(in crate::api) party: String,
    /// The agency that proposed it.
    pub(in crate::api) agency: String,
    /// What it changed in the plan; for a measure that was planned anew.
    pub(in crate::api) difference: Option<contract::PlanDifference>,
}

/// Writes an event of a measure of a roadmap with these parties; `agreed` is what is known of the re-baseline that it is a part
/// of, if it is one.
pub(in crate::api) fn write(
    event: Event,
    roadmap: &RoadmapName,
    parties: &[String; 2],
    agreed: Option<&Agreed>,
) -> contract::MeasureEvent {
    let agreed = agreed.cloned().unwrap_or_default();
    let is_replanned = event.kind == Kind::Said(Action::Replan);
    let report = event
        .claim
        .zip(event.report_revision)
        .map(|(claim, revision)| Report {
            revision,
            side: event.side,
            agency: event.agency.clone(),
            at: event.at,
            claim,
        });
    contract::MeasureEvent {
        number: event.number,
        record_time: Some(time(event.at)),
        kind: kind(event.kind).into(),
        party: parties[event.side.index()].clone(),
        agency: event.agency,
        state: measure_state(event.state),
        reason: event.reason,
        report_revision: event.report_revision.unwrap_or(0),
        report: report.map(|report| measure::write_report(parties, &report)),
        rebaseline: event.rebaseline.map_or(String::new(), |number| {
            RebaselineName::numbered(roadmap, number).to_string()
        }),
        successor: event
            .successor
            .map_or(String::new(), |successor| successor.to_string()),
        proposing_party: agreed.party,
        proposing_agency: agreed.agency,
        difference: agreed.difference.filter(|_| is_replanned),
    }
}

fn kind(kind: Kind) -> MeasureEventKind {
    match kind {
        Kind::Created => MeasureEventKind::Created,
        Kind::Updated => MeasureEventKind::Updated,
        Kind::Deleted => MeasureEventKind::Deleted,
        Kind::Undeleted => MeasureEventKind::Undeleted,
        Kind::Said(Action::Start) => MeasureEventKind::Started,
        Kind::Said(Action::Report) => MeasureEventKind::Reported,
        Kind::Said(Action::WithdrawReport) => MeasureEventKind::ReportWithdrawn,
        Kind::Said(Action::Confirm) => MeasureEventKind::Confirmed,
        Kind::Said(Action::Return) => MeasureEventKind::Returned,
        Kind::Said(Action::Dispute) => MeasureEventKind::Disputed,
        Kind::Said(Action::ProposeCancellation) => MeasureEventKind::CancellationProposed,
        Kind::Said(Action::AcceptCancellation) => MeasureEventKind::CancellationAccepted,
        Kind::Said(Action::DeclineCancellation) => MeasureEventKind::CancellationDeclined,
        Kind::Said(Action::Replan) => MeasureEventKind::Replanned,
        Kind::Said(Action::Remove) => MeasureEventKind::Removed,
        Kind::Said(Action::Supersede) => MeasureEventKind::Superseded,
        Kind::Said(Action::CarryOver) => MeasureEventKind::CarriedOver,
    }
}
