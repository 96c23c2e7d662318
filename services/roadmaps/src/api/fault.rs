//! Refusals of the domain as faults of the contract.

use fault::Fault;
use tonic::Code;

use crate::domain::{
    completion::{Action, State},
    foreign::Peer,
    name::{MeasureName, RoadmapName},
    rebaseline::{self, Obstacle},
    refusal::Refusal,
    roadmap,
};

/// `FAILED_PRECONDITION` for a reference to a resource of a service whose address this one was not told.
pub(super) fn peer_not_configured(peer: Peer, name: &str) -> Fault {
    let what = format!(
        "whether there is {name} cannot be asked: start this service with --peer {peer}=URL (ACCORD_PEER)"
    );
    Fault::failed_precondition("PEER_NOT_CONFIGURED", what.as_str())
        .with_metadata("service", peer.name())
        .with_metadata("resource", name)
        .with_precondition("PEER_NOT_CONFIGURED", peer.name(), what)
}

/// `UNAVAILABLE` for a resource of a service that does not answer; `code` is what became of the call.
pub(super) fn peer_unavailable(peer: Peer, name: &str, code: Code) -> Fault {
    let cause = code.description();
    let message = format!("the service {peer} does not answer for {name} ({cause}); try again");
    Fault::unavailable("PEER_UNAVAILABLE", message)
        .with_metadata("service", peer.name())
        .with_metadata("resource", name)
}

/// `FAILED_PRECONDITION` for a word on an indicator that nobody records.
pub(super) fn indicator(reason: &'static str, measure: &str, id: &str, what: &str) -> Fault {
    let message = format!("the indicator {id} of {measure} {what}");
    Fault::failed_precondition(reason, message.as_str())
        .with_metadata("resource", measure)
        .with_metadata("indicator_id", id)
        .with_precondition(reason, measure, message)
}

/// Says what stands against a change that a side of `party` proposes or accepts.
pub(super) fn obstacle(obstacle: &Obstacle, party: &str) -> Fault {
    match obstacle {
        Obstacle::NoMeasure(name) => Fault::not_found(MEASURE, &name.to_string()),
        Obstacle::NoRoadmap(name) => Fault::not_found(ROADMAP, &name.to_string()),
        Obstacle::Taken(name) => Fault::already_exists(MEASURE, &name.to_string()),
        Obstacle::Refused { name, refusal } => refused(refusal, name, party),
    }
}

/// The kinds of resource that faults name.
pub(super) const ROADMAP: &str = "roadmaps.accord/Roadmap";
pub(super) const MEASURE: &str = "roadmaps.accord/Measure";
pub(super) const BASELINE: &str = "roadmaps.accord/Baseline";
pub(super) const REBASELINE: &str = "roadmaps.accord/Rebaseline";
pub(super) const CALENDAR_FEED: &str = "roadmaps.accord/CalendarFeed";

/// `FAILED_PRECONDITION` for what would go beyond a limit.
pub(super) fn limited(reason: &'static str, limit: impl ToString, message: String) -> Fault {
    Fault::failed_precondition(reason, message).with_metadata("limit", limit.to_string())
}

/// Says why a call on the resource `name` by a side of `party` is refused.
pub(super) fn refused(refusal: &Refusal, name: &str, party: &str) -> Fault {
    let (reason, message) = words(refusal, name, party);
    let fault = Fault::failed_precondition(reason, message.clone())
        .with_precondition(reason, name, message)
        .with_metadata("resource", name);
    match refusal {
        Refusal::NotDraft { state } | Refusal::NotAdopted { state } => {
            fault.with_metadata("state", roadmap_state(*state))
        }
        Refusal::RebaselineEnded { state } => {
            fault.with_metadata("state", rebaseline_state(*state))
        }
        Refusal::SidesDiffer | Refusal::RebaselineOpen => fault,
        Refusal::NotFollowing { roadmap } => fault.with_metadata("roadmap", roadmap.to_string()),
        Refusal::WeightsDiffer { declared, sum } => fault
            .with_metadata("declared_total_weight", declared.to_string())
            .with_metadata("weight_sum", sum.to_string()),
        Refusal::PlanRevisionChanged { given, current }
        | Refusal::RebaselineRevisionChanged { given, current }
        | Refusal::ReportRevisionChanged { given, current } => fault
            .with_metadata("given_revision", given.to_string())
            .with_metadata("current_revision", current.to_string()),
        Refusal::AlreadyAdopted { .. }
        | Refusal::AlreadyClosed { .. }
        | Refusal::AlreadyProposed
        | Refusal::OwnProposal
        | Refusal::NotOwnProposal
        | Refusal::RebaselinePending => fault.with_metadata("party", party),
        Refusal::ReportWaits { measure }
        | Refusal::OutsidePeriod { measure }
        | Refusal::SuccessorNotInPlan { measure }
        | Refusal::HasPredecessors { measure } => {
            fault.with_metadata("measure", measure.to_string())
        }
        Refusal::StateMismatch { state, action } | Refusal::NotProposed { state, action } => fault
            .with_metadata("state", measure_state(*state))
            .with_metadata("action", action_word(*action)),
        Refusal::ReportPending { revision }
        | Refusal::OwnReport { revision }
        | Refusal::NotOwnReport { revision } => fault
            .with_metadata("party", party)
            .with_metadata("report_revision", revision.to_string()),
    }
}

