//! Both sides on one timeline: each party's steps from the approval of the draft to the receipt of its note.

use accord_proto::documents::v1::{ActKind, DocumentStatus, ProcedureStage, ProcedureStageState};

use crate::render::value;

/// One step, with what each party has done of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// What the step is.
    pub(super) label: &'static str,
    /// For each party in the order of the status: where it stands; empty where the party has no such step.
    pub(super) cells: Vec<String>,
}

/// The steps in their order. Those that no party has are left out.
pub(super) fn steps(status: &DocumentStatus) -> Vec<Step> {
    (0..LABELS.len())
        .filter_map(|rank| {
            let stages: Vec<Option<&ProcedureStage>> = status
                .parties
                .iter()
                .map(|party| {
                    party
                        .stages
                        .iter()
                        .find(|stage| rank_of(stage.kind()) == Some(rank))
                })
                .collect();
            stages.iter().any(Option::is_some).then(|| Step {
                label: LABELS[rank],
                cells: stages
                    .iter()
                    .map(|stage| stage.map_or(String::new(), cell))
                    .collect(),
            })
        })
        .collect()
}

/// The steps, in the order in which a party takes them.
const LABELS: [&str; 7] = [
    "draft approved",
    "initialled",
    "signed",
    "domestic procedure",
    "note sent",
    "note received",
    "instruments exchanged",
];

fn rank_of(kind: ActKind) -> Option<usize> {
    match kind {
        ActKind::SignatureAuthorization => Some(0),
        ActKind::Initialling => Some(1),
        ActKind::Signature => Some(2),
        ActKind::DomesticApproval | ActKind::Ratification | ActKind::Acceptance => Some(3),
        ActKind::NotificationSent => Some(4),
        ActKind::NotificationReceived => Some(5),
        ActKind::ExchangeOfInstruments => Some(6),
        _ => None,
    }
}

fn cell(stage: &ProcedureStage) -> String {
    let date = value::date(stage.date.as_ref());
    // Which of the three completes the procedure is worth a word; the other steps are named by their row.
    let how = match stage.kind() {
        ActKind::Ratification => "ratification ",
        ActKind::Acceptance => "acceptance ",
        _ => "",
    };
    let said = match stage.state() {
        ProcedureStageState::Unspecified => String::new(),
        ProcedureStageState::Done => format!("{how}{date}"),
        ProcedureStageState::Implied => format!("{how}done, as a later step shows {date}"),
        ProcedureStageState::Outstanding if date.is_empty() => format!("{how}outstanding"),
        ProcedureStageState::Outstanding => format!("{how}outstanding since {date}"),
        ProcedureStageState::ToCome => format!("{how}to come"),
    };
    said.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use accord_proto::documents::v1::PartyStatus;
    use accord_proto::google::r#type::Date;

    #[test]
    fn parties_stand_side_by_side() {
        let stage = |kind: ActKind, state: ProcedureStageState, day: Option<i32>| ProcedureStage {
            kind: kind.into(),
            state: state.into(),
            date: day.map(|day| Date {
                year: 2022,
                month: 5,
                day,
            }),
            acts: Vec::new(),
        };
        let party = |code: &str, stages: Vec<ProcedureStage>| PartyStatus {
            party: code.into(),
            stages,
            ..PartyStatus::default()
        };
        let status = DocumentStatus {
            parties: vec![
                party(
                    "XA",
                    vec![
                        stage(ActKind::Signature, ProcedureStageState::Done, Some(4)),
                        stage(
                            ActKind::DomesticApproval,
                            ProcedureStageState::Outstanding,
                            Some(5),
                        ),
                        stage(ActKind::NotificationSent, ProcedureStageState::ToCome, None),
                    ],
                ),
                party(
                    "XB",
                    vec![
                        stage(ActKind::Signature, ProcedureStageState::Implied, None),
                        stage(ActKind::Ratification, ProcedureStageState::Done, Some(9)),
                    ],
                ),
            ],
            ..DocumentStatus::default()
        };
        let shown: Vec<(&str, Vec<String>)> = steps(&status)
            .into_iter()
            .map(|step| (step.label, step.cells))
            .collect();
        let cells = |left: &str, right: &str| vec![left.to_owned(), right.to_owned()];
        assert_eq!(
            shown,
            [
                ("signed", cells("2022-05-04", "done, as a later step shows")),
                (
                    "domestic procedure",
                    cells("outstanding since 2022-05-05", "ratification 2022-05-09")
                ),
                ("note sent", cells("to come", "")),
            ]
        );
    }
}
