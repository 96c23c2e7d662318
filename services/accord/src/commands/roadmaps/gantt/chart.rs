//! From the answers of the service to the chart that is drawn.

use std::collections::HashMap;

use accord_proto::google::r#type::Date as GivenDate;
use accord_proto::roadmaps::v1::{
    Deadline, DependencyKind, Measure, MeasureState, Roadmap, RoadmapState, Schedule,
    ScheduledMeasure, deadline,
};
use jiff::civil::Date;

use crate::commands::roadmaps::{list, pick};
use crate::error::Error;
use crate::gantt::words::Words;
use crate::gantt::{Bar, Chart, Due, Link, Section, State};
use crate::render::value;

/// Makes the chart of a roadmap; `is_today` says that the schedule is of today.
pub(super) fn of(
    roadmap: &Roadmap,
    measures: &[Measure],
    schedule: &Schedule,
    is_today: bool,
    language: &str,
) -> Result<Chart, Error> {
    let words = Words::of(language);
    let sides = [0, 1].map(|at| roadmap.sides.get(at).cloned().unwrap_or_default());
    let period = roadmap.period.unwrap_or_default();
    let start = required(period.start_date.as_ref(), "period.start_date")?;
    let end = required(period.end_date.as_ref(), "period.end_date")?;
    let finish = date(schedule.finish_date.as_ref());
    // What ends long after the period would press all else together: it leads out of the chart.
    let shown = finish.map_or(end, |finish| finish.min(longest(start, end)).max(end));
    let today = required(schedule.effective_date.as_ref(), "effective_date")?;
    let parts = Parts::of(measures, schedule);
    // Deadlines of a draft bind nobody yet, and those of a closed roadmap nobody any more.
    let overdue_before = (roadmap.state() == RoadmapState::Adopted).then_some(today);
    let bar = |measure: &Measure| bar(measure, &parts, &sides, (language, words), overdue_before);
    let sections = parts.sections(bar);
    Ok(Chart {
        title: pick(&roadmap.titles, language).to_owned(),
        notes: notes(roadmap, schedule, (start, end), measures.is_empty(), words),
        days: (start, shown),
        period_end: end,
        today,
        is_today,
        parties: sides.map(|side| side.party),
        sections,
        words,
    })
}

/// The last day to show at most: half a period after its end.
fn longest(start: Date, end: Date) -> Date {
    let hours = end.duration_since(start).as_hours() / 2;
    end.saturating_add(jiff::SignedDuration::from_hours(hours))
}

fn notes(
    roadmap: &Roadmap,
    schedule: &Schedule,
    (start, end): (Date, Date),
    is_empty: bool,
    words: &Words,
) -> Vec<String> {
    let sides: Vec<String> = roadmap
        .sides
        .iter()
        .map(|side| format!("{}: {}", side.party, list::side(side)))
        .collect();
    let mut whole = vec![format!("{} {start} – {end}", words.period)];
    if let Some(finish) = date(schedule.finish_date.as_ref()) {
        whole.push(format!("{} {finish}", words.earliest_end));
    }
    let known = value::instant(schedule.known_time.as_ref());
    whole.push(format!("{} {known}", words.known));
    let mut notes = vec![sides.join(" · "), whole.join(" · ")];
    if is_empty {
        notes.push(words.nothing.to_owned());
    }
    notes
}

/// The measures in the order of the chart: section by section, in the order in which the sections begin.
struct Parts<'a> {
    sections: Vec<(&'a str, Vec<&'a Measure>)>,
    places: HashMap<&'a str, usize>,
    scheduled: HashMap<&'a str, &'a ScheduledMeasure>,
}

