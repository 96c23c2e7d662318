//! Measures.

use std::collections::BTreeSet;

use accord_proto::roadmaps::v1::{self as contract, deadline};
use aip::{Violation, Violations, text};
use jiff::civil::Date;

use super::{date, dependency, details, measure_state, purge_time, time, titles};
use crate::domain::{
    completion::Action,
    deadline::{Deadline, Form},
    measure::{self, Executors, Measure, Misfit, Plan, Report, Verdict},
    roadmap::Roadmap,
};

/// The contract's limits.
const MAX_SECTION_CHARS: usize = 200;
const MAX_RESULT_CHARS: usize = 4_000;
const MAX_FORM_CHARS: usize = 1_000;
const MAX_BODY_CHARS: usize = 300;
const MAX_BODIES: usize = 50;
const MAX_NUMBER: i64 = 1_000_000;
/// The years that dates of the contracts have.
const YEARS: std::ops::RangeInclusive<i16> = 1_500..=2_500;

/// Reads the fields that callers set. An order number of 0 stands for one not given.
pub(in crate::api) fn read(given: &contract::Measure) -> Result<Plan, Violations> {
    let mut violations = Violations::new();
    let titles = titles::read(&given.titles, &mut violations);
    let section = violations.take(text::optional("section", &given.section, MAX_SECTION_CHARS));
    let order_number = violations.take(number("order_number", given.order_number.into(), 0));
    let expected_result = violations.take(text::lines(
        "expected_result",
        &given.expected_result,
        MAX_RESULT_CHARS,
    ));
    let form_of_completion = violations.take(text::lines(
        "form_of_completion",
        &given.form_of_completion,
        MAX_FORM_CHARS,
    ));
    let executors = executors(&given.executors, &mut violations);
    let starts_on = violations.take(aip::convert::optional_date(
        "start_date",
        given.start_date.as_ref(),
    ));
    let deadline = violations.take(deadline(given.deadline.as_ref()));
    let weight = violations.take(number("weight", given.weight, 1));
    let details = details::read(given, &mut violations);
    let working_days = violations.take(dependency::working_days(given.working_days));
    let dependencies = dependency::read(&given.dependencies, &mut violations);
    if let (Some(Some(start)), Some(deadline)) = (starts_on, deadline)
        && deadline.last_day() < start
    {
        violations.push("deadline", "DEADLINE_BEFORE_START", "is before start_date");
    }
    violations.clone().finish()?;
    let plan = || {
        Some(Plan {
            titles,
            section: section?,
            order_number: order_number?,
            expected_result: expected_result?,
            form_of_completion: form_of_completion?,
            executors,
            starts_on: starts_on?,
            deadline: deadline?,
            weight: weight?,
            details,
            working_days: working_days?,
            dependencies,
        })
    };
    plan().ok_or(violations)
}

/// Checks a plan against the roadmap that it belongs to.
pub(in crate::api) fn fits(plan: &Plan, roadmap: &Roadmap) -> Result<(), Violations> {
    let mut violations = Violations::new();
    let parties = plan.executors.iter().map(|executors| &executors.party);
    require_sides(parties.map(String::as_str), roadmap, &mut violations);
    dependency::fits(&plan.dependencies, roadmap, &mut violations);
    require_within(plan.misfits(roadmap.plan.period), roadmap, &mut violations);
    violations.finish()
}

/// Says what of a measure that cannot be read whole does not fit its roadmap either, so that a caller is told of everything at
/// once.
pub(in crate::api) fn misfits(given: &contract::Measure, roadmap: &Roadmap) -> Violations {
    let mut violations = Violations::new();
    // What is wrong in itself is told by `read`.
    let parties = given.executors.iter().map(|executors| {
        let party = executors.party.as_str();
        text::country("party", party).map_or("", |_| party)
    });
    require_sides(parties, roadmap, &mut violations);
    let mut unread = Violations::new();
    let dependencies = dependency::read(&given.dependencies, &mut unread);
    if unread.is_empty() {
        dependency::fits(&dependencies, roadmap, &mut violations);
    }
    let starts_on = aip::convert::optional_date("start_date", given.start_date.as_ref());
    let deadline = deadline(given.deadline.as_ref()).ok();
    let period = roadmap.plan.period;
    let found = measure::misfits(starts_on.ok().flatten(), deadline, period);
    require_within(found, roadmap, &mut violations);
    violations
}

/// Requires executors to be of a side; an empty party is not looked at.
fn require_sides<'a>(
    parties: impl Iterator<Item = &'a str>,
    roadmap: &Roadmap,
    violations: &mut Violations,
) {
    for (index, party) in parties.enumerate() {
        if !party.is_empty() && roadmap.side_of(party).is_none() {
            violations.push(
                format!("executors[{index}].party"),
                "PARTY_NOT_A_SIDE",
                format!("{party} is not a side of {}", roadmap.name),
            );
        }
    }
}

