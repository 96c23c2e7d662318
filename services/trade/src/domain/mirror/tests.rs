use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::domain::{
    mirror::{pair::only, units::take_classification},
    period::Window,
};

/// Figures as they are made up.
#[derive(Clone, Debug, Default)]
struct Made {
    standing: BTreeMap<(Role, Period), Side>,
    kinds: BTreeMap<(Role, Period, Kind), Figure>,
}

impl Source for Made {
    fn figure(&self, role: Role, period: Period) -> Side {
        let found = self.standing.get(&(role, period)).cloned();
        found.unwrap_or(Side::Missing(Absence::NotPublished))
    }

    fn of_kind(&self, role: Role, period: Period, kind: Kind) -> Option<Figure> {
        self.kinds.get(&(role, period, kind)).cloned()
    }
}

fn figure(cents: i64, scope: Scope, valuation: Valuation) -> Figure {
    Figure {
        cents,
        qualifier: Qualifier::Exact,
        uncertainty_cents: 0,
        scopes: BTreeSet::from([scope]),
        valuations: BTreeSet::from([valuation]),
        releases: vec![format!("{scope:?}-{valuation:?}")],
        warnings: BTreeSet::new(),
    }
}

fn period(text: &str) -> Period {
    Period::parse_asked(text).unwrap()
}

/// Exports FOB beside imports CIF, of the scopes given.
fn pair(period: Period, exports: (i64, Scope), imports: (i64, Scope)) -> Made {
    let mut made = Made::default();
    let known = |(cents, scope), valuation| Side::Known(figure(cents, scope, valuation));
    let exports = known(exports, Valuation::Fob);
    let imports = known(imports, Valuation::Cif);
    made.standing.insert((Role::Exporter, period), exports);
    made.standing.insert((Role::Importer, period), imports);
    made
}

fn whole(source: &dyn Source, asked: Period, factor: Option<i64>) -> Row {
    let mut row = Row::open(source, asked, factor);
    row.take_timing(&mut |other| {
        Row::open(source, other, factor)
            .gap
            .as_ref()
            .and_then(Gap::exact_rest)
    });
    row.take_classification(0, State::Nothing, Why::Coarsest);
    row.close();
    row
}

fn parts(row: &Row) -> Vec<(i64, State)> {
    let gap = row.gap.as_ref().unwrap();
    gap.parts
        .iter()
        .map(|part| (part.cents, part.state))
        .collect()
}

#[test]
fn what_cannot_be_quantified_stays_unexplained_and_is_named() {
    let year = period("2022");
    let source = pair(year, (1_000, Scope::Goods), (900, Scope::GoodsAndServices));
    let row = whole(&source, year, None);
    let (nothing, unknown) = (State::Nothing, State::NotQuantified);
    assert_eq!(
        parts(&row),
        [
            (0, unknown),
            (0, unknown),
            (0, unknown),
            (0, nothing),
            (0, nothing),
            (100, State::Quantified)
        ]
    );
    assert_eq!(row.gap_ppm(), Some(105_263));
    for notice in [
        Notice::ScopeNotComparable,
        Notice::ValuationNotComparable,
        Notice::ValuationOpposite,
    ] {
        assert!(row.notices.contains(&notice), "{notice:?}");
    }
}

#[test]
fn a_factor_makes_the_gap_wider_where_the_exporter_has_more() {
    let year = period("2022");
    let source = pair(year, (1_000, Scope::Goods), (530, Scope::Goods));
    let row = whole(&source, year, Some(1_060_000));
    let found = parts(&row);
    assert_eq!(found[0], (0, State::Nothing));
    assert_eq!(found[1], (-30, State::Quantified));
    assert_eq!(found[5], (500, State::Quantified));
    assert!(row.notices.contains(&Notice::ValuationOpposite));
}

