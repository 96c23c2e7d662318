//! The life of a roadmap: its plan, both sides' consent, adoption and closing.

use super::*;
use jiff::civil::date;

pub(crate) fn plan() -> Plan {
    let place = |party: &str, region_code: &str| Place {
        party: party.to_owned(),
        region_code: region_code.to_owned(),
        region_name: String::new(),
        signing_body: String::new(),
    };
    Plan {
        titles: Vec::new(),
        places: [place("UZ", "UZ-TK"), place("KZ", "KZ-AST")],
        period: Period {
            start: date(2022, 1, 1),
            end: date(2023, 12, 31),
        },
        signed_on: Some(date(2021, 12, 6)),
        source_document: None,
        sources: Vec::new(),
        declared_weight: None,
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn draft() -> Roadmap {
    Roadmap::draft(Uuid::nil(), RoadmapName::new("uz-kz", "r"), plan(), at(10))
}

#[test]
fn a_period_follows_another_that_ends_before_it_does() {
    let period = |start, end| Period { start, end };
    let present = period(date(2022, 1, 1), date(2023, 12, 31));
    for (following, follows) in [
        (period(date(2024, 1, 1), date(2025, 12, 31)), true),
        (period(date(2023, 7, 1), date(2024, 6, 30)), true),
        (period(date(2021, 1, 1), date(2024, 12, 31)), true),
        (period(date(2023, 1, 1), date(2023, 12, 31)), true),
        (present, false),
        (period(date(2021, 1, 1), date(2023, 12, 31)), false),
        (period(date(2022, 6, 1), date(2022, 12, 31)), false),
        (period(date(2020, 1, 1), date(2021, 12, 31)), false),
    ] {
        assert_eq!(following.follows(present), follows, "{following:?}");
    }
}

#[test]
fn adopted_when_both_sides_adopted_the_same_plan() {
    let mut roadmap = draft();
    roadmap.adopt(Side::First, 1, at(20)).unwrap();
    assert_eq!(roadmap.state(), State::Draft);
    roadmap.adopt(Side::Second, 1, at(30)).unwrap();
    assert_eq!(roadmap.state(), State::Adopted);
    assert_eq!(roadmap.adopted(), Some(at(30)));
    assert_eq!(roadmap.state_at(at(29)), State::Draft);
}

#[test]
fn a_changed_plan_has_to_be_adopted_again() {
    let mut roadmap = draft();
    roadmap.adopt(Side::First, 1, at(20)).unwrap();
    roadmap.plan_changed(at(25)).unwrap();
    assert_eq!(roadmap.consents[0].adopted, None);
    assert_eq!(
        roadmap.adopt(Side::Second, 1, at(30)),
        Err(Refusal::PlanRevisionChanged {
            given: 1,
            current: 2
        })
    );
}

#[test]
fn no_side_adopts_or_closes_twice_or_alone() {
    let mut roadmap = draft();
    assert_eq!(
        roadmap.close(Side::First, None, at(15)),
        Err(Refusal::NotAdopted {
            state: State::Draft
        })
    );
    roadmap.adopt(Side::First, 1, at(20)).unwrap();
    assert_eq!(
        roadmap.adopt(Side::First, 1, at(20)),
        Err(Refusal::AlreadyAdopted { side: Side::First })
    );
    roadmap.adopt(Side::Second, 1, at(20)).unwrap();
    roadmap.close(Side::Second, None, at(40)).unwrap();
    assert_eq!(roadmap.state(), State::Adopted);
    assert_eq!(
        roadmap.close(Side::Second, None, at(41)),
        Err(Refusal::AlreadyClosed { side: Side::Second })
    );
    roadmap.close(Side::First, None, at(50)).unwrap();
    assert_eq!(roadmap.state(), State::Closed);
}

#[test]
fn an_adopted_plan_is_frozen() {
    let mut roadmap = draft();
    for side in Side::BOTH {
        roadmap.adopt(side, 1, at(20)).unwrap();
    }
    let refused = Err(Refusal::NotDraft {
        state: State::Adopted,
    });
    assert_eq!(roadmap.revise(plan(), at(30)), refused);
    assert_eq!(roadmap.plan_changed(at(30)), refused);
    assert_eq!(roadmap.delete(at(30)), refused);
}

#[test]
fn times_never_go_back() {
    let mut roadmap = draft();
    roadmap.plan_changed(at(5)).unwrap();
    assert_eq!(roadmap.updated, at(10));
}
