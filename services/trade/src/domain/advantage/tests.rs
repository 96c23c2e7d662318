#![allow(
    clippy::cast_precision_loss,
    reason = "formulas are tried in floating point, with amounts far below 2^53"
)]

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{
    complementarity::{Complementarity, Index},
    lines::{Line, Node, shelves},
    *,
};
use crate::domain::{
    cell::HsEdition,
    group::{Book, Level},
};

fn figure(cents: i64, uncertainty_cents: i64, qualifier: Qualifier) -> Figure {
    Figure {
        cents,
        qualifier,
        uncertainty_cents,
        scopes: BTreeSet::from([Scope::Goods]),
        valuations: BTreeSet::from([Valuation::Fob]),
        releases: vec!["r".to_owned()],
        warnings: BTreeSet::new(),
    }
}

fn exact(cents: i64) -> Side {
    Side::Known(figure(cents, 0, Qualifier::Exact))
}

fn known(cents: u64) -> Known {
    Known {
        cents,
        least: cents,
        greatest: Some(cents),
    }
}

fn line(code: &str, sides: Vec<Side>) -> Line {
    Line {
        codes: BTreeSet::from([code.to_owned()]),
        unconverted: false,
        is_national: code.starts_with("99"),
        sides,
    }
}

fn total(cents: i64) -> Total {
    Total {
        figure: figure(cents, 0, Qualifier::Exact),
        basis: Basis::Published,
        classified_ppm: 1_000_000,
        below_products: false,
    }
}

/// 35 of 100 beside 5 of 10: 0.35 / 0.5 = 0.7, and (0.7 - 1) / (0.7 + 1) = -0.176 470 6.
#[test]
fn a_smaller_share_than_elsewhere_is_an_advantage_below_one() {
    let found = Advantage::of(known(35), known(100), known(5), known(10)).unwrap();
    assert_eq!((found.ppm, found.symmetric_ppm), (700_000, Some(-176_471)));
    assert_eq!(found.range, None);
    // Rounded figures on both sides of the border leave it open whether there is one.
    let open = Known {
        cents: 35,
        least: 30,
        greatest: Some(60),
    };
    let found = Advantage::of(open, known(100), known(5), known(10)).unwrap();
    assert_eq!(
        (found.ppm, found.range),
        (700_000, Some((600_000, Some(1_200_000))))
    );
}

#[test]
fn a_share_twice_as_large_as_elsewhere_is_an_advantage_of_two() {
    let found = Advantage::of(known(20), known(100), known(1_000), known(10_000)).unwrap();
    let symmetric_ppm = Some(333_333);
    let expected = Advantage {
        ppm: 2_000_000,
        range: None,
        symmetric_ppm,
    };
    assert_eq!(found, expected);
    let nothing = Advantage::of(Known::NOTHING, known(100), known(1), known(10)).unwrap();
    assert_eq!((nothing.ppm, nothing.symmetric_ppm), (0, Some(-1_000_000)));
    assert_eq!(
        Advantage::of(known(1), known(100), Known::NOTHING, known(10)),
        None
    );
    assert_eq!(Advantage::of(known(0), known(0), known(1), known(10)), None);
}

#[test]
fn the_largest_amounts_are_divided_exactly() {
    // The world's yearly exports are some 2.4 * 10^15 cents.
    let most = 1_000_000_000_000_000_000;
    let found = Advantage::of(known(most / 3), known(most), known(most / 3), known(most));
    assert_eq!(found.map(|found| found.ppm), Some(1_000_000));
}

