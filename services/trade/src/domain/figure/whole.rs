//! The steps of a point of a series of the whole.

use jiff::civil::Date;

use super::{Operation, Step, Terms, Tree, candidates, days, days_of, terms};
use crate::domain::{
    amount::{self, Amount, Part},
    cell::Flow,
    observation::Observation,
    period::{Period, Stretch},
    turnover::{self, Method, Point, Question},
    vintage::{Absence, Vintages},
};

/// A point with how it was computed.
#[derive(Clone, Debug)]
pub struct Explained<'a> {
    /// The point.
    pub point: Point<'a>,
    /// The steps.
    pub steps: Vec<Step>,
    /// The published figures in the order of their steps, each with its step.
    pub parts: Vec<(usize, Part<'a>)>,
}

/// Explains the turnover of one period.
#[must_use]
pub fn explain<'a>(vintages: &'a Vintages, question: &Question, period: Period) -> Explained<'a> {
    let point = turnover::point(vintages, question, period);
    let mut builder = Builder {
        vintages,
        period,
        tree: Tree::default(),
        parts: Vec::new(),
    };
    match &point.amount {
        Ok(amount) => builder.amount(amount, question),
        Err(absence) => builder.absence(*absence, question),
    }
    Explained {
        steps: builder.tree.add_up(),
        parts: builder.parts,
        point,
    }
}

struct Builder<'a> {
    vintages: &'a Vintages,
    period: Period,
    tree: Tree,
    parts: Vec<(usize, Part<'a>)>,
}

impl<'a> Builder<'a> {
    fn amount(&mut self, amount: &Amount<'a>, question: &Question) {
        let key = |part: &Part<'a>| {
            let published = part.published;
            let reporter = published.release.publication.reporter.as_str();
            (reporter, published.observation.cell.flow)
        };
        let sides: Vec<&[Part<'a>]> = amount
            .parts
            .chunk_by(|one, other| key(one) == key(other))
            .collect();
        let parent = (sides.len() > 1).then(|| {
            let step = root(
                Operation::Sum(terms_of(question.method)),
                question,
                self.period,
            );
            self.tree.push(None, step)
        });
        for side in sides {
            self.side(parent, side);
        }
    }