#[test]
fn figures_of_both_scopes_and_valuations_quantify_what_they_make() {
    let year = period("2022");
    let mut source = pair(
        year,
        (1_000, Scope::Goods),
        (1_300, Scope::GoodsAndServices),
    );
    let kind = |scope, valuation| Kind { scope, valuation };
    let goods = figure(1_100, Scope::Goods, Valuation::Cif);
    let fob = figure(1_040, Scope::Goods, Valuation::Fob);
    source
        .kinds
        .insert((Role::Importer, year, kind(Scope::Goods, None)), goods);
    source.kinds.insert(
        (
            Role::Importer,
            year,
            kind(Scope::Goods, Some(Valuation::Fob)),
        ),
        fob,
    );
    let row = whole(&source, year, Some(1_100_000));
    let found = parts(&row);
    assert_eq!(row.gap.as_ref().unwrap().cents, -300);
    assert_eq!(
        found[..2],
        [(-200, State::Quantified), (-60, State::Quantified)]
    );
    assert_eq!(found[5], (-40, State::Quantified));
    let scope = &row.gap.as_ref().unwrap().parts[0];
    assert_eq!(scope.why, Why::OtherFigure(Role::Importer));
    assert_eq!(scope.releases, ["Goods-Cif"]);
}

#[test]
fn a_scope_that_is_not_stated_is_compared_with_none() {
    let year = period("2022");
    let mut source = pair(year, (10, Scope::NotStated), (5, Scope::Goods));
    let kind = Kind {
        scope: Scope::Goods,
        valuation: None,
    };
    let goods = figure(7, Scope::Goods, Valuation::Fob);
    source.kinds.insert((Role::Exporter, year, kind), goods);
    let row = whole(&source, year, None);
    assert_eq!(parts(&row)[0], (0, State::NotQuantified));
}

#[test]
fn goods_on_their_way_close_in_the_longest_window_that_is_known() {
    let mut source = Made::default();
    for (month, exports, imports) in [(1, 100, 40), (2, 50, 95), (3, 20, 20)] {
        let month = Period::new(Window::Month, 2024, month).unwrap();
        let one = pair(month, (exports, Scope::Goods), (imports, Scope::Goods));
        source.standing.extend(one.standing);
    }
    let january = whole(&source, period("2024-01"), None);
    let timing = &january.gap.as_ref().unwrap().parts[2];
    // 60 more in January, 45 less in February: the quarter has 15 more.
    assert_eq!(
        (timing.cents, &timing.why),
        (45, &Why::Within(period("2024-Q1")))
    );
    assert_eq!(parts(&january)[5], (15, State::Quantified));
    let february = whole(&source, period("2024-02"), None);
    assert_eq!(parts(&february)[2], (-45, State::Quantified));
    assert_eq!(parts(&february)[5], (0, State::Nothing));
}

#[test]
fn what_nobody_knows_is_no_gap_and_what_is_not_there_is_one() {
    let year = period("2022");
    let mut source = pair(year, (10, Scope::Goods), (0, Scope::Goods));
    let importer = (Role::Importer, year);
    source
        .standing
        .insert(importer, Side::Missing(Absence::PublishedAsMissing));
    assert_eq!(whole(&source, year, None).gap, None);
    source.standing.insert(importer, Side::Nothing);
    let row = whole(&source, year, Some(1_100_000));
    assert_eq!(row.gap_ppm(), Some(2_000_000));
    assert_eq!(parts(&row)[4], (10, State::Quantified));
    assert_eq!(parts(&row)[5], (0, State::Nothing));
}

#[test]
fn lower_bounds_make_bounds_of_gaps() {
    let year = period("2022");
    let mut source = pair(year, (10, Scope::Goods), (4, Scope::Goods));
    let exporter = (Role::Exporter, year);
    if let Some(Side::Known(figure)) = source.standing.get_mut(&exporter) {
        figure.qualifier = Qualifier::LowerBound;
    }
    let gap = whole(&source, year, None).gap.unwrap();
    assert_eq!((gap.cents, gap.bound), (6, Bound::AtLeast));
}

#[test]
fn goods_in_other_codes_close_in_the_code_above() {
    let year = period("2022");
    let row = |code: &str, exports, imports| {
        let source = pair(year, (exports, Scope::Goods), (imports, Scope::Goods));
        let mut row = Row::open(&source, year, None);
        row.take_timing(&mut |_| None);
        (BTreeSet::from([code.to_owned()]), row)
    };
    let mut rows = vec![
        row("270112", 100, 30),
        row("270119", 5, 60),
        row("270900", 7, 2),
    ];
    take_classification(crate::domain::group::Level::Subheading, &mut rows);
    let found: Vec<i64> = rows
        .iter_mut()
        .map(|(_, row)| {
            row.close();
            parts(row)[3].0
        })
        .collect();
    assert_eq!(found, [55, -55, 0]);
}

