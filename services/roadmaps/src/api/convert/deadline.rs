//! Deadlines: in lists, in calendars and in reminders.

use accord_proto::roadmaps::v1 as contract;
use aip::Violation;
use calendar::{Feed, TooLarge};
use icalendar::{Component, Event, EventStatus, Property, Todo, TodoStatus};
use jiff::{Timestamp, ToSpan as _, civil::Date};

use super::{measure, measure_state, time, titles};
use crate::{
    domain::{
        completion::State,
        deadline::{Deadline, Form},
        measure::Measure,
        reminder::Lead,
    },
    store::deadlines::Due,
};

/// Writes a deadline as callers see it on a day.
pub(in crate::api) fn write(due: &Due, today: Date) -> contract::MeasureDeadline {
    let plan = &due.measure.plan;
    let left = days_left(plan.deadline.last_day(), today);
    contract::MeasureDeadline {
        measure: due.measure.name.to_string(),
        titles: titles::write(&plan.titles),
        section: plan.section.clone(),
        deadline: Some(measure::write_deadline(plan.deadline)),
        state: measure_state(due.measure.completion.state),
        open: due.open,
        days_left: left,
        overdue: due.open && left < 0,
        executors: plan
            .executors
            .iter()
            .map(measure::write_executors)
            .collect(),
    }
}

fn days_left(last_day: Date, today: Date) -> i32 {
    let days = clock::to_days(last_day) - clock::to_days(today);
    i32::try_from(days).unwrap_or(i32::MAX)
}

/// Writes a reminder of the deadline that a measure has for the `revision`th time.
pub(in crate::api) fn reminder(
    of: &Measure,
    revision: i64,
    lead: Lead,
    at: Timestamp,
    today: Date,
) -> contract::DeadlineReminder {
    let (lead_days, word) = match lead {
        Lead::Days(days) => (days, days.to_string()),
        Lead::Overdue => (0, "overdue".to_owned()),
    };
    let deadline = of.plan.deadline;
    contract::DeadlineReminder {
        name: format!("{}/reminders/d{revision}-{word}", of.name),
        measure: of.name.to_string(),
        titles: titles::write(&of.plan.titles),
        deadline: Some(measure::write_deadline(deadline)),
        deadline_revision: revision,
        overdue: lead == Lead::Overdue,
        lead_days: i32::try_from(lead_days).unwrap_or(i32::MAX),
        days_left: days_left(deadline.last_day(), today),
        state: measure_state(of.completion.state),
        executors: of
            .plan
            .executors
            .iter()
            .map(measure::write_executors)
            .collect(),
        create_time: Some(time(at)),
        due_date: Some(super::date(
            deadline.last_day().saturating_sub(lead.days_left().days()),
        )),
    }
}

/// What a deadline is in a calendar.
#[derive(Clone, Copy, Debug)]
pub(in crate::api) enum Style {
    /// An all-day event.
    Event,
    /// A task with a due day.
    Todo,
}

impl Style {
    /// Reads it: an event where that is not said.
    pub(in crate::api) fn read(given: i32) -> Result<Self, Violation> {
        match contract::CalendarComponent::try_from(given) {
            Ok(contract::CalendarComponent::Unspecified | contract::CalendarComponent::Event) => {
                Ok(Self::Event)
            }
            Ok(contract::CalendarComponent::Todo) => Ok(Self::Todo),
            Err(_) => Err(Violation::new(
                "component",
                "VALUE_OUT_OF_RANGE",
                "must be an event or a task",
            )),
        }
    }

