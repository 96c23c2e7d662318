//! How trade with the world is shown: what shares are shares of, figures and ratios.

use accord_proto::trade::v1::{
    Flow, HsEdition, MirrorFigure, Qualifier, TradeTotal, trade_total::Basis,
};

use super::groups::{edition, money};
use crate::render::{Block, Column, Page, Table, value};

/// Adds the totals, each with where it comes from.
pub(super) fn push_totals<'a>(page: &mut Page, totals: impl Iterator<Item = &'a TradeTotal>) {
    page.push(Block::Heading("All trade with the world".into()));
    let mut table = Table::new(vec![
        Column::text("TRADE"),
        Column::number("USD MILLION"),
        Column::number("BY PRODUCT"),
        Column::text("BASIS"),
    ]);
    for total in totals {
        table.push(vec![
            name(total),
            money(Some(total.value_cents), total.qualifier()),
            value::percent(total.classified_ppm),
            match total.basis() {
                Basis::SumOfProducts => "sum of products".to_owned(),
                Basis::Published | Basis::Unspecified => "published".to_owned(),
            },
        ]);
    }
    page.push(Block::Table(table));
}

/// Whose total: `exports of UZ`.
fn name(total: &TradeTotal) -> String {
    let whose = match total.reporter.as_str() {
        "W0" => "the world",
        reporter => reporter,
    };
    match total.flow() {
        Flow::Import => format!("imports of {whose}"),
        _ => format!("exports of {whose}"),
    }
}

/// Codes with their edition: `2709+2710 (H5)`.
pub(super) fn codes(commodities: &[String], hs_edition: HsEdition) -> String {
    let codes = commodities.join("+");
    match edition(hs_edition) {
        "" => codes,
        edition => format!("{codes} ({edition})"),
    }
}

/// A figure in million dollars.
pub(super) fn figure(figure: Option<&MirrorFigure>) -> String {
    match figure {
        Some(figure) if figure.nothing_traded => "nothing".to_owned(),
        Some(figure) => money(figure.value_cents, figure.qualifier()),
        None => money(None, Qualifier::Unspecified),
    }
}

/// A figure for a sheet; empty for none.
pub(super) fn cents(figure: Option<&MirrorFigure>) -> String {
    match figure {
        Some(figure) if figure.nothing_traded => "0".to_owned(),
        figure => figure
            .and_then(|figure| figure.value_cents)
            .map_or_else(String::new, |cents| cents.to_string()),
    }
}

/// The releases of a figure for a sheet.
pub(super) fn releases(figure: Option<&MirrorFigure>) -> String {
    figure.map_or_else(String::new, |figure| figure.releases.join(" "))
}

/// A ratio with three places, rounded half away from zero; nothing for none.
pub(super) fn ratio(ppm: Option<i64>) -> String {
    let Some(ppm) = ppm else {
        return String::new();
    };
    let thousandths = (ppm.unsigned_abs() + 500) / 1_000;
    let sign = if ppm < 0 && thousandths > 0 { "-" } else { "" };
    format!("{sign}{}.{:03}", thousandths / 1_000, thousandths % 1_000)
}

/// An index on its usual scale to 100, with two places.
pub(super) fn index(ppm: Option<i64>) -> String {
    let Some(ppm) = ppm else {
        return String::new();
    };
    let hundredths = (ppm.unsigned_abs() + 50) / 100;
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_have_three_places_and_indices_two() {
        assert_eq!(ratio(Some(6_000_000)), "6.000");
        assert_eq!(ratio(Some(-333_333)), "-0.333");
        assert_eq!(ratio(Some(-499)), "0.000");
        assert_eq!(ratio(None), "");
        assert_eq!(index(Some(414_256)), "41.43");
        assert_eq!(index(Some(1_000_000)), "100.00");
    }

    #[test]
    fn nothing_is_told_from_what_is_not_known() {
        let nothing = MirrorFigure {
            nothing_traded: true,
            ..MirrorFigure::default()
        };
        assert_eq!(
            (figure(Some(&nothing)), cents(Some(&nothing))),
            ("nothing".into(), "0".into())
        );
        let unknown = MirrorFigure::default();
        assert_eq!(
            (figure(Some(&unknown)), cents(Some(&unknown))),
            ("-".into(), String::new())
        );
    }
}
