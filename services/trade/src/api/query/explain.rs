//! `ExplainFigure`.

mod group;
pub(crate) mod others;
mod request;
mod whole;

use std::sync::Arc;

use ::fault::Fault;
use accord_proto::trade::v1::{ExplainFigureRequest, ExplainFigureResponse};
use aip::Value;
use identity::Caller;
use jiff::tz::TimeZone;
use prost::Message as _;
use sha2_resumable::{Digest as _, Sha256};
use storage::Tx;
use tonic::{Code, Request};

use self::{
    group::Wanted,
    others::Others,
    request::{Asked, Place, Subject},
};
use super::{breakdown, code::OneCode, groups::Grouping, series};
use crate::{
    api::{Api, convert},
    domain::{
        figure::{Step, fate::Moment},
        group::GroupKey,
        observation::{Observation, Qualifier},
        period::Period,
        release::Release,
        turnover::{Question, Warning},
        vintage::Absence,
    },
    store::observations::Series,
};

/// What the published figures of a page weigh at most; steps and names need room too.
const MAX_BYTES: usize = 3 << 20;

/// What is to be explained.
#[derive(Clone, Debug)]
struct Scene {
    partnership: String,
    question: Question,
    period: Period,
    moment: Moment,
    kind: Kind,
    /// How many published figures a page has.
    size: usize,
    place: Option<Place>,
}

/// Of what a figure is.
#[derive(Clone, Debug)]
enum Kind {
    /// The series of the whole.
    Whole(Box<Series>),
    /// The series of a code, by its own figures or as the group of the code.
    Code(Box<Series>, Box<OneCode>),
    /// A group.
    Group(Box<Wanted>),
}

/// A value that is known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Amount {
    /// In cents.
    pub cents: i64,
    /// How exactly it is known.
    pub qualifier: Qualifier,
    /// How far rounding can have moved it.
    pub uncertainty_cents: i64,
    /// The weight of the figures in it that have one.
    pub weight_grams: Option<i64>,
}

/// A published figure in a value.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    /// The place of its step.
    pub step: usize,
    /// Whether it is subtracted.
    pub subtracted: bool,
    /// The rank of its release.
    pub rank: usize,
    /// The figure.
    pub figure: Observation,
    /// Where it stands among all.
    place: (usize, i64, i64),
}

/// How a figure was computed, and one page of the published figures in it.
#[derive(Clone, Debug)]
pub(crate) struct Explained {
    /// The value, or why there is none.
    pub amount: Result<Amount, Absence>,
    /// What a reader should know.
    pub warnings: Vec<Warning>,
    /// The steps.
    pub steps: Vec<Step>,
    /// The releases that count, the earliest vintage first.
    pub releases: Vec<Release>,
    /// The published figures of the page, and one more if there is another page.
    pub cells: Vec<Cell>,
    /// A digest of the steps, by which a change is noticed.
    print: u64,
}

pub(crate) async fn run(
    api: &Api,
    request: Request<ExplainFigureRequest>,
) -> Result<ExplainFigureResponse, Fault> {
    Caller::of(&request)?.may_read()?;
    let asked = request::read(request.get_ref(), api.clock.now())?;
    let (partnership, named) = asked.parties();
    let (reporter, partner) =
        series::parties(api, partnership, named.0.as_str(), named.1.as_str()).await?;
    asked.check_reporter(&reporter, &partner)?;
    let scene = Arc::new(scene(&asked, reporter, partner));
    let shared = Arc::clone(&scene);
    let (explained, others) = api
        .database
        .read(move |tx| {
            let scene = Arc::clone(&shared);
            Box::pin(async move { explain(tx, &scene).await })
        })
        .await?;
    Ok(show(&asked, &scene, &explained, &others))
}

async fn explain(tx: &mut Tx, scene: &Scene) -> Result<(Explained, Others), Fault> {
    let explained = match &scene.kind {
        Kind::Whole(series) => whole::explain(tx, scene, series).await?,
        Kind::Group(wanted) => group::explain(tx, scene, wanted).await?,
        Kind::Code(series, code) => {
            let (kind, told) = whole::kind(tx, scene, series, code).await?;
            let settled = Scene {
                kind,
                ..scene.clone()
            };
            let (mut explained, others) = Box::pin(explain(tx, &settled)).await?;
            // Growth that the series does not tell needs no words.
            explained
                .warnings
                .retain(|own| own.compared_with().is_none() || told.contains(own));
            return Ok((explained, others));
        }
    };
    let others = others::read(tx, scene, &explained).await?;
    Ok((explained, others))
}

