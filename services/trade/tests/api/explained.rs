//! Explanations of figures: they answer what the question answers, and add up down to the published figures.

use std::{collections::BTreeSet, fmt::Write as _};

use accord_proto::trade::v1::{
    BreakdownRow, CommodityLevel, Coverage, ExplainFigureRequest, ExplainFigureResponse,
    FigureCell, FigureStep, Flow, Granularity, GroupKey, HsEdition, MissingReason, OtherFigure,
    Period, Qualifier, QueryBreakdownRequest, QuerySeriesRequest, Release, SeriesDimension,
    SeriesPoint, TurnoverMethod, Window, coverage::Completeness, explain_figure_request::Question,
    figure_step::Operation, other_figure::Reason, series_warning::Kind,
};
use tonic::{Code, Status};

use crate::{
    bureau::{Bureau, Caller, PARENT, at, date, on_each_engine, release},
    errors::{assert_fault, assert_violations},
    figures::{publish_all, uz_tables},
    groups::{by_codes, by_level, grouped, revised},
    series::year,
};

/// A period as it is asked for.
fn text(period: &Period) -> String {
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

async fn page(
    caller: &Caller,
    request: &ExplainFigureRequest,
) -> Result<ExplainFigureResponse, Status> {
    let answer = caller.trade.clone().explain_figure(request.clone()).await;
    answer.map(tonic::Response::into_inner)
}

fn of_series(
    question: &QuerySeriesRequest,
    period: &str,
    group: Option<GroupKey>,
) -> ExplainFigureRequest {
    ExplainFigureRequest {
        parent: PARENT.to_owned(),
        question: Some(Question::Series(question.clone())),
        period: period.to_owned(),
        group,
        page_size: 1_000,
        ..ExplainFigureRequest::default()
    }
}

fn of_breakdown(
    question: &QueryBreakdownRequest,
    period: &str,
    group: Option<GroupKey>,
) -> ExplainFigureRequest {
    ExplainFigureRequest {
        question: Some(Question::Breakdown(question.clone())),
        ..of_series(&QuerySeriesRequest::default(), period, group)
    }
}

/// All pages, as if they were one.
async fn explain(caller: &Caller, request: &ExplainFigureRequest) -> ExplainFigureResponse {
    let mut whole = page(caller, request).await.unwrap();
    let mut request = request.clone();
    while !whole.next_page_token.is_empty() {
        request.page_token = std::mem::take(&mut whole.next_page_token);
        let next = page(caller, &request).await.unwrap();
        assert_eq!(next.steps, whole.steps);
        assert_eq!(next.known_time, whole.known_time);
        assert!(!next.cells.is_empty());
        whole.cells.extend(next.cells);
        whole.next_page_token = next.next_page_token;
    }
    add_up(&whole);
    whole
}

/// Whether every step is what it is made of, down to the published figures.
fn add_up(found: &ExplainFigureResponse) {
    let label = format!("{:?} {:?}", found.period, found.group);
    assert_eq!(
        i64::try_from(found.cells.len()).unwrap(),
        found.total_size,
        "{label}"
    );
    let root = &found.steps[0];
    assert_eq!((root.number, root.parent), (1, 0), "{label}");
    assert_eq!(root.value_cents, found.value_cents, "{label}");
    for (step, number) in found.steps.iter().zip(1..) {
        assert_eq!(step.number, number, "{label}");
        assert!(step.parent < step.number, "{label}");
        assert!(!step.description.is_empty());
        let parts: Vec<&FigureStep> = found
            .steps
            .iter()
            .filter(|part| part.parent == number)
            .collect();
        let cells: Vec<&FigureCell> = found
            .cells
            .iter()
            .filter(|cell| cell.step == number)
            .collect();
        assert_eq!(
            i64::try_from(cells.len()).unwrap(),
            step.cell_count,
            "{label} {step:?}"
        );
        match step.operation() {
            Operation::Sum | Operation::Difference => {
                let signed = parts.iter().filter_map(|part| {
                    let cents = part.value_cents?;
                    Some(if part.subtracted { -cents } else { cents })
                });
                assert_eq!(step.value_cents, Some(signed.sum()), "{label} {step:?}");
            }
            Operation::Published | Operation::MonthsOfYear => {
                let cents = cells
                    .iter()
                    .filter_map(|cell| cell.observation.as_ref().unwrap().value_cents);
                assert_eq!(step.value_cents, Some(cents.sum()), "{label} {step:?}");
                let releases: BTreeSet<&String> = cells.iter().map(|cell| &cell.release).collect();
                let named: BTreeSet<&String> = step.releases.iter().collect();
                assert_eq!(releases, named, "{label}");
                for cell in cells {
                    let observation = cell.observation.as_ref().unwrap();
                    assert_eq!(observation.flow(), step.flow());
                    assert_eq!(observation.reporter, step.reporter);
                    let length = match observation.commodity.as_str() {
                        "TOTAL" => 0,
                        code => i32::try_from(code.len()).unwrap(),
                    };
                    assert!(step.code_digits.contains(&length), "{label} {step:?}");
                    if step.period.is_some() {
                        assert_eq!(observation.period, step.period);
                    }
                }
            }
            Operation::Nothing => {
                assert_eq!(step.value_cents, Some(0));
                assert!(!step.releases.is_empty(), "{label}");
            }
            Operation::Missing => assert_eq!(step.value_cents, None, "{label} {step:?}"),
            Operation::Unspecified => panic!("{label}: no operation"),
        }
    }
    let named: BTreeSet<&String> = found.releases.iter().map(|used| &used.release).collect();
    for cell in &found.cells {
        assert!(named.contains(&cell.release), "{label}");
        for other in &cell.other_figures {
            assert_ne!(other.release, cell.release);
            assert!(named.contains(&other.release), "{label}");
            let (own, cell) = (
                other.observation.as_ref().unwrap(),
                cell.observation.as_ref().unwrap(),
            );
            assert_eq!(
                (own.period, &own.commodity, own.flow(), &own.region),
                (cell.period, &cell.commodity, cell.flow(), &cell.region)
            );
        }
    }
}

/// Whether an explanation says what a point says.
fn assert_same(found: &ExplainFigureResponse, point: &SeriesPoint, label: &str) {
    assert_eq!(found.value_cents, point.value_cents, "{label}");
    assert_eq!(found.missing_reason, point.missing_reason, "{label}");
    assert_eq!(found.qualifier, point.qualifier, "{label}");
    assert_eq!(found.uncertainty_cents, point.uncertainty_cents, "{label}");
    assert_eq!(found.net_weight_grams, point.net_weight_grams, "{label}");
    assert_eq!(found.warnings, point.warnings, "{label}");
    if point.value_cents.is_some() {
        let used = found.steps.iter().filter(|step| step.cell_count > 0);
        let used: BTreeSet<&String> = used.flat_map(|step| &step.releases).collect();
        let named: BTreeSet<&String> = point.releases.iter().collect();
        assert_eq!(used, named, "{label}");
    }
}

/// Explains every `stride`th point of a series and of its groups; returns how many.
async fn explain_all(caller: &Caller, question: &QuerySeriesRequest, stride: usize) -> usize {
    let answer = caller.query(question.clone()).await.unwrap();
    let whole = answer.points.iter().map(|point| (None, point));
    let groups = answer.groups.iter().flat_map(|group| {
        let points = group.points.iter();
        points.map(|point| (group.key.clone(), point))
    });
    let mut count = 0;
    for (key, point) in whole.chain(groups).step_by(stride) {
        let period = text(point.period.as_ref().unwrap());
        let label = format!("{period} {key:?} of {question:?}");
        let found = explain(caller, &of_series(question, &period, key)).await;
        assert_same(&found, point, &label);
        assert_eq!(found.period, point.period);
        count += 1;
    }
    count
}

#[tokio::test]
async fn every_published_year_is_explained_down_to_its_wording() {
    on_each_engine(async |bureau| {
        publish_all(&bureau).await;
        for (method, reporter) in [
            (TurnoverMethod::AsReportedBy, "UZ"),
            (TurnoverMethod::AsReportedBy, "KZ"),
            (TurnoverMethod::ExportsOfBoth, ""),
            (TurnoverMethod::ImportsOfBoth, ""),
        ] {
            let question = QuerySeriesRequest {
                start_year: 2019,
                end_year: 2026,
                ..year(method, reporter, 0)
            };
            assert_eq!(explain_all(&bureau.reader, &question, 1).await, 8);
            let question = QuerySeriesRequest {
                granularity: Granularity::RollingTwelveMonths as i32,
                ..question
            };
            explain_all(&bureau.reader, &question, 5).await;
        }
        let question = year(TurnoverMethod::AsReportedBy, "KZ", 2022);
        let found = explain(&bureau.reader, &of_series(&question, "2022", None)).await;
        assert_eq!(found.value_cents, Some(492_193_590_496));
        let cell = &found.cells[0];
        let words = |cell: &FigureCell| {
            let figure = cell.observation.clone().unwrap();
            figure.precision.unwrap().as_published
        };
        assert_eq!(words(cell), "4921935.90496 thousand USD");
        let early = &cell.other_figures[0];
        assert_eq!(early.reason(), Reason::Superseded);
        assert_eq!(early.later_release, cell.release);
        let precision = early.observation.clone().unwrap().precision.unwrap();
        assert_eq!(precision.as_published, "$5.0bn (+29.8%)");

        let known = QuerySeriesRequest {
            known_time: Some(at("2024-01-01")),
            ..question
        };
        let found = explain(&bureau.reader, &of_series(&known, "2022", None)).await;
        assert_eq!(found.value_cents, Some(500_000_000_000));
        assert_eq!(found.qualifier(), Qualifier::Rounded);
        assert_eq!(words(&found.cells[0]), "$5.0bn (+29.8%)");
        let later = &found.cells[0].other_figures[0];
        assert_eq!(later.reason(), Reason::NotYetPublished);
        assert_eq!(later.publish_time, Some(at("2024-07-25")));
        let used: Vec<_> = found.releases.iter().map(|used| &used.release).collect();
        assert_eq!(
            used,
            [
                "partnerships/uz-kz/releases/kz-2022-early",
                "partnerships/uz-kz/releases/kz-2023"
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn sums_of_both_parties_carry_their_warnings_whatever_the_policy() {
    on_each_engine(async |bureau| {
        publish_all(&bureau).await;
        let question = QuerySeriesRequest {
            mixed_scope_policy: accord_proto::trade::v1::MixedScopePolicy::Refuse as i32,
            ..year(TurnoverMethod::ExportsOfBoth, "", 2022)
        };
        let refused = bureau.reader.query(question.clone()).await;
        assert_fault(refused, Code::FailedPrecondition, "UNLIKE_SERIES");
        let found = explain(&bureau.reader, &of_series(&question, "2022", None)).await;
        let kinds: Vec<Kind> = found
            .warnings
            .iter()
            .map(|warning| warning.kind())
            .collect();
        assert!(kinds.contains(&Kind::MixedScope), "{kinds:?}");
        let about: Vec<_> = found
            .steps
            .iter()
            .map(|step| {
                (
                    step.parent,
                    step.reporter.as_str(),
                    step.flow(),
                    step.operation(),
                )
            })
            .collect();
        assert_eq!(
            about,
            [
                (0, "", Flow::Export, Operation::Sum),
                (1, "KZ", Flow::Export, Operation::Published),
                (1, "UZ", Flow::Export, Operation::Published),
            ]
        );
    })
    .await;
}

/// Cumulative figures of 2023, of which June is first published in a later release.
async fn cumulative(bureau: &Bureau) {
    let mut csv = "flow,period,value_usd,as_published\n".to_owned();
    for (flow, monthly) in [("X", 10), ("M", 7)] {
        for month in [1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12] {
            writeln!(
                csv,
                "{flow},2023-01/2023-{month:02},{},until {month}",
                monthly * month
            )
            .unwrap();
        }
    }
    bureau
        .publish("first", release("UZ", "2024-02-01"), &csv)
        .await;
    let csv = "flow,period,value_usd\nX,2023-01/2023-05,52\nX,2023-01/2023-06,66\n\
        M,2022-12,3\nX,2022-12,5\nX,2024-01,4\nM,2024-01,\n";
    let csv = csv.replace("M,2024-01,\n", "");
    bureau
        .publish("second", release("UZ", "2024-03-01"), &csv)
        .await;
}

#[tokio::test]
async fn cumulative_figures_are_explained_as_differences_in_one_release() {
    on_each_engine(async |bureau| {
        cumulative(&bureau).await;
        let question = QuerySeriesRequest {
            start_year: 2022,
            end_year: 2024,
            ..year(TurnoverMethod::AsReportedBy, "UZ", 0)
        };
        for granularity in [
            Granularity::Year,
            Granularity::HalfYear,
            Granularity::Quarter,
            Granularity::Month,
            Granularity::YearToDate,
            Granularity::RollingTwelveMonths,
        ] {
            for known in ["2024-02-15", "2026-01-01"] {
                let question = QuerySeriesRequest {
                    granularity: granularity as i32,
                    known_time: Some(at(known)),
                    ..question.clone()
                };
                assert!(explain_all(&bureau.reader, &question, 1).await >= 3);
            }
        }
        let question = QuerySeriesRequest {
            granularity: Granularity::Month as i32,
            ..question
        };
        // May less April of the first release, although May has been superseded.
        let found = explain(&bureau.reader, &of_series(&question, "2023-05", None)).await;
        let exports = &found.steps[1];
        assert_eq!(exports.operation(), Operation::Difference);
        assert_eq!(exports.value_cents, Some(1_000));
        assert_eq!(
            exports.description,
            "exports of UZ in 2023-05: of one release, the longer figure from January on less the shorter"
        );
        let cells: Vec<_> = found.cells.iter().map(|cell| cell.subtracted).collect();
        assert_eq!(cells, [false, true, false, true]);
        let other = &found.cells[0].other_figures[0];
        assert_eq!(other.reason(), Reason::NotUsed);
        assert_eq!(other.release, "partnerships/uz-kz/releases/second");
        let kinds: Vec<Kind> = found.warnings.iter().map(|warning| warning.kind()).collect();
        assert!(kinds.contains(&Kind::SupersededCumulative));

        // June has no imports: the release that has May and July does not have June.
        let found = explain(&bureau.reader, &of_series(&question, "2023-06", None)).await;
        assert_eq!(found.missing_reason(), MissingReason::NotPublished);
        let missing: Vec<_> = found
            .steps
            .iter()
            .filter(|step| step.operation() == Operation::Missing)
            .map(|step| (step.flow(), step.missing_reason()))
            .collect();
        assert_eq!(
            missing,
            [
                (Flow::Unspecified, MissingReason::NotPublished),
                (Flow::Turnover, MissingReason::NotPublished),
                (Flow::Import, MissingReason::NotPublished),
            ]
        );
        let imports = found.steps.last().unwrap();
        let others: Vec<_> = imports
            .other_figures
            .iter()
            .map(|other| (text(&other.observation.clone().unwrap().period.unwrap()), other.reason()))
            .collect();
        assert_eq!(others, [("2023-01/2023-05".to_owned(), Reason::NotUsed)]);
    })
    .await;
}

#[tokio::test]
async fn the_month_that_is_missing_is_named_and_why() {
    on_each_engine(async |bureau| {
        let mut csv = "flow,period,value_usd,status\n".to_owned();
        for month in 1..=12 {
            for flow in ["X", "M"] {
                match (flow, month) {
                    ("X", 5 | 6 | 9) => {}
                    ("X", 8) => csv.push_str("X,2023-08,,Q\n"),
                    _ => writeln!(csv, "{flow},2023-{month:02},10,A").unwrap(),
                }
            }
        }
        bureau
            .publish("months", release("UZ", "2024-02-01"), &csv)
            .await;
        let lost = "flow,period,value_usd,as_published\nX,2023-05,9,nine\n";
        let lost = bureau
            .publish("lost", release("UZ", "2024-02-10"), lost)
            .await;
        bureau.uz.withdraw(&lost.name, "2024-03-01").await.unwrap();
        let early = "flow,period,value_usd\nX,2023-06,6\n";
        bureau
            .publish("early", release("UZ", "2024-01-01"), early)
            .await;
        let mut complete = release("UZ", "2024-01-15");
        complete.coverage = Some(Coverage {
            completeness: Completeness::Complete as i32,
            partners: vec!["KZ".to_owned()],
            flows: vec![Flow::Export as i32],
            windows: vec![Window::Month as i32],
            start_date: Some(date(2023, 6, 1)),
            end_date: Some(date(2023, 7, 31)),
            ..Coverage::default()
        });
        let only = "flow,period,value_usd\nX,2023-07,11\n";
        bureau.publish("complete", complete, only).await;
        let late = "flow,period,value_usd\nX,2023-09,8\n";
        bureau
            .publish("late", release("UZ", "2024-05-01"), late)
            .await;
        let question = QuerySeriesRequest {
            known_time: Some(at("2024-04-01")),
            ..year(TurnoverMethod::AsReportedBy, "UZ", 2023)
        };
        let found = explain(&bureau.reader, &of_series(&question, "2023", None)).await;
        assert_eq!(found.value_cents, None);
        let exports = found
            .steps
            .iter()
            .find(|step| step.flow() == Flow::Export)
            .unwrap();
        assert_eq!(
            exports.description,
            "exports of UZ in 2023: missing, only 8 of its 12 months are known"
        );
        let of_month = |step: &FigureStep| {
            let reasons = step.other_figures.iter().map(OtherFigure::reason);
            (
                step.start_date.unwrap().month,
                step.missing_reason(),
                reasons.collect::<Vec<_>>(),
            )
        };
        let gaps: Vec<_> = found
            .steps
            .iter()
            .filter(|step| step.parent == exports.number)
            .map(of_month)
            .collect();
        use MissingReason::{NotPublished, PublishedAsMissing, Removed};
        assert_eq!(
            gaps,
            [
                (5, NotPublished, vec![Reason::Withdrawn]),
                (6, Removed, vec![Reason::Removed]),
                (8, PublishedAsMissing, vec![Reason::PublishedAsMissing]),
                (9, NotPublished, vec![Reason::NotYetPublished]),
            ]
        );
        let removed = found
            .steps
            .iter()
            .find(|step| step.missing_reason() == Removed && step.period.is_none())
            .and_then(|step| step.other_figures.first());
        assert_eq!(
            removed.unwrap().later_release,
            "partnerships/uz-kz/releases/complete"
        );
        let withdrawn = &found.steps[usize::try_from(exports.number).unwrap()].other_figures[0];
        assert_eq!(withdrawn.withdraw_time, Some(at("2024-03-01")));
        let precision = withdrawn.observation.clone().unwrap().precision.unwrap();
        assert_eq!(precision.as_published, "nine");
        // Imports are known, and their twelve months stand below.
        assert_eq!(found.total_size, 12);
    })
    .await;
}

const LEVELS: [CommodityLevel; 4] = [
    CommodityLevel::Section,
    CommodityLevel::Chapter,
    CommodityLevel::Heading,
    CommodityLevel::Subheading,
];

#[tokio::test]
async fn every_point_of_every_group_is_explained() {
    on_each_engine(async |bureau| {
        revised(&bureau).await;
        for known in ["2024-02-15", "2024-03-15", "2024-04-15"] {
            for (level, granularity) in LEVELS.into_iter().zip([
                Granularity::Quarter,
                Granularity::Year,
                Granularity::HalfYear,
                Granularity::RollingTwelveMonths,
            ]) {
                let mut question = by_level(granularity, level);
                question.known_time = Some(at(known));
                assert!(explain_all(&bureau.reader, &question, 3).await > 1);
                question.recorded_before = Some(at("2027-01-01"));
                explain_all(&bureau.reader, &question, 7).await;
            }
            let mut question = by_level(Granularity::Month, CommodityLevel::Chapter);
            question.group_by.push(SeriesDimension::Flow as i32);
            question.known_time = Some(at(known));
            explain_all(&bureau.reader, &question, 4).await;
        }
        let question = by_level(Granularity::Quarter, CommodityLevel::Chapter);
        let key = GroupKey {
            commodity: "85".to_owned(),
            hs_edition: HsEdition::H6 as i32,
            ..GroupKey::default()
        };
        // Before the complete release: March by itself, and what a partial revision says of January to March.
        let known = QuerySeriesRequest {
            known_time: Some(at("2024-03-15")),
            ..question.clone()
        };
        let found = explain(
            &bureau.reader,
            &of_series(&known, "2022-Q1", Some(key.clone())),
        )
        .await;
        let exports = &found.steps[1];
        assert_eq!(
            (exports.value_cents, &*exports.code_digits),
            (Some(4_400), &[2][..])
        );
        // Behind it nothing is left, and a complete release says so.
        let found = explain(&bureau.reader, &of_series(&question, "2023-Q2", Some(key))).await;
        assert_eq!(found.missing_reason(), MissingReason::Removed);
        let step = found
            .steps
            .iter()
            .find(|step| step.operation() == Operation::Nothing);
        assert_eq!(step.unwrap().releases, ["partnerships/uz-kz/releases/c"]);
    })
    .await;
}

#[tokio::test]
async fn regions_and_reporters_are_explained_too() {
    on_each_engine(async |bureau| {
        let csv = "flow,period,region,value_usd\nX,2023,,100\nX,2023,UZ-TK,60\nX,2023,UZ-NW,30\n\
            M,2023,,10\nM,2023,UZ-TK,10\nM,2023,UZ-NW,0\nX,2023-Q1,UZ-NW,4\n";
        bureau
            .publish("regions", release("UZ", "2024-02-01"), csv)
            .await;
        let csv = "flow,period,value_usd\nX,2023,7\nM,2023,95\n";
        bureau
            .publish("mirror", release("KZ", "2024-02-01"), csv)
            .await;
        for granularity in [Granularity::Year, Granularity::Quarter] {
            let question = grouped(granularity, &[SeriesDimension::Region]);
            explain_all(&bureau.reader, &question, 1).await;
            let question = QuerySeriesRequest {
                turnover_method: TurnoverMethod::ImportsOfBoth as i32,
                ..grouped(granularity, &[SeriesDimension::Reporter])
            };
            explain_all(&bureau.reader, &question, 1).await;
            let question = QuerySeriesRequest {
                turnover_method: TurnoverMethod::ExportsOfBoth as i32,
                ..grouped(granularity, &[SeriesDimension::Flow])
            };
            explain_all(&bureau.reader, &question, 1).await;
        }
        let question = QueryBreakdownRequest {
            parent: PARENT.to_owned(),
            period: "2023".to_owned(),
            turnover_method: TurnoverMethod::AsReportedBy as i32,
            reporter: "UZ".to_owned(),
            dimension: SeriesDimension::Region as i32,
            ..QueryBreakdownRequest::default()
        };
        explain_rows(&bureau.reader, &question).await;
    })
    .await;
}

/// Explains all rows of a breakdown in both periods; returns how many.
async fn explain_rows(caller: &Caller, question: &QueryBreakdownRequest) -> usize {
    let answer = caller.trade.clone().query_breakdown(question.clone()).await;
    let answer = answer.unwrap().into_inner();
    let (period, before) = (answer.period.unwrap(), answer.compare_period.unwrap());
    let rows: Vec<&BreakdownRow> = answer.rows.iter().chain(&answer.losses).collect();
    for row in &rows {
        let label = format!("{row:?} of {question:?}");
        let request = of_breakdown(question, "", row.key.clone());
        let found = explain(caller, &request).await;
        assert_eq!(found.value_cents, row.value_cents, "{label}");
        assert_eq!(found.qualifier, row.qualifier, "{label}");
        assert_eq!(found.uncertainty_cents, row.uncertainty_cents, "{label}");
        assert_eq!(found.net_weight_grams, row.net_weight_grams, "{label}");
        assert_eq!(found.period, Some(period));
        let request = of_breakdown(question, &text(&before), row.key.clone());
        let found = explain(caller, &request).await;
        assert_eq!(found.value_cents, row.compare_value_cents, "{label}");
        assert_eq!(found.period, Some(before));
    }
    rows.len()
}

#[tokio::test]
async fn every_row_of_a_breakdown_is_explained() {
    on_each_engine(async |bureau| {
        revised(&bureau).await;
        // Headings in one half of a year, and their parts in the other.
        let mut csv = "flow,period,commodity,value_usd\n".to_owned();
        for month in 1..=12 {
            let codes: &[&str] = if month > 6 {
                &["720110", "720120"]
            } else {
                &["7201"]
            };
            for code in codes {
                writeln!(csv, "X,2022-{month:02},{code},{month}").unwrap();
            }
        }
        bureau.publish("d", by_codes("2024-05-01"), &csv).await;
        for period in ["2023", "2022-Q1", "2022-06", "2022-04/2023-03"] {
            for level in LEVELS {
                for (known, strict) in [
                    ("2024-03-15", false),
                    ("2024-06-01", true),
                    ("2024-06-01", false),
                ] {
                    let question = QueryBreakdownRequest {
                        parent: PARENT.to_owned(),
                        period: period.to_owned(),
                        turnover_method: TurnoverMethod::AsReportedBy as i32,
                        reporter: "UZ".to_owned(),
                        dimension: SeriesDimension::Commodity as i32,
                        commodity_level: level as i32,
                        flow: if strict { Flow::Export as i32 } else { 0 },
                        known_time: Some(at(known)),
                        recorded_before: strict.then(|| at("2027-01-01")),
                        ..QueryBreakdownRequest::default()
                    };
                    explain_rows(&bureau.reader, &question).await;
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn pages_of_any_size_have_the_same_figures() {
    on_each_engine(async |bureau| {
        revised(&bureau).await;
        let question = by_level(Granularity::Year, CommodityLevel::Section);
        let key = GroupKey {
            commodity: "V".to_owned(),
            hs_edition: HsEdition::H6 as i32,
            ..GroupKey::default()
        };
        let mut request = of_series(&question, "2022", Some(key.clone()));
        let whole = explain(&bureau.reader, &request).await;
        assert_eq!(whole.total_size, 36);
        for size in [1, 5, 16] {
            request.page_size = size;
            let found = explain(&bureau.reader, &request).await;
            assert_eq!(found.cells, whole.cells, "{size}");
        }
        request.page_size = 5;
        let first = page(&bureau.reader, &request).await.unwrap();
        assert_eq!(first.cells.len(), 5);
        let next = ExplainFigureRequest {
            page_token: first.next_page_token.clone(),
            ..request.clone()
        };
        let other = ExplainFigureRequest {
            period: "2023".to_owned(),
            ..next.clone()
        };
        let refused = page(&bureau.reader, &other).await;
        assert_violations(refused, &[("page_token", "PAGE_TOKEN_INVALID")]);
        // Without a moment the other pages stand as of the first: what is published later changes nothing,
        // and what was published earlier is noticed.
        let csv = "flow,period,commodity,value_usd\nX,2022-01,270111,5\n";
        bureau.publish("late", by_codes("2024-03-02"), csv).await;
        let refused = page(&bureau.reader, &next).await;
        assert_fault(refused, Code::Aborted, "FIGURE_CHANGED");

        let whole = year(TurnoverMethod::AsReportedBy, "UZ", 2022);
        let mut request = of_series(&whole, "2022", None);
        let all = explain(&bureau.reader, &request).await;
        assert_eq!(all.total_size, 24);
        request.page_size = 7;
        assert_eq!(explain(&bureau.reader, &request).await.cells, all.cells);
    })
    .await;
}

#[tokio::test]
async fn a_question_that_has_no_such_figure_is_refused() {
    on_each_engine(async |bureau| {
        bureau
            .publish("uz-tables", uz_tables(), crate::figures::UZ_TABLES)
            .await;
        let question = year(TurnoverMethod::AsReportedBy, "UZ", 2022);
        let refuse = async |request: ExplainFigureRequest, expected: &[(&str, &str)]| {
            assert_violations(page(&bureau.reader, &request).await, expected);
        };
        let empty = ExplainFigureRequest {
            parent: PARENT.to_owned(),
            page_size: -1,
            ..ExplainFigureRequest::default()
        };
        let expected = [
            ("page_size", "PAGE_SIZE_INVALID"),
            ("question", "FIELD_REQUIRED"),
        ];
        refuse(empty, &expected).await;
        let bad = QuerySeriesRequest {
            parent: "partnerships/other".to_owned(),
            turnover_method: 0,
            region: "x".to_owned(),
            ..question.clone()
        };
        let explained = assert_violations(
            page(&bureau.reader, &of_series(&bad, "2022-13", None)).await,
            &[
                ("series.parent", "FIELD_INVALID"),
                ("series.turnover_method", "TURNOVER_METHOD_REQUIRED"),
                ("series.region", "REGION_INVALID"),
                ("period", "FIELD_INVALID"),
            ],
        );
        assert!(explained.metadata.contains_key("methods"));
        let expected = [("period", "FIELD_INVALID")];
        refuse(of_series(&question, "2022-Q1", None), &expected).await;
        let flow = GroupKey {
            flow: Flow::Export as i32,
            ..GroupKey::default()
        };
        let expected = [("group.flow", "FIELD_INVALID")];
        refuse(of_series(&question, "2022", Some(flow)), &expected).await;
        let by_chapter = by_level(Granularity::Year, CommodityLevel::Chapter);
        let code = |code: &str| {
            Some(GroupKey {
                commodity: code.to_owned(),
                hs_edition: HsEdition::H6 as i32,
                ..GroupKey::default()
            })
        };
        let expected = [("group.commodity", "FIELD_INVALID")];
        refuse(of_series(&by_chapter, "2022", code("2701")), &expected).await;
        let reporter = GroupKey {
            reporter: "KZ".to_owned(),
            ..GroupKey::default()
        };
        let by_reporter = grouped(Granularity::Year, &[SeriesDimension::Reporter]);
        let expected = [("group.reporter", "FIELD_INVALID")];
        refuse(of_series(&by_reporter, "2022", Some(reporter)), &expected).await;
        let breakdown = QueryBreakdownRequest {
            period: "2022".to_owned(),
            turnover_method: TurnoverMethod::AsReportedBy as i32,
            reporter: "UZ".to_owned(),
            dimension: SeriesDimension::Commodity as i32,
            commodity_level: CommodityLevel::Chapter as i32,
            ..QueryBreakdownRequest::default()
        };
        let expected = [("group", "FIELD_REQUIRED")];
        refuse(of_breakdown(&breakdown, "", None), &expected).await;
        let expected = [("period", "FIELD_INVALID")];
        refuse(of_breakdown(&breakdown, "2020", code("27")), &expected).await;
        // A group of which nothing was ever published is missing, not wrong.
        let found = explain(&bureau.reader, &of_breakdown(&breakdown, "", code("27"))).await;
        assert_eq!(found.missing_reason(), MissingReason::NotPublished);
        let answer = bureau.nobody.clone();
        let mut nobody =
            accord_proto::trade::v1::trade_service_client::TradeServiceClient::new(answer);
        let refused = nobody
            .explain_figure(of_series(&question, "2022", None))
            .await;
        assert_fault(refused, Code::Unauthenticated, "TOKEN_MISSING");
    })
    .await;
}

/// Numbers that look random, the same for each seed (the multiplier of Knuth's MMIX).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// A release with figures in all kinds of windows and codes of all lengths.
fn any_release(dice: &mut Dice, place: u32) -> (Release, String) {
    let mut published = by_codes(&format!("2024-{:02}-01", place + 1));
    if dice.roll(3) == 0 {
        published.coverage = Some(Coverage {
            completeness: Completeness::Complete as i32,
            partners: vec!["KZ".to_owned()],
            flows: vec![Flow::Export as i32, Flow::Import as i32],
            windows: vec![Window::Month as i32, Window::JanuaryToMonth as i32],
            start_date: Some(date(2023, 1, 1)),
            end_date: Some(date(2023, 12, 31)),
            by_commodity: dice.roll(2) == 0,
            ..Coverage::default()
        });
    }
    let is_complete = published.coverage.as_ref().unwrap().completeness() == Completeness::Complete;
    let mut csv = "flow,period,commodity,value_usd,status,net_weight_kg,qualifier,rounded_to_usd\n"
        .to_owned();
    let mut seen = BTreeSet::new();
    for _ in 0..160 {
        let year = if is_complete {
            2023
        } else {
            2022 + dice.roll(2)
        };
        let month = 1 + dice.roll(12);
        let windows = if is_complete { 2 } else { 4 };
        let period = match dice.roll(windows) {
            0 => format!("{year}-{month:02}"),
            1 => format!("{year}-01/{year}-{month:02}"),
            2 => format!("{year}-Q{}", (month + 2) / 3),
            _ => year.to_string(),
        };
        let codes = [
            "TOTAL", "27", "2701", "270111", "270112", "2709", "270900", "2601",
        ];
        let code = codes[usize::try_from(dice.roll(8)).unwrap()];
        let flow = if dice.roll(2) == 0 { "X" } else { "M" };
        let value = month * 10 + dice.roll(9);
        let rest = match dice.roll(8) {
            0 => ",Q,,,".to_owned(),
            1 => format!("{value},P,{value},,"),
            2 => format!("{value},A,,rounded,10"),
            3 => format!("{value},A,,lower_bound,10"),
            _ => format!("{value},A,,,"),
        };
        if seen.insert((flow, period.clone(), code)) {
            writeln!(csv, "{flow},{period},{code},{rest}").unwrap();
        }
    }
    (published, csv)
}

/// Whatever is published, in whatever windows and codes: every figure is explained as it is answered.
#[tokio::test]
async fn whatever_is_published_every_figure_is_explained() {
    for seed in 1..=3 {
        on_each_engine(async |bureau| {
            let mut dice = Dice(seed);
            for place in 0..4 {
                let (published, csv) = any_release(&mut dice, place);
                let release = bureau.publish(&format!("r{place}"), published, &csv).await;
                if place == 1 {
                    bureau
                        .uz
                        .withdraw(&release.name, "2024-04-15")
                        .await
                        .unwrap();
                }
            }
            for known in ["2024-03-20", "2024-06-01"] {
                for (granularity, level) in [
                    (Granularity::Month, CommodityLevel::Chapter),
                    (Granularity::Year, CommodityLevel::Heading),
                    (Granularity::Quarter, CommodityLevel::Section),
                    (Granularity::RollingTwelveMonths, CommodityLevel::Subheading),
                    (Granularity::YearToDate, CommodityLevel::Heading),
                ] {
                    let mut question = by_level(granularity, level);
                    question.known_time = Some(at(known));
                    explain_all(&bureau.reader, &question, 5).await;
                }
                let question = QueryBreakdownRequest {
                    parent: PARENT.to_owned(),
                    period: "2023".to_owned(),
                    turnover_method: TurnoverMethod::AsReportedBy as i32,
                    reporter: "UZ".to_owned(),
                    dimension: SeriesDimension::Commodity as i32,
                    commodity_level: CommodityLevel::Heading as i32,
                    known_time: Some(at(known)),
                    ..QueryBreakdownRequest::default()
                };
                explain_rows(&bureau.reader, &question).await;
            }
        })
        .await;
    }
}
