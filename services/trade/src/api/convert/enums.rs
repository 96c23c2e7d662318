//! Closed sets in the contracts and in the domain.

use accord_proto::trade::v1;

use crate::domain::{
    cell::{Flow, HsEdition},
    file::format::Format,
    group::{Dimension, Level},
    import,
    observation::{Qualifier, Status},
    period::Window,
    release::{self, PublishBasis, Scope, Valuation},
    turnover::Method,
    vintage::Absence,
};

/// Declares both directions for a closed set whose unspecified value stands for no member.
macro_rules! both_ways {
    ($read:ident, $show:ident, $contract:path, $domain:path { $($theirs:ident <=> $ours:ident),* $(,)? }) => {
        /// Reads the number of the contract; none when unspecified or unknown.
        pub(crate) fn $read(value: i32) -> Option<$domain> {
            use $contract as Contract;
            use $domain as Domain;
            match Contract::try_from(value).ok()? {
                Contract::Unspecified => None,
                $(Contract::$theirs => Some(Domain::$ours),)*
            }
        }

        /// Shows the member as the number of the contract.
        pub(crate) fn $show(value: $domain) -> i32 {
            use $contract as Contract;
            use $domain as Domain;
            match value {
                $(Domain::$ours => Contract::$theirs as i32,)*
            }
        }
    };
}

both_ways!(read_flow, show_flow, v1::Flow, Flow {
    Export <=> Export,
    Import <=> Import,
    ReExport <=> ReExport,
    ReImport <=> ReImport,
    Turnover <=> Turnover,
});

both_ways!(read_window, show_window, v1::Window, Window {
    Month <=> Month,
    Quarter <=> Quarter,
    Year <=> Year,
    JanuaryToMonth <=> JanuaryToMonth,
    HalfYear <=> HalfYear,
    TwelveMonths <=> TwelveMonths,
});

/// Reads a level of the Harmonized System.
pub(crate) fn read_level(value: i32) -> Option<Level> {
    match v1::CommodityLevel::try_from(value).ok()? {
        v1::CommodityLevel::Unspecified => None,
        v1::CommodityLevel::Section => Some(Level::Section),
        v1::CommodityLevel::Chapter => Some(Level::Chapter),
        v1::CommodityLevel::Heading => Some(Level::Heading),
        v1::CommodityLevel::Subheading => Some(Level::Subheading),
    }
}

/// Reads by what figures are grouped.
pub(crate) fn read_dimension(value: i32) -> Option<Dimension> {
    match v1::SeriesDimension::try_from(value).ok()? {
        v1::SeriesDimension::Unspecified => None,
        v1::SeriesDimension::Flow => Some(Dimension::Flow),
        v1::SeriesDimension::Commodity => Some(Dimension::Commodity),
        v1::SeriesDimension::Region => Some(Dimension::Region),
        v1::SeriesDimension::Reporter => Some(Dimension::Reporter),
    }
}

/// Reads a window in which figures are published.
pub(crate) fn read_published_window(value: i32) -> Option<Window> {
    read_window(value).filter(|window| !matches!(window, Window::HalfYear | Window::TwelveMonths))
}

both_ways!(read_basis, show_basis, v1::PublishTimeBasis, PublishBasis {
    Stated <=> Stated,
    FirstKnown <=> FirstKnown,
});

both_ways!(read_valuation, show_valuation, v1::Valuation, Valuation {
    Fob <=> Fob,
    Cif <=> Cif,
    NotStated <=> NotStated,
});

both_ways!(read_scope, show_scope, v1::Scope, Scope {
    Goods <=> Goods,
    GoodsAndServices <=> GoodsAndServices,
    NotStated <=> NotStated,
});

both_ways!(read_method, show_method, v1::TurnoverMethod, Method {
    AsReportedBy <=> AsReportedBy,
    ExportsOfBoth <=> ExportsOfBoth,
    ImportsOfBoth <=> ImportsOfBoth,
});

/// Reads a granularity as the window of the periods of a series.
pub(crate) fn read_granularity(value: i32) -> Option<Window> {
    match v1::Granularity::try_from(value).ok()? {
        v1::Granularity::Unspecified => None,
        v1::Granularity::Year => Some(Window::Year),
        v1::Granularity::Month => Some(Window::Month),
        v1::Granularity::Quarter => Some(Window::Quarter),
        v1::Granularity::HalfYear => Some(Window::HalfYear),
        v1::Granularity::RollingTwelveMonths => Some(Window::TwelveMonths),
        v1::Granularity::YearToDate => Some(Window::JanuaryToMonth),
    }
}

