//! The numbers and texts under which the database keeps closed sets. They never change.

use crate::domain::{
    cell::Flow,
    classification::{Level, concordance::Relationship},
    explanation,
    file::format::Format,
    import,
    mirror::Component,
    observation::Qualifier,
    period::Window,
    release::{self, PublishBasis, Scope, Valuation},
    turnover::Method,
};

/// A closed set whose members the database keeps as numbers.
pub(crate) trait Coded: Copy + PartialEq + 'static {
    /// Every member with its number.
    const CODES: &'static [(Self, i64)];

    /// Returns the number.
    fn code(self) -> i64 {
        Self::CODES
            .iter()
            .find(|(member, _)| *member == self)
            .map_or(0, |(_, code)| *code)
    }

    /// Returns the member of that number.
    fn of_code(code: i64) -> Option<Self> {
        Self::CODES
            .iter()
            .find(|(_, other)| *other == code)
            .map(|(member, _)| *member)
    }
}

impl Coded for Flow {
    const CODES: &'static [(Self, i64)] = &[
        (Flow::Export, 1),
        (Flow::Import, 2),
        (Flow::ReExport, 3),
        (Flow::ReImport, 4),
        (Flow::Turnover, 5),
    ];
}

impl Coded for Window {
    const CODES: &'static [(Self, i64)] = &[
        (Window::Month, 1),
        (Window::Quarter, 2),
        (Window::Year, 3),
        (Window::JanuaryToMonth, 4),
    ];
}

impl Coded for Qualifier {
    const CODES: &'static [(Self, i64)] = &[
        (Qualifier::Exact, 1),
        (Qualifier::Rounded, 2),
        (Qualifier::LowerBound, 3),
    ];
}

impl Coded for release::State {
    const CODES: &'static [(Self, i64)] = &[
        (release::State::Staging, 1),
        (release::State::Published, 2),
        (release::State::Withdrawn, 3),
    ];
}

impl Coded for PublishBasis {
    const CODES: &'static [(Self, i64)] =
        &[(PublishBasis::Stated, 1), (PublishBasis::FirstKnown, 2)];
}

impl Coded for Valuation {
    const CODES: &'static [(Self, i64)] = &[
        (Valuation::Fob, 1),
        (Valuation::Cif, 2),
        (Valuation::NotStated, 3),
    ];
}

impl Coded for Scope {
    const CODES: &'static [(Self, i64)] = &[
        (Scope::Goods, 1),
        (Scope::GoodsAndServices, 2),
        (Scope::NotStated, 3),
    ];
}

impl Coded for import::State {
    const CODES: &'static [(Self, i64)] = &[
        (import::State::Receiving, 1),
        (import::State::Done, 2),
        (import::State::Refused, 3),
        (import::State::Cancelled, 4),
    ];
}

impl Coded for Format {
    const CODES: &'static [(Self, i64)] = &[
        (Format::Csv, 1),
        (Format::SdmxCsv, 2),
        (Format::ComtradeCsv, 3),
        (Format::SiatCsv, 4),
        (Format::SiatJson, 5),
    ];
}

impl Coded for Method {
    const CODES: &'static [(Self, i64)] = &[
        (Method::AsReportedBy, 1),
        (Method::ExportsOfBoth, 2),
        (Method::ImportsOfBoth, 3),
    ];
}

impl Coded for Level {
    const CODES: &'static [(Self, i64)] = &[
        (Level::Section, 1),
        (Level::Chapter, 2),
        (Level::Heading, 3),
        (Level::Subheading, 4),
    ];
}

impl Coded for Relationship {
    const CODES: &'static [(Self, i64)] = &[
        (Relationship::OneToOne, 1),
        (Relationship::ManyToOne, 2),
        (Relationship::OneToMany, 3),
        (Relationship::ManyToMany, 4),
    ];
}

impl Coded for Component {
    const CODES: &'static [(Self, i64)] = &[
        (Component::Scope, 1),
        (Component::Valuation, 2),
        (Component::Timing, 3),
        (Component::Classification, 4),
        (Component::OnlyOneSide, 5),
        (Component::Unexplained, 6),
    ];
}

impl Coded for explanation::State {
    const CODES: &'static [(Self, i64)] = &[
        (explanation::State::Proposed, 1),
        (explanation::State::Disputed, 2),
        (explanation::State::Accepted, 3),
        (explanation::State::Withdrawn, 4),
    ];
}

/// Joins a list into one text; its members have no commas.
pub(crate) fn join<T: ToString>(members: impl IntoIterator<Item = T>) -> String {
    let members: Vec<String> = members
        .into_iter()
        .map(|member| member.to_string())
        .collect();
    members.join(",")
}

/// Takes a joined list apart.
pub(crate) fn split(text: &str) -> Vec<String> {
    text.split(',')
        .filter(|member| !member.is_empty())
        .map(str::to_owned)
        .collect()
}
