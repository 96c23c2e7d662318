//! How the plans of a measure differ, field by field, for people.

use accord_proto::roadmaps::v1::{
    Commitment, Deadline, Dependency, Executors, Indicator, LagUnit, LocalizedText,
    MeasureSnapshot, PlanDifference, TradeReading, deadline,
};

use super::deadlines::wording;
use crate::render::value;

/// What a field without a value is shown as.
const NOTHING: &str = "(none)";

/// Every field that differs: its name, what it was, and what it becomes.
pub(super) fn rows(difference: &PlanDifference) -> Vec<[String; 3]> {
    let (from, to) = (difference.from.as_ref(), difference.to.as_ref());
    between(&difference.changed_fields, from, to)
}

/// The same of two snapshots; `state` is left out, which comparisons show by itself.
pub(super) fn between(
    fields: &[String],
    from: Option<&MeasureSnapshot>,
    to: Option<&MeasureSnapshot>,
) -> Vec<[String; 3]> {
    let text = |snapshot: Option<&MeasureSnapshot>, field: &str| {
        let text = snapshot.map_or(String::new(), |snapshot| shown(snapshot, field));
        if text.is_empty() {
            NOTHING.to_owned()
        } else {
            text
        }
    };
    fields
        .iter()
        .filter(|field| *field != "state")
        .map(|field| [field.clone(), text(from, field), text(to, field)])
        .collect()
}

/// The same as one line each.
pub(super) fn lines(rows: &[[String; 3]]) -> Vec<String> {
    rows.iter()
        .map(|[field, from, to]| format!("{field}: {from} → {to}"))
        .collect()
}

/// One field of a snapshot in words.
fn shown(snapshot: &MeasureSnapshot, field: &str) -> String {
    let number = |number: i64| match number {
        0 => String::new(),
        number => number.to_string(),
    };
    match field {
        "titles" => texts(&snapshot.titles),
        "section" => snapshot.section.clone(),
        "order_number" => number(snapshot.order_number.into()),
        "expected_result" => snapshot.expected_result.clone(),
        "form_of_completion" => snapshot.form_of_completion.clone(),
        "executors" => joined(&snapshot.executors, executors),
        "start_date" => value::date(snapshot.start_date.as_ref()),
        "deadline" => due(snapshot.deadline.as_ref()),
        "weight" => number(snapshot.weight),
        "notes" => texts(&snapshot.notes),
        "indicators" => joined(&snapshot.indicators, indicator),
        "commitments" => joined(&snapshot.commitments, commitment),
        "working_days" => number(snapshot.working_days.into()),
        "dependencies" => joined(&snapshot.dependencies, dependency),
        // A field of a newer service: that it differs is told all the same.
        _ => "?".to_owned(),
    }
}

/// A deadline in the form in which the plan gives it, with its last day: `2022-Q2 (2022-06-30)`.
pub(super) fn due(deadline: Option<&Deadline>) -> String {
    let form = wording(deadline);
    let is_day = |deadline: &&Deadline| matches!(deadline.form, Some(deadline::Form::Date(_)));
    let last_day = deadline
        .filter(|deadline| !is_day(deadline))
        .and_then(|deadline| deadline.last_day.as_ref());
    match last_day {
        Some(day) => format!("{form} ({})", value::date(Some(day))),
        None => form,
    }
}

fn joined<T>(all: &[T], one: impl Fn(&T) -> String) -> String {
    all.iter().map(one).collect::<Vec<_>>().join("; ")
}

fn texts(texts: &[LocalizedText]) -> String {
    joined(texts, |text| {
        format!("{} ({})", text.text, text.language_code)
    })
}

fn executors(executors: &Executors) -> String {
    let others = executors.co_executing_bodies.join(", ");
    let with = if others.is_empty() {
        String::new()
    } else {
        format!(" with {others}")
    };
    format!("{}: {}{with}", executors.party, executors.lead_body)
}

fn indicator(indicator: &Indicator) -> String {
    let mut words = vec![indicator.indicator_id.clone()];
    for (label, value) in [
        ("from", &indicator.baseline),
        ("to", &indicator.target),
        ("in", &indicator.unit),
    ] {
        if !value.is_empty() {
            words.push(format!("{label} {value}"));
        }
    }
    words.extend(indicator.trade_reading.as_ref().map(reading));
    let titles = texts(&indicator.titles);
    if !titles.is_empty() {
        words.push(format!("({titles})"));
    }
    words.join(" ")
}

