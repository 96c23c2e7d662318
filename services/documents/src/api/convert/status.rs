//! Computed states.

use accord_proto::{convert, documents::v1 as pb};

use super::act;
use crate::domain::{
    DocumentName,
    status::{
        AsOf, Awaited, PartyStatus, ProcedureState, Stage, StageState, Status, Step, Term, Warning,
    },
};

/// Writes the status of the document `name`.
pub(crate) fn message(name: &DocumentName, as_of: AsOf, status: &Status) -> pb::DocumentStatus {
    pb::DocumentStatus {
        document: name.to_string(),
        effective_date: Some(convert::from_date(as_of.day)),
        known_time: Some(convert::from_timestamp(as_of.known)),
        state: status.state.code(),
        state_start_date: status.since.map(convert::from_date),
        summary: status.summary.clone(),
        entry_into_force_rule: status.rule.clone(),
        entry_into_force_date: status.entry_date.map(convert::from_date),
        stated_entry_into_force_date: status.stated_date.map(convert::from_date),
        term: status.term.as_ref().map(term),
        parties: status.parties.iter().map(party).collect(),
        steps: status.steps.iter().map(step).collect(),
        awaited: status.awaited.iter().map(awaited).collect(),
        warnings: status.warnings.iter().map(warning).collect(),
        acts: status.acts.iter().map(act::message).collect(),
        clauses_time: status.clauses_time.map(convert::from_timestamp),
    }
}

fn term(term: &Term) -> pb::Term {
    pb::Term {
        rule: term.rule.clone(),
        end_date: term.end.map(convert::from_date),
        renewal_date: term.renewal.map(convert::from_date),
        notice_deadline: term.notice_deadline.map(convert::from_date),
    }
}

fn party(party: &PartyStatus) -> pb::PartyStatus {
    pb::PartyStatus {
        party: party.party.clone(),
        signature_date: party.signed.map(convert::from_date),
        domestic_procedure: procedure(party.procedure).into(),
        domestic_procedure_date: party.procedure_date.map(convert::from_date),
        domestic_procedure_acts: party
            .procedure_acts
            .iter()
            .map(|act| act.name.to_string())
            .collect(),
        notification_sent_date: party.notified.map(convert::from_date),
        notification_received_date: party.received.map(convert::from_date),
        departure_date: party.departure.map(convert::from_date),
        stages: party.stages.iter().map(stage).collect(),
    }
}

fn procedure(state: ProcedureState) -> pb::DomesticProcedureState {
    match state {
        ProcedureState::NotKnown => pb::DomesticProcedureState::NotKnown,
        ProcedureState::NotRequired => pb::DomesticProcedureState::NotRequired,
        ProcedureState::Outstanding => pb::DomesticProcedureState::Outstanding,
        ProcedureState::Completed => pb::DomesticProcedureState::Completed,
    }
}

fn stage(stage: &Stage) -> pb::ProcedureStage {
    let state = match stage.state {
        StageState::Done => pb::ProcedureStageState::Done,
        StageState::Implied => pb::ProcedureStageState::Implied,
        StageState::Outstanding => pb::ProcedureStageState::Outstanding,
        StageState::ToCome => pb::ProcedureStageState::ToCome,
    };
    pb::ProcedureStage {
        kind: stage.kind.code(),
        state: state.into(),
        date: stage.date.map(convert::from_date),
        acts: stage.acts.clone(),
    }
}

fn step(step: &Step) -> pb::StatusStep {
    pb::StatusStep {
        date: step.date.map(convert::from_date),
        description: step.description.clone(),
        basis: step.basis.to_owned(),
        acts: step.acts.clone(),
    }
}

fn awaited(awaited: &Awaited) -> pb::AwaitedAct {
    pb::AwaitedAct {
        party: awaited.party.clone().unwrap_or_default(),
        kind: awaited
            .kind
            .map(crate::domain::ActKind::code)
            .unwrap_or_default(),
        start_date: awaited.since.map(convert::from_date),
        description: awaited.description.clone(),
    }
}

fn warning(warning: &Warning) -> pb::StatusWarning {
    pb::StatusWarning {
        code: warning.code.code(),
        description: warning.description.clone(),
        acts: warning.acts.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::status::{State, WarningCode};

    #[test]
    fn every_state_and_warning_is_one_of_the_contracts() {
        for state in State::ALL {
            let name = pb::DocumentState::try_from(state.code())
                .map(|value| value.as_str_name().replace('_', ""));
            let own = format!("DOCUMENTSTATE{state:?}").to_uppercase();
            assert_eq!(name.ok(), Some(own));
        }
        for code in WarningCode::ALL {
            let name = pb::WarningCode::try_from(code.code())
                .map(|value| value.as_str_name().replace('_', ""));
            assert_eq!(
                name.ok(),
                Some(format!("WARNINGCODE{code:?}").to_uppercase())
            );
        }
    }
}