impl<'a> Parts<'a> {
    fn of(measures: &'a [Measure], schedule: &'a Schedule) -> Self {
        let mut sections: Vec<(&str, Vec<&Measure>)> = Vec::new();
        let mut found: HashMap<&str, usize> = HashMap::new();
        for measure in measures {
            let at = *found.entry(measure.section.as_str()).or_insert_with(|| {
                sections.push((&measure.section, Vec::new()));
                sections.len() - 1
            });
            if let Some((_, measures)) = sections.get_mut(at) {
                measures.push(measure);
            }
        }
        let all = sections.iter().flat_map(|(_, measures)| measures);
        let places = all
            .enumerate()
            .map(|(place, measure)| (measure.name.as_str(), place))
            .collect();
        let scheduled = schedule
            .measures
            .iter()
            .map(|measure| (measure.measure.as_str(), measure))
            .collect();
        Self {
            sections,
            places,
            scheduled,
        }
    }

    fn sections(&self, bar: impl Fn(&Measure) -> Bar) -> Vec<Section> {
        self.sections
            .iter()
            .map(|(name, measures)| Section {
                name: (*name).to_owned(),
                bars: measures.iter().map(|measure| bar(measure)).collect(),
            })
            .collect()
    }

    fn follows(&self, measure: &Measure) -> Vec<Link> {
        let own = self.scheduled.get(measure.name.as_str());
        let is_driven = |predecessor: &str| {
            own.is_some_and(|own| own.critical && own.driving_predecessor == predecessor)
        };
        measure
            .dependencies
            .iter()
            .filter_map(|dependency| {
                let place = *self.places.get(dependency.predecessor.as_str())?;
                let kind = dependency.kind();
                Some(Link {
                    place,
                    from_finish: !matches!(
                        kind,
                        DependencyKind::StartToStart | DependencyKind::StartToFinish
                    ),
                    to_start: !matches!(
                        kind,
                        DependencyKind::FinishToFinish | DependencyKind::StartToFinish
                    ),
                    critical: is_driven(&dependency.predecessor),
                })
            })
            .collect()
    }
}

fn bar(
    measure: &Measure,
    parts: &Parts<'_>,
    sides: &[accord_proto::roadmaps::v1::RoadmapSide; 2],
    (language, words): (&str, &Words),
    overdue_before: Option<Date>,
) -> Bar {
    let own = parts.scheduled.get(measure.name.as_str());
    let title = pick(&measure.titles, language);
    let due = due(measure.deadline.as_ref());
    let state = state(measure, sides);
    let report = measure.current_report.as_ref();
    let is_open = state != State::Attested && !state.is_out();
    let earliest = own.and_then(|own| {
        date(own.early_start_date.as_ref()).zip(date(own.early_finish_date.as_ref()))
    });
    let latest = own.and_then(|own| date(own.late_finish_date.as_ref()));
    let days = due.last().zip(overdue_before);
    let overdue = is_open && days.is_some_and(|(last, today)| last < today);
    let mut details = details(measure, own.copied(), title, words);
    details.push(words.state(state).to_owned());
    details.extend(overdue.then(|| words.overdue.to_owned()));
    Bar {
        number: measure.order_number,
        title: title.to_owned(),
        executors: measure
            .executors
            .iter()
            .map(|executors| (executors.party.clone(), executors.lead_body.clone()))
            .collect(),
        start: date(measure.start_date.as_ref()),
        due,
        state,
        done: report.and_then(|report| date(report.completion_date.as_ref())),
        overdue,
        earliest,
        latest,
        critical: own.is_some_and(|own| own.critical),
        follows: parts.follows(measure),
        details: details.join(" · "),
    }
}

fn state(measure: &Measure, sides: &[accord_proto::roadmaps::v1::RoadmapSide; 2]) -> State {
    let by = measure.current_report.as_ref().map_or(0, |report| {
        usize::from(sides.first().is_some_and(|side| side.party != report.party))
    });
    match measure.state() {
        MeasureState::Unspecified | MeasureState::Planned => State::Planned,
        MeasureState::InProgress => State::Begun,
        MeasureState::Reported => State::Claimed(by),
        MeasureState::Returned => State::Returned(by),
        MeasureState::Disputed => State::Disputed(by),
        MeasureState::Complete => State::Attested,
        MeasureState::Cancelled => State::Cancelled,
        MeasureState::Superseded => State::Superseded,
        MeasureState::CarriedOver => State::CarriedOver,
    }
}

