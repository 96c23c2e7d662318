//! What holds for every document and every set of acts.
//!
//! The last test shows that the others are about something: what is generated reaches every state and every
//! doubt, and one act more or less changes the answer often.

mod generated;

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp, civil::Date};
use proptest::{prelude::*, strategy::ValueTree as _, test_runner::TestRunner};

use self::generated::{a_day, a_document, a_time, acts, acts_and_one, ask, ask_as_of};
use super::{
    AsOf, StageState, State, Status, WarningCode,
    sample::{LATE, day, retracted, time},
};
use crate::domain::{Act, ActKind, ActName, Document};

/// The status without the doubt that acts have been retracted.
fn but_for_retractions(mut status: Status) -> Status {
    status
        .warnings
        .retain(|warning| warning.code != WarningCode::Retracted);
    status
}

fn an_hour_after(at: Timestamp) -> Timestamp {
    at + SignedDuration::from_hours(1)
}

/// An act that was not known at a moment: neither recorded nor published by then.
fn unknown_at(known: Timestamp, act: Act) -> Act {
    let later = Act {
        name: ActName::new("uz-kz", "it", "later"),
        created: an_hour_after(known),
        retraction: None,
        ..act
    };
    let is_published = later.known_from() <= known;
    Act {
        publication: later.publication.filter(|_| !is_published),
        ..later
    }
}

proptest! {
    #[test]
    fn the_order_of_recording_does_not_matter(
        document in a_document(),
        (given, other) in acts().prop_flat_map(|acts| (Just(acts.clone()), Just(acts).prop_shuffle())),
        on in a_day(),
        known in a_time(),
    ) {
        for known in [known, time(LATE)] {
            prop_assert_eq!(ask(&document, &given, on, known), ask(&document, &other, on, known));
        }
    }

    #[test]
    fn learning_one_more_act_does_not_change_what_was_known(
        document in a_document(), (given, later) in acts_and_one(), on in a_day(), known in a_time()
    ) {
        let mut more = given.clone();
        more.push(unknown_at(known, later));
        prop_assert_eq!(ask(&document, &given, on, known), ask(&document, &more, on, known));
    }

    #[test]
    fn a_retraction_changes_nothing_of_what_was_known_since_the_recording_and_before_it(
        document in a_document(), (given, wrong) in acts_and_one(), on in a_day(), known in a_time()
    ) {
        let wrong = Act {
            name: ActName::new("uz-kz", "it", "wrong"),
            created: known,
            retraction: None,
            ..wrong
        };
        let mut standing = given.clone();
        standing.push(wrong.clone());
        let mut more = given.clone();
        more.push(retracted(wrong, &an_hour_after(known).to_string()));
        let before = ask(&document, &standing, on, known);
        let after = ask(&document, &more, on, known);
        prop_assert_eq!(but_for_retractions(before), but_for_retractions(after));
    }

    #[test]
    fn the_strict_reading_does_not_see_what_was_published_before_it_was_recorded(
        document in a_document(), (given, later) in acts_and_one(), on in a_day(), limit in a_time()
    ) {
        let mut more = given.clone();
        more.push(Act {
            name: ActName::new("uz-kz", "it", "later"),
            created: limit,
            publication: Some(day("1991-01-01")),
            ..later
        });
        let as_of = AsOf { day: on, known: time(LATE), recorded_before: Some(limit) };
        let status = |acts: &[Act]| ask_as_of(&document, acts, as_of);
        prop_assert_eq!(status(&given), status(&more));
    }

    #[test]
    fn what_was_recorded_after_its_publication_and_retracted_was_not_known_before_its_recording(
        document in a_document(), (given, wrong) in acts_and_one(), on in a_day(), known in a_time()
    ) {
        let created = known + SignedDuration::from_hours(1);
        let wrong = Act {
            name: ActName::new("uz-kz", "it", "wrong"),
            created,
            publication: Some(day("1991-01-01")),
            retraction: None,
            ..wrong
        };
        let at = created + SignedDuration::from_hours(1);
        let mut standing = given.clone();
        standing.push(wrong.clone());
        let mut more = given.clone();
        more.push(retracted(wrong, &at.to_string()));
        let before = ask(&document, &given, on, known);
        let after = ask(&document, &more, on, known);
        prop_assert_eq!((before.state, before.since), (after.state, after.since));
        prop_assert_eq!((before.entry_date, before.parties), (after.entry_date, after.parties));
        prop_assert_eq!((before.awaited, before.acts), (after.awaited, after.acts));

        let as_of = AsOf { day: on, known, recorded_before: Some(at) };
        let strict = |acts: &[Act]| {
            let status = ask_as_of(&document, acts, as_of);
            (status.state, status.since, status.entry_date, status.acts.len())
        };
        prop_assert_eq!(strict(&standing), strict(&more));
    }

    #[test]
    fn a_retraction_restores_the_state_that_was(
        document in a_document(), (given, wrong) in acts_and_one(), on in a_day()
    ) {
        let known = time(LATE);
        let before = ask(&document, &given, on, known);
        let mut more = given.clone();
        more.push(retracted(
            Act { name: ActName::new("uz-kz", "it", "wrong"), ..wrong },
            "2300-01-01T00:00:00Z",
        ));
        let after = ask(&document, &more, on, known);
        prop_assert_eq!(but_for_retractions(before), but_for_retractions(after));
    }

    #[test]
    fn a_state_never_begins_after_the_day_it_is_asked_for(
        document in a_document(), given in acts(), on in a_day()
    ) {
        let status = ask(&document, &given, on, time(LATE));
        prop_assert!(status.since.is_none_or(|since| since <= on), "{status:?}");
        prop_assert!(status.acts.iter().all(|act| act.date <= on));
    }

    #[test]
    fn what_has_ended_stays_ended(
        document in a_document(), given in acts(), on in a_day(), days in 0i64..2_000
    ) {
        let later = on.saturating_add(SignedDuration::from_hours(24 * days));
        let status = ask(&document, &given, on, time(LATE));
        if status.state.is_end() {
            let after = ask(&document, &given, later, time(LATE));
            prop_assert_eq!((after.state, after.since), (status.state, status.since));
        }
    }

    #[test]
    fn a_state_holds_on_its_first_day(document in a_document(), given in acts(), on in a_day()) {
        let status = ask(&document, &given, on, time(LATE));
        if let Some(since) = status.since {
            let then = ask(&document, &given, since, time(LATE)).state;
            // What provisional application covered for a while is counted from its own first day.
            let was_covered = then == State::ProvisionallyApplied && !status.state.is_end();
            prop_assert!(then == status.state || was_covered, "{then:?} {status:?}");
        }
    }

    #[test]
    fn what_has_ended_announces_no_renewal(document in a_document(), given in acts(), on in a_day()) {
        let status = ask(&document, &given, on, time(LATE));
        if let (true, Some(term)) = (status.state.is_end(), &status.term) {
            prop_assert_eq!((term.renewal, term.notice_deadline), (None, None));
            prop_assert!(term.end.is_none_or(|end| Some(end) < status.since), "{status:?}");
        }
    }

    #[test]
    fn a_day_of_entry_into_force_once_established_stays(
        document in a_document(), given in acts(), on in a_day(), days in 0i64..2_000
    ) {
        let later = on.saturating_add(SignedDuration::from_hours(24 * days));
        if let Some(date) = ask(&document, &given, on, time(LATE)).entry_date
            && document.content.signature_date.is_none_or(|stated| stated == day("2021-06-01"))
        {
            prop_assert_eq!(ask(&document, &given, later, time(LATE)).entry_date, Some(date));
        }
    }

    #[test]
    fn what_is_awaited_is_a_step_that_is_not_done(
        document in a_document(), given in acts(), on in a_day()
    ) {
        let status = ask(&document, &given, on, time(LATE));
        for awaited in &status.awaited {
            let Some(party) = &awaited.party else { continue };
            let kind = awaited.kind.unwrap();
            if matches!(kind, ActKind::Termination | ActKind::Expiry | ActKind::Amendment) {
                continue;
            }
            let owed = status.parties.iter().any(|it| {
                let by_others = kind == ActKind::NotificationReceived;
                (by_others || it.party == *party)
                    && it.stages.iter().any(|stage| {
                        stage.kind == kind
                            && matches!(stage.state, StageState::Outstanding | StageState::ToCome)
                    })
            });
            prop_assert!(owed, "{awaited:?} {status:#?}");
        }
        for party in &status.parties {
            let outstanding = party.stages.iter().filter(|it| it.state == StageState::Outstanding);
            let outstanding = outstanding.count();
            prop_assert!(outstanding <= 1, "{party:?}");
            prop_assert!(outstanding == 0 || !status.awaited.is_empty(), "{status:#?}");
        }
    }

    #[test]
    fn nothing_is_awaited_of_what_has_ended(document in a_document(), given in acts(), on in a_day()) {
        let status = ask(&document, &given, on, time(LATE));
        prop_assert!(!status.state.is_end() || status.awaited.is_empty(), "{status:#?}");
    }
}

