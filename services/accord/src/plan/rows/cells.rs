//! What the cells of a measure hold.

use accord_proto::google::r#type::Date;
use accord_proto::roadmaps::v1 as pb;

use super::one_line;
use crate::plan::grid::Value;
use crate::plan::when::{self, Deadline, When};
use crate::plan::{Field, commitments, indicators, predecessors, shown};

/// A measure that is filled field by field.
pub(super) struct Filled {
    measure: pb::Measure,
    /// The first day of a span that the deadline is given with.
    span_start: Option<Date>,
    /// Whether cells hold what they hold to the letter.
    is_own: bool,
}

/// The greatest number of characters of a field's texts, by the contract.
fn limit(field: &Field) -> Option<usize> {
    match field {
        Field::Section => Some(200),
        Field::Title(_) | Field::Note(_) => Some(2_000),
        Field::ExpectedResult => Some(4_000),
        Field::LeadBody(_) => Some(300),
        // 51 bodies of 300 characters, 100 dependencies on ids of 63, or 50 documents with provisions, and what parts them.
        Field::Bodies(_)
        | Field::CoExecutingBodies(_)
        | Field::Predecessors
        | Field::Commitments => Some(32_000),
        // 20 indicators with titles of 2,000 characters in 20 languages.
        Field::Indicators => Some(1_000_000),
        Field::Ignored => None,
        // The form of completion; numbers, dates and ids have less.
        _ => Some(1_000),
    }
}

/// The number of characters of a heading that is too long for a section.
pub(super) fn too_long_section(heading: &str) -> Option<usize> {
    let count = heading.chars().count();
    (Some(count) > limit(&Field::Section)).then_some(count)
}

impl Filled {
    pub(super) fn new(section: &str, is_own: bool) -> Self {
        Self {
            measure: pb::Measure {
                section: section.to_owned(),
                ..pb::Measure::default()
            },
            span_start: None,
            is_own,
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
        if let Some(most) = limit(field) {
            let count = text.chars().count();
            if count > most {
                return Err(format!(
                    "has {count} characters, and {field} at most {most}"
                ));
            }
        }
        match field {
            Field::Number | Field::Id | Field::Ignored => {}
            Field::OrderNumber => self.measure.order_number = place(&text)?,
            Field::Section => self.measure.section = self.line(text),
            Field::Title(language) => {
                let title = self.text(language, text);
                self.measure.titles.push(title);
            }
            Field::Note(language) => {
                let note = self.text(language, text);
                self.measure.notes.push(note);
            }
            Field::ExpectedResult => self.measure.expected_result = text,
            Field::FormOfCompletion => self.measure.form_of_completion = text,
            Field::LeadBody(party) => self.side(party).lead_body = self.line(text),
            Field::CoExecutingBodies(party) => {
                let (bodies, doubt) = self.bodies(&text)?;
                self.side(party).co_executing_bodies.extend(bodies);
                return Ok(doubt);
            }
            Field::Bodies(party) => {
                let (bodies, doubt) = self.bodies(&text)?;
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
            Field::Indicators => self.measure.indicators = indicators::read(&text)?,
            Field::Commitments => self.measure.commitments = commitments::read(&text)?,
        }
        Ok(None)
    }

    /// A text of one line.
    fn line(&self, text: String) -> String {
        if self.is_own { text } else { one_line(&text) }
    }

    fn text(&self, language: &str, text: String) -> pb::LocalizedText {
        pb::LocalizedText {
            language_code: language.to_owned(),
            text: self.line(text),
        }
    }

    fn bodies(&self, text: &str) -> Result<(Vec<String>, Option<String>), String> {
        if self.is_own {
            let parts = text.lines().flat_map(indicators::parts);
            let parts = parts.filter(|part| !part.trim().is_empty());
            return Ok((parts.collect(), None));
        }
        bodies(text)
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

    /// The measure, and the fields that it lacks.
    pub(super) fn finish(mut self) -> (pb::Measure, Vec<&'static str>) {
        let mut missing = Vec::new();
        if self.measure.titles.is_empty() {
            missing.push("title");
        }
        if self.measure.deadline.is_none() {
            missing.push("deadline");
        }
        if self.measure.start_date.is_none() {
            self.measure.start_date = self.span_start;
        }
        (self.measure, missing)
    }
}

/// The greatest place of a measure in its roadmap, by the contract.
const MAX_PLACE: i32 = 1_000_000;

fn place(text: &str) -> Result<i32, String> {
    let number = text.trim().parse().ok();
    number
        .filter(|number| (1..=MAX_PLACE).contains(number))
        .ok_or_else(|| {
            format!(
                "\"{}\" is no whole number from 1 to {MAX_PLACE}",
                shown(&one_line(text))
            )
        })
}

fn count<T: std::str::FromStr + PartialOrd + From<u8>>(text: &str) -> Result<T, String> {
    let number = text
        .trim()
        .parse()
        .ok()
        .filter(|number| *number > T::from(0));
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
        && day.to_string() == text.trim()
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
fn bodies(text: &str) -> Result<(Vec<String>, Option<String>), String> {
    let (items, doubt) = match super::list::of(text)? {
        Some(list) if list.intro.is_empty() => (list.items, list.doubt),
        _ => (text.lines().flat_map(indicators::parts).collect(), None),
    };
    let mut bodies: Vec<String> = Vec::new();
    for item in items {
        let item = one_line(item.trim().trim_end_matches(','));
        if !item.is_empty() && !bodies.contains(&item) {
            bodies.push(item);
        }
    }
    let doubt = doubt.or(match bodies.as_slice() {
        [only] if only.contains(',') => Some(format!(
            "\"{}\" was taken as one body; `;` or lines stand between several",
            shown(only)
        )),
        _ => None,
    });
    Ok((bodies, doubt))
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