fn due(deadline: Option<&Deadline>) -> Due {
    let Some(last) = deadline.and_then(|deadline| date(deadline.last_day.as_ref())) else {
        return Due::Permanent;
    };
    let months = match deadline.and_then(|deadline| deadline.form.as_ref()) {
        Some(deadline::Form::Quarter(_)) => 3,
        Some(deadline::Form::HalfYear(_)) => 6,
        Some(deadline::Form::Year(_)) => 12,
        Some(deadline::Form::Permanent(_)) => return Due::Permanent,
        Some(deadline::Form::Date(_)) | None => return Due::Day(last),
    };
    Date::new(last.year(), last.month() - months + 1, 1)
        .map_or(Due::Day(last), |first| Due::Span(first, last))
}

/// What is to be said of a measure, in words, but its state.
fn details(
    measure: &Measure,
    own: Option<&ScheduledMeasure>,
    title: &str,
    words: &Words,
) -> Vec<String> {
    let mut parts = vec![format!("{}. {title}", measure.order_number)];
    for executors in &measure.executors {
        let others = executors.co_executing_bodies.iter();
        let bodies: Vec<&str> = [&executors.lead_body]
            .into_iter()
            .chain(others)
            .map(String::as_str)
            .collect();
        parts.push(format!("{}: {}", executors.party, bodies.join(", ")));
    }
    let last = measure
        .deadline
        .and_then(|deadline| date(deadline.last_day.as_ref()));
    let last = last.map_or(words.permanent.to_owned(), |last| last.to_string());
    parts.push(match date(measure.start_date.as_ref()) {
        Some(start) => format!("{}: {start} – {last}", words.deadline),
        None => format!("{}: {last}", words.deadline),
    });
    if let Some(own) = own {
        parts.push(format!(
            "{}: {} – {}",
            words.earliest,
            value::date(own.early_start_date.as_ref()),
            value::date(own.early_finish_date.as_ref())
        ));
        parts.extend(own.critical.then(|| words.critical.to_owned()));
    }
    parts
}

fn date(given: Option<&GivenDate>) -> Option<Date> {
    given.and_then(|date| accord_proto::convert::to_date(date).ok())
}

fn required(given: Option<&GivenDate>, what: &str) -> Result<Date, Error> {
    date(given).ok_or_else(|| Error::Failed(format!("the service answered without {what}")))
}

#[cfg(test)]
mod tests {
    use accord_proto::roadmaps::v1::{Period, RoadmapSide};

    use super::*;

    #[test]
    fn measures_are_overdue_only_while_their_deadlines_bind() {
        let day = |year, month, day| Some(GivenDate { year, month, day });
        let measure = Measure {
            name: "partnerships/p/roadmaps/r/measures/m".to_owned(),
            deadline: Some(Deadline {
                form: day(2022, 6, 30).map(deadline::Form::Date),
                last_day: day(2022, 6, 30),
            }),
            ..Measure::default()
        };
        let schedule = Schedule {
            effective_date: day(2022, 7, 1),
            ..Schedule::default()
        };
        let is_overdue = |state: RoadmapState| {
            let roadmap = Roadmap {
                state: state.into(),
                sides: vec![RoadmapSide::default(); 2],
                period: Some(Period {
                    start_date: day(2022, 1, 1),
                    end_date: day(2023, 12, 31),
                }),
                ..Roadmap::default()
            };
            let chart = of(
                &roadmap,
                std::slice::from_ref(&measure),
                &schedule,
                true,
                "en",
            )
            .unwrap();
            let bar = &chart.sections[0].bars[0];
            assert_eq!(bar.overdue, bar.details.ends_with("overdue"));
            bar.overdue
        };
        assert!(is_overdue(RoadmapState::Adopted));
        assert!(!is_overdue(RoadmapState::Draft));
        assert!(!is_overdue(RoadmapState::Closed));
    }
}