/// Says that measures of one roadmap, given by their names in order, would depend on themselves.
pub(super) fn cycle<'a>(name: &str, cycle: impl IntoIterator<Item = &'a str>) -> Fault {
    let ids: Vec<&str> = cycle
        .into_iter()
        .map(|name| name.rsplit('/').next().unwrap_or(name))
        .collect();
    let message = format!("measures would depend on themselves: {}", ids.join(" -> "));
    let reason = "DEPENDENCY_CYCLE";
    Fault::failed_precondition(reason, message.clone())
        .with_precondition(reason, name, message)
        .with_metadata("resource", name)
        .with_metadata("cycle", ids.join(", "))
}

/// Says that so many other measures depend on one that would be deleted or removed.
pub(super) fn has_dependents(name: &MeasureName, first: &MeasureName, count: usize) -> Fault {
    let message = match count {
        0 | 1 => format!("{name} has to stay: {first} depends on it"),
        _ => format!(
            "{name} has to stay: {first} and {} more depend on it",
            count - 1
        ),
    };
    let reason = "MEASURE_HAS_DEPENDENTS";
    Fault::failed_precondition(reason, message.clone())
        .with_precondition(reason, name.to_string(), message)
        .with_metadata("resource", name.to_string())
        .with_metadata("dependent", first.to_string())
        .with_metadata("dependents", count.to_string())
}

/// Says that what a measure depends on was deleted, so that it cannot be restored.
pub(super) fn predecessor_gone(name: &MeasureName, predecessor: &MeasureName) -> Fault {
    let message = format!("{name} depends on {predecessor}, which is deleted; restore that first");
    let reason = "PREDECESSOR_NOT_FOUND";
    Fault::failed_precondition(reason, message.clone())
        .with_precondition(reason, name.to_string(), message)
        .with_metadata("resource", name.to_string())
        .with_metadata("predecessor", predecessor.to_string())
}

/// Says that a roadmap has more measures than a schedule is made of.
pub(super) fn schedule_too_large(name: &RoadmapName, limit: i64, what: &str) -> Fault {
    let message = format!("{name} has more than {limit} {what}");
    let reason = "SCHEDULE_TOO_LARGE";
    Fault::failed_precondition(reason, message.clone())
        .with_precondition(reason, name.to_string(), message)
        .with_metadata("resource", name.to_string())
        .with_metadata("limit", limit.to_string())
}

/// Says that a schedule leads out of the years that dates have.
pub(super) fn schedule_out_of_range(name: &RoadmapName) -> Fault {
    let message = format!("the schedule of {name} leads out of the years 1 to 9999");
    let reason = "SCHEDULE_OUT_OF_RANGE";
    Fault::failed_precondition(reason, message.clone())
        .with_precondition(reason, name.to_string(), message)
        .with_metadata("resource", name.to_string())
}

/// Says that a measure cannot slip, since it has ended or is cancelled.
pub(super) fn has_ended(name: &MeasureName) -> Fault {
    let message = format!("{name} has ended or is not carried out; it cannot slip");
    let reason = "MEASURE_STATE_MISMATCH";
    Fault::failed_precondition(reason, message.clone())
        .with_precondition(reason, name.to_string(), message)
        .with_metadata("resource", name.to_string())
        .with_metadata("action", "slip")
}

