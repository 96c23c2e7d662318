//! The invented partnership: every legal state, every state of a measure.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::process::{Running, stderr};

#[test]
fn the_fictional_sample_shows_every_state() {
    let demo = Running::start(&["demo", "--sample", "fictional"]);
    documents_are_in_many_states(&demo);
    measures_are_in_every_state(&demo);
    figures_were_revised(&demo);
    roadmaps_are_drafted_adopted_and_closed(&demo);
    schedules_are_told_and_drawn(&demo);
    deadlines_and_progress_over_time_are_told(&demo);
    assert!(demo.terminate().success());
}

fn texts(list: &Value, field: &str) -> BTreeSet<String> {
    let items = list.as_array().expect("a list").iter();
    items
        .map(|item| item[field].as_str().unwrap_or_default().to_owned())
        .collect()
}

fn documents_are_in_many_states(demo: &Running) {
    let overview = demo.json(&["overview", "--on", "2026-06-01"]);
    let states = texts(&overview["documents"]["stateCounts"], "state");
    for state in [
        "AWAITING_SIGNATURE",
        "SIGNED_ENTRY_UNKNOWN",
        "AWAITING_NOTIFICATION",
        "AWAITING_EXCHANGE",
        "ENTRY_SCHEDULED",
        "PROVISIONALLY_APPLIED",
        "IN_FORCE",
        "SUSPENDED",
        "TERMINATED",
        "EXPIRED",
        "EFFECTIVE",
        "NO_LONGER_EFFECTIVE",
    ] {
        assert!(
            states.contains(&format!("DOCUMENT_STATE_{state}")),
            "{state} in {states:?}"
        );
    }
}

