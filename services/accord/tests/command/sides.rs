//! Two sides of a roadmap, each with its own token, walk a measure and its plan through the command line.

use serde_json::Value;

use crate::process::{Running, accord, stderr};

const ROADMAP: &str = "lantern-towns";

/// One side at the command line.
struct Party<'a> {
    demo: &'a Running,
    token: String,
}

impl Party<'_> {
    fn output(&self, arguments: &[&str]) -> std::process::Output {
        accord()
            .args(arguments)
            .args(["-o", "json", "--address", &self.demo.address()])
            .args(["--token-file", &self.token])
            .output()
            .expect("the program starts")
    }

    fn says(&self, arguments: &[&str]) -> Value {
        let output = self.output(arguments);
        let text = stderr(&output);
        assert!(output.status.success(), "{arguments:?}: {text}");
        serde_json::from_slice(&output.stdout).expect("JSON")
    }

    /// Says what is refused, and returns why.
    fn is_refused(&self, arguments: &[&str]) -> String {
        let output = self.output(arguments);
        assert!(!output.status.success(), "{arguments:?} was taken");
        stderr(&output)
    }
}

#[test]
fn both_sides_walk_through_a_dispute_and_a_rebaseline() {
    let demo = Running::start(&["demo", "--sample", "fictional"]);
    let folder = tempfile::tempdir().unwrap();
    let party = |party: &str| Party {
        demo: &demo,
        token: demo.party_token(folder.path(), party),
    };
    let (ours, theirs) = (party("XA"), party("XB"));
    let planned = a_planned_measure(&demo);
    let measure = format!("{ROADMAP}/{planned}");
    a_disputed_report_is_revised_and_confirmed(&ours, &theirs, &measure, folder.path());
    plans_change_when_both_agree(&ours, &theirs);
    assert!(demo.terminate().success());
}

/// The id of a measure that nobody has begun.
fn a_planned_measure(demo: &Running) -> String {
    let list = demo.json(&[
        "roadmaps",
        "measures",
        ROADMAP,
        "--filter",
        "state = MEASURE_STATE_PLANNED",
    ]);
    let name = list["measures"][0]["name"].as_str().expect("a measure");
    name.rsplit('/').next().unwrap().to_owned()
}

