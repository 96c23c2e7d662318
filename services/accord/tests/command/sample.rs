//! The answers that the sample of public facts must give, through the program that people use.

use std::process::Stdio;

use serde_json::Value;

use crate::process::{Running, accord, run, stderr, stdout};

#[test]
fn a_demo_for_people_begins_with_the_overview_and_ends_with_what_to_try() {
    use std::io::{BufRead as _, BufReader};
    let mut child = accord()
        .args([
            "demo",
            "--listen",
            "127.0.0.1:0",
            "--admin-listen",
            "127.0.0.1:0",
        ])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let reader = BufReader::new(child.stdout.take().unwrap());
    let lines: Vec<String> = reader
        .lines()
        .map(Result::unwrap)
        .take_while(|line| !line.starts_with("Ctrl-C"))
        .collect();
    child.kill().unwrap();
    child.wait().unwrap();
    let text = lines.join("\n");
    assert!(lines[0].starts_with("Uzbekistan–Kazakhstan"), "{text}");
    for part in [
        "17 of the 22",
        "Accord is ready.",
        "accord overview --address http://127.0.0.1:",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let data = text
        .lines()
        .find_map(|line| line.trim().strip_prefix("Data      "));
    std::fs::remove_dir_all(data.expect("where data is kept")).unwrap();
}

/// One demo answers all questions, because loading the sample is the slow part.
#[test]
fn the_sample_answers() {
    let demo = Running::start(&["demo"]);
    turnover_depends_on_the_method(&demo);
    turnover_without_a_method_lists_the_methods(&demo);
    the_target_is_half_attained(&demo);
    the_annual_gaps_are_shown_and_not_explained_away(&demo);
    a_gap_is_explained_by_one_side_and_answered_by_the_other(&demo);
    classifications_come_with_the_command(&demo);
    the_status_of_an_agreement_follows_day_and_knowledge(&demo);
    a_roadmap_is_found_by_the_code_of_today(&demo);
    roadmaps_without_measures_say_what_their_sources_note(&demo);
    the_overview_is_whole(&demo);
    every_form_of_output_holds_the_same(&demo);
    a_reader_that_has_seen_enough_is_no_failure(&demo);
    errors_tell_every_violation(&demo);
    an_operator_cannot_give_a_party_s_word(&demo);
    assert_eq!(demo.terminate().code(), Some(0));
}

fn turnover_depends_on_the_method(demo: &Running) {
    let turnover = |arguments: &[&str]| {
        let year = ["--from", "2022", "--to", "2022"];
        demo.answer(&[&["trade", "turnover"], arguments, &year].concat())
    };
    for (arguments, expected) in [
        (
            &["--method", "as-reported", "--reporter", "UZ"][..],
            "4,651.1",
        ),
        (&["--method", "as-reported", "--reporter", "KZ"], "4,921.9"),
        (
            &[
                "--method",
                "as-reported",
                "--reporter",
                "KZ",
                "--known-on",
                "2024-01-01",
            ],
            "5,000.0",
        ),
        (&["--method", "exports-of-both"], "5,043.4"),
        (&["--method", "imports-of-both"], "4,529.6"),
    ] {
        let answer = turnover(arguments);
        assert!(answer.contains(expected), "{arguments:?}: {answer}");
        assert!(answer.contains("From these releases"), "{answer}");
    }
}

fn turnover_without_a_method_lists_the_methods(demo: &Running) {
    let output = demo.ask(&["trade", "turnover"]);
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(1));
    for part in [
        "TURNOVER_METHOD_REQUIRED",
        "AS_REPORTED_BY",
        "EXPORTS_OF_BOTH",
        "IMPORTS_OF_BOTH",
    ] {
        assert!(said.contains(part), "{said}");
    }
}

fn the_target_is_half_attained(demo: &Running) {
    let answer = demo.answer(&["trade", "target"]);
    for part in [
        "49.7 %",
        "15.0 % a year",
        "6.1 % a year",
        "10,000.0 million dollars in 2030",
        "superseded 2025-03-15",
        "less than 0.1 % that the target is reached in 2030",
        "ETS(A,N,N)",
        "the last growth goes on",
        "filled by the geometric mean",
    ] {
        assert!(answer.contains(part), "{part}: {answer}");
    }
    let forecast = demo.json(&["trade", "target", "--forecast"]);
    assert_eq!(forecast["points"].as_array().map(Vec::len), Some(5));
    assert_eq!(forecast["filledPeriods"][0]["year"], 2024);
    let sheet = demo.answer(&["trade", "target", "--forecast", "-o", "csv"]);
    assert_eq!(sheet.lines().count(), 6, "{sheet}");
    assert!(
        sheet.starts_with("target,year,model,value_cents,"),
        "{sheet}"
    );
}

