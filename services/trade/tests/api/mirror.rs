//! Both sides' figures against each other: gaps, their parts, and what cannot be told.

mod cells;
mod hidden;
mod levels;

use std::fmt::Write as _;

use accord_proto::trade::v1::{
    self, CommodityLevel, Granularity, ListMirrorCellsRequest, ListMirrorCellsResponse,
    MirrorComponent, MirrorPart, MirrorRow, ReconcileMirrorRequest, ReconcileMirrorResponse,
    Release, Scope, SeriesWarning, Valuation, Window, mirror_part::State, mirror_row::GapBound,
    series_warning::Kind,
};
use tonic::{Code, Response, Status};

use crate::{
    bureau::{Bureau, Caller, PARENT, at, on_each_engine, release},
    errors::{assert_fault, assert_violations},
    figures::publish_all,
};

/// Asks for the years from one to another.
pub(crate) fn years(first: i32, last: i32) -> ReconcileMirrorRequest {
    ReconcileMirrorRequest {
        parent: PARENT.to_owned(),
        granularity: Granularity::Year as i32,
        start_year: first,
        end_year: last,
        ..ReconcileMirrorRequest::default()
    }
}

pub(crate) async fn reconcile(
    caller: &Caller,
    request: ReconcileMirrorRequest,
) -> Result<ReconcileMirrorResponse, Status> {
    let answer = caller
        .reconciliation
        .clone()
        .reconcile_mirror(request)
        .await;
    answer.map(Response::into_inner)
}

async fn cells(
    caller: &Caller,
    request: ListMirrorCellsRequest,
) -> Result<ListMirrorCellsResponse, Status> {
    let answer = caller
        .reconciliation
        .clone()
        .list_mirror_cells(request)
        .await;
    answer.map(Response::into_inner)
}

fn kinds(row: &MirrorRow) -> Vec<Kind> {
    row.warnings.iter().map(SeriesWarning::kind).collect()
}

/// Amount and state of one part; all parts must add up to the gap.
fn part(row: &MirrorRow, component: MirrorComponent) -> (i64, State) {
    let sum: i64 = row.parts.iter().map(|part| part.amount_cents).sum();
    assert_eq!(Some(sum), row.gap_cents, "{row:?}");
    let mut own = row.parts.iter();
    let found = own.find(|part| part.component() == component).unwrap();
    (found.amount_cents, found.state())
}

fn amounts(row: &MirrorRow) -> Vec<i64> {
    row.parts
        .iter()
        .map(|part: &MirrorPart| part.amount_cents)
        .collect()
}