fn measures_are_in_every_state(demo: &Running) {
    let list = demo.json(&["roadmaps", "measures", "lantern-towns"]);
    let states = texts(&list["measures"], "state");
    for state in [
        "PLANNED",
        "IN_PROGRESS",
        "REPORTED",
        "RETURNED",
        "DISPUTED",
        "COMPLETE",
        "CANCELLED",
    ] {
        let state = format!("MEASURE_STATE_{state}");
        assert!(states.contains(&state), "{state} in {states:?}");
    }
    let measures = list["measures"].as_array().unwrap();
    assert!(measures.iter().any(|measure| measure["overdue"] == true));
    let progress = demo.json(&[
        "roadmaps",
        "progress",
        "lantern-towns",
        "--on",
        "2026-06-01",
    ]);
    let count = |part: &str| {
        progress["total"][part]["count"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(
        [
            "agreed",
            "activity",
            "attested",
            "overdue",
            "late",
            "cancelled"
        ]
        .map(count),
        ["11", "6", "3", "5", "1", "1"],
        "{progress}"
    );
    let told = demo.answer(&["roadmaps", "progress", "lantern-towns"]);
    for column in ["CLAIMED (BY WEIGHT)", "ATTESTED (BY WEIGHT)"] {
        assert!(told.contains(column), "{told}");
    }
}

fn schedules_are_told_and_drawn(demo: &Running) {
    let schedule = demo.json(&[
        "roadmaps",
        "schedule",
        "lantern-towns",
        "--on",
        "2026-06-01",
    ]);
    // One of the twelve is cancelled; what depends on nothing cancelled keeps all its dependencies.
    assert_eq!(schedule["measureCount"], 11, "{schedule}");
    let measures = schedule["measures"].as_array().unwrap();
    assert_eq!(measures.len(), 11);
    let path = schedule["criticalPath"].as_array().unwrap();
    let last = path.last().and_then(|name| name.as_str()).unwrap();
    assert!(last.ends_with("/kite-school"), "{last}");
    let warnings = texts(&schedule["warnings"], "party");
    assert!(
        warnings.contains("XA") && warnings.contains("XB"),
        "{warnings:?}"
    );
    let slips = demo.answer(&[
        "roadmaps",
        "schedule",
        "lantern-towns",
        "--on",
        "2026-06-01",
        "--if-slips",
        "lamp-school",
        "--by",
        "10",
    ]);
    for id in ["lamp-school", "cloud-atlas", "kite-school"] {
        assert!(slips.contains(id), "{slips}");
    }
    assert!(!slips.contains("ferry-bell"), "{slips}");
    let chart = demo.answer(&["roadmaps", "gantt", "lantern-towns", "--on", "2026-06-01"]);
    assert!(chart.starts_with("<?xml") && chart.trim_end().ends_with("</svg>"));
    assert_eq!(chart.matches("<g class=\"measure\">").count(), 12);
    assert!(chart.contains("Open the twin lighthouses"), "{chart}");
}

fn figures_were_revised(demo: &Running) {
    let known = |day: &str| {
        demo.answer(&[
            "trade",
            "turnover",
            "--method",
            "as-reported",
            "--reporter",
            "XA",
            "--from",
            "2023",
            "--to",
            "2023",
            "--known-on",
            day,
        ])
    };
    assert!(
        known("2024-03-01").contains("279.2"),
        "{}",
        known("2024-03-01")
    );
    assert!(
        known("2024-09-01").contains("284.0"),
        "{}",
        known("2024-09-01")
    );
    let month = demo.answer(&[
        "trade",
        "turnover",
        "--method",
        "as-reported",
        "--reporter",
        "XA",
        "--by",
        "month",
        "--from",
        "2025",
    ]);
    assert!(month.contains("2025-03"), "{month}");
}

fn deadlines_and_progress_over_time_are_told(demo: &Running) {
    let list = demo.json(&["roadmaps", "deadlines", "--limit", "1000"]);
    let deadlines = list["deadlines"].as_array().unwrap();
    assert!(!deadlines.is_empty());
    assert!(deadlines.iter().all(|due| due["open"] == true), "{list}");
    let body = deadlines[0]["executors"][0]["leadBody"].as_str().unwrap();
    let feed = demo.answer(&[
        "roadmaps",
        "calendar",
        "-",
        "--body",
        body,
        "--from",
        "2020-01-01",
    ]);
    assert!(feed.starts_with("BEGIN:VCALENDAR"), "{feed}");
    assert!(feed.contains("BEGIN:VEVENT"), "{feed}");
    let stages = demo.answer(&["roadmaps", "stages", "lantern-towns"]);
    assert!(
        stages.contains("no evidence") && stages.contains("edition 1"),
        "{stages}"
    );
    let measures = demo.json(&["roadmaps", "stages", "lantern-towns", "--measures"]);
    assert_eq!(measures["measureStages"].as_array().unwrap().len(), 12);
    let burnup = demo.json(&["roadmaps", "burnup", "lantern-towns", "--by", "quarter"]);
    let last = burnup["points"].as_array().unwrap().last().unwrap();
    assert_eq!(last["asKnownThen"], last["asKnownNow"]);
    assert_eq!(last["asKnownNow"]["attested"]["count"], "3");
    let progress = demo.json(&["roadmaps", "progress", "lantern-towns"]);
    assert_eq!(progress["regions"].as_array().unwrap().len(), 2);
    // Everything was recorded just now, so there is no past to draw from.
    let output = demo.ask(&["roadmaps", "forecast", "lantern-towns"]);
    assert!(!output.status.success());
    let refused = stderr(&output);
    assert!(refused.contains("FORECAST_DATA_TOO_THIN"), "{refused}");
}

fn roadmaps_are_drafted_adopted_and_closed(demo: &Running) {
    let states = texts(&demo.json(&["roadmaps", "list"])["roadmaps"], "state");
    assert_eq!(
        states.into_iter().collect::<Vec<_>>(),
        [
            "ROADMAP_STATE_ADOPTED",
            "ROADMAP_STATE_CLOSED",
            "ROADMAP_STATE_DRAFT"
        ]
    );
    // The column of regions says of which day they are.
    let show = ["roadmaps", "show", "lantern-towns"];
    assert!(demo.answer(&show).contains("TODAY"));
    let then = demo.answer(&[&show[..], &["--on", "2025-01-02"]].concat());
    assert!(
        then.contains("ON 2025-01-02") && !then.contains("TODAY"),
        "{then}"
    );
}
