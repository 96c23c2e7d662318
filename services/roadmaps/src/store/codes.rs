//! The numbers that enums have in the database: those of the contract.

use crate::domain::{
    completion::{self, Action},
    deadline::Form,
    dependency,
    event::Kind,
    indicator::Figure,
    rebaseline, roadmap,
    side::Side,
};

/// An enum with a number for each of its values.
pub(super) trait Coded: Copy + Sized + 'static {
    /// Every value.
    fn all() -> Vec<Self>;

    /// The number of this value.
    fn code(self) -> i64;

    /// The value with a number, if there is one.
    fn of(code: i64) -> Option<Self> {
        Self::all().into_iter().find(|value| value.code() == code)
    }
}

impl Coded for Side {
    fn all() -> Vec<Self> {
        Self::BOTH.to_vec()
    }

    fn code(self) -> i64 {
        match self {
            Self::First => 0,
            Self::Second => 1,
        }
    }
}

impl Coded for roadmap::State {
    fn all() -> Vec<Self> {
        vec![Self::Draft, Self::Adopted, Self::Closed]
    }

    fn code(self) -> i64 {
        match self {
            Self::Draft => 1,
            Self::Adopted => 2,
            Self::Closed => 3,
        }
    }
}

impl Coded for completion::State {
    fn all() -> Vec<Self> {
        Self::ALL.to_vec()
    }

    fn code(self) -> i64 {
        match self {
            Self::Planned => 1,
            Self::InProgress => 2,
            Self::Reported => 3,
            Self::Returned => 4,
            Self::Disputed => 5,
            Self::Complete => 6,
            Self::Cancelled => 7,
            Self::Superseded => 8,
            Self::CarriedOver => 9,
        }
    }
}

impl Coded for Form {
    fn all() -> Vec<Self> {
        vec![
            Self::Day,
            Self::Quarter,
            Self::HalfYear,
            Self::Year,
            Self::Permanent,
        ]
    }

    fn code(self) -> i64 {
        match self {
            Self::Day => 1,
            Self::Quarter => 2,
            Self::HalfYear => 3,
            Self::Year => 4,
            Self::Permanent => 5,
        }
    }
}

impl Coded for Figure {
    fn all() -> Vec<Self> {
        vec![Self::Attained, Self::AttainedShare]
    }

    fn code(self) -> i64 {
        match self {
            Self::Attained => 1,
            Self::AttainedShare => 2,
        }
    }
}

impl Coded for rebaseline::State {
    fn all() -> Vec<Self> {
        vec![Self::Open, Self::Accepted, Self::Declined, Self::Withdrawn]
    }

    fn code(self) -> i64 {
        match self {
            Self::Open => 1,
            Self::Accepted => 2,
            Self::Declined => 3,
            Self::Withdrawn => 4,
        }
    }
}

impl Coded for Kind {
    fn all() -> Vec<Self> {
        [Self::Created, Self::Updated, Self::Deleted, Self::Undeleted]
            .into_iter()
            .chain(Action::ALL.map(Self::Said))
            .collect()
    }

    fn code(self) -> i64 {
        match self {
            Self::Created => 1,
            Self::Updated => 2,
            Self::Deleted => 3,
            Self::Undeleted => 4,
            Self::Said(Action::Start) => 5,
            Self::Said(Action::Report) => 6,
            Self::Said(Action::WithdrawReport) => 7,
            Self::Said(Action::Confirm) => 8,
            Self::Said(Action::Return) => 9,
            Self::Said(Action::Dispute) => 10,
            Self::Said(Action::ProposeCancellation) => 11,
            Self::Said(Action::AcceptCancellation) => 12,
            Self::Said(Action::DeclineCancellation) => 13,
            Self::Said(Action::Replan) => 14,
            Self::Said(Action::Remove) => 15,
            Self::Said(Action::Supersede) => 16,
            Self::Said(Action::CarryOver) => 17,
        }
    }
}

impl Coded for dependency::Kind {
    fn all() -> Vec<Self> {
        Self::ALL.to_vec()
    }

    fn code(self) -> i64 {
        match self {
            Self::FinishToStart => 1,
            Self::StartToStart => 2,
            Self::FinishToFinish => 3,
            Self::StartToFinish => 4,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Debug;

    fn is_one_to_one<T: Coded + PartialEq + Debug>() {
        for value in T::all() {
            assert_eq!(T::of(value.code()), Some(value));
        }
        assert_eq!(T::of(-1), None);
    }

    #[test]
    fn every_value_has_its_own_number() {
        is_one_to_one::<Side>();
        is_one_to_one::<roadmap::State>();
        is_one_to_one::<completion::State>();
        is_one_to_one::<Form>();
        is_one_to_one::<Figure>();
        is_one_to_one::<rebaseline::State>();
        is_one_to_one::<Kind>();
        is_one_to_one::<dependency::Kind>();
    }
}