#[test]
fn the_laws_are_about_every_state_and_doubt_and_acts_that_matter() {
    const SAMPLES: usize = 4_000;
    let mut runner = TestRunner::deterministic();
    let strategy = (a_document(), acts_and_one(), a_day());
    let (mut states, mut doubts) = (BTreeSet::new(), BTreeSet::new());
    let mut changed = 0;
    for _ in 0..SAMPLES {
        let (document, (given, act), on): (Document, (Vec<Act>, Act), Date) =
            strategy.new_tree(&mut runner).unwrap().current();
        let status = ask(&document, &given, on, time(LATE));
        let mut more = given.clone();
        more.push(Act {
            name: ActName::new("uz-kz", "it", "more"),
            retraction: None,
            ..act
        });
        let after = ask(&document, &more, on, time(LATE));
        changed +=
            usize::from((status.state, status.entry_date) != (after.state, after.entry_date));
        states.insert(status.state);
        doubts.extend(status.warnings.iter().map(|warning| warning.code));
    }
    let computed = State::ALL
        .iter()
        .filter(|state| !matches!(state, State::NotDisclosed | State::NotRegistered));
    for state in computed {
        assert!(states.contains(state), "{state:?}");
    }
    for doubt in WarningCode::ALL {
        assert!(doubts.contains(doubt), "{doubt:?}");
    }
    assert!(changed * 20 > SAMPLES, "{changed} of {SAMPLES}");
}
