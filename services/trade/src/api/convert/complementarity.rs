//! Complementarities in the contract.

use std::collections::BTreeSet;

use accord_proto::trade::v1;

use super::{
    advantage::{notice, total, warnings},
    enums,
    mirror::show_side,
};
use crate::domain::{
    advantage::{
        Notice, Total,
        complementarity::{Complementarity, Product},
        unlike,
    },
    cell::{Flow, HsEdition},
    turnover::Warning,
};

/// Shows one direction: exports and imports, each with its total.
pub(crate) fn show(
    found: &Complementarity,
    sides: &[(String, Flow)],
    totals: &[Total],
    edition: Option<HsEdition>,
    others: &BTreeSet<Warning>,
) -> Option<v1::TradeComplementarity> {
    let ([exports, imports], [export_total, import_total]) = (sides, totals) else {
        return None;
    };
    let range = found.index.and_then(|index| index.range);
    let figures = totals.iter().map(|total| &total.figure);
    let of_sides = |warning: &&Warning| match warning {
        Warning::OtherEdition { reporter, flow, .. } => {
            let mut sides = sides.iter();
            sides.any(|side| (&side.0, &side.1) == (reporter, flow))
        }
        _ => true,
    };
    let others = others.iter().filter(of_sides).cloned();
    // Exports are mostly FOB and imports CIF: the index is computed of such shares.
    let notices = unlike(figures, false).chain(others.map(Notice::Figure));
    let products = |own: &[Product]| own.iter().map(|own| product(own, edition)).collect();
    Some(v1::TradeComplementarity {
        exporter: exports.0.clone(),
        importer: imports.0.clone(),
        complementarity_ppm: found.index.map(|index| index.ppm),
        least_ppm: range.map(|(least, _)| least),
        greatest_ppm: range.map(|(_, greatest)| greatest),
        export_total: Some(total(exports, export_total)),
        import_total: Some(total(imports, import_total)),
        overlaps: products(&found.overlaps),
        mismatches: products(&found.mismatches),
        product_count: i32::try_from(found.products).unwrap_or(i32::MAX),
        overlap_count: i32::try_from(found.overlapping).unwrap_or(i32::MAX),
        rest_overlap_ppm: found.rest_ppm(),
        warnings: warnings(sides.iter().zip(totals), notices),
    })
}

fn product(product: &Product, edition: Option<HsEdition>) -> v1::ComplementarityProduct {
    v1::ComplementarityProduct {
        commodities: product.codes.iter().cloned().collect(),
        hs_edition: enums::show_edition(edition),
        exports: Some(show_side(&product.exports)),
        export_share_ppm: product.export_share_ppm,
        imports: Some(show_side(&product.imports)),
        import_share_ppm: product.import_share_ppm,
        overlap_ppm: product.overlap_ppm,
        mismatch_ppm: product.mismatch_ppm(),
        warnings: product.notices.iter().map(|own| notice(own, "")).collect(),
    }
}
