//! Whether a measure says what a plan says of it.

use accord_proto::roadmaps::v1::{
    Deadline, DependencyKind, Indicator, LagUnit, LocalizedText, Measure,
};

/// Whether a measure says all that an import would write. The order of languages, of sides, of dependencies and of commitments
/// says nothing; a plan without an order number says nothing of the measure's place.
#[must_use]
pub fn says_the_same(there: &Measure, planned: &Measure) -> bool {
    differences(there, planned).is_empty()
}

/// The fields in which a measure says something else than a plan.
#[must_use]
pub fn differences(there: &Measure, planned: &Measure) -> Vec<&'static str> {
    let there = plan(there);
    let mut planned = plan(planned);
    if planned.order_number == 0 {
        planned.order_number = there.order_number;
    }
    let pairs = there.indicators.iter().zip(&mut planned.indicators);
    for (there, planned) in pairs {
        // The service fills in the unit of a live reading.
        if planned.trade_reading.is_some() && planned.unit.is_empty() {
            planned.unit.clone_from(&there.unit);
        }
    }
    let fields = [
        ("titles", there.titles == planned.titles),
        ("section", there.section == planned.section),
        ("order_number", there.order_number == planned.order_number),
        (
            "expected_result",
            there.expected_result == planned.expected_result,
        ),
        (
            "form_of_completion",
            there.form_of_completion == planned.form_of_completion,
        ),
        ("executors", there.executors == planned.executors),
        ("start_date", there.start_date == planned.start_date),
        ("deadline", there.deadline == planned.deadline),
        ("weight", there.weight == planned.weight),
        ("dependencies", there.dependencies == planned.dependencies),
        ("working_days", there.working_days == planned.working_days),
        ("notes", there.notes == planned.notes),
        ("indicators", there.indicators == planned.indicators),
        ("commitments", there.commitments == planned.commitments),
    ];
    let other = fields.iter().filter(|(_, is_same)| !is_same);
    other.map(|(field, _)| *field).collect()
}

/// What both sides agreed on, in one form of the many in which it can be said.
fn plan(measure: &Measure) -> Measure {
    let mut executors = measure.executors.clone();
    executors.sort_by(|one, other| one.party.cmp(&other.party));
    let mut dependencies = measure.dependencies.clone();
    for dependency in &mut dependencies {
        if dependency.kind() == DependencyKind::Unspecified {
            dependency.set_kind(DependencyKind::FinishToStart);
        }
        if dependency.lag_unit() == LagUnit::Unspecified {
            dependency.set_lag_unit(LagUnit::WorkingDays);
        }
    }
    dependencies
        .sort_by(|one, other| (&one.predecessor, one.kind).cmp(&(&other.predecessor, other.kind)));
    let mut commitments = measure.commitments.clone();
    commitments.sort_by(|one, other| {
        (&one.document, &one.provision).cmp(&(&other.document, &other.provision))
    });
    let indicators = measure.indicators.iter().map(|indicator| Indicator {
        titles: texts(&indicator.titles),
        ..indicator.clone()
    });
    Measure {
        titles: texts(&measure.titles),
        section: measure.section.clone(),
        order_number: measure.order_number,
        expected_result: measure.expected_result.clone(),
        form_of_completion: measure.form_of_completion.clone(),
        executors,
        start_date: measure.start_date,
        deadline: measure.deadline.as_ref().map(|deadline| Deadline {
            last_day: None,
            ..*deadline
        }),
        weight: measure.weight.max(1),
        dependencies,
        working_days: measure.working_days,
        notes: texts(&measure.notes),
        indicators: indicators.collect(),
        commitments,
        ..Measure::default()
    }
}

/// Texts by language; the case of its tag says nothing (BCP 47).
fn texts(texts: &[LocalizedText]) -> Vec<LocalizedText> {
    let mut texts: Vec<LocalizedText> = texts
        .iter()
        .map(|text| LocalizedText {
            language_code: text.language_code.to_ascii_lowercase(),
            text: text.text.clone(),
        })
        .collect();
    texts.sort_by(|one, other| one.language_code.cmp(&other.language_code));
    texts
}
