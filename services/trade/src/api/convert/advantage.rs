//! Comparative advantages, and totals of trade with the world, in the contract.

use accord_proto::trade::v1::{self, series_warning::Kind, trade_total};

use super::{
    enums,
    mirror::show_side,
    release,
    series::{self, scope_word, valuation_word, words},
};
use crate::domain::{
    advantage::{Basis, Notice, Product, Total},
    cell::{Flow, HsEdition, WORLD},
    mirror::Figure,
    release::Release,
};

/// Shows a product.
pub(crate) fn product(product: &Product, edition: Option<HsEdition>) -> v1::ComparativeAdvantage {
    let advantage = product.advantage;
    let range = advantage.and_then(|advantage| advantage.range);
    v1::ComparativeAdvantage {
        commodities: product.codes.iter().cloned().collect(),
        hs_edition: enums::show_edition(edition),
        exports: Some(show_side(&product.own)),
        export_share_ppm: product.own_share_ppm,
        reference_exports: Some(show_side(&product.reference)),
        reference_share_ppm: product.reference_share_ppm,
        comparative_advantage_ppm: advantage.map(|advantage| advantage.ppm),
        least_ppm: range.map(|(least, _)| least),
        greatest_ppm: range.and_then(|(_, greatest)| greatest),
        symmetric_ppm: advantage.and_then(|advantage| advantage.symmetric_ppm),
        warnings: product.notices.iter().map(|own| notice(own, "")).collect(),
    }
}

/// Shows a total of one side.
pub(crate) fn total((reporter, flow): &(String, Flow), total: &Total) -> v1::TradeTotal {
    let figure = &total.figure;
    let basis = match total.basis {
        Basis::Published => trade_total::Basis::Published,
        Basis::Sum => trade_total::Basis::SumOfProducts,
    };
    let scopes = figure.scopes.iter();
    let valuations = figure.valuations.iter();
    v1::TradeTotal {
        reporter: reporter.clone(),
        flow: enums::show_flow(*flow),
        value_cents: figure.cents,
        qualifier: enums::show_qualifier(figure.qualifier),
        uncertainty_cents: figure.uncertainty_cents,
        basis: basis as i32,
        classified_ppm: total.classified_ppm,
        scopes: scopes.map(|scope| enums::show_scope(*scope)).collect(),
        valuations: valuations
            .map(|valuation| enums::show_valuation(*valuation))
            .collect(),
        releases: figure.releases.clone(),
    }
}

/// Shows what a reader should know about totals, and besides.
pub(crate) fn warnings<'a>(
    totals: impl Iterator<Item = (&'a (String, Flow), &'a Total)>,
    others: impl Iterator<Item = Notice>,
) -> Vec<v1::SeriesWarning> {
    let mut shown = Vec::new();
    for (side, total) in totals {
        let about = about(side);
        shown.extend(total.notices().map(|own| notice(&own, &about)));
    }
    shown.extend(others.map(|own| notice(&own, "")));
    shown
}

/// Which total: `exports of UZ: `.
fn about((reporter, flow): &(String, Flow)) -> String {
    let reporter = if reporter == WORLD {
        "the world"
    } else {
        reporter
    };
    let flow = match flow {
        Flow::Import => "imports",
        _ => "exports",
    };
    format!("{flow} of {reporter}: ")
}

/// Shows something that a reader should know; `about` says what it is about.
pub(crate) fn notice(notice: &Notice, about: &str) -> v1::SeriesWarning {
    let (kind, description) = match notice {
        Notice::Figure(warning) => {
            let mut shown = series::show_warning(warning);
            shown.description.insert_str(0, about);
            return shown;
        }
        Notice::UnlikeScope(scopes) => (
            Kind::SharesUnlikeScope,
            format!(
                "shares are compared of figures of unlike scope: {}",
                words(scopes, scope_word)
            ),
        ),
        Notice::UnlikeValuation(valuations) => (
            Kind::SharesUnlikeValuation,
            format!(
                "shares are compared of figures of unlike valuation: {}",
                words(valuations, valuation_word)
            ),
        ),
        Notice::Unclassified => (
            Kind::Unclassified,
            "part of the total is in no product".to_owned(),
        ),
        Notice::TotalBelowProducts => (
            Kind::TotalBelowProducts,
            "the published total is less than its products, whose sum is taken in its place"
                .to_owned(),
        ),
        Notice::EditionsMerged => (
            Kind::EditionsMerged,
            "codes are taken together because figures use different editions".to_owned(),
        ),
        Notice::CodeNotConverted => (
            Kind::CodeNotConverted,
            "a code is in no concordance and was taken as it stands".to_owned(),
        ),
    };
    v1::SeriesWarning {
        kind: kind as i32,
        description: format!("{about}{description}"),
    }
}

/// Shows the releases of figures, each once, by name.
pub(crate) fn uses<'a>(
    figures: impl Iterator<Item = &'a Figure>,
    releases: &[Release],
) -> Vec<v1::ReleaseUse> {
    release::show_uses(figures.flat_map(|figure| &figure.releases), releases)
}