/// Shows the window of the periods of a series as its granularity.
pub(crate) fn show_granularity(window: Window) -> i32 {
    let shown = match window {
        Window::Year => v1::Granularity::Year,
        Window::Month => v1::Granularity::Month,
        Window::Quarter => v1::Granularity::Quarter,
        Window::HalfYear => v1::Granularity::HalfYear,
        Window::TwelveMonths => v1::Granularity::RollingTwelveMonths,
        Window::JanuaryToMonth => v1::Granularity::YearToDate,
    };
    shown as i32
}

/// Shows how exactly a figure is known.
pub(crate) fn show_qualifier(qualifier: Qualifier) -> i32 {
    let shown = match qualifier {
        Qualifier::Exact => v1::Qualifier::Exact,
        Qualifier::Rounded => v1::Qualifier::Rounded,
        Qualifier::LowerBound => v1::Qualifier::LowerBound,
    };
    shown as i32
}

/// Shows where a release is in its life.
pub(crate) fn show_release_state(state: release::State) -> v1::release::State {
    match state {
        release::State::Staging => v1::release::State::Staging,
        release::State::Published => v1::release::State::Published,
        release::State::Withdrawn => v1::release::State::Withdrawn,
    }
}

/// Reads the format of a file; unspecified is Accord's own CSV.
pub(crate) fn read_format(value: i32) -> Option<Format> {
    Some(match v1::ImportFormat::try_from(value).ok()? {
        v1::ImportFormat::Unspecified | v1::ImportFormat::Csv => Format::Csv,
        v1::ImportFormat::SdmxCsv => Format::SdmxCsv,
        v1::ImportFormat::ComtradeCsv => Format::ComtradeCsv,
        v1::ImportFormat::SiatCsv => Format::SiatCsv,
        v1::ImportFormat::SiatJson => Format::SiatJson,
    })
}

/// Shows the format of a file.
pub(crate) fn show_format(format: Format) -> i32 {
    let shown = match format {
        Format::Csv => v1::ImportFormat::Csv,
        Format::SdmxCsv => v1::ImportFormat::SdmxCsv,
        Format::ComtradeCsv => v1::ImportFormat::ComtradeCsv,
        Format::SiatCsv => v1::ImportFormat::SiatCsv,
        Format::SiatJson => v1::ImportFormat::SiatJson,
    };
    shown as i32
}

/// Shows what has become of an import.
pub(crate) fn show_import_state(state: import::State) -> v1::import::State {
    match state {
        import::State::Receiving => v1::import::State::Receiving,
        import::State::Done => v1::import::State::Done,
        import::State::Refused => v1::import::State::Refused,
        import::State::Cancelled => v1::import::State::Cancelled,
    }
}

/// Reads an edition: H0 is 1 in the contract, because 0 is unspecified.
pub(crate) fn read_edition(value: i32) -> Option<HsEdition> {
    u8::try_from(value)
        .ok()?
        .checked_sub(1)
        .and_then(HsEdition::new)
}

/// Shows an edition, or none.
pub(crate) fn show_edition(edition: Option<HsEdition>) -> i32 {
    edition.map_or(0, |edition| i32::from(edition.number()) + 1)
}

/// Shows a status: the contract lists them in the order of [`Status::CODES`].
pub(crate) fn show_status(status: Status) -> i32 {
    Status::CODES
        .iter()
        .zip(1..)
        .find(|(code, _)| **code == status.code())
        .map_or(0, |(_, number)| number)
}

/// Shows why there is no value.
pub(crate) fn show_absence(absence: Absence) -> i32 {
    let shown = match absence {
        Absence::NotPublished => v1::MissingReason::NotPublished,
        Absence::PublishedAsMissing => v1::MissingReason::PublishedAsMissing,
        Absence::Removed => v1::MissingReason::Removed,
        Absence::NotDecumulable => v1::MissingReason::NotDecumulable,
        Absence::LengthsDiffer => v1::MissingReason::LengthsDiffer,
        Absence::DifferenceUnusable => v1::MissingReason::DifferenceUnusable,
    };
    shown as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_stand_in_the_order_of_the_contract() {
        for (code, expected) in [
            ('A', v1::ObservationStatus::Normal),
            ('P', v1::ObservationStatus::Provisional),
            ('N', v1::ObservationStatus::NotSignificant),
            ('H', v1::ObservationStatus::MissingHoliday),
            ('Q', v1::ObservationStatus::MissingSuppressed),
        ] {
            let status = Status::try_from(code).unwrap();
            assert_eq!(show_status(status), expected as i32, "{code}");
        }
        assert_eq!(
            Status::CODES.len(),
            v1::ObservationStatus::MissingSuppressed as usize
        );
    }

    #[test]
    fn editions_are_shifted_by_one() {
        assert_eq!(read_edition(0), None);
        assert_eq!(
            show_edition(read_edition(v1::HsEdition::H6 as i32)),
            v1::HsEdition::H6 as i32
        );
        assert_eq!(read_edition(8), None);
    }
}