fn require_within(misfits: Vec<Misfit>, roadmap: &Roadmap, violations: &mut Violations) {
    let period = roadmap.plan.period;
    for misfit in misfits {
        let field = match misfit {
            Misfit::StartOutside => "start_date",
            Misfit::DeadlineOutside => "deadline",
        };
        let description = format!("must be within {} and {}", period.start, period.end);
        violations.push(field, "OUTSIDE_PERIOD", description);
    }
}

fn number(field: &str, given: i64, default: i64) -> Result<i64, Violation> {
    match given {
        0 => Ok(default),
        1..=MAX_NUMBER => Ok(given),
        _ => Err(Violation::new(
            field,
            "VALUE_OUT_OF_RANGE",
            "must be 1 to 1,000,000",
        )),
    }
}

fn executors(given: &[contract::Executors], violations: &mut Violations) -> Vec<Executors> {
    let mut parties = BTreeSet::new();
    let mut executors = Vec::new();
    for (index, side) in given.iter().enumerate() {
        let mut found = Violations::new();
        let party = found.take(text::country("party", &side.party));
        let lead_body = found.take(text::required("lead_body", &side.lead_body, MAX_BODY_CHARS));
        let co_executing_bodies = bodies(side, &mut found);
        if !parties.insert(side.party.as_str()) {
            found.push("party", "VALUE_REPEATED", "has executing bodies already");
        }
        violations.merge_under(&format!("executors[{index}]"), found);
        if let (Some(party), Some(lead_body)) = (party, lead_body) {
            executors.push(Executors {
                party,
                lead_body,
                co_executing_bodies,
            });
        }
    }
    executors
}

fn bodies(side: &contract::Executors, violations: &mut Violations) -> Vec<String> {
    let given = &side.co_executing_bodies;
    if given.len() > MAX_BODIES {
        violations.push(
            "co_executing_bodies",
            "VALUE_OUT_OF_RANGE",
            "must be at most 50",
        );
    }
    let mut known = BTreeSet::from([side.lead_body.as_str()]);
    let mut bodies = Vec::new();
    for (index, body) in given.iter().take(MAX_BODIES).enumerate() {
        let field = format!("co_executing_bodies[{index}]");
        bodies.extend(violations.take(text::required(&field, body, MAX_BODY_CHARS)));
        if !known.insert(body) && !body.is_empty() {
            violations.push(field, "VALUE_REPEATED", "is named already");
        }
    }
    bodies
}

fn deadline(given: Option<&contract::Deadline>) -> Result<Deadline, Violation> {
    let form = given
        .and_then(|deadline| deadline.form.as_ref())
        .ok_or_else(|| Violation::required("deadline"))?;
    match form {
        deadline::Form::Date(day) => {
            aip::convert::date("deadline.date", Some(day)).map(Deadline::day)
        }
        deadline::Form::Quarter(part) => {
            part_of_year("deadline.quarter", Form::Quarter, part.year, part.quarter)
        }
        deadline::Form::HalfYear(part) => {
            part_of_year("deadline.half_year", Form::HalfYear, part.year, part.half)
        }
        deadline::Form::Year(year) => part_of_year("deadline.year", Form::Year, *year, 1),
        deadline::Form::Permanent(contract::Permanent {}) => Ok(Deadline::permanent()),
    }
}

fn part_of_year(field: &str, form: Form, year: i32, ordinal: i32) -> Result<Deadline, Violation> {
    let year = i16::try_from(year).ok().filter(|year| YEARS.contains(year));
    let ordinal = i8::try_from(ordinal).ok();
    year.zip(ordinal)
        .and_then(|(year, ordinal)| Deadline::part_of_year(form, year, ordinal))
        .ok_or_else(|| {
            Violation::new(
                field,
                "DATE_INVALID",
                "is no such part of a year 1500 to 2500",
            )
        })
}

/// Writes a measure as the ledger keeps it: what was recorded, without what is derived.
pub(in crate::api) fn write(measure: &Measure) -> contract::Measure {
    contract::Measure {
        name: measure.name.to_string(),
        uid: measure.uid.to_string(),
        state: measure_state(measure.completion.state),
        current_report: measure
            .report
            .as_ref()
            .map(|report| write_report(&measure.parties, report)),
        verdict: measure
            .verdict
            .as_ref()
            .and_then(|verdict| write_verdict(measure, verdict)),
        cancellation_proposal: measure.proposal.as_ref().map(|proposal| {
            contract::CancellationProposal {
                party: measure.parties[proposal.side.index()].clone(),
                agency: proposal.agency.clone(),
                reason: proposal.reason.clone(),
                propose_time: Some(time(proposal.at)),
            }
        }),
        successor: measure
            .successor
            .as_ref()
            .map_or(String::new(), ToString::to_string),
        predecessors: measure
            .predecessors
            .iter()
            .map(ToString::to_string)
            .collect(),
        create_time: Some(time(measure.created)),
        update_time: Some(time(measure.updated)),
        delete_time: measure.deleted.map(time),
        purge_time: purge_time(measure.deleted),
        etag: etag(measure),
        ..write_plan(&measure.plan)
    }
}

