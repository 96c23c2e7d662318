//! What a measure depends on, in the notation of programs for project plans: `m-1`, `m-2 SS`, `m-3 FS+5d`, `m-4 FF-2ed`.
//!
//! The kind is left out for FS (finish to start), and has to stand before a lag: `m-2-5d` would be an id. `d` are working days, `ed`
//! (elapsed) all days.

use accord_proto::roadmaps::v1::{Dependency, DependencyKind, LagUnit};

/// The kinds by their two letters.
const KINDS: [(&str, DependencyKind); 4] = [
    ("FS", DependencyKind::FinishToStart),
    ("SS", DependencyKind::StartToStart),
    ("FF", DependencyKind::FinishToFinish),
    ("SF", DependencyKind::StartToFinish),
];

/// Reads a list with `;` or lines between its items. Predecessors are ids of the same roadmap.
pub fn read(text: &str) -> Result<Vec<Dependency>, String> {
    let items = text.split([';', '\n']).map(str::trim);
    items
        .filter(|item| !item.is_empty())
        .map(|item| {
            one(item).ok_or_else(|| {
                format!(
                    "\"{}\" is not written as m-1, m-2 SS or m-3 FS+5d",
                    super::shown(item)
                )
            })
        })
        .collect()
}

fn one(item: &str) -> Option<Dependency> {
    let found = KINDS.iter().find_map(|(letters, kind)| {
        let (id, lag) = item.split_once(letters)?;
        Some((id.trim(), *kind, lag.trim()))
    });
    let (id, kind, lag) = found.unwrap_or((item, DependencyKind::FinishToStart, ""));
    let is_id = id.starts_with(|sign: char| sign.is_ascii_lowercase())
        && id
            .chars()
            .all(|sign| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '-');
    if !is_id {
        return None;
    }
    let (lag_days, unit) = lag_of(lag)?;
    Some(Dependency {
        predecessor: id.to_owned(),
        kind: kind.into(),
        lag_days,
        lag_unit: unit.into(),
    })
}

fn lag_of(text: &str) -> Option<(i32, LagUnit)> {
    if text.is_empty() {
        return Some((0, LagUnit::WorkingDays));
    }
    let (days, unit) = match text.strip_suffix("ed") {
        Some(days) => (days, LagUnit::CalendarDays),
        None => (text.strip_suffix('d')?, LagUnit::WorkingDays),
    };
    if !days.starts_with(['+', '-']) {
        return None;
    }
    Some((days.trim_start_matches('+').trim().parse().ok()?, unit))
}

/// Writes what [`read`] reads.
#[must_use]
pub fn write(dependencies: &[Dependency]) -> String {
    let written: Vec<String> = dependencies.iter().map(write_one).collect();
    written.join("; ")
}

fn write_one(dependency: &Dependency) -> String {
    let id = crate::render::value::id(&dependency.predecessor);
    let letters = KINDS.iter().find(|(_, kind)| *kind == dependency.kind());
    let letters = letters.map_or("FS", |(letters, _)| letters);
    let is_elapsed = dependency.lag_unit() == LagUnit::CalendarDays;
    match (letters, dependency.lag_days) {
        ("FS", 0) if !is_elapsed => id.to_owned(),
        (letters, 0) if !is_elapsed => format!("{id} {letters}"),
        (letters, days) => format!(
            "{id} {letters}{days:+}{}",
            if is_elapsed { "ed" } else { "d" }
        ),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_notation_of_project_plans_is_read() {
        let read = read("m-1; m-2SS\nm-3 FS+5d; m-4 FF -2ed").unwrap();
        let told: Vec<(&str, DependencyKind, i32, LagUnit)> = read
            .iter()
            .map(|one| {
                (
                    one.predecessor.as_str(),
                    one.kind(),
                    one.lag_days,
                    one.lag_unit(),
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                (
                    "m-1",
                    DependencyKind::FinishToStart,
                    0,
                    LagUnit::WorkingDays
                ),
                ("m-2", DependencyKind::StartToStart, 0, LagUnit::WorkingDays),
                (
                    "m-3",
                    DependencyKind::FinishToStart,
                    5,
                    LagUnit::WorkingDays
                ),
                (
                    "m-4",
                    DependencyKind::FinishToFinish,
                    -2,
                    LagUnit::CalendarDays
                ),
            ]
        );
        for bad in ["M-1", "m-1 FS5d", "m-1 FS+5", "m-1 +5d", "m-1 XX", "FS+1d"] {
            assert!(super::read(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(
            items in prop::collection::vec(("[a-z]([a-z0-9-]{0,6}[a-z0-9])?", 0_usize..4, -3650_i32..=3650, any::<bool>()), 0..5),
        ) {
            let dependencies: Vec<Dependency> = items
                .into_iter()
                .map(|(predecessor, kind, lag_days, is_elapsed)| Dependency {
                    predecessor,
                    kind: KINDS[kind].1.into(),
                    lag_days,
                    lag_unit: if is_elapsed { LagUnit::CalendarDays } else { LagUnit::WorkingDays }.into(),
                })
                .collect();
            prop_assert_eq!(read(&write(&dependencies)), Ok(dependencies));
        }
    }
}