    /// Adds a deadline to a feed, with its titles in a language.
    pub(in crate::api) fn push(
        self,
        feed: &mut Feed,
        due: &Due,
        language: &str,
    ) -> Result<(), TooLarge> {
        let last_day = due.measure.plan.deadline.last_day();
        let state = due.measure.completion.state;
        match self {
            Self::Event => {
                let mut event = Event::new();
                fill(&mut event, due, language);
                event
                    .append_property(calendar::day("DTSTART", last_day))
                    .append_property(("TRANSP", "TRANSPARENT"))
                    .status(match state {
                        State::Cancelled | State::Superseded | State::CarriedOver => {
                            EventStatus::Cancelled
                        }
                        State::Planned
                        | State::InProgress
                        | State::Reported
                        | State::Returned
                        | State::Disputed
                        | State::Complete => EventStatus::Confirmed,
                    });
                feed.push(event)
            }
            Self::Todo => {
                let mut todo = Todo::new();
                fill(&mut todo, due, language);
                todo.append_property(calendar::day("DUE", last_day))
                    .status(match state {
                        State::Planned => TodoStatus::NeedsAction,
                        State::Complete => TodoStatus::Completed,
                        // What takes its place has an entry of its own.
                        State::Cancelled | State::Superseded | State::CarriedOver => {
                            TodoStatus::Cancelled
                        }
                        State::InProgress | State::Reported | State::Returned | State::Disputed => {
                            TodoStatus::InProcess
                        }
                    });
                if state == State::Complete {
                    todo.append_property(calendar::instant("COMPLETED", due.measure.updated));
                }
                feed.push(todo)
            }
        }
    }
}

/// Fills in what events and tasks have alike.
fn fill(entry: &mut impl Component, due: &Due, language: &str) {
    let measure = &due.measure;
    let plan = &measure.plan;
    let titles = plan
        .titles
        .iter()
        .map(|title| (title.language_code.as_str(), title.text.as_str()));
    let (title_language, title) = calendar::in_language(titles, language).unwrap_or_default();
    // A change counts from 1, and SEQUENCE from 0.
    let sequence = measure.revision.saturating_sub(1).to_string();
    entry
        .uid(&format!("{}@roadmaps.accord", measure.uid))
        .append_property(calendar::instant("DTSTAMP", measure.updated))
        .append_property(calendar::instant("LAST-MODIFIED", measure.updated))
        .append_property(calendar::instant("CREATED", measure.created))
        .append_property(Property::new("SEQUENCE", sequence))
        .append_property(calendar::summary(title, title_language))
        .append_property(calendar::text(
            "X-ACCORD-MEASURE",
            &measure.name.to_string(),
        ))
        .append_property(calendar::text("X-ACCORD-DEADLINE", &wording(plan.deadline)))
        .description(&description(due));
    if !plan.section.is_empty() {
        entry.append_property(calendar::category(&plan.section));
    }
}

fn description(due: &Due) -> String {
    let plan = &due.measure.plan;
    let mut lines = vec![
        format!("Deadline: {}", wording(plan.deadline)),
        format!("State: {}", words(due)),
    ];
    for executors in &plan.executors {
        let others = &executors.co_executing_bodies;
        let with = if others.is_empty() {
            String::new()
        } else {
            format!(", with {}", others.join(", "))
        };
        lines.push(format!(
            "{}: {}{with}",
            executors.party, executors.lead_body
        ));
    }
    lines.push(due.measure.name.to_string());
    lines.join("\n")
}

/// A deadline as the plan gives it, such as `quarter 2 of 2022, to 2022-06-30`.
fn wording(deadline: Deadline) -> String {
    let last_day = deadline.last_day();
    let (year, ordinal) = (last_day.year(), deadline.ordinal());
    match deadline.form() {
        Form::Day => last_day.to_string(),
        Form::Quarter => format!("quarter {ordinal} of {year}, to {last_day}"),
        Form::HalfYear => format!("half {ordinal} of {year}, to {last_day}"),
        Form::Year => format!("{year}, to {last_day}"),
        Form::Permanent => "permanent".to_owned(),
    }
}

fn words(due: &Due) -> &'static str {
    match due.measure.completion.state {
        State::Planned => "planned",
        State::InProgress => "in progress",
        State::Reported => "reported as done, not confirmed",
        State::Returned => "report returned for revision",
        State::Disputed => "report disputed",
        State::Complete => "complete: confirmed by both sides",
        State::Cancelled => "cancelled by both sides",
        State::Superseded => "replaced by another measure",
        State::CarriedOver => "carried over into a following roadmap",
    }
}
