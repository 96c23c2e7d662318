//! What groups of figures are called, and how the options of several commands name them.

use accord_proto::trade::v1::{
    CommodityLevel, Flow, GroupKey, HsEdition, Period, Qualifier, Window,
};

use crate::render::value;

/// A level of the Harmonized System, as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Level {
    /// I to XXI
    Section,
    /// Two digits
    Chapter,
    /// Four digits
    Heading,
    /// Six digits
    Subheading,
}

impl Level {
    /// The value of the contract.
    pub(super) fn of_contract(self) -> CommodityLevel {
        match self {
            Self::Section => CommodityLevel::Section,
            Self::Chapter => CommodityLevel::Chapter,
            Self::Heading => CommodityLevel::Heading,
            Self::Subheading => CommodityLevel::Subheading,
        }
    }
}

/// A flow in words: `export`.
pub(super) fn flow(flow: Flow) -> String {
    value::words(flow.as_str_name(), "FLOW_")
}

/// An edition of the Harmonized System: `H6`; nothing for none.
pub(super) fn edition(edition: HsEdition) -> &'static str {
    let name = edition.as_str_name();
    match name.strip_prefix("HS_EDITION_") {
        Some("UNSPECIFIED") | None => "",
        Some(edition) => edition,
    }
}

/// What a group is: `export 27 (H6) KZ-61 KZ`; of nothing, all together.
pub(super) fn key(key: Option<&GroupKey>) -> String {
    let Some(key) = key else {
        return String::new();
    };
    let commodity = match edition(key.hs_edition()) {
        "" => key.commodity.clone(),
        edition => format!("{} ({edition})", key.commodity),
    };
    let parts = [
        flow(key.flow()),
        commodity,
        key.region.clone(),
        key.reporter.clone(),
    ];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(" ")
}

/// The columns of a sheet that say what a group is.
pub(super) const KEY_COLUMNS: [&str; 5] = ["flow", "commodity", "hs_edition", "region", "reporter"];

/// The cells of these columns.
pub(super) fn key_cells(key: Option<&GroupKey>) -> Vec<String> {
    let key = key.cloned().unwrap_or_default();
    vec![
        flow(key.flow()),
        key.commodity.clone(),
        edition(key.hs_edition()).to_owned(),
        key.region,
        key.reporter,
    ]
}

/// A value for people: a dash for none, and a sign before one that may be larger.
pub(super) fn money(cents: Option<i64>, qualifier: Qualifier) -> String {
    let Some(cents) = cents else {
        return "-".to_owned();
    };
    let sign = match qualifier {
        Qualifier::LowerBound => "≥ ",
        Qualifier::Unspecified | Qualifier::Exact | Qualifier::Rounded => "",
    };
    format!("{sign}{}", value::million_dollars(cents))
}

/// A share or a growth for people; nothing for none.
pub(super) fn percent(ppm: Option<i64>) -> String {
    ppm.map_or_else(String::new, value::percent)
}

/// A cell of a sheet; nothing for none.
pub(super) fn number(number: Option<i64>) -> String {
    number.map_or_else(String::new, |number| number.to_string())
}

/// A unit value for people, in dollars a tonne; nothing for none.
pub(super) fn unit_value(cents_per_tonne: Option<i64>) -> String {
    cents_per_tonne.map_or_else(String::new, value::dollars)
}

/// A period as people write it: `2022`, `2022-H1`, `2022-Q1`, `2022-03`, from January `2022-01/2022-03`, or
/// twelve months `2021-04/2022-03`.
pub(super) fn period(period: &Period) -> String {
    let Period { year, month, .. } = *period;
    match period.window() {
        Window::Unspecified | Window::Year => year.to_string(),
        Window::Quarter => format!("{year}-Q{}", month / 3),
        Window::Month => format!("{year}-{month:02}"),
        Window::JanuaryToMonth => format!("{year}-01/{year}-{month:02}"),
        Window::HalfYear => format!("{year}-H{}", month / 6),
        Window::TwelveMonths if month == 12 => format!("{year}-01/{year}-12"),
        Window::TwelveMonths => format!("{}-{:02}/{year}-{month:02}", year - 1, month + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_told_by_what_they_are_grouped_by() {
        let fuels = GroupKey {
            flow: Flow::ReExport.into(),
            commodity: "27".into(),
            hs_edition: HsEdition::H6.into(),
            ..GroupKey::default()
        };
        assert_eq!(key(Some(&fuels)), "re export 27 (H6)");
        assert_eq!(key_cells(Some(&fuels)), ["re export", "27", "H6", "", ""]);
        assert_eq!(key(None), "");
        assert_eq!(money(None, Qualifier::Unspecified), "-");
        assert_eq!(money(Some(150_000_000), Qualifier::LowerBound), "≥ 1.5");
        assert_eq!(unit_value(Some(123_456_750)), "1,234,568");
    }

    #[test]
    fn periods_read_as_they_are_written_in_files() {
        let period = |window: Window, month| {
            super::period(&Period {
                window: window.into(),
                year: 2022,
                month,
            })
        };
        assert_eq!(period(Window::Year, 12), "2022");
        assert_eq!(period(Window::Quarter, 6), "2022-Q2");
        assert_eq!(period(Window::Month, 3), "2022-03");
        assert_eq!(period(Window::HalfYear, 12), "2022-H2");
        assert_eq!(period(Window::TwelveMonths, 3), "2021-04/2022-03");
        assert_eq!(period(Window::TwelveMonths, 12), "2022-01/2022-12");
        assert_eq!(period(Window::JanuaryToMonth, 9), "2022-01/2022-09");
    }
}
