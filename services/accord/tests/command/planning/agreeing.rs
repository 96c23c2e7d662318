//! `accord roadmaps show`, `adopt` and `close`: both sides agree on a plan that was brought in, and on its end.

use super::Place;
use crate::process::{run, stderr, stdout};

#[test]
fn both_sides_adopt_a_plan_and_close_it() {
    let place = Place::new();
    place.plan("plan.xlsx", "2022-2023 годы");
    let taken = place.import("plan.xlsx", "first", &["--titles-in", "ru"]);
    assert!(taken.status.success(), "{}", stderr(&taken));
    let kz = place.server.party_token(place.folder.path(), "KZ");
    let address = place.server.address();
    let say = |token: &str, arguments: &[&str]| {
        let client = ["--address", &address, "--token-file", token, "-o", "json"];
        let output = run(&[&["roadmaps"], arguments, &client].concat());
        assert!(output.status.success(), "{}", stderr(&output));
        serde_json::from_str::<serde_json::Value>(&stdout(&output)).unwrap()
    };
    let shown = say(&kz, &["show", "first", "--on", "2025-01-01"]);
    let revision = shown["planRevision"].as_str().unwrap();
    assert_eq!(shown["sides"][1]["effectiveRegionCode"], "KZ-61");
    let adopt = ["adopt", "first", "--plan-revision", revision];
    let once = say(&place.token, &adopt);
    assert_eq!(once["state"], "ROADMAP_STATE_DRAFT");
    // A plan that was changed since is not adopted unread.
    let client = ["--address", &address, "--token-file", &kz];
    let old = ["roadmaps", "adopt", "first", "--plan-revision", "1"];
    let refused = run(&[&old[..], &client].concat());
    assert!(
        stderr(&refused).contains("PLAN_REVISION_CHANGED"),
        "{}",
        stderr(&refused)
    );
    assert_eq!(say(&kz, &adopt)["state"], "ROADMAP_STATE_ADOPTED");
    let baselines = say(&kz, &["baselines", "first"]);
    assert_eq!(baselines["baselines"][0]["measureCount"], "5");
    let page = place.accord(&["roadmaps", "show", "first"]);
    let text = stdout(&page);
    for part in ["adopted", "Turkestan", "KZ-YUZ", revision] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert_eq!(
        say(&place.token, &["close", "first"])["state"],
        "ROADMAP_STATE_ADOPTED"
    );
    assert_eq!(
        say(&kz, &["close", "first"])["state"],
        "ROADMAP_STATE_CLOSED"
    );
}