fn a_disputed_report_is_revised_and_confirmed(
    ours: &Party<'_>,
    theirs: &Party<'_>,
    measure: &str,
    folder: &std::path::Path,
) {
    let act = folder.join("act.txt");
    std::fs::write(&act, "test").unwrap();
    let act = act.display().to_string();
    let link = "https://fictional.example/act.txt";
    ours.says(&["roadmaps", "start", measure]);
    let reported = ours.says(&[
        "roadmaps",
        "report",
        measure,
        "--evidence",
        &act,
        "--link",
        link,
    ]);
    let evidence = &reported["currentReport"]["evidence"][0];
    assert_eq!(
        evidence["sha256"], "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "the hash of `test`"
    );
    let first = reported["currentReport"]["revision"]
        .as_str()
        .unwrap()
        .to_owned();
    let own = ours.is_refused(&["roadmaps", "confirm", measure, "--revision", &first]);
    assert!(own.contains("OWN_REPORT"), "{own}");
    let disputed = theirs.says(&[
        "roadmaps",
        "dispute",
        measure,
        "--revision",
        &first,
        "--reason",
        "It is dark.",
    ]);
    assert_eq!(disputed["state"], "MEASURE_STATE_DISPUTED");
    let revised = ours.says(&["roadmaps", "report", measure, "--evidence", &act]);
    let second = revised["currentReport"]["revision"]
        .as_str()
        .unwrap()
        .to_owned();
    let stale = theirs.is_refused(&["roadmaps", "confirm", measure, "--revision", &first]);
    assert!(stale.contains("REPORT_REVISION_CHANGED"), "{stale}");
    let done = theirs.says(&["roadmaps", "confirm", measure, "--revision", &second]);
    assert_eq!(done["state"], "MEASURE_STATE_COMPLETE");
    let life = ours.says(&["roadmaps", "life", measure]);
    let kinds: Vec<_> = life["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["event"]["kind"].as_str().unwrap().to_owned())
        .collect();
    let last = kinds.iter().rev().take(4).rev();
    assert_eq!(
        last.map(|kind| kind.trim_start_matches("MEASURE_EVENT_KIND_"))
            .collect::<Vec<_>>(),
        ["REPORTED", "DISPUTED", "REPORTED", "CONFIRMED"]
    );
}

fn plans_change_when_both_agree(ours: &Party<'_>, theirs: &Party<'_>) {
    let baselines = ours.says(&["roadmaps", "baselines", ROADMAP]);
    assert_eq!(baselines["baselines"].as_array().unwrap().len(), 1);
    let open = ours.says(&[
        "roadmaps",
        "measures",
        ROADMAP,
        "--filter",
        "state = MEASURE_STATE_IN_PROGRESS",
    ]);
    let name = open["measures"][0]["name"]
        .as_str()
        .expect("a measure in progress");
    let id = name.rsplit('/').next().unwrap();
    let propose = ["roadmaps", "rebaseline", "propose", ROADMAP];
    let why = ["--reason", "No lamps."];
    let alone = ours.is_refused(&[&propose[..], &["--remove", id], &why].concat());
    assert!(
        alone.contains("measures/kite-school depends on it (")
            && alone.contains("MEASURE_HAS_DEPENDENTS"),
        "{alone}"
    );
    let both = ["--remove", id, "--remove", "kite-school"];
    let removed = ours.says(&[&propose[..], &both, &why].concat());
    assert_eq!(removed["state"], "REBASELINE_STATE_OPEN");
    let proposal = format!("{ROADMAP}/r1");
    let differences = removed["differences"].as_array().unwrap();
    assert!(
        differences
            .iter()
            .all(|one| one["from"]["titles"].is_array())
    );
    let alone = ours.is_refused(&[
        "roadmaps",
        "rebaseline",
        "accept",
        &proposal,
        "--revision",
        "1",
    ]);
    assert!(alone.contains("OWN_PROPOSAL"), "{alone}");
    let accepted = theirs.says(&[
        "roadmaps",
        "rebaseline",
        "accept",
        &proposal,
        "--revision",
        "1",
    ]);
    assert_eq!(accepted["state"], "REBASELINE_STATE_ACCEPTED");
    let frozen = ours.says(&["roadmaps", "baseline", &format!("{ROADMAP}/b2")]);
    let has = |list: &Value| {
        let measures = list["baselineMeasures"].as_array().unwrap();
        measures.iter().any(|one| one["measure"]["name"] == name)
    };
    assert!(!has(&frozen));
    assert!(has(&ours.says(&[
        "roadmaps",
        "baseline",
        &format!("{ROADMAP}/b1")
    ])));
    let variance = theirs.says(&["roadmaps", "variance", ROADMAP, "--to", "b2"]);
    let removed = variance["measures"].as_array().unwrap();
    assert!(
        removed
            .iter()
            .any(|one| one["measure"] == name && one["kind"] == "VARIANCE_KIND_REMOVED"),
        "{variance}"
    );
}

#[test]
fn what_the_sides_see_reads_well() {
    let demo = Running::start(&["demo", "--sample", "fictional"]);
    let baselines = demo.answer(&["roadmaps", "baselines", ROADMAP]);
    assert!(
        baselines.contains("b1") && baselines.contains("adoption"),
        "{baselines}"
    );
    let none = demo.answer(&["roadmaps", "rebaseline", "list", ROADMAP]);
    assert!(none.contains("nobody has proposed"), "{none}");
    let variance = demo.answer(&["roadmaps", "variance", ROADMAP]);
    assert!(variance.contains("b1 with the present"), "{variance}");
    let values = demo.answer(&["roadmaps", "values", &format!("{ROADMAP}/echo-survey")]);
    assert!(values.contains("No values"), "{values}");
    let indicators = demo.answer(&["roadmaps", "indicators", &format!("{ROADMAP}/echo-survey")]);
    assert!(indicators.contains("no indicators"), "{indicators}");
    assert!(demo.terminate().success());
}