/// Any figure of any kind.
fn any_figure() -> impl Strategy<Value = Figure> {
    let scopes = prop::sample::select(vec![
        Scope::Goods,
        Scope::GoodsAndServices,
        Scope::NotStated,
    ]);
    let valuations =
        prop::sample::select(vec![Valuation::Fob, Valuation::Cif, Valuation::NotStated]);
    let cents = 0..=1_000_000_000_000_000_000_i64;
    (cents, scopes, valuations, 0..5).prop_map(|(cents, scope, valuation, bound)| Figure {
        qualifier: if bound == 0 {
            Qualifier::LowerBound
        } else {
            Qualifier::Rounded
        },
        uncertainty_cents: 50,
        ..figure(cents, scope, valuation)
    })
}

fn any_side() -> impl Strategy<Value = Side> {
    prop_oneof![
        8 => any_figure().prop_map(Side::Known),
        1 => Just(Side::Nothing),
        1 => Just(Side::Missing(Absence::NotPublished)),
    ]
}

/// What both sides report about the months of a year, some of it in other kinds too.
fn any_source() -> impl Strategy<Value = Made> {
    let months = prop::collection::vec((any_side(), any_side()), 12);
    let others = prop::collection::vec((0..2_usize, 1_i8..=12, any_figure()), 0..40);
    (months, others).prop_map(|(months, others)| {
        let month = |month| Period::new(Window::Month, 2024, month).unwrap();
        let mut made = Made::default();
        for ((exports, imports), number) in months.into_iter().zip(1..) {
            let period = month(number);
            made.standing.insert((Role::Exporter, period), exports);
            made.standing.insert((Role::Importer, period), imports);
        }
        for (role, number, figure) in others {
            let role = [Role::Exporter, Role::Importer][role];
            let scope = only(&figure.scopes).unwrap();
            for valuation in [None, only(&figure.valuations)] {
                let kind = Kind { scope, valuation };
                made.kinds
                    .insert((role, month(number), kind), figure.clone());
            }
        }
        made
    })
}

proptest! {
    #[test]
    fn parts_always_add_up_to_the_gap(
        sources in prop::collection::vec(any_source(), 1..6),
        month in 1_i8..=12,
        factor in prop::option::of(1_000_000_i64..=2_000_000),
    ) {
        let asked = Period::new(Window::Month, 2024, month).unwrap();
        let codes = ["270111", "270112", "270119", "270900", "310100"];
        let mut rows: Vec<_> = sources.iter().zip(codes).map(|(source, code)| {
            let mut row = Row::open(source, asked, factor);
            row.take_timing(&mut |other| {
                Row::open(source, other, factor).gap.as_ref().and_then(Gap::exact_rest)
            });
            (BTreeSet::from([code.to_owned()]), row)
        }).collect();
        take_classification(crate::domain::group::Level::Subheading, &mut rows);
        for (_, row) in &mut rows {
            row.close();
            let both = row.exports.cents().zip(row.imports.cents());
            prop_assert_eq!(row.gap.as_ref().map(|gap| gap.cents), both.map(|(x, m)| x - m));
            let Some(gap) = &row.gap else { continue };
            let components: Vec<Component> = gap.parts.iter().map(|part| part.component).collect();
            prop_assert_eq!(components, [
                Component::Scope, Component::Valuation, Component::Timing,
                Component::Classification, Component::OnlyOneSide, Component::Unexplained,
            ]);
            let sum: i128 = gap.parts.iter().map(|part| i128::from(part.cents)).sum();
            prop_assert_eq!(sum, i128::from(gap.cents));
            for part in &gap.parts {
                prop_assert!(part.state == State::Quantified || part.cents == 0);
            }
        }
    }

    #[test]
    fn timing_adds_up_to_nothing_over_a_year_that_is_known(
        gaps in prop::collection::vec((0..1_000_000_i64, 0..1_000_000_i64), 12),
    ) {
        let mut source = Made::default();
        let month = |month| Period::new(Window::Month, 2024, month).unwrap();
        for ((exports, imports), number) in gaps.iter().zip(1..) {
            let one = pair(month(number), (*exports, Scope::Goods), (*imports, Scope::Goods));
            source.standing.extend(one.standing);
        }
        let timing = |number| parts(&whole(&source, month(number), None))[2];
        prop_assert!((1..=12).all(|number| timing(number).1 == State::Quantified));
        prop_assert_eq!((1..=12).map(|number| timing(number).0).sum::<i64>(), 0);
    }
}
