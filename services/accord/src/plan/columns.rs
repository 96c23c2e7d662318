//! Measures as rows of the columns that an import reads, with what became of them beside.

use accord_proto::roadmaps::v1::{LocalizedText, Measure, deadline};
use jiff::civil::Date;

use super::when::Deadline;
use super::{commitments, indicators, predecessors};
use crate::render::value;

/// What became of a measure: an import leaves these columns alone.
const STATUS: &[&str] = &[
    "status:state",
    "status:overdue",
    "status:reported_by",
    "status:report_revision",
    "status:completion_date",
    "status:verdict",
    "status:verdict_by",
    "status:verdict_reason",
];

/// The columns of a roadmap's measures.
#[derive(Debug)]
pub struct Columns {
    languages: Vec<String>,
    parties: Vec<String>,
    note_languages: Vec<String>,
}

impl Columns {
    /// The columns that measures of these parties need.
    #[must_use]
    pub fn of(measures: &[Measure], parties: &[String]) -> Self {
        let mut languages = of_texts(measures.iter().flat_map(|measure| &measure.titles));
        // A roadmap without measures still has a header that an import takes.
        if languages.is_empty() {
            languages.push("en".to_owned());
        }
        Self {
            languages,
            parties: parties.to_vec(),
            note_languages: of_texts(measures.iter().flat_map(|measure| &measure.notes)),
        }
    }

    /// The names of the columns.
    #[must_use]
    pub fn header(&self) -> Vec<String> {
        let mut names = vec![
            "id".to_owned(),
            "order_number".to_owned(),
            "section".to_owned(),
        ];
        names.extend(
            self.languages
                .iter()
                .map(|language| format!("title:{language}")),
        );
        names.extend(["expected_result", "form_of_completion"].map(str::to_owned));
        for party in &self.parties {
            names.push(format!("lead_body:{party}"));
            names.push(format!("co_executing_bodies:{party}"));
        }
        names.extend(
            [
                "start_date",
                "deadline",
                "weight",
                "predecessors",
                "working_days",
            ]
            .map(str::to_owned),
        );
        let notes = self.note_languages.iter();
        names.extend(notes.map(|language| format!("note:{language}")));
        names.extend(["indicators", "commitments"].map(str::to_owned));
        names.extend(STATUS.iter().map(|name| (*name).to_owned()));
        names
    }

    /// The cells of a measure, one for each column.
    #[must_use]
    pub fn row(&self, measure: &Measure) -> Vec<String> {
        let mut cells = vec![
            value::id(&measure.name).to_owned(),
            measure.order_number.to_string(),
            measure.section.clone(),
        ];
        cells.extend(
            self.languages
                .iter()
                .map(|language| text(&measure.titles, language)),
        );
        cells.push(measure.expected_result.clone());
        cells.push(measure.form_of_completion.clone());
        for party in &self.parties {
            let side = measure.executors.iter().find(|side| side.party == *party);
            cells.push(side.map_or(String::new(), |side| side.lead_body.clone()));
            let others = side.map_or(&[][..], |side| &side.co_executing_bodies);
            let others: Vec<String> = others
                .iter()
                .map(|body| indicators::escaped(body))
                .collect();
            cells.push(others.join("; "));
        }
        cells.push(value::date(measure.start_date.as_ref()));
        cells.push(deadline(measure).map_or(String::new(), Deadline::to_cell));
        cells.push(measure.weight.to_string());
        cells.push(predecessors::write(&measure.dependencies));
        cells.push(match measure.working_days {
            0 => String::new(),
            days => days.to_string(),
        });
        let notes = self.note_languages.iter();
        cells.extend(notes.map(|language| text(&measure.notes, language)));
        cells.push(indicators::write(&measure.indicators));
        cells.push(commitments::write(&measure.commitments));
        cells.extend(status(measure));
        cells
    }
}

/// The languages of texts, each once, as they come.
fn of_texts<'a>(texts: impl Iterator<Item = &'a LocalizedText>) -> Vec<String> {
    let mut languages: Vec<String> = Vec::new();
    for text in texts {
        if !languages.contains(&text.language_code) {
            languages.push(text.language_code.clone());
        }
    }
    languages
}

fn text(texts: &[LocalizedText], language: &str) -> String {
    let text = texts.iter().find(|text| text.language_code == language);
    text.map_or(String::new(), |text| text.text.clone())
}

fn status(measure: &Measure) -> Vec<String> {
    let report = measure.current_report.clone().unwrap_or_default();
    let verdict = measure.verdict.clone().unwrap_or_default();
    let revision = if report.revision == 0 {
        String::new()
    } else {
        report.revision.to_string()
    };
    let word = if measure.verdict.is_some() {
        value::words(verdict.kind().as_str_name(), "VERDICT_KIND_")
    } else {
        String::new()
    };
    vec![
        value::words(measure.state().as_str_name(), "MEASURE_STATE_"),
        measure.overdue.to_string(),
        report.party,
        revision,
        value::date(report.completion_date.as_ref()),
        word,
        verdict.party,
        verdict.reason,
    ]
}

/// The deadline of a measure, in the form in which the plan gives it.
fn deadline(measure: &Measure) -> Option<Deadline> {
    let year = |year: i32| i16::try_from(year).ok();
    let part = |part: i32| i8::try_from(part).ok();
    match measure.deadline.as_ref()?.form.as_ref()? {
        deadline::Form::Date(day) => Date::new(year(day.year)?, part(day.month)?, part(day.day)?)
            .ok()
            .map(Deadline::Day),
        deadline::Form::Quarter(quarter) => Some(Deadline::Quarter(
            year(quarter.year)?,
            part(quarter.quarter)?,
        )),
        deadline::Form::HalfYear(half) => {
            Some(Deadline::HalfYear(year(half.year)?, part(half.half)?))
        }
        deadline::Form::Year(whole) => Some(Deadline::Year(year(*whole)?)),
        deadline::Form::Permanent(_) => Some(Deadline::Permanent),
    }
}
