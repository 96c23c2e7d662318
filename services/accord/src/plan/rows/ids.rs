//! The ids of measures: the file's own, else its numbers if each stands there once, else counted ones.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use prost::Message as _;

use super::{DOUBTFUL, Draft, Outcome, Planned, cells};
use crate::plan::header::Header;
use crate::plan::{Field, shown};
use crate::register::{Place, Problem};

/// Gives measures their ids and places, refuses ids that stand there twice, and tells of what may be entered twice.
pub(super) fn give(drafts: Vec<Draft>, header: &Header, outcome: &mut Outcome) {
    let ids = of(&drafts);
    let place = |wanted: &Field| {
        let column = header
            .columns
            .iter()
            .find(|column| column.field == *wanted)?;
        Some(Place {
            number: column.index + 1,
            name: column.name.clone(),
        })
    };
    tell_numbers(&drafts, place(&Field::Number), outcome);
    let mut lines: HashMap<&str, Vec<u64>> = HashMap::new();
    for (id, draft) in ids.iter().zip(&drafts) {
        lines.entry(id).or_default().push(draft.line);
    }
    let mut known: BTreeMap<Vec<u8>, u64> = BTreeMap::new();
    for (index, (draft, id)) in drafts.into_iter().zip(&ids).enumerate() {
        let mut problems = Vec::new();
        let twins = lines.get(id.as_str()).map_or(&[][..], Vec::as_slice);
        if twins.len() > 1 {
            let others: Vec<String> = twins
                .iter()
                .filter(|line| **line != draft.line)
                .map(|line| format!("row {line}"))
                .collect();
            problems.push(Problem {
                line: draft.line,
                column: place(&Field::Id),
                reason: "VALUE_REPEATED".to_owned(),
                description: format!("\"{}\" is the id of {} too", shown(id), others.join(", ")),
            });
        }
        let planned = Planned {
            line: draft.line,
            id: id.clone(),
            place: i32::try_from(index + 1).unwrap_or(i32::MAX),
            measure: draft.measure,
        };
        if problems.is_empty() && draft.problems.is_empty() {
            let said = known
                .entry(planned.measure.encode_to_vec())
                .or_insert(draft.line);
            if *said != draft.line {
                outcome.notices.push(Problem::of_row(
                    draft.line,
                    DOUBTFUL,
                    format!("says the same as row {said}; both were taken"),
                ));
            }
            outcome.measures.push(planned);
        } else if problems.is_empty() {
            outcome.partial.push(planned);
        }
        problems.extend(draft.problems);
        // An id may be as long as a cell.
        let id = shown(id);
        let problems = problems.into_iter().map(|problem| (id.clone(), problem));
        outcome.problems.extend(problems);
    }
}

/// The id of each measure.
fn of(drafts: &[Draft]) -> Vec<String> {
    let numbers: Vec<Option<String>> = drafts
        .iter()
        .map(|draft| cells::id_of_number(draft.number.as_deref()?, draft.part))
        .collect();
    let known: BTreeSet<&String> = numbers.iter().flatten().collect();
    let are_ids = known.len() == drafts.len();
    let ids = drafts.iter().zip(&numbers).enumerate();
    ids.map(|(index, (draft, number))| {
        let of_file = draft.id.as_ref().map(|id| match draft.part {
            0 => id.clone(),
            part => format!("{id}-{part}"),
        });
        of_file
            .or_else(|| number.clone().filter(|_| are_ids))
            .unwrap_or_else(|| format!("m-{}", index + 1))
    })
    .collect()
}

/// Tells of numbers that stand twice in one section.
fn tell_numbers(drafts: &[Draft], place: Option<Place>, outcome: &mut Outcome) {
    let Some(place) = place else {
        return;
    };
    let mut known: HashMap<(&str, &str), u64> = HashMap::new();
    for draft in drafts.iter().filter(|draft| draft.part < 2) {
        let Some(number) = draft.number.as_deref() else {
            continue;
        };
        let first = *known.entry((&draft.section, number)).or_insert(draft.line);
        if first != draft.line {
            outcome.notices.push(Problem {
                line: draft.line,
                column: Some(place.clone()),
                reason: DOUBTFUL.to_owned(),
                description: format!(
                    "\"{}\" is the number of row {first} too; both were taken",
                    shown(number)
                ),
            });
        }
    }
}
