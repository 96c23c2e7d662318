//! The table of the protocol and the README say the same, and words on reports name revisions.

use super::*;

fn say(
    completion: Completion,
    side: Side,
    action: Action,
    revision: Option<i64>,
) -> Result<Completion, Refusal> {
    completion.apply(Move {
        side,
        action,
        revision,
        proposer: None,
    })
}

fn reported_by_first() -> Completion {
    say(Completion::default(), Side::First, Action::Report, None).unwrap()
}

#[test]
fn confirmation_of_the_same_revision_completes() {
    let done = say(reported_by_first(), Side::Second, Action::Confirm, Some(1)).unwrap();
    assert_eq!(done.state, State::Complete);
    assert_eq!(
        done.standing,
        Some(Standing {
            revision: 1,
            by: Side::First
        })
    );
}

#[test]
fn confirmation_of_a_replaced_revision_is_refused_with_both() {
    let revised = say(reported_by_first(), Side::First, Action::Report, None).unwrap();
    assert_eq!(
        say(revised, Side::Second, Action::Confirm, Some(1)),
        Err(Refusal::ReportRevisionChanged {
            given: 1,
            current: 2
        })
    );
}

#[test]
fn no_side_judges_its_own_report() {
    for action in [Action::Confirm, Action::Return, Action::Dispute] {
        assert_eq!(
            say(reported_by_first(), Side::First, action, Some(1)),
            Err(Refusal::OwnReport { revision: 1 })
        );
    }
}

#[test]
fn a_standing_report_is_answered_not_replaced_by_the_other_side() {
    assert_eq!(
        say(reported_by_first(), Side::Second, Action::Report, None),
        Err(Refusal::ReportPending { revision: 1 })
    );
    assert_eq!(
        say(
            reported_by_first(),
            Side::Second,
            Action::WithdrawReport,
            Some(1)
        ),
        Err(Refusal::NotOwnReport { revision: 1 })
    );
}

#[test]
fn cancellation_needs_both_sides() {
    let proposed = say(
        Completion::default(),
        Side::First,
        Action::ProposeCancellation,
        None,
    )
    .unwrap();
    assert_eq!(proposed.state, State::Planned);
    assert_eq!(
        say(proposed, Side::First, Action::AcceptCancellation, None),
        Err(Refusal::OwnProposal)
    );
    assert_eq!(
        say(proposed, Side::Second, Action::ProposeCancellation, None),
        Err(Refusal::AlreadyProposed)
    );
    let cancelled = say(proposed, Side::Second, Action::AcceptCancellation, None).unwrap();
    assert_eq!(cancelled.state, State::Cancelled);
    for side in Side::BOTH {
        let declined = say(proposed, side, Action::DeclineCancellation, None).unwrap();
        assert_eq!(declined, Completion::default());
    }
}

#[test]
fn each_state_and_action_has_at_most_one_step() {
    for state in State::ALL {
        for action in Action::ALL {
            let steps = TRANSITIONS
                .iter()
                .filter(|step| step.from == state && step.action == action);
            assert!(steps.count() <= 1, "{state:?} {action:?}");
        }
    }
}

#[test]
fn what_changes_the_plan_needs_both_sides() {
    for action in Action::ALL.into_iter().filter(|action| action.is_agreed()) {
        let by_first = |proposer| {
            Completion::default().apply(Move {
                side: Side::First,
                action,
                revision: None,
                proposer,
            })
        };
        let alone = Refusal::NotProposed {
            state: State::Planned,
            action,
        };
        assert_eq!(by_first(None), Err(alone));
        assert_eq!(by_first(Some(Side::First)), Err(Refusal::OwnProposal));
        assert!(by_first(Some(Side::Second)).is_ok());
    }
}

#[test]
fn the_plan_does_not_change_under_a_report_that_waits_for_a_word() {
    for action in Action::ALL.into_iter().filter(|action| action.is_agreed()) {
        let given = Move {
            side: Side::Second,
            action,
            revision: None,
            proposer: Some(Side::First),
        };
        let refused = Refusal::StateMismatch {
            state: State::Reported,
            action,
        };
        assert_eq!(reported_by_first().apply(given), Err(refused));
    }
}

#[test]
fn a_dispute_has_its_ways_out() {
    let disputed = say(reported_by_first(), Side::Second, Action::Dispute, Some(1)).unwrap();
    let revised = say(disputed, Side::First, Action::Report, None).unwrap();
    assert_eq!(revised.state, State::Reported);
    let withdrawn = say(disputed, Side::First, Action::WithdrawReport, Some(1)).unwrap();
    assert_eq!(withdrawn.state, State::InProgress);
    for proposer in Side::BOTH {
        let proposed = say(disputed, proposer, Action::ProposeCancellation, None).unwrap();
        let accepted = say(proposed, proposer.other(), Action::AcceptCancellation, None);
        assert_eq!(accepted.unwrap().state, State::Cancelled);
    }
}
