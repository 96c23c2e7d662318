//! `ForecastTarget`.

use std::sync::Arc;

use ::fault::Fault;
use accord_proto::trade::v1::{ForecastTargetRequest, Granularity, TargetForecast};
use aip::{Violation, Violations};
use identity::Caller;
use jiff::Timestamp;
use tonic::Request;

use super::{
    load,
    question::{self, Asked, Raw, complete},
};
use crate::{
    api::{
        Api, convert, fault,
        query::{invalid, refuse_mixtures, vintages_in},
    },
    domain::{
        forecast::{Figure, Forecast, History},
        period::{Period, Window},
        target::Target,
        turnover::{self, Point, Question},
        vintage::Vintages,
    },
};

pub(crate) async fn run(
    api: &Api,
    request: Request<ForecastTargetRequest>,
) -> Result<TargetForecast, Fault> {
    Caller::of(&request)?.may_read()?;
    let (asked, window) = read(request.get_ref(), api.clock.now())?;
    let asked = Arc::new(asked);
    let shared = Arc::clone(&asked);
    let (target, question, vintages) = api
        .database
        .read(move |tx| {
            let asked = Arc::clone(&shared);
            Box::pin(async move {
                let target = load(tx, &asked.name).await?;
                let question = asked.question(&target)?;
                let vintages = vintages_in(tx, &asked.series(&question)).await?;
                Ok::<_, Fault>((target, question, vintages))
            })
        })
        .await?;
    // Fitting takes a processor for milliseconds, with quarters for more: the runtime's threads are left alone.
    let computed =
        tokio::task::spawn_blocking(move || answer(&asked, &target, &question, &vintages, window));
    computed
        .await
        .map_err(|error| Fault::internal(format!("a forecast broke off: {error}")))?
}

fn read(request: &ForecastTargetRequest, now: Timestamp) -> Result<(Asked, Option<Window>), Fault> {
    let mut violations = Violations::new();
    let raw = Raw {
        name: &request.name,
        known_time: request.known_time.as_ref(),
        recorded_before: request.recorded_before.as_ref(),
        measurement: request.measurement.as_ref(),
        mixed_scope_policy: request.mixed_scope_policy,
    };
    let asked = question::read(&raw, now, &mut violations);
    let window = violations.take(read_window(request.granularity));
    violations.finish().map_err(invalid)?;
    Ok((complete(asked)?, complete(window)?))
}

fn read_window(granularity: i32) -> Result<Option<Window>, Violation> {
    match Granularity::try_from(granularity) {
        Ok(Granularity::Unspecified) => Ok(None),
        Ok(Granularity::Year) => Ok(Some(Window::Year)),
        Ok(Granularity::Quarter) => Ok(Some(Window::Quarter)),
        Ok(
            Granularity::Month
            | Granularity::HalfYear
            | Granularity::RollingTwelveMonths
            | Granularity::YearToDate,
        ) => Err(Violation::new(
            "granularity",
            "FIELD_INVALID",
            "must be GRANULARITY_YEAR or GRANULARITY_QUARTER; months enter as quarters",
        )),
        Err(_) => Err(convert::bad_enum("granularity", granularity)),
    }
}

fn answer(
    asked: &Asked,
    target: &Target,
    question: &Question,
    vintages: &Vintages,
    window: Option<Window>,
) -> Result<TargetForecast, Fault> {
    let history = match window {
        Some(window) => history(vintages, question, window),
        None => finest(
            history(vintages, question, Window::Quarter),
            history(vintages, question, Window::Year),
        ),
    };
    let (history, points) = history;
    if !asked.allows_mixtures {
        refuse_mixtures(&points)?;
    }
    let agreement = &target.agreement;
    let forecast = Forecast::of(&history, agreement.due_date.year(), agreement.value_cents)
        .map_err(|refusal| fault::forecast(&target.name, &history, refusal))?;
    Ok(convert::forecast::show(&convert::forecast::Answer {
        target,
        question,
        known: asked.known,
        history: &history,
        points: &points,
        forecast: &forecast,
    }))
}

/// What a forecast is made from, and the points of the series that it comes from.
type Past<'a> = (History, Vec<Point<'a>>);

/// Takes quarters when there are enough of them and they reach as far as the years do.
fn finest<'a>(quarters: Past<'a>, years: Past<'a>) -> Past<'a> {
    let end = |past: &Past<'_>| past.0.last().map(Period::last_day);
    if quarters.0.observed() >= quarters.0.needed() && end(&quarters) >= end(&years) {
        quarters
    } else {
        years
    }
}

/// The known values of the periods that had ended.
fn history<'a>(vintages: &'a Vintages, question: &Question, window: Window) -> Past<'a> {
    let months: &[i8] = match window {
        Window::Quarter => &[3, 6, 9, 12],
        Window::Month
        | Window::Year
        | Window::JanuaryToMonth
        | Window::HalfYear
        | Window::TwelveMonths => &[12],
    };
    let (first, last) = vintages.years().unwrap_or((0, -1));
    let mut points: Vec<Point<'a>> = (first..=last.min(question.today.year()))
        .flat_map(|year| months.iter().map(move |month| (year, *month)))
        .filter_map(|(year, month)| Period::new(window, year, month).ok())
        .filter(|period| period.last_day() < question.today)
        .map(|period| turnover::point(vintages, question, period))
        .collect();
    let history = History::of(window, points.iter().filter_map(figure).collect());
    let first = history.first();
    points.retain(|point| point.amount.is_ok() && Some(point.period) >= first);
    (history, points)
}

fn figure(point: &Point<'_>) -> Option<Figure> {
    let amount = point.amount.as_ref().ok()?;
    Some(Figure {
        period: point.period,
        cents: amount.cents,
        qualifier: amount.qualifier(),
        uncertainty_cents: amount.uncertainty_cents(),
    })
}
