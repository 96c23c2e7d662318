//! Who may say what of a re-baseline, walked exhaustively, and what stands against its changes.

use std::collections::BTreeMap;

use jiff::civil::date;
use uuid::Uuid;

use super::{check::refused, *};
use crate::domain::{
    completion::Action,
    deadline::Deadline,
    indicator::Details,
    measure::{self, Measure},
    roadmap::{Roadmap, tests::plan},
};

fn speaker(side: Side) -> Speaker {
    Speaker {
        side,
        agency: format!("{side:?}"),
    }
}

fn roadmap_name() -> RoadmapName {
    RoadmapName::new("uz-kz", "r")
}

fn proposed(side: Side) -> Rebaseline {
    Rebaseline::propose(
        roadmap_name(),
        1,
        &speaker(side),
        "late".to_owned(),
        Timestamp::UNIX_EPOCH,
    )
}

/// Every word by each side on each neighbouring revision, from every rebaseline of up to three revisions.
#[test]
fn only_the_other_side_accepts_and_only_the_revision_that_stands() {
    let words = [Word::Accept, Word::Decline, Word::Withdraw];
    let mut ended = 0;
    for proposer in Side::BOTH {
        let mut rebaseline = proposed(proposer);
        for _ in 0..3 {
            for side in Side::BOTH {
                for word in words {
                    for revision in rebaseline.revision - 1..=rebaseline.revision + 1 {
                        let mut heard = rebaseline.clone();
                        let answer = heard.hear(
                            word,
                            revision,
                            &speaker(side),
                            String::new(),
                            Timestamp::UNIX_EPOCH,
                        );
                        let is_own_word = matches!(word, Word::Withdraw);
                        let may =
                            is_own_word == (side == proposer) && revision == rebaseline.revision;
                        assert_eq!(answer.is_ok(), may, "{word:?} {side:?} {revision}");
                        if answer.is_err() {
                            assert_eq!(heard, rebaseline, "a refused word changed something");
                            continue;
                        }
                        ended += 1;
                        assert_eq!(heard.state == State::Accepted, word == Word::Accept);
                        for again in words {
                            let answer = heard.clone().hear(
                                again,
                                revision,
                                &speaker(side.other()),
                                String::new(),
                                Timestamp::UNIX_EPOCH,
                            );
                            let state = heard.state;
                            assert_eq!(answer, Err(Refusal::RebaselineEnded { state }));
                        }
                    }
                }
            }
            let other = speaker(proposer.other());
            let by_other = rebaseline.revise(&other, String::new(), Timestamp::UNIX_EPOCH);
            assert_eq!(by_other, Err(Refusal::RebaselinePending));
            rebaseline
                .revise(&speaker(proposer), String::new(), Timestamp::UNIX_EPOCH)
                .unwrap();
        }
    }
    assert_eq!(ended, 2 * 3 * 3);
}

fn measure_plan() -> measure::Plan {
    measure::Plan {
        titles: Vec::new(),
        section: String::new(),
        order_number: 1,
        expected_result: String::new(),
        form_of_completion: String::new(),
        executors: Vec::new(),
        starts_on: None,
        deadline: Deadline::day(date(2022, 6, 30)),
        weight: 1,
        details: Details::default(),
        working_days: None,
        dependencies: Vec::new(),
    }
}

fn name(id: &str) -> MeasureName {
    MeasureName::new("uz-kz", "r", id)
}

fn measure(id: &str, words: &[(Side, Action)]) -> Measure {
    let parties = ["UZ", "KZ"].map(str::to_owned);
    let first = speaker(Side::First);
    let at = Timestamp::UNIX_EPOCH;
    let (mut measure, _) =
        Measure::create(Uuid::nil(), name(id), parties, measure_plan(), &first, at);
    for (side, action) in words {
        let word = measure::Word {
            action: *action,
            revision: action
                .is_about_report()
                .then_some(measure.completion.reports),
            reason: String::new(),
            claim: None,
        };
        measure.speak(&speaker(*side), word, at).unwrap();
    }
    measure
}

struct Setting {
    roadmap: Roadmap,
    measures: BTreeMap<MeasureName, Measure>,
    following: BTreeMap<RoadmapName, Roadmap>,
}

impl Setting {
    fn with(measures: Vec<Measure>) -> Self {
        let at = Timestamp::UNIX_EPOCH;
        let next = RoadmapName::new("uz-kz", "next");
        let mut later = plan();
        later.period.end = later.period.end.tomorrow().unwrap();
        Self {
            roadmap: Roadmap::draft(Uuid::nil(), roadmap_name(), plan(), at),
            measures: measures
                .into_iter()
                .map(|measure| (measure.name.clone(), measure))
                .collect(),
            following: BTreeMap::from([(
                next.clone(),
                Roadmap::draft(Uuid::max(), next, later, at),
            )]),
        }
    }

