//! Comparative advantages and complementarity from the command line, from files of trade with the world.

use serde_json::Value;

use crate::{
    process::{run, stderr},
    trading::{Office, has},
};

const XA: &str = "\
flow,period,commodity,value_usd,unit_mult
X,2023,TOTAL,100,6
X,2023,26,60,6
X,2023,27,40,6
M,2023,TOTAL,50,6
M,2023,27,10,6
M,2023,85,40,6
";

const XB: &str = "\
flow,period,commodity,value_usd,unit_mult
X,2023,TOTAL,400,6
X,2023,27,400,6
M,2023,TOTAL,200,6
M,2023,26,20,6
M,2023,27,100,6
M,2023,85,80,6
";

const WORLD: &str = "\
flow,period,commodity,value_usd,unit_mult
X,2023,TOTAL,10000,6
X,2023,26,1000,6
X,2023,27,6000,6
X,2023,85,3000,6
";

/// Brings in a file of trade with the world.
fn import(office: &Office, token: &str, reporter: &str, text: &str) {
    let file = office.write(&format!("{reporter}.csv"), text);
    let mut arguments = vec![
        "trade",
        "import",
        &file,
        "--reporter",
        reporter,
        "--hs-edition",
        "h6",
        "--publish-time",
        "2024-03-01",
        "--source-uri",
        "https://example.org/world",
        "--publish",
    ];
    // The world trades with the world.
    if reporter != "W0" {
        arguments.extend(["--partner", "W0"]);
    }
    office.good_as(token, &arguments);
}

#[test]
fn advantages_and_complementarity_are_told_with_what_they_are_made_from() {
    let office = Office::open();
    let advantage = [
        "trade",
        "advantage",
        "2023",
        "--reporter",
        "XA",
        "--by",
        "chapter",
    ];
    let address = office.server.address();
    let own = office.token.clone();
    let access = ["--address", &address, "--token-file", &own];
    let refused = run(&[&advantage[..], &access].concat());
    assert_eq!(refused.status.code(), Some(1));
    let said = stderr(&refused);
    assert!(said.contains("W0/EXPORT/W0/CHAPTER/2023"), "{said}");

    import(&office, &own, "XA", XA);
    import(&office, &office.token_of("XB"), "XB", XB);
    import(&office, &own, "W0", WORLD);
    let text = office.good(&advantage);
    has(
        &text,
        &[
            "Exports of XA in 2023 beside those of the world",
            "26 (H6) 60.0 60.0 % 1,000.0 10.0 % 6.000 0.714",
            "27 (H6) 40.0 40.0 % 6,000.0 60.0 % 0.667 -0.200",
            "exports of the world 10,000.0 100.0 % published",
            "Balassa",
        ],
    );
    let csv = office.good(&[&advantage[..], &["-o", "csv", "--limit", "1"]].concat());
    let rows: Vec<&str> = csv.lines().collect();
    assert_eq!(rows.len(), 2, "{csv}");
    assert!(
        rows[1].starts_with("26,H6,6000000000,600000,100000000000,100000,6000000,,,714286,"),
        "{csv}"
    );
    let group = [
        &advantage[..],
        &["--beside", "XA", "--beside", "XB", "-o", "json"],
    ]
    .concat();
    let group: Value = serde_json::from_str(&office.good(&group)).unwrap();
    let first = &group["comparativeAdvantages"][0];
    assert_eq!(first["comparativeAdvantagePpm"], "5000000");

    let fit = ["trade", "complementarity", "2023", "--by", "chapter"];
    let text = office.good(&fit);
    has(
        &text,
        &[
            "Trade complementarity of XA and XB in 2023",
            "XA>XB 50.00",
            "XB>XA 20.00",
            "XA>XB: meet in",
            "27 (H6) 40.0 40.0 % 100.0 50.0 % 40.0 % -10.0 %",
            "XA>XB: are apart in",
            "imports of XB 200.0 100.0 % published",
            "Michaely",
        ],
    );
    let csv = office.good(&[&fit[..], &["--exporter", "XB", "--top", "1", "-o", "csv"]].concat());
    let rows: Vec<&str> = csv.lines().collect();
    assert!(
        rows[1].starts_with("XB,XA,index,,,40000000000,,5000000000,,,,200000,"),
        "{csv}"
    );
    assert!(rows[2].starts_with("XB,XA,overlap,27,H6,"), "{csv}");
    assert!(office.server.terminate().success());
}