/// Of the twelve annual pairs that both agencies publish the exporter has more in eleven, and nothing in the
/// publications tells why.
fn the_annual_gaps_are_shown_and_not_explained_away(demo: &Running) {
    let years = ["trade", "reconcile", "--from", "2018", "--to", "2023"];
    let answer = demo.json(&years);
    let rows = answer["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 12);
    let cents = |value: &Value| value.as_str().unwrap().parse::<i64>().unwrap();
    let larger = rows.iter().filter(|row| cents(&row["gapCents"]) > 0);
    assert_eq!(larger.count(), 11);
    for row in rows {
        let parts = row["parts"].as_array().unwrap();
        let unexplained = parts.last().unwrap();
        assert_eq!(unexplained["component"], "MIRROR_COMPONENT_UNEXPLAINED");
        assert_eq!(unexplained["amountCents"], row["gapCents"], "{row}");
        assert_eq!(parts[0]["state"], "STATE_NOT_QUANTIFIED");
    }
    let shown = demo.answer(&years);
    for part in [
        "3,635.8",
        "3,243.5",
        "392.3",
        "11.4 %",
        "scope: not comparable",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let sheet = demo.answer(&[&years[..], &["-o", "csv"]].concat());
    assert_eq!(sheet.lines().count(), 13, "{sheet}");
    let few = demo.json(&[&years[..], &["--limit", "5"]].concat());
    assert_eq!(few["rows"].as_array().map(Vec::len), Some(5));
}

fn a_gap_is_explained_by_one_side_and_answered_by_the_other(demo: &Running) {
    let explanations = ["trade", "explanations"];
    let add = [
        "add",
        "services-2022",
        "--exporter",
        "KZ",
        "--importer",
        "UZ",
        "--period",
        "2022",
        "--category",
        "scope",
        "--text",
        "Our imports count services.",
        "--amount-usd",
        "-300000000",
    ];
    // The demo's operator gives no party's word.
    let refused = demo.ask(&[&explanations[..], &add].concat());
    assert!(stderr(&refused).contains("ROLE_REQUIRED"), "{refused:?}");
    let none = demo.answer(&explanations);
    assert!(none.contains("Nothing has been explained."), "{none}");

    let folder = tempfile::tempdir().unwrap();
    let [uz, kz] = ["UZ", "KZ"].map(|party| demo.party_token(folder.path(), party));
    let address = demo.address();
    let by = |token: &str, arguments: &[&str]| {
        let caller = ["--address", &address, "--token-file", token];
        let output = run(&[&explanations[..], arguments, &caller].concat());
        assert!(output.status.success(), "{}", stderr(&output));
        stdout(&output)
    };
    let given = by(&uz, &add);
    assert!(
        given.contains("exports 3,635.8, imports 3,243.5"),
        "{given}"
    );
    let answer = ["services-2022", "--reason", "Which services?"];
    by(&kz, &[&["dispute"][..], &answer].concat());
    by(&kz, &["accept", "services-2022"]);
    let year = ["trade", "reconcile", "--from", "2022", "--to", "2022"];
    let shown = demo.answer(&year);
    for part in [
        "Our imports count services.",
        "disputed by kz-test",
        "accepted by kz-test",
        "-300.0 million USD, -76.5 % of the gap",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    by(&uz, &["withdraw", "services-2022", "--reason", "A trial."]);
    assert!(!demo.answer(&year).contains("Our imports"), "withdrawn");
}

/// The numbers are those of the public files.
fn classifications_come_with_the_command(demo: &Running) {
    fn command<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
        [&["trade", "classifications"], arguments].concat()
    }
    let nothing = demo.answer(&command(&[]));
    assert!(nothing.contains("import --shipped"), "{nothing}");
    let imports = demo.answer(&command(&["import", "--shipped"]));
    for part in [
        "63728  43863      2982         0     19865",
        "6940   6939",
        "leading zero lost in 2982 rows",
    ] {
        assert!(imports.contains(part), "{part}: {imports}");
    }
    let editions = demo.json(&command(&["list"]));
    let counts: Vec<&Value> = editions["classifications"]
        .as_array()
        .unwrap()
        .iter()
        .map(|edition| &edition["subheadingCount"])
        .collect();
    assert_eq!(counts, [5020, 5113, 5224, 5052, 5206, 5388, 5613]);
    let found = demo.answer(&command(&["search", "petroleum", "crude", "--limit", "2"]));
    assert!(found.contains("270900"), "{found}");
    let shown = demo.answer(&command(&["show", "0101", "--edition", "h4"]));
    assert!(shown.contains("Asses; live (name of H6)"), "{shown}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("figures.csv").display().to_string();
    std::fs::write(&file, "code,amount\n270900,900\n851712,100\n").unwrap();
    let converted = demo.answer(&command(&["convert", &file, "--from", "H4", "--to", "H6"]));
    assert!(converted.contains("90.0 % of the amounts"), "{converted}");
}

fn the_status_of_an_agreement_follows_day_and_knowledge(demo: &Running) {
    let procedures = |on: &str| {
        let status = demo.json(&["documents", "status", "customs-energy", "--on", on]);
        assert_eq!(
            status["state"], "DOCUMENT_STATE_SIGNED_ENTRY_UNKNOWN",
            "{on}"
        );
        assert_eq!(status["entryIntoForceDate"], Value::Null, "{on}");
        let parties = status["parties"].as_array().unwrap().iter();
        parties
            .map(|party| {
                format!("{} {}", party["party"], party["domesticProcedure"]).replace('"', "")
            })
            .collect::<Vec<_>>()
    };
    let (completed, not_known) = (
        "DOMESTIC_PROCEDURE_STATE_COMPLETED",
        "DOMESTIC_PROCEDURE_STATE_NOT_KNOWN",
    );
    let mut early = procedures("2023-01-01");
    early.sort();
    assert_eq!(
        early,
        [format!("KZ {not_known}"), format!("UZ {completed}")]
    );
    assert!(
        procedures("2024-01-01")
            .iter()
            .all(|party| party.ends_with(completed))
    );
    let text = demo.answer(&[
        "documents",
        "status",
        "customs-energy",
        "--on",
        "2024-01-01",
    ]);
    for part in ["PP-236", "Law 35-VIII", "Acts that say so"] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

fn roadmaps_without_measures_say_what_their_sources_note(demo: &Running) {
    for arguments in [
        &["roadmaps", "list"][..],
        &["roadmaps", "progress"],
        &["roadmaps", "measures", "-"],
        &["roadmaps", "measures", "tashkent-nur-sultan"],
        &["roadmaps", "progress", "tashkent-nur-sultan"],
    ] {
        let answer = demo.answer(arguments);
        let answer = answer.split_whitespace().collect::<Vec<_>>().join(" ");
        for part in [
            "No measures are recorded.",
            "Its measures have not been published",
            "https://president.uz/ru/lists/view/4809",
        ] {
            assert!(answer.contains(part), "{arguments:?}: {answer}");
        }
    }
}

fn a_roadmap_is_found_by_the_code_of_today(demo: &Running) {
    let found = demo.answer(&["roadmaps", "list", "--filter", "region_codes:\"KZ-71\""]);
    assert!(
        found.contains("tashkent-nur-sultan") && found.contains("KZ-AST"),
        "{found}"
    );
    assert!(!found.contains("navoi"), "{found}");
}

fn the_overview_is_whole(demo: &Running) {
    let answer = demo.answer(&["overview"]);
    for part in [
        "17 of the 22",
        "10,000.0 million dollars",
        "49.7 %",
        "tashkent-turkestan",
        "customs-energy",
    ] {
        assert!(answer.contains(part), "{part}: {answer}");
    }
    assert!(!answer.contains("Missing"), "{answer}");
    assert!(
        answer.lines().all(|line| line.chars().count() <= 100),
        "{answer}"
    );
}

fn every_form_of_output_holds_the_same(demo: &Running) {
    let list = |format: &str| demo.answer(&["documents", "list", "-o", format]);
    let json: Value = serde_json::from_str(&list("json")).unwrap();
    let names: Vec<&str> = json["documents"]
        .as_array()
        .unwrap()
        .iter()
        .map(|document| document["name"].as_str().unwrap())
        .collect();
    let lines = list("jsonl");
    let lines: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        lines
            .iter()
            .map(|line| line["name"].as_str().unwrap())
            .collect::<Vec<_>>(),
        names
    );
    let sheet = list("csv");
    let mut reader = csv::Reader::from_reader(sheet.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.iter().map(|row| &row[0]).collect::<Vec<_>>(), names);
    let limited = demo.json(&["documents", "list", "--limit", "3"]);
    assert_eq!(limited["documents"].as_array().unwrap().len(), 3);
    assert!(limited["nextPageToken"].is_string());
}

fn a_reader_that_has_seen_enough_is_no_failure(demo: &Running) {
    let mut child = accord()
        .args([
            "documents",
            "list",
            "-o",
            "json",
            "--address",
            &demo.address(),
        ])
        .args(["--token-file", demo.told("token_file")])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    assert_eq!(stderr(&output), "");
}

fn errors_tell_every_violation(demo: &Running) {
    let output = demo.ask(&[
        "documents",
        "list",
        "--filter",
        "colour = \"green\"",
        "--order-by",
        "taste",
    ]);
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        said.contains("filter: ") && said.contains("order_by: "),
        "{said}"
    );
    let output = demo.ask(&["documents", "get", "no-such"]);
    assert!(
        stderr(&output).contains("RESOURCE_NOT_FOUND"),
        "{}",
        stderr(&output)
    );
}

fn an_operator_cannot_give_a_party_s_word(demo: &Running) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("act.json");
    let act = r#"{"call": "accord.documents.v1.ActService/CreateAct", "request": {
        "parent": "partnerships/uz-kz/documents/outer-space", "actId": "forged",
        "act": {"party": "KZ", "kind": "ACT_KIND_RATIFICATION", "date": {"year": 2022, "month": 1, "day": 1},
                "source": {"uri": "https://example.org/"}}}}"#;
    std::fs::write(&file, act).unwrap();
    let output = demo.ask(&["apply", &file.display().to_string()]);
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        said.contains("act.json[0]") && said.contains("PermissionDenied"),
        "{said}"
    );
}
