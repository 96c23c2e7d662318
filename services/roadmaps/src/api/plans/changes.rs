//! Changes of a plan, as callers propose them.

use std::collections::{BTreeMap, BTreeSet};

use accord_proto::roadmaps::v1::{self as contract, plan_change};
use aip::{Violation, Violations};
use fault::Fault;
use jiff::civil::Date;
use prost_types::FieldMask;

use crate::{
    api::{bodies, convert, fault as faults},
    domain::{
        indicator::Details,
        measure::{Measure, Plan},
        name::{MeasureName, RoadmapName},
        rebaseline::Change,
        roadmap::Roadmap,
    },
};

/// The contract's limit.
const MAX_CHANGES: usize = 500;

/// A proposed change whose names are read, but whose plan is not put together yet.
#[derive(Clone, Debug)]
pub(super) struct Given {
    /// The measure of the roadmap that changes.
    pub(super) measure: MeasureName,
    what: What,
    patch: Option<contract::Measure>,
    mask: Option<FieldMask>,
}

#[derive(Clone, Debug)]
enum What {
    Add,
    Replan,
    Remove,
    Supersede(MeasureName),
    CarryOver(MeasureName),
}

impl Given {
    /// Returns the following roadmap, where a measure is carried over.
    pub(super) fn following(&self) -> Option<RoadmapName> {
        match &self.what {
            What::CarryOver(successor) => Some(successor.roadmap_name()),
            _ => None,
        }
    }

    /// Returns the other measure that the change names.
    pub(super) fn successor(&self) -> Option<&MeasureName> {
        match &self.what {
            What::Supersede(successor) | What::CarryOver(successor) => Some(successor),
            What::Add | What::Replan | What::Remove => None,
        }
    }

    /// Returns what the change would bring of details that refer to other services.
    pub(super) fn referring(&self) -> Details {
        convert::details::changed(self.patch.as_ref(), self.mask.as_ref())
    }

    /// Returns where the plan stands in the request.
    pub(super) fn place(&self, index: usize) -> String {
        let field = match &self.what {
            What::Add => "add",
            What::Replan => "replan",
            What::Remove => "remove",
            What::Supersede(_) => "supersede",
            What::CarryOver(_) => "carry_over",
        };
        format!("changes[{index}].{field}.measure")
    }
}

/// Reads the changes of a proposal for a roadmap: each measure in at most one.
pub(super) fn read(
    given: &[contract::PlanChange],
    roadmap: &RoadmapName,
    violations: &mut Violations,
) -> Vec<Given> {
    match given.len() {
        0 => violations.push("changes", "FIELD_REQUIRED", "must have at least one entry"),
        1..=MAX_CHANGES => {}
        _ => violations.push("changes", "VALUE_OUT_OF_RANGE", "must be at most 500"),
    }
    let mut measures = BTreeSet::new();
    let mut read = Vec::new();
    for (index, change) in given.iter().take(MAX_CHANGES).enumerate() {
        let place = format!("changes[{index}]");
        let mut found = Violations::new();
        if let Some(change) = read_one(change, roadmap, &mut found) {
            if measures.insert(change.measure.clone()) {
                read.push(change);
            } else {
                let description = format!("{} changes already", change.measure);
                violations.push(place.clone(), "VALUE_REPEATED", description);
            }
        }
        violations.merge_under(&place, found);
    }
    read
}

fn read_one(
    given: &contract::PlanChange,
    roadmap: &RoadmapName,
    violations: &mut Violations,
) -> Option<Given> {
    let Some(change) = given.change.clone() else {
        violations.push("change", "FIELD_REQUIRED", "must say what changes");
        return None;
    };
    match change {
        plan_change::Change::Add(add) => {
            let id = violations.take(aip::parse_id("add.measure_id", &add.measure_id));
            if add.measure.is_none() {
                violations.push("add.measure", "FIELD_REQUIRED", "must be set");
            }
            Some(Given {
                measure: measure_of(roadmap, id?),
                what: What::Add,
                patch: Some(add.measure?),
                mask: None,
            })
        }
        plan_change::Change::Replan(replan) => {
            let Some(patch) = replan.measure else {
                violations.push("replan.measure", "FIELD_REQUIRED", "must be set");
                return None;
            };
            let measure = violations.take(own("replan.measure.name", &patch.name, roadmap));
            Some(Given {
                measure: measure?,
                what: What::Replan,
                patch: Some(patch),
                mask: replan.update_mask,
            })
        }
        plan_change::Change::Remove(remove) => {
            let measure = violations.take(own("remove.name", &remove.name, roadmap));
            Some(plain(measure?, What::Remove))
        }
        plan_change::Change::Supersede(supersede) => {
            let measure = violations.take(own("supersede.name", &supersede.name, roadmap));
            let successor = own("supersede.successor", &supersede.successor, roadmap);
            let successor = violations.take(successor);
            Some(plain(measure?, What::Supersede(successor?)))
        }
        plan_change::Change::CarryOver(given) => carry_over(given, roadmap, violations),
    }
}

fn carry_over(
    given: contract::CarryOverMeasure,
    roadmap: &RoadmapName,
    violations: &mut Violations,
) -> Option<Given> {
    let measure = violations.take(own("carry_over.name", &given.name, roadmap));
    let following = RoadmapName::parse("carry_over.roadmap", &given.roadmap);
    let following = violations.take(following);
    let id = match given.measure_id.as_str() {
        "" => measure.as_ref().map(|measure| measure.measure.clone()),
        id => violations.take(aip::parse_id("carry_over.measure_id", id)),
    };
    let successor = measure_of(&following?, id?);
    Some(Given {
        measure: measure?,
        what: What::CarryOver(successor),
        patch: given.measure,
        mask: given.update_mask,
    })
}