#[test]
fn lower_bounds_leave_an_advantage_open_on_their_side() {
    let at_least = |cents| Known {
        greatest: None,
        ..known(cents)
    };
    let of = |own, own_total, other, other_total| {
        let found = Advantage::of(own, own_total, other, other_total);
        found.unwrap().range
    };
    // What the reporter exports can be all that it exports; then the advantage is that of a whole.
    let open = of(at_least(20), known(100), known(10), known(100));
    assert_eq!(open, Some((2_000_000, Some(10_000_000))));
    // Of a total that may be anything every share may be as small as it likes.
    let open = of(known(20), at_least(100), known(10), known(100));
    assert_eq!(open, Some((0, Some(2_000_000))));
    // The reference can export nothing else.
    let open = of(known(20), known(100), at_least(10), known(100));
    assert_eq!(open, Some((200_000, Some(2_000_000))));
    let open = of(known(20), known(100), known(10), at_least(100));
    assert_eq!(open, Some((2_000_000, None)));
}

#[test]
fn a_total_is_the_published_one_or_the_sum_of_all_that_there_is() {
    let lines = [
        line("01", vec![exact(60)]),
        line("02", vec![Side::Nothing]),
        line("99", vec![exact(10)]),
    ];
    let missing = Side::Missing(Absence::NotPublished);
    let published = Total::find(&exact(100), &lines, 0, false, None).unwrap();
    assert_eq!(published.basis, Basis::Published);
    assert_eq!(
        (published.figure.cents, published.classified_ppm),
        (100, 600_000)
    );
    assert!(published.notices().eq([Notice::Unclassified]));
    let found = Total::find(&missing, &lines, 0, true, None).unwrap();
    assert_eq!((found.basis, found.figure.cents), (Basis::Sum, 70));
    assert_eq!(found.figure.qualifier, Qualifier::Exact);
    assert_eq!(
        Total::find(&missing, &lines, 0, false, None),
        Err(Absence::NotPublished)
    );
    let less = Total::find(&exact(69), &lines, 0, true, None).unwrap();
    assert_eq!(
        (less.basis, less.figure.cents, less.below_products),
        (Basis::Sum, 70, true)
    );
    // Rounding can make as much.
    let rounded = Side::Known(figure(69, 1, Qualifier::Rounded));
    let rounded = Total::find(&rounded, &lines, 0, true, None).unwrap();
    assert_eq!(
        (rounded.basis, rounded.figure.cents),
        (Basis::Published, 69)
    );
}

#[test]
fn a_sum_with_a_secret_product_is_a_lower_bound() {
    let lines = [
        line("01", vec![exact(60)]),
        line("02", vec![Side::Missing(Absence::PublishedAsMissing)]),
    ];
    let missing = Side::Missing(Absence::NotPublished);
    let found = Total::find(&missing, &lines, 0, true, None).unwrap();
    assert_eq!(found.figure.qualifier, Qualifier::LowerBound);
    assert_eq!(found.known().greatest, None);
}

#[test]
fn products_that_cannot_be_compared_have_no_advantage_and_what_is_not_reported_is_left_out() {
    let missing = || Side::Missing(Absence::NotPublished);
    let lines = vec![
        line("01", vec![exact(50), exact(10)]),
        line("02", vec![exact(50), missing()]),
        line("03", vec![missing(), exact(10)]),
        line("04", vec![Side::Nothing, exact(80)]),
        line("05", vec![Side::Nothing, Side::Nothing]),
        line("99", vec![exact(1), exact(1)]),
    ];
    let found = products(lines, &total(100), &[total(100)]);
    let shown: Vec<_> = found
        .iter()
        .map(|own| {
            let code = own.codes.first().unwrap().as_str();
            (code, own.own_share_ppm, own.advantage.map(|own| own.ppm))
        })
        .collect();
    assert_eq!(
        shown,
        [
            ("01", Some(500_000), Some(5_000_000)),
            ("02", Some(500_000), None),
            ("04", Some(0), Some(0)),
        ]
    );
}