    /// One flow as one party reports it.
    fn side(&mut self, parent: Option<usize>, parts: &[Part<'a>]) {
        let stretches = self.period.stretches();
        let mut parent = parent;
        if stretches.len() > 1
            && let Some(part) = parts.first()
        {
            let operation = Operation::Sum(Terms::Years);
            let step = step_of(operation, part, days_of(self.period));
            parent = Some(self.tree.push(parent, step));
        }
        for stretch in stretches {
            let within =
                |part: &&Part<'a>| part.published.observation.cell.period.year() == stretch.year;
            let own: Vec<Part<'a>> = parts.iter().filter(within).copied().collect();
            self.stretch(parent, &own, stretch);
        }
    }

    fn stretch(&mut self, parent: Option<usize>, parts: &[Part<'a>], stretch: Stretch) {
        let Some(first) = parts.first() else { return };
        let is_difference = parts.iter().any(|part| part.subtracted);
        if let [part] = parts
            && !is_difference
            && part_of(part) == Some(stretch)
        {
            self.leaf(parent, part, days(stretch));
            return;
        }
        let operation = if is_difference {
            Operation::Difference
        } else {
            Operation::Sum(terms(part_of(first).unwrap_or(stretch), parts.len()))
        };
        let step = step_of(operation, first, days(stretch));
        let parent = Some(self.tree.push(parent, step));
        for part in parts {
            let period = part.published.observation.cell.period;
            self.leaf(parent, part, days_of(period));
        }
    }

    fn leaf(&mut self, parent: Option<usize>, part: &Part<'a>, days: (Date, Date)) {
        let published = part.published;
        let cell = &published.observation.cell;
        let step = Step {
            subtracted: part.subtracted,
            period: Some(cell.period),
            cents: Some(published.value_cents),
            cells: 1,
            digits: [digits(published.observation)].into(),
            ranks: vec![published.rank],
            ..step_of(Operation::Published, part, days)
        };
        let place = self.tree.push(parent, step);
        self.parts.push((place, *part));
    }

    /// What there is and what is missing of a point without a value.
    fn absence(&mut self, absence: Absence, question: &Question) {
        let step = Step {
            absence: Some(absence),
            ..root(Operation::Missing(None), question, self.period)
        };
        let parent = Some(self.tree.push(None, step));
        for (reporter, flow) in sides(question) {
            match amount::amount(self.vintages, reporter, flow, self.period) {
                Ok(amount) => self.side(parent, &amount.parts),
                Err(absence) => self.missing_side(parent, reporter, flow, absence),
            }
        }
    }

    fn missing_side(
        &mut self,
        parent: Option<usize>,
        reporter: &str,
        flow: Flow,
        absence: Absence,
    ) {
        let stretches = self.period.stretches();
        let mut parent = parent;
        if stretches.len() > 1 {
            let days = days_of(self.period);
            let step = Step {
                absence: Some(absence),
                ..Step::new(Operation::Missing(None), reporter, Some(flow), days)
            };
            parent = Some(self.tree.push(parent, step));
        }
        for stretch in stretches {
            match amount::within_year(self.vintages, reporter, flow, stretch) {
                Ok(amount) => self.stretch(parent, &amount.parts, stretch),
                Err(absence) => self.missing(parent, (reporter, flow), stretch, absence),
            }
        }
    }

    /// What is missing of some months; where some of them are known, which are not.
    fn missing(
        &mut self,
        parent: Option<usize>,
        (reporter, flow): (&str, Flow),
        stretch: Stretch,
        absence: Absence,
    ) {
        let gaps: Vec<(Stretch, Absence)> = stretch
            .months()
            .into_iter()
            .filter_map(|month| Some((month, self.gap(reporter, flow, month)?)))
            .collect();
        let months = stretch.months().len();
        let known = months.saturating_sub(gaps.len());
        let gap = |operation, stretch, absence, wanted| Step {
            absence: Some(absence),
            wanted,
            ..Step::new(operation, reporter, Some(flow), days(stretch))
        };
        if known == 0 || gaps.is_empty() {
            let operation = Operation::Missing(None);
            let step = gap(operation, stretch, absence, candidates(stretch));
            self.tree.push(parent, step);
            return;
        }
        let step = gap(
            Operation::Missing(Some(known)),
            stretch,
            absence,
            Vec::new(),
        );
        let parent = Some(self.tree.push(parent, step));
        for (month, absence) in gaps {
            let step = gap(
                Operation::Missing(None),
                month,
                absence,
                month.published_as(),
            );
            self.tree.push(parent, step);
        }
    }

    /// Why there is no figure for exactly these months; none when there is one.
    fn gap(&self, reporter: &str, flow: Flow, month: Stretch) -> Option<Absence> {
        let mut reason = Absence::NotPublished;
        for period in month.published_as() {
            match self.vintages.latest(reporter, flow, period) {
                Ok(_) => return None,
                Err(absence) => reason = reason.max(absence),
            }
        }
        Some(reason)
    }
}

/// The sides from which a method takes its figures.
fn sides(question: &Question) -> Vec<(&str, Flow)> {
    let (reporter, partner) = (question.reporter.as_str(), question.partner.as_str());
    match question.method {
        Method::AsReportedBy => [Flow::Turnover, Flow::Export, Flow::Import]
            .map(|flow| (reporter, flow))
            .into(),
        Method::ExportsOfBoth => vec![(reporter, Flow::Export), (partner, Flow::Export)],
        Method::ImportsOfBoth => vec![(reporter, Flow::Import), (partner, Flow::Import)],
    }
}

fn terms_of(method: Method) -> Terms {
    match method {
        Method::AsReportedBy => Terms::Flows,
        Method::ExportsOfBoth | Method::ImportsOfBoth => Terms::Parties,
    }
}

/// The figure itself.
fn root(operation: Operation, question: &Question, period: Period) -> Step {
    let (reporter, flow) = match question.method {
        Method::AsReportedBy => (question.reporter.as_str(), None),
        Method::ExportsOfBoth => ("", Some(Flow::Export)),
        Method::ImportsOfBoth => ("", Some(Flow::Import)),
    };
    Step::new(operation, reporter, flow, days_of(period))
}

fn step_of(operation: Operation, part: &Part<'_>, days: (Date, Date)) -> Step {
    let published = part.published;
    let flow = published.observation.cell.flow;
    let reporter = &published.release.publication.reporter;
    Step::new(operation, reporter, Some(flow), days)
}

/// The months of one figure.
fn part_of(part: &Part<'_>) -> Option<Stretch> {
    let period = part.published.observation.cell.period;
    period.stretches().first().copied()
}

fn digits(observation: &Observation) -> u8 {
    let commodity = &observation.cell.commodity;
    let code = commodity.edition().map_or("", |_| commodity.code());
    u8::try_from(code.len()).unwrap_or_default()
}
