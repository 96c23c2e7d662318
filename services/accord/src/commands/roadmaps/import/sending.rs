//! The measures of an import, sent to the service in batches.

use std::collections::{HashMap, HashSet};

use accord_proto::roadmaps::v1::measure_service_client::MeasureServiceClient;
use accord_proto::roadmaps::v1::{
    BatchCreateMeasuresRequest, CreateMeasureRequest, Deadline, LocalizedText, Permanent, deadline,
};
use indicatif::ProgressBar;
use prost::Message as _;
use sha2::{Digest as _, Sha256};
use tonic::Code;

use super::NEW_SPELLING;
use crate::apply::derive_request_id;
use crate::client::Connection;
use crate::client::refusal::Refusal;
use crate::commands::rows::check::{self, Sender};
use crate::commands::rows::report::{Fate, Part, Report};
use crate::error::Error;
use crate::plan::header::Header;
use crate::plan::rows::Planned;
use crate::plan::{Field, order};
use crate::register::{Place, Problem};
use crate::render::value;

/// The longest id, by the contract.
pub(super) const MAX_ID_BYTES: usize = 63;

/// Sends measures of one roadmap.
pub(super) struct Measures<'a> {
    connection: &'a Connection,
    roadmap: &'a str,
    header: Header,
    /// The ids of the measures that are to be entered.
    ids: HashSet<String>,
    /// The lines of measures that are bad, by their ids.
    bad: HashMap<String, u64>,
    /// Whether bodies may be written otherwise than they are known.
    allows_new_spelling: bool,
}

impl<'a> Measures<'a> {
    pub(super) fn new(
        connection: &'a Connection,
        roadmap: &'a str,
        header: Header,
        waiting: &[Planned],
        bad: HashMap<String, u64>,
    ) -> Self {
        Self {
            connection,
            roadmap,
            header,
            ids: waiting.iter().map(|planned| planned.id.clone()).collect(),
            bad,
            allows_new_spelling: false,
        }
    }

    /// Takes bodies as the file writes them, if this is wanted.
    pub(super) fn with_new_spelling(self, allows_new_spelling: bool) -> Self {
        Self {
            allows_new_spelling,
            ..self
        }
    }

    /// Enters measures that were checked, batch after batch. One call takes no more than a batch, so that an import that breaks off has
    /// entered whole batches; the error says how many measures that is, and what to do.
    pub(super) async fn write(
        &self,
        measures: Vec<Planned>,
        report: &mut Report,
        bar: &ProgressBar,
    ) -> Result<(), Error> {
        let (total, mut entered) = (measures.len(), 0);
        for batch in check::batches::<Self>(measures) {
            let sent = check::patiently(async || self.send(&batch, false).await).await;
            sent.map_err(|refusal| broken_off(&refusal, entered, batch.len(), total))?;
            entered += batch.len();
            for planned in batch {
                report.tell(Part::Measures, planned.line, &planned.id, Fate::Accepted);
                bar.inc(1);
            }
        }
        Ok(())
    }

    /// What the service has against measures that can be read in part, besides what is known of them.
    pub(super) async fn more_problems(
        &self,
        partial: Vec<Planned>,
        known: &[Problem],
    ) -> Vec<(String, Problem)> {
        let place = |problem: &Problem| {
            let column = problem.column.as_ref().map(|column| column.number);
            (problem.line, column)
        };
        let known: HashSet<(u64, Option<usize>)> = known.iter().map(place).collect();
        let mut found = Vec::new();
        // An id that cannot be one may be as long as a cell.
        let partial = partial
            .into_iter()
            .filter(|one| one.id.len() <= MAX_ID_BYTES);
        for batch in check::batches::<Self>(partial.map(whole).collect()) {
            let answer = check::patiently(async || self.send(&batch, true).await).await;
            let Err(refusal) = answer else { continue };
            let problems = check::attributed(self, &batch, &refusal);
            for (planned, problems) in batch.iter().zip(problems) {
                let new = problems
                    .into_iter()
                    .filter(|problem| problem.column.is_some() && !known.contains(&place(problem)));
                found.extend(new.map(|problem| (planned.id.clone(), problem)));
            }
        }
        found
    }

    /// Takes out of a check what measures of other batches are depended on: they are not there yet, and will be.
    fn leave_out_earlier(&self, request: &mut BatchCreateMeasuresRequest) {
        let batch: HashSet<String> = request
            .requests
            .iter()
            .map(|request| request.measure_id.clone())
            .collect();
        for measure in request
            .requests
            .iter_mut()
            .filter_map(|one| one.measure.as_mut())
        {
            measure.dependencies.retain(|dependency| {
                let id = value::id(&dependency.predecessor);
                batch.contains(id) || !self.ids.contains(id)
            });
        }
    }

    fn request(&self, planned: &Planned) -> CreateMeasureRequest {
        let mut measure = planned.measure.clone();
        if measure.order_number == 0 {
            measure.order_number = planned.place;
        }
        CreateMeasureRequest {
            parent: self.roadmap.to_owned(),
            measure_id: planned.id.clone(),
            measure: Some(measure),
            ..CreateMeasureRequest::default()
        }
    }
}

/// Says where an import stands that was refused a batch of so many measures, or does not know what became of it.
fn broken_off(refusal: &Refusal, entered: usize, batch: usize, total: usize) -> Error {
    let unsure = if is_answer(refusal.code()) {
        String::new()
    } else {
        format!(", and the next {batch} may be")
    };
    Error::Failed(format!(
        "{refusal}\n  the import broke off: {entered} of {total} measures are in{unsure}\n  \
         hint: run the same command again: what is in is left alone, and the others are entered"
    ))
}