#[test]
fn a_reference_of_which_a_country_says_nothing_is_a_lower_bound() {
    let missing = || Side::Missing(Absence::NotPublished);
    let found = all_of(&[exact(3), missing(), Side::Nothing]);
    let figure = found.figure().unwrap();
    assert_eq!((figure.cents, figure.qualifier), (3, Qualifier::LowerBound));
    assert!(figure.warnings.contains(&Warning::Partial));
    assert_eq!(all_of(&[missing(), Side::Nothing]), missing());
    assert_eq!(all_of(&[Side::Nothing]), Side::Nothing);
    let whole = all_of(&[exact(3), exact(4)]);
    assert_eq!(whole.cents(), Some(7));
    assert_eq!(whole.figure().unwrap().qualifier, Qualifier::Exact);
}

#[test]
fn unlike_scopes_and_valuations_are_named() {
    let mut other = figure(1, 0, Qualifier::Exact);
    other.scopes = BTreeSet::from([Scope::NotStated]);
    other.valuations = BTreeSet::from([Valuation::Cif]);
    let figures = [figure(1, 0, Qualifier::Exact), other];
    assert_eq!(unlike(figures.iter(), true).count(), 2);
    assert_eq!(unlike(figures.iter(), false).count(), 1);
    assert_eq!(unlike(figures[..1].iter(), true).count(), 0);
}

/// What H6 codes were in H5.
fn image(edition: HsEdition, code: &str) -> Option<BTreeSet<String>> {
    let codes: &[&str] = match (edition.number(), code) {
        (5, code) => return Some(BTreeSet::from([code.to_owned()])),
        (6, "010121" | "010129") => &["010110"],
        (6, "270900") => &["270900", "271000"],
        _ => return None,
    };
    Some(codes.iter().map(|code| (*code).to_owned()).collect())
}

#[test]
fn codes_of_other_editions_meet_in_common_products_by_place() {
    let year = "2022".parse().unwrap();
    let node = |place, edition, code: &str, rank| {
        let mut book = Book::default();
        book.entry(year, rank).standing.measures.figures = 1;
        Node {
            place,
            edition: HsEdition::new(edition).unwrap(),
            code: code.to_owned(),
            book,
        }
    };
    let nodes = vec![
        node(0, 5, "010110", 1),
        node(1, 6, "010121", 2),
        node(1, 6, "010129", 2),
        node(0, 5, "271000", 3),
        node(1, 6, "270900", 4),
        node(1, 6, "999999", 5),
    ];
    let found = shelves(nodes, 2, Level::Subheading, &image);
    let shown: Vec<_> = found
        .iter()
        .map(|shelf| {
            let codes: Vec<_> = shelf.codes.iter().map(String::as_str).collect();
            let periods = |place: usize| shelf.books[place].standing_periods().count();
            (codes.join("+"), periods(0), periods(1), shelf.is_national())
        })
        .collect();
    assert_eq!(
        shown,
        [
            ("010110".to_owned(), 1, 1, false),
            ("270900+271000".to_owned(), 1, 1, false),
            ("999999".to_owned(), 0, 1, true),
        ]
    );
}

#[test]
fn products_meet_in_the_smaller_of_both_shares() {
    let missing = || Side::Missing(Absence::NotPublished);
    let lines = vec![
        line("01", vec![exact(60), exact(20)]),
        line("02", vec![exact(30), exact(80)]),
        line("03", vec![exact(10), missing()]),
        line("99", vec![exact(5), exact(5)]),
    ];
    let found = Complementarity::of(lines, [0, 1], &total(100), &total(100), 1);
    // 0.6 and 0.2, 0.3 and 0.8: what is not known about 03 can be nothing, as all imports are known.
    assert_eq!(
        found.index,
        Some(Index {
            ppm: 500_000,
            range: None
        })
    );
    assert_eq!((found.products, found.overlapping), (3, 2));
    assert_eq!(found.overlaps[0].codes.first().unwrap(), "02");
    assert_eq!(found.overlaps[0].overlap_ppm, 300_000);
    assert_eq!(found.rest_ppm(), 200_000);
    assert_eq!(found.mismatches[0].codes.first().unwrap(), "02");
    assert_eq!(found.mismatches[0].mismatch_ppm(), Some(-500_000));
}

