//! Explanations of figures: they answer what the question answers, and add up down to the published figures.

mod groups;
mod months;
mod pages;

use std::collections::BTreeSet;

use accord_proto::trade::v1::{
    ExplainFigureRequest, ExplainFigureResponse, FigureCell, FigureStep, Flow, Granularity,
    GroupKey, Period, Qualifier, QueryBreakdownRequest, QuerySeriesRequest, SeriesPoint,
    SeriesWarning, TurnoverMethod, Window, explain_figure_request::Question,
    figure_step::Operation, other_figure::Reason, series_warning::Kind,
};
use tonic::{Code, Status};

use crate::{
    bureau::{Caller, PARENT, at, on_each_engine},
    errors::assert_fault,
    figures::publish_all,
    series::year,
};

/// A period as it is asked for.
pub(crate) fn text(period: &Period) -> String {
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

pub(crate) fn of_series(
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

pub(crate) fn of_breakdown(
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
pub(crate) async fn explain(
    caller: &Caller,
    request: &ExplainFigureRequest,
) -> ExplainFigureResponse {
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
            assert!(named.contains(&other.release), "{label}");
            let (own, figure) = (
                other.observation.as_ref().unwrap(),
                cell.observation.as_ref().unwrap(),
            );
            // The same cell, or the same months in another window.
            assert!(own.period != figure.period || other.release != cell.release);
            let end = |period: Option<Period>| period.map(|period| (period.year, period.month));
            assert_eq!(
                (end(own.period), &own.commodity, own.flow(), &own.region),
                (
                    end(figure.period),
                    &figure.commodity,
                    figure.flow(),
                    &figure.region
                )
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
    // Shares and contributions are not explained.
    let mut warnings = point.warnings.clone();
    warnings.retain(|warning| warning.kind() != Kind::PartialWhole);
    assert_eq!(found.warnings, warnings, "{label}");
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
        let kinds: Vec<Kind> = found.warnings.iter().map(SeriesWarning::kind).collect();
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
