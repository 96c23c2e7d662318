//! The model test of the two-sided protocol: every sequence of moves by both sides, walked.
//!
//! Holds: a measure is complete only if one side's report of a revision stands and the other side
//! confirmed that very revision; it is cancelled, superseded, carried over or planned anew only if one side proposed and
//! the other accepted. No measure that is open is ever without a way to each of the ends.

use std::collections::{BTreeMap, BTreeSet};

use super::{Action, Completion, Move, Side, State};

/// Each step adds at most one report or one proposal; six steps reach every state by every way,
/// and the graph walk below goes on to where nothing new is found.
const DEPTH: usize = 6;

/// What was really said, kept apart from the machine under test.
#[derive(Clone, Default)]
struct Said {
    reports: Vec<(Side, i64)>,
    withdrawn: BTreeSet<i64>,
    confirmed: Vec<(Side, i64)>,
    proposed: Option<Side>,
    accepted: Option<Side>,
    /// The end that both sides agreed on by a re-baseline, with its proposer and its acceptor.
    agreed: Option<(Action, Side, Side)>,
}

impl Said {
    fn hear(&mut self, given: Move, before: Completion) {
        let revision = given.revision.unwrap_or(0);
        match given.action {
            Action::Report => {
                self.reports.push((given.side, before.reports + 1));
            }
            Action::WithdrawReport => {
                self.withdrawn.insert(revision);
            }
            Action::Confirm => self.confirmed.push((given.side, revision)),
            Action::ProposeCancellation => self.proposed = Some(given.side),
            Action::DeclineCancellation => self.proposed = None,
            Action::AcceptCancellation => self.accepted = Some(given.side),
            Action::Start | Action::Return | Action::Dispute => {}
            Action::Replan | Action::Remove | Action::Supersede | Action::CarryOver => {
                let proposer = given.proposer.expect("agreed without a proposal");
                assert_eq!(proposer, given.side.other(), "agreed by one side alone");
                if given.action != Action::Replan {
                    self.agreed = Some((given.action, proposer, given.side));
                }
            }
        }
        assert!(
            !before.state.is_final(),
            "a final state was left by {given:?}"
        );
    }

    fn check(&self, now: Completion) {
        if now.state == State::Complete {
            let &(reporter, newest) = self.reports.last().expect("complete without a report");
            assert!(
                !self.withdrawn.contains(&newest),
                "complete on a withdrawn report"
            );
            assert_eq!(
                self.confirmed,
                [(reporter.other(), newest)],
                "complete without both words"
            );
        } else {
            assert!(
                self.confirmed.is_empty(),
                "a confirmation was taken and did not complete"
            );
        }
        let agreed = match now.state {
            State::Superseded => Some(Action::Supersede),
            State::CarriedOver => Some(Action::CarryOver),
            State::Cancelled if self.accepted.is_none() => Some(Action::Remove),
            _ => None,
        };
        assert_eq!(self.agreed.map(|(action, ..)| action), agreed);
        if now.state == State::Cancelled && agreed.is_none() {
            let proposer = self.proposed.expect("cancelled without a proposal");
            assert_eq!(
                self.accepted,
                Some(proposer.other()),
                "cancelled by one side"
            );
        } else {
            assert_eq!(self.accepted, None);
        }
    }
}

/// Every move worth trying: each action by each side, on no revision, the standing one, and its neighbours.
fn moves(completion: Completion) -> Vec<Move> {
    let current = completion.reports;
    let mut moves = Vec::new();
    for side in Side::BOTH {
        for action in Action::ALL {
            if action.is_about_report() {
                moves.extend([current - 1, current, current + 1].map(|revision| Move {
                    side,
                    action,
                    revision: Some(revision),
                    proposer: None,
                }));
            } else if action.is_agreed() {
                let proposers = [None, Some(Side::First), Some(Side::Second)];
                moves.extend(proposers.map(|proposer| Move {
                    side,
                    action,
                    revision: None,
                    proposer,
                }));
            } else {
                moves.push(Move {
                    side,
                    action,
                    revision: None,
                    proposer: None,
                });
            }
        }
    }
    moves
}

fn walk(completion: Completion, said: &Said, depth: usize, walked: &mut u64) {
    *walked += 1;
    said.check(completion);
    if depth == 0 {
        return;
    }
    for given in moves(completion) {
        if let Ok(next) = completion.apply(given) {
            let mut said = said.clone();
            said.hear(given, completion);
            walk(next, &said, depth - 1, walked);
        }
    }
}

#[test]
fn no_sequence_of_moves_completes_without_both_words_on_one_revision() {
    let mut walked = 0;
    walk(Completion::default(), &Said::default(), DEPTH, &mut walked);
    assert!(walked > 100_000, "only {walked} sequences walked");
}

/// The same measure with its revisions renumbered, so that the graph of what can follow is finite.
fn shape(completion: Completion) -> Completion {
    let standing = completion.standing.map(|report| super::Standing {
        revision: 1,
        ..report
    });
    Completion {
        reports: i64::from(standing.is_some()),
        standing,
        ..completion
    }
}

#[test]
fn no_open_measure_is_stuck() {
    let mut next: BTreeMap<Completion, BTreeSet<Completion>> = BTreeMap::new();
    let mut found = vec![Completion::default()];
    while let Some(completion) = found.pop() {
        if next.contains_key(&completion) {
            continue;
        }
        let follows: BTreeSet<_> = moves(completion)
            .into_iter()
            .filter_map(|given| completion.apply(given).ok())
            .map(shape)
            .collect();
        found.extend(follows.iter().copied());
        next.insert(completion, follows);
    }
    for goal in State::ALL.into_iter().filter(|state| state.is_final()) {
        let mut leads: BTreeSet<Completion> = next
            .keys()
            .copied()
            .filter(|completion| completion.state == goal)
            .collect();
        loop {
            let more: Vec<_> = next
                .iter()
                .filter(|(from, to)| !leads.contains(from) && !leads.is_disjoint(to))
                .map(|(from, _)| *from)
                .collect();
            if more.is_empty() {
                break;
            }
            leads.extend(more);
        }
        for completion in next
            .keys()
            .filter(|completion| !completion.state.is_final())
        {
            assert!(
                leads.contains(completion),
                "{completion:?} never leads to {goal:?}"
            );
        }
    }
    for (completion, follows) in &next {
        assert_eq!(
            completion.state.is_final(),
            follows.is_empty(),
            "{completion:?}"
        );
    }
}

/// The states and the side that each lets act, as the README draws them.
#[test]
fn readme_shows_this_table() {
    let readme = include_str!("../../../README.md");
    for line in table() {
        assert!(
            readme.contains(&line),
            "the README lacks this line:\n{line}"
        );
    }
}

fn table() -> Vec<String> {
    use super::{By, TRANSITIONS};
    State::ALL
        .into_iter()
        .filter(|state| !state.is_final())
        .map(|from| {
            let cells: Vec<String> = Action::ALL
                .into_iter()
                .map(|action| {
                    TRANSITIONS
                        .iter()
                        .find(|step| step.from == from && step.action == action)
                        .map_or("–".to_owned(), |step| {
                            let who = match step.by {
                                By::Either => "either",
                                By::Reporter => "reporter",
                                By::Counterpart => "other",
                                By::NoProposal => "either, once",
                                By::Acceptor => "not the proposer",
                                By::AnyProposal => "either, if proposed",
                                By::Both => "both",
                            };
                            format!("{:?} ({who})", step.to)
                        })
                })
                .collect();
            format!("| **{from:?}** | {} |", cells.join(" | "))
        })
        .collect()
}