#[test]
fn what_is_in_no_product_leaves_an_index_open() {
    let pairs = [(known(50), known(50))];
    let found = Index::of(&pairs, known(100), known(80)).unwrap();
    // 0.5 and 0.625 meet in 0.5; at most all of the rest meets something, 0.5 + 0.5 + 0.375.
    assert_eq!(
        (found.ppm, found.range),
        (500_000, Some((500_000, 1_000_000)))
    );
    let found = Index::of(&pairs, known(60), known(50)).unwrap();
    assert_eq!(
        (found.ppm, found.range),
        (833_333, Some((833_333, 1_000_000)))
    );
    assert_eq!(Index::of(&pairs, known(0), known(50)), None);
    let bound = Known {
        greatest: None,
        ..known(100)
    };
    let found = Index::of(&pairs, bound, known(50)).unwrap();
    assert_eq!(found.range, Some((0, 1_000_000)));
}

/// Amounts as published, with what they truly are.
fn any_amount() -> impl Strategy<Value = (Known, u64)> {
    (
        1..1_000_000_000_u64,
        0..1_000_u64,
        any::<bool>(),
        0..=1_000_u64,
    )
        .prop_map(|(cents, uncertainty, is_bound, place)| {
            let own = Known {
                cents,
                least: cents.saturating_sub(uncertainty),
                greatest: (!is_bound).then_some(cents + uncertainty),
            };
            let width = own.greatest.unwrap_or(cents * 3) - own.least;
            (own, own.least + width * place / 1_000)
        })
}

fn any_pairs() -> impl Strategy<Value = Vec<((Known, u64), (Known, u64))>> {
    proptest::collection::vec((any_amount(), any_amount()), 1..12)
}

/// The formula as it is published, in floating point.
fn michaely(pairs: &[(u64, u64)]) -> f64 {
    let sum =
        |of: fn(&(u64, u64)) -> u64| -> f64 { pairs.iter().map(|pair| of(pair) as f64).sum() };
    let (exports, imports) = (sum(|pair| pair.0), sum(|pair| pair.1));
    let distance: f64 = pairs
        .iter()
        .map(|(own, other)| (*own as f64 / exports - *other as f64 / imports).abs())
        .sum();
    1.0 - distance / 2.0
}