    fn check(&self, changes: &[Change]) -> Result<(), Obstacle> {
        let known = Known {
            roadmap: &self.roadmap,
            measures: &self.measures,
            following: &self.following,
        };
        check(changes, Side::First, known)
    }
}

fn supersede(id: &str, successor: &str) -> Change {
    Change::Supersede {
        measure: name(id),
        successor: name(successor),
    }
}

fn remove(id: &str) -> Change {
    Change::Remove { measure: name(id) }
}

fn add(id: &str) -> Change {
    Change::Add {
        measure: name(id),
        plan: measure_plan(),
    }
}

fn carry_over(id: &str, roadmap: &str) -> Change {
    Change::CarryOver {
        measure: name(id),
        successor: MeasureName::new("uz-kz", roadmap, id),
        plan: measure_plan(),
    }
}

#[test]
fn what_is_done_or_waits_for_a_word_is_not_planned_anew() {
    use Side::{First, Second};
    let setting = Setting::with(vec![
        measure(
            "done",
            &[(First, Action::Report), (Second, Action::Confirm)],
        ),
        measure("reported", &[(First, Action::Report)]),
        measure(
            "disputed",
            &[(First, Action::Report), (Second, Action::Dispute)],
        ),
        measure("open", &[]),
    ]);
    let replan = |id: &str| Change::Replan {
        measure: name(id),
        plan: measure_plan(),
    };
    for id in ["done", "reported"] {
        for change in [
            replan(id),
            remove(id),
            supersede(id, "open"),
            carry_over(id, "next"),
        ] {
            assert!(
                matches!(
                    setting.check(&[change]),
                    Err(Obstacle::Refused {
                        refusal: Refusal::StateMismatch { .. },
                        ..
                    })
                ),
                "{id}"
            );
        }
    }
    assert!(setting.check(&[remove("disputed")]).is_err());
    for change in [
        replan("disputed"),
        supersede("disputed", "open"),
        carry_over("disputed", "next"),
    ] {
        assert_eq!(setting.check(&[change]), Ok(()));
    }
}

#[test]
fn a_successor_stays_in_the_plan() {
    let setting = Setting::with(vec![measure("a", &[]), measure("b", &[])]);
    assert_eq!(setting.check(&[supersede("a", "b")]), Ok(()));
    assert_eq!(setting.check(&[add("c"), supersede("a", "c")]), Ok(()));
    let both = [supersede("a", "c"), supersede("b", "c"), add("c")];
    assert_eq!(setting.check(&both), Ok(()));
    for changes in [
        vec![supersede("a", "a")],
        vec![supersede("a", "none")],
        vec![supersede("a", "b"), supersede("b", "a")],
        vec![supersede("a", "b"), remove("b")],
    ] {
        assert!(
            matches!(
                setting.check(&changes),
                Err(Obstacle::Refused {
                    refusal: Refusal::SuccessorNotInPlan { .. },
                    ..
                })
            ),
            "{changes:?}"
        );
    }
}

#[test]
fn a_measure_goes_on_only_in_a_draft_of_the_same_sides() {
    let mut setting = Setting::with(vec![measure("a", &[])]);
    assert_eq!(setting.check(&[carry_over("a", "next")]), Ok(()));
    assert_eq!(
        setting.check(&[carry_over("a", "none")]),
        Err(Obstacle::NoRoadmap(RoadmapName::new("uz-kz", "none")))
    );
    let next = RoadmapName::new("uz-kz", "next");
    let following = setting.following.get_mut(&next).unwrap();
    for side in Side::BOTH {
        following.adopt(side, 1, Timestamp::UNIX_EPOCH).unwrap();
    }
    assert!(setting.check(&[carry_over("a", "next")]).is_err());
    let earlier = Roadmap::draft(Uuid::nil(), next.clone(), plan(), Timestamp::UNIX_EPOCH);
    setting.following.insert(next.clone(), earlier);
    let roadmap = setting.roadmap.name.clone();
    assert_eq!(
        setting.check(&[carry_over("a", "next")]),
        Err(refused(&next, Refusal::NotFollowing { roadmap }))
    );
    let mut others = plan();
    others.places[1].party = "KG".to_owned();
    let draft = Roadmap::draft(Uuid::nil(), next.clone(), others, Timestamp::UNIX_EPOCH);
    setting.following.insert(next.clone(), draft);
    assert_eq!(
        setting.check(&[carry_over("a", "next")]),
        Err(refused(&next, Refusal::SidesDiffer))
    );
}

#[test]
fn a_name_is_given_once() {
    let setting = Setting::with(vec![measure("a", &[])]);
    assert_eq!(setting.check(&[add("a")]), Err(Obstacle::Taken(name("a"))));
    assert_eq!(
        setting.check(&[remove("none")]),
        Err(Obstacle::NoMeasure(name("none")))
    );
}
