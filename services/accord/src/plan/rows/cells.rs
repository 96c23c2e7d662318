//! What the cells of a measure hold.

use accord_proto::google::r#type::Date;
use accord_proto::roadmaps::v1 as pb;

use super::one_line;
use crate::plan::grid::Value;
use crate::plan::when::{self, Deadline, When};
use crate::plan::{Field, predecessors, shown};

/// A measure that is filled field by field.
pub(super) struct Filled {
    measure: pb::Measure,
    /// The first day of a span that the deadline is given with.
    span_start: Option<Date>,
}

impl Filled {
    pub(super) fn new(section: &str) -> Self {
        Self {
            measure: pb::Measure {
                section: section.to_owned(),
                ..pb::Measure::default()
            },
            span_start: None,
        }
    }

    /// Takes what a cell says. Returns what may not have been meant so; the error says what cannot be read.
    pub(super) fn take(
        &mut self,
        field: &Field,
        values: &[Value],
        text: String,
    ) -> Result<Option<String>, String> {
        if text.is_empty() {
            return Ok(None);
        }
        match field {
            Field::Number | Field::Id | Field::Ignored => {}
            Field::Section => self.measure.section = one_line(&text),
            Field::Title(language) => self.measure.titles.push(pb::LocalizedText {
                language_code: language.clone(),
                text: one_line(&text),
            }),
            Field::ExpectedResult => self.measure.expected_result = text,
            Field::FormOfCompletion => self.measure.form_of_completion = text,
            Field::LeadBody(party) => self.side(party).lead_body = one_line(&text),
            Field::CoExecutingBodies(party) => {
                let (bodies, doubt) = bodies(&text);
                self.side(party).co_executing_bodies.extend(bodies);
                return Ok(doubt);
            }
            Field::Bodies(party) => {
                let (bodies, doubt) = bodies(&text);
                let mut bodies = bodies.into_iter();
                let side = self.side(party);
                side.lead_body = bodies.next().unwrap_or_default();
                side.co_executing_bodies.extend(bodies);
                return Ok(doubt);
            }
            Field::StartDate => {
                let when = date_or_words(values, &text)?;
                let Deadline::Day(day) = when.deadline else {
                    return Err(format!("\"{}\" is no day", shown(&one_line(&text))));
                };
                self.measure.start_date = Some(date(when.start.unwrap_or(day)));
            }
            Field::Deadline => return Ok(self.deadline(date_or_words(values, &text)?)),
            Field::Weight => self.measure.weight = count(&text)?,
            Field::WorkingDays => self.measure.working_days = count(&text)?,
            // Ids: the roadmap is not known here.
            Field::Predecessors => self.measure.dependencies = predecessors::read(&text)?,
        }
        Ok(None)
    }

    fn deadline(&mut self, when: When) -> Option<String> {
        use pb::deadline::Form;
        self.span_start = when.start.map(date);
        let form = match when.deadline {
            Deadline::Day(day) => Form::Date(date(day)),
            Deadline::Quarter(year, quarter) => Form::Quarter(pb::Quarter {
                year: year.into(),
                quarter: quarter.into(),
            }),
            Deadline::HalfYear(year, half) => Form::HalfYear(pb::HalfYear {
                year: year.into(),
                half: half.into(),
            }),
            Deadline::Year(year) => Form::Year(year.into()),
            Deadline::Permanent => Form::Permanent(pb::Permanent {}),
        };
        self.measure.deadline = Some(pb::Deadline {
            form: Some(form),
            last_day: None,
        });
        when.doubt.map(str::to_owned)
    }

    fn side(&mut self, party: &str) -> &mut pb::Executors {
        let executors = &mut self.measure.executors;
        let index = executors.iter().position(|side| side.party == party);
        let index = index.unwrap_or_else(|| {
            executors.push(pb::Executors {
                party: party.to_owned(),
                ..pb::Executors::default()
            });
            executors.len() - 1
        });
        &mut executors[index]
    }

    /// The measure; the error names the field that it lacks.
    pub(super) fn finish(mut self) -> Result<pb::Measure, &'static str> {
        if self.measure.titles.is_empty() {
            return Err("title");
        }
        if self.measure.deadline.is_none() {
            return Err("deadline");
        }
        if self.measure.start_date.is_none() {
            self.measure.start_date = self.span_start;
        }
        Ok(self.measure)
    }
}

fn count<T: std::str::FromStr + PartialOrd + From<u8>>(text: &str) -> Result<T, String> {
    let number = text.parse().ok().filter(|number| *number > T::from(0));
    number.ok_or_else(|| format!("\"{}\" is no whole number from 1", shown(&one_line(text))))
}

/// A day that the workbook kept as one, or what words say.
fn date_or_words(values: &[Value], text: &str) -> Result<When, String> {
    let days: Vec<_> = values
        .iter()
        .filter_map(|value| match value {
            Value::Day(day) => Some(*day),
            _ => None,
        })
        .collect();
    if let [day] = days.as_slice()
        && day.to_string() == text
    {
        return Ok(When {
            start: None,
            deadline: Deadline::Day(*day),
            doubt: None,
        });
    }
    when::read(text).map_err(|error| format!("\"{}\": {error}", shown(&one_line(text))))
}

/// The bodies that a cell names, in lines or between semicolons; `\\;` is one within a name. Commas stand within the names of
/// ministries.
fn bodies(text: &str) -> (Vec<String>, Option<String>) {
    let items = super::list::numbered(text).unwrap_or_else(|| {
        let parts = parts(text);
        let parts = parts
            .iter()
            .map(|part| one_line(part.trim_end_matches(',')));
        parts.filter(|part| !part.is_empty()).collect()
    });
    let mut bodies: Vec<String> = Vec::new();
    for item in items {
        if !bodies.contains(&item) {
            bodies.push(item);
        }
    }
    let doubt = match bodies.as_slice() {
        [only] if only.contains(',') => Some(format!(
            "\"{}\" was taken as one body; `;` or lines stand between several",
            shown(only)
        )),
        _ => None,
    };
    (bodies, doubt)
}

fn parts(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut signs = text.chars().peekable();
    while let Some(sign) = signs.next() {
        let is_escaped = sign == '\\' && signs.peek() == Some(&';');
        match (sign, parts.last_mut()) {
            (';' | '\n', _) => parts.push(String::new()),
            (_, Some(last)) if is_escaped => last.extend(signs.next()),
            (_, Some(last)) => last.push(sign),
            (_, None) => {}
        }
    }
    parts
}

/// The id of a numbered measure: `1.2.` is `m-1-2`.
pub(super) fn id_of_number(number: &str, part: usize) -> Option<String> {
    let parts: Vec<&str> = number
        .split(|sign: char| !sign.is_ascii_alphanumeric())
        .filter(|part| !part.is_empty())
        .collect();
    if parts.is_empty() {
        return None;
    }
    let id = format!("m-{}", parts.join("-").to_ascii_lowercase());
    let id = if part == 0 {
        id
    } else {
        format!("{id}-{part}")
    };
    (id.len() <= 63).then_some(id)
}

fn date(day: jiff::civil::Date) -> Date {
    Date {
        year: day.year().into(),
        month: day.month().into(),
        day: day.day().into(),
    }
}