/// Whether the service says by a code that it has done nothing. After any other the call may have had its effect.
fn is_answer(code: Code) -> bool {
    matches!(
        code,
        Code::InvalidArgument
            | Code::NotFound
            | Code::AlreadyExists
            | Code::PermissionDenied
            | Code::ResourceExhausted
            | Code::FailedPrecondition
            | Code::Aborted
            | Code::Unimplemented
            | Code::Unauthenticated
    )
}

/// A measure that has all that the service asks for, so that it tells what else is wrong.
pub(super) fn whole(mut planned: Planned) -> Planned {
    let measure = &mut planned.measure;
    if measure.titles.is_empty() {
        measure.titles.push(LocalizedText {
            language_code: "en".to_owned(),
            text: "?".to_owned(),
        });
    }
    measure.deadline.get_or_insert(Deadline {
        form: Some(deadline::Form::Permanent(Permanent {})),
        last_day: None,
    });
    measure.dependencies.clear();
    planned
}

impl Sender for Measures<'_> {
    type Row = Planned;

    fn line(planned: &Planned) -> u64 {
        planned.line
    }

    fn size(planned: &Planned) -> usize {
        planned.measure.encoded_len() + planned.id.len()
    }

    fn hindrance(&self, planned: &Planned) -> Option<Problem> {
        let (bad, line) =
            order::predecessors(planned).find_map(|id| Some((id, self.bad.get(id)?)))?;
        Some(Problem {
            line: planned.line,
            column: self.place(planned, "dependencies"),
            reason: "PREDECESSOR_NOT_FOUND".to_owned(),
            description: format!("depends on {bad} in row {line}, which is bad"),
        })
    }

    fn place(&self, planned: &Planned, field: &str) -> Option<Place> {
        let column = self
            .header
            .columns
            .iter()
            .find(|column| is_of(&column.field, planned, field))?;
        Some(Place {
            number: column.index + 1,
            name: column.name.clone(),
        })
    }

    fn is_bad(&mut self, planned: &Planned) {
        self.bad.insert(planned.id.clone(), planned.line);
    }

    async fn send(&self, rows: &[Planned], validate_only: bool) -> Result<(), Refusal> {
        let mut request = BatchCreateMeasuresRequest {
            parent: self.roadmap.to_owned(),
            requests: rows.iter().map(|planned| self.request(planned)).collect(),
            validate_only,
            // What is written was checked, and a batch is not stopped when those before it are in.
            allow_new_spelling: self.allows_new_spelling || !validate_only,
            ..BatchCreateMeasuresRequest::default()
        };
        if validate_only {
            self.leave_out_earlier(&mut request);
        } else {
            let digest = hex::encode(Sha256::digest(request.encode_to_vec()));
            request.request_id = derive_request_id(&["accord roadmaps import", &digest]);
        }
        let mut client = MeasureServiceClient::new(self.connection.clone());
        let answer = client.batch_create_measures(request).await;
        answer.map(|_| ()).map_err(|status| refusal(&status))
    }

    async fn probe(&self, planned: &Planned) -> Result<(), Refusal> {
        let mut request = CreateMeasureRequest {
            validate_only: true,
            allow_new_spelling: self.allows_new_spelling,
            ..self.request(planned)
        };
        // What it depends on may come with it: that is checked of the batch.
        if let Some(measure) = &mut request.measure {
            measure.dependencies.clear();
        }
        let mut client = MeasureServiceClient::new(self.connection.clone());
        let answer = client.create_measure(request).await;
        answer.map(|_| ()).map_err(|status| refusal(&status))
    }
}

/// What the service says, with the flags of the command.
fn refusal(status: &tonic::Status) -> Refusal {
    let (field, flag) = NEW_SPELLING;
    Refusal::of(status).with_flag(field, flag)
}

/// Whether a column is where the field of a violation stands, such as `measure.executors[0].lead_body`.
fn is_of(column: &Field, planned: &Planned, field: &str) -> bool {
    let path = field.strip_prefix("measure.").unwrap_or(field);
    let (first, rest) = path.split_once(['.', '[']).unwrap_or((path, ""));
    let index = rest
        .split(']')
        .next()
        .and_then(|index| index.parse::<usize>().ok());
    match column {
        Field::Id => first == "measure_id",
        Field::OrderNumber => first == "order_number",
        Field::Indicators => first == "indicators",
        Field::Commitments => first == "commitments",
        Field::Note(language) => {
            let note = index.and_then(|index| planned.measure.notes.get(index));
            first == "notes" && note.is_none_or(|note| note.language_code == *language)
        }
        Field::Section => first == "section",
        Field::ExpectedResult => first == "expected_result",
        Field::FormOfCompletion => first == "form_of_completion",
        Field::StartDate => first == "start_date",
        Field::Deadline => first == "deadline",
        Field::Weight => first == "weight",
        Field::Predecessors => first == "dependencies",
        Field::WorkingDays => first == "working_days",
        Field::Title(language) => {
            let title = index.and_then(|index| planned.measure.titles.get(index));
            first == "titles" && title.is_none_or(|title| title.language_code == *language)
        }
        Field::Bodies(party) | Field::LeadBody(party) | Field::CoExecutingBodies(party) => {
            let side = index.and_then(|index| planned.measure.executors.get(index));
            let of_others = rest.contains("].co_executing_bodies");
            let is_in_column = match column {
                Field::LeadBody(_) => !of_others,
                Field::CoExecutingBodies(_) => of_others,
                _ => true,
            };
            first == "executors" && side.is_some_and(|side| side.party == *party) && is_in_column
        }
        Field::Number | Field::Ignored => false,
    }
}