#[tokio::test]
async fn of_2022_nothing_can_be_quantified_so_all_is_unexplained() {
    on_each_engine(async |bureau| {
        publish_all(&bureau).await;
        let answer = reconcile(&bureau.reader, years(2022, 2022)).await.unwrap();
        assert_eq!(
            (answer.reporter.as_str(), answer.partner.as_str()),
            ("KZ", "UZ")
        );
        let [kz_exports, uz_exports] = answer.rows.as_slice() else {
            panic!("{:?}", answer.rows);
        };
        assert_eq!(kz_exports.exporter, "KZ");
        assert_eq!(kz_exports.commodities, ["TOTAL"]);
        let exports = kz_exports.exports.as_ref().unwrap();
        let imports = kz_exports.imports.as_ref().unwrap();
        assert_eq!(exports.value_cents, Some(363_582_170_289));
        assert_eq!(imports.value_cents, Some(324_350_906_000));
        assert_eq!(exports.releases, ["partnerships/uz-kz/releases/kz-2023"]);
        assert_eq!(imports.releases, ["partnerships/uz-kz/releases/uz-tables"]);
        assert_eq!(kz_exports.gap_cents, Some(39_231_264_289));
        assert_eq!(kz_exports.gap_ppm, Some(114_055));
        assert_eq!(kz_exports.gap_bound(), GapBound::None);
        assert_eq!(kz_exports.uncertainty_cents, 500);
        for component in [
            MirrorComponent::Scope,
            MirrorComponent::Valuation,
            MirrorComponent::Timing,
        ] {
            assert_eq!(part(kz_exports, component), (0, State::NotQuantified));
        }
        let unexplained = part(kz_exports, MirrorComponent::Unexplained);
        assert_eq!(unexplained, (39_231_264_289, State::Quantified));
        assert_eq!(
            kinds(kz_exports),
            [
                Kind::ScopeNotComparable,
                Kind::ValuationNotComparable,
                Kind::ValuationOpposite
            ]
        );
        assert_eq!(uz_exports.gap_cents, Some(12_143_329_793));
        let used: Vec<_> = answer
            .releases
            .iter()
            .map(|used| used.display_name.as_str())
            .collect();
        assert_eq!(used.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_factor_explains_nothing_where_the_exporter_has_more() {
    on_each_engine(async |bureau| {
        publish_all(&bureau).await;
        let request = ReconcileMirrorRequest {
            cif_fob_factor_ppm: Some(1_060_000),
            ..years(2022, 2022)
        };
        let answer = reconcile(&bureau.reader, request).await.unwrap();
        let row = &answer.rows[0];
        // 3,243.5 million CIF are 3,059.9 million FOB: the gap is wider, not narrower.
        let (valuation, state) = part(row, MirrorComponent::Valuation);
        assert_eq!((valuation, state), (-18_359_485_245, State::Quantified));
        let (unexplained, _) = part(row, MirrorComponent::Unexplained);
        assert_eq!(unexplained, 39_231_264_289 + 18_359_485_245);
        assert!(kinds(row).contains(&Kind::ValuationOpposite));
        for factor in [999_999, 2_000_001] {
            let request = ReconcileMirrorRequest {
                cif_fob_factor_ppm: Some(factor),
                ..years(2022, 2022)
            };
            let refused = reconcile(&bureau.reader, request).await;
            assert_violations(refused, &[("cif_fob_factor_ppm", "FIELD_INVALID")]);
        }
    })
    .await;
}

#[tokio::test]
async fn a_gap_is_as_it_was_known() {
    on_each_engine(async |bureau| {
        publish_all(&bureau).await;
        let known = |day: &str| ReconcileMirrorRequest {
            known_time: Some(at(day)),
            ..years(2022, 2022)
        };
        // Only Kazakhstan had published, in round figures.
        let early = reconcile(&bureau.reader, known("2024-01-01"))
            .await
            .unwrap();
        let row = &early.rows[0];
        let exports = row.exports.as_ref().unwrap();
        assert_eq!(exports.value_cents, Some(370_000_000_000));
        let imports = row.imports.as_ref().unwrap();
        assert_eq!(imports.value_cents, None);
        assert_eq!(imports.missing_reason(), v1::MissingReason::NotPublished);
        assert_eq!((row.gap_cents, row.parts.len()), (None, 0));
        let later = reconcile(&bureau.reader, known("2024-12-01"))
            .await
            .unwrap();
        assert_eq!(later.rows[0].gap_cents, Some(39_231_264_289));
    })
    .await;
}

/// A release of one scope and valuation of imports.
fn of_kind(reporter: &str, published: &str, scope: Scope, imports: Valuation) -> Release {
    Release {
        scope: scope as i32,
        import_valuation: imports as i32,
        ..release(reporter, published)
    }
}

#[tokio::test]
async fn scope_and_valuation_are_quantified_by_figures_of_both_kinds() {
    on_each_engine(async |bureau| {
        let csv = |dollars: i32| format!("flow,period,value_usd\nM,2022,{dollars}\n");
        for (id, scope, valuation, day, dollars) in [
            ("fob", Scope::Goods, Valuation::Fob, "2023-01-01", 1_000),
            ("cif", Scope::Goods, Valuation::Cif, "2023-02-01", 1_060),
            (
                "both",
                Scope::GoodsAndServices,
                Valuation::Cif,
                "2023-03-01",
                1_200,
            ),
        ] {
            let release = of_kind("UZ", day, scope, valuation);
            bureau.publish(id, release, &csv(dollars)).await;
        }
        let exports = "flow,period,value_usd\nX,2022,1010\n";
        bureau
            .publish("kz", release("KZ", "2023-04-01"), exports)
            .await;
        let answer = reconcile(&bureau.reader, years(2022, 2022)).await.unwrap();
        let row = &answer.rows[0];
        assert_eq!(row.gap_cents, Some(-19_000));
        assert_eq!(amounts(row), [-14_000, -6_000, 0, 0, 0, 1_000]);
        assert_eq!(row.parts[0].releases, ["partnerships/uz-kz/releases/cif"]);
        assert_eq!(row.parts[1].releases, ["partnerships/uz-kz/releases/fob"]);
        assert_eq!(kinds(row), [Kind::OtherVintage, Kind::OtherVintage]);
        assert_eq!(answer.releases.len(), 4);
    })
    .await;
}

/// Months of 2024: what leaves in one month arrives in part in the next, and a tenth never does.
async fn publish_months(bureau: &Bureau) {
    let mut exports = "flow,period,value_usd\n".to_owned();
    let mut imports = exports.clone();
    let mut on_the_way = 0;
    for month in 1..=12 {
        let sent = 100 * month;
        // In December all arrives.
        let left = if month == 12 { 0 } else { sent * 3 / 10 };
        writeln!(exports, "X,2024-{month:02},{sent}").unwrap();
        let arrived = sent - left + on_the_way - sent / 10;
        writeln!(imports, "M,2024-{month:02},{arrived}").unwrap();
        on_the_way = left;
    }
    bureau
        .publish("kz", release("KZ", "2025-02-01"), &exports)
        .await;
    bureau
        .publish("uz", release("UZ", "2025-02-01"), &imports)
        .await;
}

#[tokio::test]
async fn months_close_in_the_year_and_windows_converge() {
    on_each_engine(async |bureau| {
        publish_months(&bureau).await;
        let months = ReconcileMirrorRequest {
            granularity: Granularity::Month as i32,
            ..years(2024, 2024)
        };
        let answer = reconcile(&bureau.reader, months.clone()).await.unwrap();
        let from_kz: Vec<&MirrorRow> = answer
            .rows
            .iter()
            .filter(|row| row.exporter == "KZ")
            .collect();
        assert_eq!((answer.rows.len(), from_kz.len()), (24, 12));
        let timing: Vec<i64> = from_kz
            .iter()
            .map(|row| part(row, MirrorComponent::Timing).0)
            .collect();
        assert_eq!(timing.iter().sum::<i64>(), 0);
        // December has 210 dollars less than nothing missing: 120 never came, 330 came from November.
        assert_eq!(from_kz[11].gap_cents, Some(-21_000));
        assert_eq!(timing[11], -21_000);
        let year = reconcile(&bureau.reader, years(2024, 2024)).await.unwrap();
        let gap = year.rows[0].gap_cents.unwrap();
        assert_eq!(gap, 78_000);
        let unexplained: i64 = from_kz
            .iter()
            .map(|row| part(row, MirrorComponent::Unexplained).0)
            .sum();
        assert_eq!(unexplained, gap);
        let converging: Vec<_> = answer
            .convergence
            .iter()
            .map(|found| {
                (
                    found.exporter.as_str(),
                    found.window(),
                    found.window_count,
                    found.absolute_gap_cents,
                )
            })
            .collect();
        assert_eq!(
            converging,
            [
                ("KZ", Window::Month, 12, 120_000),
                ("KZ", Window::Quarter, 4, 78_000),
                ("KZ", Window::HalfYear, 2, 78_000),
                ("KZ", Window::Year, 1, 78_000),
            ]
        );
        assert!(
            year.rows
                .iter()
                .all(|row| row.gap_cents.is_none() == (row.exporter == "UZ"))
        );

        let mut paged = Vec::new();
        let mut request = ReconcileMirrorRequest {
            page_size: 5,
            ..months.clone()
        };
        loop {
            let page = reconcile(&bureau.reader, request.clone()).await.unwrap();
            assert!(page.rows.len() <= 5);
            assert_eq!(page.convergence.is_empty(), !paged.is_empty());
            paged.extend(page.rows);
            if page.next_page_token.is_empty() {
                break;
            }
            request.page_token = page.next_page_token;
        }
        assert_eq!(paged, answer.rows);
        let other = ReconcileMirrorRequest {
            end_year: 2025,
            ..request
        };
        let refused = reconcile(&bureau.reader, other).await;
        assert_violations(refused, &[("page_token", "PAGE_TOKEN_INVALID")]);
    })
    .await;
}

#[tokio::test]
async fn pages_answer_as_of_the_moment_of_the_first() {
    on_each_engine(async |bureau| {
        publish_all(&bureau).await;
        let request = ReconcileMirrorRequest {
            page_size: 1,
            ..years(2022, 2022)
        };
        let first = reconcile(&bureau.reader, request.clone()).await.unwrap();
        bureau.clock.advance(std::time::Duration::from_hours(48));
        let newer = "flow,period,value_usd\nX,2022,1\n";
        let published = release("UZ", "2026-11-24");
        bureau.publish("newer", published, newer).await;
        let second = ReconcileMirrorRequest {
            page_token: first.next_page_token,
            ..request
        };
        let second = reconcile(&bureau.reader, second).await.unwrap();
        assert_eq!(second.known_time, first.known_time);
        let exports = second.rows[0].exports.as_ref().unwrap();
        assert_eq!(exports.value_cents, Some(140_754_750_000));
    })
    .await;
}

#[tokio::test]
async fn bad_questions_are_refused_with_all_that_is_wrong() {
    on_each_engine(async |bureau| {
        publish_all(&bureau).await;
        let bad = ReconcileMirrorRequest {
            parent: "uz-kz".to_owned(),
            granularity: 0,
            reporter: "UZ".to_owned(),
            partner: "UZ".to_owned(),
            start_year: 2023,
            end_year: 2022,
            page_size: -1,
            ..ReconcileMirrorRequest::default()
        };
        assert_violations(
            reconcile(&bureau.reader, bad).await,
            &[
                ("parent", "NAME_INVALID"),
                ("granularity", "FIELD_REQUIRED"),
                ("partner", "FIELD_INVALID"),
                ("end_year", "FIELD_INVALID"),
                ("page_size", "PAGE_SIZE_INVALID"),
            ],
        );
        let bad = ListMirrorCellsRequest {
            parent: PARENT.to_owned(),
            period: "2022-13".to_owned(),
            commodity_level: CommodityLevel::Chapter as i32,
            commodity: "2709".to_owned(),
            ..ListMirrorCellsRequest::default()
        };
        assert_violations(
            cells(&bureau.reader, bad).await,
            &[("period", "FIELD_INVALID"), ("commodity", "FIELD_INVALID")],
        );
        let nowhere = ReconcileMirrorRequest {
            parent: "partnerships/other".to_owned(),
            ..years(2022, 2022)
        };
        let refused = reconcile(&bureau.reader, nowhere).await;
        assert_fault(refused, Code::InvalidArgument, "PARTIES_REQUIRED");
    })
    .await;
}