/// The reason and the message of a refusal.
#[expect(
    clippy::too_many_lines,
    reason = "one arm for each refusal, and no wildcard"
)]
fn words(refusal: &Refusal, name: &str, party: &str) -> (&'static str, String) {
    match refusal {
        Refusal::NotDraft { .. } => (
            "ROADMAP_NOT_DRAFT",
            format!("the plan of {name} is frozen: both sides have adopted it"),
        ),
        Refusal::NotAdopted {
            state: roadmap::State::Closed,
        } => ("ROADMAP_CLOSED", format!("{name} is closed")),
        Refusal::NotAdopted {
            state: roadmap::State::Draft | roadmap::State::Adopted,
        } => (
            "ROADMAP_NOT_ADOPTED",
            format!("{name} is a draft until both sides have adopted it"),
        ),
        Refusal::PlanRevisionChanged { given, current } => (
            "PLAN_REVISION_CHANGED",
            format!("the plan of {name} is at revision {current}, not {given}; read it again"),
        ),
        Refusal::AlreadyAdopted { .. } => (
            "ALREADY_ADOPTED",
            format!("{party} has adopted this plan of {name} already"),
        ),
        Refusal::AlreadyClosed { .. } => (
            "ALREADY_CLOSED",
            format!("{party} has closed {name} already"),
        ),
        Refusal::ReportWaits { measure } => (
            "REPORT_WAITS",
            format!(
                "a report of {measure} waits for the other side's word, which comes before {name} is closed"
            ),
        ),
        Refusal::RebaselineOpen => (
            "REBASELINE_OPEN",
            format!("a re-baseline of {name} is open; accept, decline or withdraw it first"),
        ),
        Refusal::OutsidePeriod { measure } => (
            "MEASURES_OUTSIDE_PERIOD",
            format!("{measure} would be outside the roadmap's period"),
        ),
        Refusal::StateMismatch { state, action } => (
            "MEASURE_STATE_MISMATCH",
            format!(
                "{name} is {}; {} is not possible now",
                measure_state(*state),
                action_word(*action)
            ),
        ),
        Refusal::ReportPending { revision } => (
            "REPORT_PENDING",
            format!(
                "report {revision} of the other side stands; {party} gives its word on it instead"
            ),
        ),
        Refusal::OwnReport { revision } => (
            "OWN_REPORT",
            format!("report {revision} is {party}'s own; the other side gives its word on it"),
        ),
        Refusal::NotOwnReport { revision } => (
            "NOT_OWN_REPORT",
            format!("report {revision} is the other side's; {party} cannot withdraw it"),
        ),
        Refusal::ReportRevisionChanged { given, current } => (
            "REPORT_REVISION_CHANGED",
            format!("the report is at revision {current}, not {given}; read it again"),
        ),
        Refusal::AlreadyProposed => (
            "CANCELLATION_ALREADY_PROPOSED",
            format!("the cancellation of {name} is proposed already; accept or decline it"),
        ),
        Refusal::NotProposed { .. } => (
            "CANCELLATION_NOT_PROPOSED",
            format!("no cancellation of {name} is proposed"),
        ),
        Refusal::OwnProposal => (
            "OWN_PROPOSAL",
            format!("the proposal is {party}'s own; the other side accepts it"),
        ),
        Refusal::NotOwnProposal => (
            "NOT_OWN_PROPOSAL",
            format!("the proposal is the other side's; {party} cannot withdraw it"),
        ),
        Refusal::RebaselinePending => (
            "REBASELINE_PENDING",
            format!("a re-baseline of the other side is open; {party} gives its word on it first"),
        ),
        Refusal::RebaselineEnded { state } => (
            "REBASELINE_ENDED",
            format!("{name} is {} already", rebaseline_state(*state)),
        ),
        Refusal::RebaselineRevisionChanged { given, current } => (
            "REBASELINE_REVISION_CHANGED",
            format!("{name} is at revision {current}, not {given}; read it again"),
        ),
        Refusal::SuccessorNotInPlan { measure } => (
            "SUCCESSOR_NOT_IN_PLAN",
            format!(
                "{measure} cannot take the place of {name}: it is not in the plan, or ends too"
            ),
        ),
        Refusal::SidesDiffer => (
            "SIDES_DIFFER",
            format!(
                "measures go on only in another roadmap of the same two parties, not in {name}"
            ),
        ),
        Refusal::NotFollowing { roadmap } => (
            "ROADMAP_NOT_FOLLOWING",
            format!(
                "measures of {roadmap} go on in a roadmap whose period ends later, or begins later and ends on the same day; {name} does not"
            ),
        ),
        Refusal::WeightsDiffer { declared, sum } => (
            "WEIGHTS_DO_NOT_ADD_UP",
            format!(
                "the weights of the measures of {name} add up to {sum}, not to the declared {declared}"
            ),
        ),
        Refusal::HasPredecessors { measure } => (
            "MEASURE_CARRIED_OVER",
            format!(
                "both sides agreed that {measure} goes on from another measure; one cannot delete it"
            ),
        ),
    }
}

fn rebaseline_state(state: rebaseline::State) -> &'static str {
    match state {
        rebaseline::State::Open => "OPEN",
        rebaseline::State::Accepted => "ACCEPTED",
        rebaseline::State::Declined => "DECLINED",
        rebaseline::State::Withdrawn => "WITHDRAWN",
    }
}

fn roadmap_state(state: roadmap::State) -> &'static str {
    match state {
        roadmap::State::Draft => "DRAFT",
        roadmap::State::Adopted => "ADOPTED",
        roadmap::State::Closed => "CLOSED",
    }
}

fn measure_state(state: State) -> &'static str {
    match state {
        State::Planned => "PLANNED",
        State::InProgress => "IN_PROGRESS",
        State::Reported => "REPORTED",
        State::Returned => "RETURNED",
        State::Disputed => "DISPUTED",
        State::Complete => "COMPLETE",
        State::Cancelled => "CANCELLED",
        State::Superseded => "SUPERSEDED",
        State::CarriedOver => "CARRIED_OVER",
    }
}

fn action_word(action: Action) -> &'static str {
    match action {
        Action::Start => "start",
        Action::Report => "report",
        Action::WithdrawReport => "withdraw_report",
        Action::Confirm => "confirm",
        Action::Return => "return",
        Action::Dispute => "dispute",
        Action::ProposeCancellation => "propose_cancellation",
        Action::AcceptCancellation => "accept_cancellation",
        Action::DeclineCancellation => "decline_cancellation",
        Action::Replan => "replan",
        Action::Remove => "remove",
        Action::Supersede => "supersede",
        Action::CarryOver => "carry_over",
    }
}