proptest! {
    #[test]
    fn a_range_has_the_published_and_the_true_advantage_in_it(
        own in any_amount(), own_rest in any_amount(),
        other in any_amount(), other_rest in any_amount(),
    ) {
        // A total that takes in the product, of which the rest is known as well as it is.
        let totals = (own.0.plus(own_rest.0), other.0.plus(other_rest.0));
        let found = Advantage::of(own.0, totals.0, other.0, totals.1).unwrap();
        let truth = (own.1 as f64 / (own.1 + own_rest.1) as f64)
            / (other.1 as f64 / (other.1 + other_rest.1) as f64);
        prop_assume!(truth.is_finite());
        let (least, greatest) = found.range.unwrap_or((found.ppm, Some(found.ppm)));
        let greatest = greatest.unwrap_or(i64::MAX);
        prop_assert!(least <= found.ppm && found.ppm <= greatest);
        let truth = truth * 1e6;
        prop_assert!(least as f64 <= truth * 1.000_001 + 1.0);
        prop_assert!(truth <= greatest as f64 * 1.000_001 + 1.0);
        let symmetric = found.symmetric_ppm.unwrap();
        prop_assert_eq!(symmetric.signum(), (found.ppm - 1_000_000).signum() * i64::from(symmetric != 0));
        prop_assert!((-1_000_000..=1_000_000).contains(&symmetric));
    }

    #[test]
    fn advantages_weighted_by_the_shares_of_the_reference_add_up_to_one(
        amounts in proptest::collection::vec((1..1_000_000_u64, 1..1_000_000_u64), 1..20),
    ) {
        let own: u64 = amounts.iter().map(|(own, _)| own).sum();
        let other: u64 = amounts.iter().map(|(_, other)| other).sum();
        let weighted: f64 = amounts
            .iter()
            .map(|(one, two)| {
                let found = Advantage::of(known(*one), known(own), known(*two), known(other)).unwrap();
                found.ppm as f64 * *two as f64 / other as f64
            })
            .sum();
        prop_assert!((weighted - 1e6).abs() <= 1.0);
    }

    #[test]
    fn the_index_is_what_the_published_formula_gives(pairs in any_pairs()) {
        let cents: Vec<(u64, u64)> =
            pairs.iter().map(|(own, other)| (own.0.cents, other.0.cents)).collect();
        let exact: Vec<_> = cents.iter().map(|(own, other)| (known(*own), known(*other))).collect();
        let whole = exact.iter().fold((Known::NOTHING, Known::NOTHING), |sum, pair| {
            (sum.0.plus(pair.0), sum.1.plus(pair.1))
        });
        let found = Index::of(&exact, whole.0, whole.1).unwrap();
        prop_assert_eq!(found.range, None);
        prop_assert!((found.ppm as f64 - michaely(&cents) * 1e6).abs() <= 1.0);
        // The other way round the products meet in the same shares.
        let turned: Vec<_> = exact.iter().map(|(own, other)| (*other, *own)).collect();
        prop_assert_eq!(Index::of(&turned, whole.1, whole.0), Some(found));
        // Who exports as it imports fits itself.
        let alike: Vec<_> = exact.iter().map(|(own, _)| (*own, *own)).collect();
        prop_assert_eq!(Index::of(&alike, whole.0, whole.0).unwrap().ppm, 1_000_000);
    }

    #[test]
    fn a_range_has_the_published_and_the_true_index_in_it(
        pairs in any_pairs(), hidden in any::<u16>(),
    ) {
        let published: Vec<_> = pairs.iter().map(|(own, other)| (own.0, other.0)).collect();
        let truth: Vec<(u64, u64)> = pairs.iter().map(|(own, other)| (own.1, other.1)).collect();
        // Totals are known to the cent; some of what was exported has no product, and in truth is the first one.
        let sums = truth.iter().fold((0, 0), |sum, own| (sum.0 + own.0, sum.1 + own.1));
        prop_assume!(sums.0 > 0 && sums.1 > 0);
        let totals = (known(sums.0 + u64::from(hidden)), known(sums.1));
        let mut whole = truth.clone();
        whole[0].0 += u64::from(hidden);
        let found = Index::of(&published, totals.0, totals.1).unwrap();
        if let Some((least, greatest)) = found.range {
            let truth = michaely(&whole) * 1e6;
            prop_assert!(least as f64 <= truth + 1.0 && truth <= greatest as f64 + 1.0);
            prop_assert!(0 <= least && least <= greatest && greatest <= 1_000_000);
            prop_assert!(least <= found.ppm);
        }
    }

    #[test]
    fn overlaps_and_the_rest_add_up_to_the_index(
        amounts in proptest::collection::vec((0..1_000_i64, 0..1_000_i64), 1..20), top in 1..30_usize,
    ) {
        let (own, other) = amounts.iter().fold((0, 0), |sum, pair| (sum.0 + pair.0, sum.1 + pair.1));
        prop_assume!(own > 0 && other > 0);
        let lines = amounts
            .iter()
            .enumerate()
            .map(|(code, (own, other))| line(&format!("{code:02}"), vec![exact(*own), exact(*other)]))
            .collect();
        let found = Complementarity::of(lines, [0, 1], &total(own), &total(other), top);
        let shown: i64 = found.overlaps.iter().map(|own| own.overlap_ppm).sum();
        let index = found.index.unwrap().ppm;
        // Each part is rounded by itself.
        prop_assert!((shown + found.rest_ppm() - index).abs() <= 20);
        prop_assert!(found.overlaps.len() <= top && found.mismatches.len() <= top);
    }
}