/// Writes a plan as a measure of which nothing else is known.
pub(in crate::api) fn write_plan(plan: &Plan) -> contract::Measure {
    contract::Measure {
        titles: titles::write(&plan.titles),
        section: plan.section.clone(),
        order_number: i32::try_from(plan.order_number).unwrap_or(i32::MAX),
        expected_result: plan.expected_result.clone(),
        form_of_completion: plan.form_of_completion.clone(),
        executors: plan.executors.iter().map(write_executors).collect(),
        start_date: plan.starts_on.map(date),
        deadline: Some(write_deadline(plan.deadline)),
        weight: plan.weight,
        notes: titles::write(&plan.details.notes),
        indicators: details::write_indicators(&plan.details),
        commitments: details::write_commitments(&plan.details),
        dependencies: plan.dependencies.iter().map(dependency::write).collect(),
        working_days: plan
            .working_days
            .map_or(0, |days| i32::try_from(days).unwrap_or(i32::MAX)),
        ..contract::Measure::default()
    }
}

/// Writes a measure as callers see it on a day.
pub(in crate::api) fn answer(measure: &Measure, today: Date) -> contract::Measure {
    contract::Measure {
        overdue: measure.is_overdue(today),
        ..write(measure)
    }
}

pub(super) fn write_executors(executors: &Executors) -> contract::Executors {
    contract::Executors {
        party: executors.party.clone(),
        lead_body: executors.lead_body.clone(),
        co_executing_bodies: executors.co_executing_bodies.clone(),
    }
}

pub(super) fn write_deadline(deadline: Deadline) -> contract::Deadline {
    let last_day = deadline.last_day();
    let year = i32::from(last_day.year());
    let ordinal = i32::from(deadline.ordinal());
    let form = match deadline.form() {
        Form::Day => Some(deadline::Form::Date(date(last_day))),
        Form::Quarter => Some(deadline::Form::Quarter(contract::Quarter {
            year,
            quarter: ordinal,
        })),
        Form::HalfYear => Some(deadline::Form::HalfYear(contract::HalfYear {
            year,
            half: ordinal,
        })),
        Form::Year => Some(deadline::Form::Year(year)),
        Form::Permanent => Some(deadline::Form::Permanent(contract::Permanent {})),
    };
    contract::Deadline {
        form,
        last_day: (!deadline.is_permanent()).then(|| date(last_day)),
    }
}

/// Writes a report of a measure whose roadmap has these parties.
pub(super) fn write_report(parties: &[String; 2], report: &Report) -> contract::MeasureReport {
    contract::MeasureReport {
        revision: report.revision,
        party: parties[report.side.index()].clone(),
        agency: report.agency.clone(),
        report_time: Some(time(report.at)),
        completion_date: Some(date(report.claim.completed_on)),
        note: report.claim.note.clone(),
        evidence: report
            .claim
            .evidence
            .iter()
            .map(|evidence| contract::Evidence {
                sha256: evidence.sha256.clone(),
                uri: evidence.uri.clone(),
                note: evidence.note.clone(),
            })
            .collect(),
    }
}

fn write_verdict(measure: &Measure, verdict: &Verdict) -> Option<contract::MeasureVerdict> {
    let report = measure.report.as_ref()?;
    let kind = match verdict.action {
        Action::Confirm => contract::VerdictKind::Confirmed,
        Action::Return => contract::VerdictKind::Returned,
        Action::Dispute => contract::VerdictKind::Disputed,
        Action::Start
        | Action::Report
        | Action::WithdrawReport
        | Action::ProposeCancellation
        | Action::AcceptCancellation
        | Action::DeclineCancellation
        | Action::Replan
        | Action::Remove
        | Action::Supersede
        | Action::CarryOver => return None,
    };
    Some(contract::MeasureVerdict {
        kind: kind.into(),
        report_revision: report.revision,
        party: measure.parties[report.side.other().index()].clone(),
        agency: verdict.agency.clone(),
        reason: verdict.reason.clone(),
        verdict_time: Some(time(verdict.at)),
    })
}

/// Returns the version tag of a measure.
pub(in crate::api) fn etag(measure: &Measure) -> String {
    aip::etag::of(&measure.uid.to_string(), measure.revision)
}