fn plain(measure: MeasureName, what: What) -> Given {
    Given {
        measure,
        what,
        patch: None,
        mask: None,
    }
}

fn measure_of(roadmap: &RoadmapName, id: String) -> MeasureName {
    MeasureName::new(roadmap.partnership.clone(), roadmap.roadmap.clone(), id)
}

/// Reads the name of a measure of the roadmap.
fn own(field: &str, given: &str, roadmap: &RoadmapName) -> Result<MeasureName, Violation> {
    let name = MeasureName::parse(field, given)?;
    if name.roadmap_name() != *roadmap {
        return Err(Violation::new(
            field,
            "NAME_INVALID",
            format!("must be a measure of {roadmap}"),
        ));
    }
    Ok(name)
}

/// Refuses to change measures that there are not.
pub(super) fn require_known(
    given: &[Given],
    measures: &BTreeMap<MeasureName, Measure>,
) -> Result<(), Fault> {
    let unknown = given
        .iter()
        .filter(|change| !matches!(change.what, What::Add))
        .find(|change| !measures.contains_key(&change.measure));
    unknown.map_or(Ok(()), |change| {
        Err(Fault::not_found(
            faults::MEASURE,
            &change.measure.to_string(),
        ))
    })
}

/// Puts the plans of changes together with those of the measures that there are, or says everything that is wrong with
/// them.
pub(super) fn put_together(
    given: &[Given],
    measures: &BTreeMap<MeasureName, Measure>,
    roadmap: &Roadmap,
    following: &BTreeMap<RoadmapName, Roadmap>,
) -> Result<Vec<Change>, Violations> {
    let mut violations = Violations::new();
    let mut changes = Vec::new();
    for (index, given) in given.iter().enumerate() {
        let measure = given.measure.clone();
        let base = measures.get(&measure).map(|measure| &measure.plan);
        let mut plan = || {
            let home = match given.following() {
                Some(name) => following.get(&name),
                None => Some(roadmap),
            };
            plan(given, base, home)
                .map_err(|found| violations.merge_under(&given.place(index), found))
                .ok()
        };
        let change = match &given.what {
            What::Add => plan().map(|plan| Change::Add { measure, plan }),
            What::Replan => plan().map(|plan| Change::Replan { measure, plan }),
            What::Remove => Some(Change::Remove { measure }),
            What::Supersede(successor) => Some(Change::Supersede {
                measure,
                successor: successor.clone(),
            }),
            What::CarryOver(successor) => plan().map(|plan| Change::CarryOver {
                measure,
                successor: successor.clone(),
                plan,
            }),
        };
        changes.extend(change);
    }
    violations.finish()?;
    Ok(changes)
}

/// Puts a plan together; when it cannot be read, also says what of it does not fit its roadmap.
fn plan(given: &Given, base: Option<&Plan>, home: Option<&Roadmap>) -> Result<Plan, Violations> {
    let patch = given.patch.clone().unwrap_or_default();
    let merged = match base {
        Some(base) if !matches!(given.what, What::Add) => {
            let mut base = base.clone();
            if matches!(given.what, What::CarryOver(_)) {
                // What it depends on is not in the following roadmap, and a start before or after it binds nobody there.
                base.dependencies.clear();
                let period = home.map(|home| home.plan.period);
                let is_inside = |day: &Date| period.is_none_or(|period| period.contains(*day));
                base.starts_on = base.starts_on.filter(is_inside);
            }
            let base = convert::measure::write_plan(&base);
            aip::mask::merge(&base, &patch, given.mask.as_ref(), "")?
        }
        _ => patch,
    };
    convert::measure::read(&merged).map_err(|mut found| {
        if let Some(home) = home {
            found.merge(convert::measure::misfits(&merged, home));
        }
        found
    })
}

/// Where the plan of a change stands in the request.
pub(super) fn plan_place(change: &Change, index: usize) -> String {
    let field = match change {
        Change::Add { .. } => "add",
        Change::Replan { .. } => "replan",
        Change::Remove { .. } => "remove",
        Change::Supersede { .. } => "supersede",
        Change::CarryOver { .. } => "carry_over",
    };
    format!("changes[{index}].{field}.measure")
}

/// The new plans of changes with their places, for a check of their bodies.
pub(super) fn plans(changes: &[Change], is_free: bool) -> Vec<bodies::Checked<'_>> {
    let plans = changes.iter().enumerate();
    plans
        .filter_map(|(index, change)| {
            Some(bodies::Checked {
                place: plan_place(change, index),
                plan: change.plan()?,
                is_free,
            })
        })
        .collect()
}

/// Checks every new plan against the roadmap that it belongs to.
pub(super) fn fit(
    changes: &[Change],
    roadmap: &Roadmap,
    following: &BTreeMap<RoadmapName, Roadmap>,
) -> Result<(), Violations> {
    let mut violations = Violations::new();
    for (index, change) in changes.iter().enumerate() {
        let home = match change.following() {
            Some(name) => following.get(&name),
            None => Some(roadmap),
        };
        if let Some((plan, home)) = change.plan().zip(home)
            && let Err(found) = convert::measure::fits(plan, home)
        {
            violations.merge_under(&plan_place(change, index), found);
        }
    }
    violations.finish()
}