/// Puts together what is asked for.
fn scene(asked: &Asked, reporter: String, partner: String) -> Scene {
    let (method, known, recorded_before) = match &asked.subject {
        Subject::Series(own) => (own.method, own.known, own.recorded_before),
        Subject::Breakdown(own) => (own.method, own.known, own.recorded_before),
    };
    let question = Question {
        method,
        reporter,
        partner,
        today: known.to_zoned(TimeZone::UTC).date(),
    };
    let kind = match &asked.subject {
        Subject::Series(own) if asked.group == GroupKey::default() => {
            let whole = Box::new(series::series(own, &question));
            match OneCode::of(own, &question) {
                Some(code) => Kind::Code(whole, Box::new(code)),
                None => Kind::Whole(whole),
            }
        }
        Subject::Series(own) => Kind::Group(Box::new(Wanted::new(
            own.grouping.clone(),
            asked.group.clone(),
            asked.group.flow,
            own.region.clone(),
            series::group_asked(own, &question),
        ))),
        Subject::Breakdown(own) => {
            let grouping = Grouping {
                dimensions: vec![own.dimension],
                level: own.level,
            };
            let mut groups = breakdown::group_asked(own, &grouping, &question);
            groups.years = (asked.period.first_year(), asked.period.year());
            let key = GroupKey {
                flow: None,
                ..asked.group.clone()
            };
            let wanted = Wanted::new(grouping, key, own.flow, own.region.clone(), groups);
            Kind::Group(Box::new(wanted.alone()))
        }
    };
    Scene {
        partnership: asked.parties().0.to_owned(),
        question,
        period: asked.period,
        moment: Moment {
            known,
            recorded_before,
        },
        kind,
        size: asked.listing.page_size(),
        place: asked.place,
    }
}

impl Scene {
    /// Returns the digest of steps, if the page asked for goes on with the same ones.
    fn print(&self, steps: &[Step], releases: &[Release]) -> Result<u64, Fault> {
        let print = print(steps, releases);
        if self.place.is_some_and(|place| place.print != print) {
            let message = "the figure is not made up any more as on the first page; begin anew";
            return Err(Fault::new(Code::Aborted, "FIGURE_CHANGED", message));
        }
        Ok(print)
    }
}

/// A digest of steps: the beginning of a SHA-256.
fn print(steps: &[Step], releases: &[Release]) -> u64 {
    let mut digest = Sha256::new();
    let mut add = |number: i64| digest.update(number.to_be_bytes());
    for step in steps {
        add(step.cents.unwrap_or(-1));
        add(step.cells);
        for rank in &step.ranks {
            add(releases.get(*rank).map_or(0, |release| release.number));
        }
    }
    let first = digest.finalize();
    first
        .iter()
        .take(8)
        .fold(0, |print, byte| print << 8 | u64::from(*byte))
}

fn show(
    asked: &Asked,
    scene: &Scene,
    explained: &Explained,
    others: &Others,
) -> ExplainFigureResponse {
    let mut cells = Vec::new();
    let mut bytes = 0;
    for (place, cell) in explained.cells.iter().take(scene.size).enumerate() {
        let shown = convert::figure::show_cell(place, cell, explained, others);
        bytes += shown.encoded_len();
        if bytes > MAX_BYTES && !cells.is_empty() {
            break;
        }
        cells.push(shown);
    }
    let has_more = cells.len() < explained.cells.len();
    let last = explained.cells.get(cells.len().saturating_sub(1));
    let token = last.filter(|_| has_more).map(|cell| {
        let place = Place {
            known: scene.moment.known,
            print: explained.print,
            last: cell.place,
        };
        asked.listing.token(&[Value::from(place.to_string())])
    });
    let mut answer = convert::figure::show(explained, others, cells);
    answer.next_page_token = token.unwrap_or_default();
    answer.period = Some(convert::observation::show_period(asked.period));
    answer.group = Some(convert::group::show_key(&asked.group));
    answer.reporter.clone_from(&scene.question.reporter);
    answer.partner.clone_from(&scene.question.partner);
    answer.known_time = Some(convert::timestamp(scene.moment.known));
    answer
}
