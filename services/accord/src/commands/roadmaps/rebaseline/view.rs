//! A proposal to change a plan, for people.

use accord_proto::roadmaps::v1::{ListRebaselinesResponse, PlanChange, Rebaseline, plan_change};

use crate::commands::roadmaps::difference::{self, due};
use crate::render::{Answer, Block, Column, Page, Sheet, Table, View, value};

/// Shows one proposal with its changes.
pub(super) fn one(rebaseline: &Rebaseline) -> View {
    let ended = value::instant(rebaseline.end_time.as_ref());
    let word = [
        ended.as_str(),
        &rebaseline.end_agency,
        &rebaseline.end_reason,
    ];
    let mut page = Page::new(vec![Block::Pairs(vec![
        ("Re-baseline", value::id(&rebaseline.name).to_owned()),
        ("Revision", rebaseline.revision.to_string()),
        ("State", state(rebaseline)),
        (
            "Proposed by",
            format!("{} ({})", rebaseline.party, rebaseline.agency),
        ),
        ("Reason", rebaseline.reason.clone()),
        ("Ended", word.join(" ").trim().to_owned()),
        ("Baseline", value::id(&rebaseline.baseline).to_owned()),
        ("Etag", rebaseline.etag.clone()),
    ])]);
    let mut table = Table::new(vec![
        Column::text("CHANGE"),
        Column::text("MEASURE"),
        Column::prose("FIELD"),
        Column::prose("OLD"),
        Column::prose("NEW"),
    ]);
    let mut sheet = Sheet::new(&["rebaseline", "change", "measure", "field", "old", "new"]);
    for (at, change) in rebaseline.changes.iter().enumerate() {
        let [what, measure, now] = row(change);
        let mut fields = vec![[String::new(), String::new(), now]];
        let difference = rebaseline.differences.get(at);
        fields.extend(difference.map(difference::rows).unwrap_or_default());
        for (line, [field, old, new]) in fields.into_iter().enumerate() {
            // The change is named once; the lines below it are its fields.
            let head = |text: &String| {
                if line == 0 {
                    text.clone()
                } else {
                    String::new()
                }
            };
            table.push(vec![
                head(&what),
                head(&measure),
                field.clone(),
                old.clone(),
                new.clone(),
            ]);
            let name = rebaseline.name.clone();
            sheet.push(vec![name, what.clone(), measure.clone(), field, old, new]);
        }
    }
    if !table.is_empty() {
        page.push(Block::Table(table));
    }
    View {
        answer: Answer::of(rebaseline),
        page,
        sheet,
    }
}

/// What changes, of which measure, and what it becomes.
fn row(change: &PlanChange) -> [String; 3] {
    let row =
        |what: &str, name: &str, now: String| [what.to_owned(), value::id(name).to_owned(), now];
    match &change.change {
        None => row("", "", String::new()),
        Some(plan_change::Change::Add(add)) => {
            let measure = add.measure.clone().unwrap_or_default();
            row("add", &measure.name, due(measure.deadline.as_ref()))
        }
        Some(plan_change::Change::Replan(replan)) => {
            let measure = replan.measure.clone().unwrap_or_default();
            row("replan", &measure.name, String::new())
        }
        Some(plan_change::Change::Remove(remove)) => row("remove", &remove.name, String::new()),
        Some(plan_change::Change::Supersede(supersede)) => {
            let successor = value::id(&supersede.successor).to_owned();
            row("supersede", &supersede.name, successor)
        }
        Some(plan_change::Change::CarryOver(carry)) => {
            let measure = carry.measure.clone().unwrap_or_default();
            let days = due(measure.deadline.as_ref());
            let roadmap = value::id(&carry.roadmap);
            let there = format!("{roadmap}/{}, {days}", carry.measure_id);
            row("carry over", &carry.name, there)
        }
    }
}

fn state(rebaseline: &Rebaseline) -> String {
    value::words(rebaseline.state().as_str_name(), "REBASELINE_STATE_")
}

/// Shows a list of proposals.
pub(super) fn list(answer: &ListRebaselinesResponse) -> View {
    let mut table = Table::new(vec![
        Column::text("RE-BASELINE"),
        Column::text("BY"),
        Column::number("REVISION"),
        Column::text("STATE"),
        Column::text("PROPOSED"),
        Column::text("BASELINE"),
    ]);
    let mut sheet = Sheet::new(&[
        "name",
        "party",
        "revision",
        "state",
        "propose_time",
        "baseline",
        "reason",
    ]);
    for one in &answer.rebaselines {
        let proposed = value::instant(one.propose_time.as_ref());
        let row = vec![
            value::id(&one.name).to_owned(),
            one.party.clone(),
            one.revision.to_string(),
            state(one),
            proposed.clone(),
            value::id(&one.baseline).to_owned(),
        ];
        table.push_with_notes(row, &[&one.reason, &one.end_reason]);
        sheet.push(vec![
            one.name.clone(),
            one.party.clone(),
            one.revision.to_string(),
            state(one),
            proposed,
            one.baseline.clone(),
            one.reason.clone(),
        ]);
    }
    let body = if table.is_empty() {
        Block::Text("No re-baselines: nobody has proposed to change the plan.".into())
    } else {
        Block::Table(table)
    };
    View {
        answer: Answer::list(answer, "rebaselines"),
        page: Page::new(vec![body]),
        sheet,
    }
}