/// What is read of a trade target, by its full name: another partnership may have one with the same id.
fn reading(reading: &TradeReading) -> String {
    let figure = value::words(reading.figure().as_str_name(), "TRADE_FIGURE_");
    format!("read as {figure} of {}", reading.target)
}

/// A document by its full name: it may be of any partnership.
fn commitment(commitment: &Commitment) -> String {
    let document = &commitment.document;
    match commitment.provision.as_str() {
        "" => document.clone(),
        provision => format!("{document}, {provision}"),
    }
}

fn dependency(dependency: &Dependency) -> String {
    let kind = value::words(dependency.kind().as_str_name(), "DEPENDENCY_KIND_");
    let id = value::id(&dependency.predecessor);
    let unit = match dependency.lag_unit() {
        LagUnit::CalendarDays => "days",
        LagUnit::WorkingDays | LagUnit::Unspecified => "working days",
    };
    match dependency.lag_days {
        0 => format!("{kind} after {id}"),
        days => format!("{kind} after {id} {days:+} {unit}"),
    }
}

#[cfg(test)]
mod tests {
    use accord_proto::google::r#type::Date;
    use accord_proto::roadmaps::v1::{Quarter, TradeFigure};

    use super::*;

    const JUNE_30: Date = Date {
        year: 2022,
        month: 6,
        day: 30,
    };

    #[test]
    fn a_quarter_is_not_the_last_day_of_it() {
        let due = |form, last_day| {
            let form = Some(form);
            shown(
                &MeasureSnapshot {
                    deadline: Some(Deadline { form, last_day }),
                    ..MeasureSnapshot::default()
                },
                "deadline",
            )
        };
        let quarter = deadline::Form::Quarter(Quarter {
            year: 2022,
            quarter: 2,
        });
        assert_eq!(due(quarter, Some(JUNE_30)), "2022-Q2 (2022-06-30)");
        assert_eq!(due(quarter, None), "2022-Q2");
        let day = deadline::Form::Date(JUNE_30);
        assert_eq!(due(day, Some(JUNE_30)), "2022-06-30");
    }

    #[test]
    fn what_an_indicator_reads_of_trade_is_shown() {
        let mut read = Indicator {
            indicator_id: "turnover".to_owned(),
            target: "10".to_owned(),
            ..Indicator::default()
        };
        assert_eq!(indicator(&read), "turnover to 10");
        read.trade_reading = Some(TradeReading {
            target: "partnerships/uz-kz/targets/t".to_owned(),
            figure: TradeFigure::AttainedShare.into(),
        });
        assert_eq!(
            indicator(&read),
            "turnover to 10 read as attained share of partnerships/uz-kz/targets/t"
        );
    }

    #[test]
    fn documents_of_two_partnerships_with_one_id_are_told_apart() {
        let of = |partnership: &str| {
            commitment(&Commitment {
                document: format!("partnerships/{partnership}/documents/plan"),
                provision: "Article 3".to_owned(),
            })
        };
        assert_eq!(of("uz-kz"), "partnerships/uz-kz/documents/plan, Article 3");
        assert_ne!(of("uz-kz"), of("uz-kg"));
    }

    #[test]
    fn each_field_is_shown_as_it_was_and_as_it_becomes() {
        let snapshot = |target: &str, weight| MeasureSnapshot {
            weight,
            indicators: vec![Indicator {
                indicator_id: "km".to_owned(),
                baseline: "0".to_owned(),
                target: target.to_owned(),
                unit: "km".to_owned(),
                ..Indicator::default()
            }],
            ..MeasureSnapshot::default()
        };
        let difference = PlanDifference {
            changed_fields: ["weight", "indicators", "notes"]
                .map(str::to_owned)
                .to_vec(),
            from: Some(snapshot("100", 1)),
            to: Some(snapshot("1", 3)),
            ..PlanDifference::default()
        };
        assert_eq!(
            lines(&rows(&difference)),
            [
                "weight: 1 → 3",
                "indicators: km from 0 to 100 in km → km from 0 to 1 in km",
                "notes: (none) → (none)",
            ]
        );
    }
}
