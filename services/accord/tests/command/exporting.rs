//! `accord trade export`: whole files or none, in formats that can be read again.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use crate::process::{Running, accord, run, stderr, stdout};

const PARTNERSHIP: &str = r#"{"as": "XA", "call": "accord.documents.v1.PartnershipService/CreatePartnership",
    "request": {"partnershipId": "xa-xb", "partnership": {"parties": ["XA", "XB"],
        "displayNames": [{"languageCode": "en", "text": "A test"}]}}}"#;

/// The call that makes a release of XA.
fn release(id: &str, published: &str) -> String {
    format!(
        r#"{{"as": "XA", "call": "accord.trade.v1.ReleaseService/CreateRelease", "request": {{
    "parent": "partnerships/xa-xb", "releaseId": "{id}", "release": {{"displayName": "Figures",
        "reporter": "XA", "publisher": "Counting office", "publishTime": "{published}T00:00:00Z",
        "publishTimeBasis": "PUBLISH_TIME_BASIS_STATED", "scope": "SCOPE_GOODS",
        "exportValuation": "VALUATION_FOB", "hsEdition": "HS_EDITION_H6",
        "coverage": {{"completeness": "COMPLETENESS_PARTIAL", "partners": ["XB"]}}}}}}}}"#
    )
}

/// A server with a partnership, and what is asked of it as XA.
struct Office {
    server: Running,
    folder: tempfile::TempDir,
    token: String,
}

impl Office {
    fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data_dir = folder.path().join("data").display().to_string();
        let server = Running::start(&["serve", "--data-dir", &data_dir]);
        let token = server.party_token(folder.path(), "XA");
        let office = Self {
            server,
            folder,
            token,
        };
        office.apply(&format!("[{PARTNERSHIP}]"));
        office
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    fn apply(&self, calls: &str) {
        let file = self.path("calls.json");
        std::fs::write(&file, calls).unwrap();
        good(&self.ask(&["apply", &file]));
    }

    fn ask_at(&self, address: &str, arguments: &[&str]) -> Output {
        let access = ["--address", address, "--token-file", &self.token];
        run(&[arguments, &access].concat())
    }

    fn ask(&self, arguments: &[&str]) -> Output {
        self.ask_at(&self.server.address(), arguments)
    }

    /// Publishes a file as a release.
    fn publish(&self, id: &str, published: &str, file: &str) {
        self.apply(&format!("[{}]", release(id, published)));
        good(&self.ask(&["trade", "import", file, "--release", id, "--publish"]));
    }

    fn publish_text(&self, id: &str, published: &str, csv: &str) {
        let file = self.path(&format!("{id}.csv"));
        std::fs::write(&file, csv).unwrap();
        self.publish(id, published, &file);
    }

    fn export(&self, options: &[&str]) -> String {
        good(&self.ask(&[&["trade", "export"], options].concat()))
    }
}

#[track_caller]
fn good(output: &Output) -> String {
    assert!(output.status.success(), "{}", stderr(output));
    stdout(output)
}

/// A figure of every kind that the format has.
const FIGURES: &str = "\
flow,period,commodity,region,value_usd,unit_mult,net_weight_kg,status,qualifier,rounded_to_usd,as_published
export,2022,,,1407547.5,3,,,rounded,100,1407547.5 thousand USD
export,2022-Q1,0101,,12.34,0,1.5,P,,,
import,2022-03,010121,XA-01,0,0,0.001,,,,
turnover,2022-01/2022-11,,,3.53,9,,,lower_bound,10000000,\"=\"\"more\"\" than, $3.53 billion\"
re_export,2022-05,TOTAL,XA-01,,0,,Q,,,'=looks guarded
re_import,2021,27,,1000000000000000,0,,,,,Ўзбекистон
";

#[test]
fn what_is_exported_as_csv_makes_the_same_figures_again() {
    let office = Office::open();
    office.publish_text("first", "2024-01-01", FIGURES);
    let file = office.path("out.csv");
    let told = office.export(&["--out", &file, "-o", "json"]);
    let told: Value = serde_json::from_str(&told).unwrap();
    let written = std::fs::read(&file).unwrap();
    assert_eq!(told["figures"], 6);
    assert_eq!(told["bytes"], written.len());
    let digest = <sha2::Sha256 as sha2::Digest>::digest(&written);
    assert_eq!(told["sha256"], hex::encode(digest));
    assert_eq!(
        told["releases"],
        serde_json::json!(["partnerships/xa-xb/releases/first"])
    );

    office.publish("second", "2024-02-01", &file);
    let again = office.ask(&["trade", "export", "--release", "second"]);
    assert_eq!(good(&again).as_bytes(), written);
    assert!(
        stderr(&again).contains("Figures      6"),
        "{}",
        stderr(&again)
    );
    // The later release stands for every cell.
    assert_eq!(office.export(&["--release", "first"]).lines().count(), 1);
    let then = office.export(&["--known-on", "2024-01-15"]);
    assert_eq!(then.as_bytes(), written);
    let differences = office.ask(&["trade", "compare", "first", "second"]);
    assert!(
        good(&differences).contains("differ in nothing"),
        "{}",
        stdout(&differences)
    );
    assert!(office.server.terminate().success());
}

#[test]
fn what_is_exported_in_other_formats_makes_the_same_figures_again() {
    let office = Office::open();
    office.publish_text("first", "2024-01-01", FIGURES);
    let as_csv = office.export(&[]);
    for (id, published, format) in [
        ("from-sdmx", "2024-02-01", "sdmx-csv"),
        ("from-parquet", "2024-03-01", "parquet"),
    ] {
        let file = office.path(&format!("out.{format}"));
        office.export(&["--out", &file, "--format", format]);
        office.publish(id, published, &file);
        assert_eq!(office.export(&["--release", id]), as_csv, "{format}");
        let differences = office.ask(&["trade", "compare", "first", id]);
        let said = good(&differences);
        assert!(said.contains("differ in nothing"), "{format}: {said}");
    }
    assert!(office.server.terminate().success());
}

#[test]
fn options_choose_figures_and_formats() {
    let office = Office::open();
    office.publish_text("first", "2024-01-01", FIGURES);
    let count = |options: &[&str]| office.export(options).lines().count() - 1;
    assert_eq!(count(&["--flow", "export,re-export"]), 3);
    assert_eq!(count(&["--commodity", "01"]), 2);
    assert_eq!(count(&["--region", "XA-01"]), 2);
    assert_eq!(count(&["--window", "year", "--from", "2022"]), 1);
    assert_eq!(count(&["--to", "2021"]), 1);
    assert_eq!(count(&["--filter", "value_cents > 100000"]), 3);
    assert_eq!(count(&["--reporter", "XB"]), 0);
    assert_eq!(count(&["--partner", "XB", "--known-on", "2023-12-31"]), 0);
    assert_eq!(count(&["--recorded-before", "2024-01-01"]), 0);

    let sdmx = office.export(&["--format", "sdmx-csv"]);
    assert!(
        sdmx.starts_with("STRUCTURE,STRUCTURE_ID,ACTION,FREQ,"),
        "{sdmx}"
    );
    assert_eq!(sdmx.lines().count(), 7);
    for (name, magic) in [
        ("figures.json", &b"{\"meta\""[..]),
        ("figures.parquet", b"PAR1"),
        ("figures.arrow", &[0xff, 0xff, 0xff, 0xff]),
        ("figures.txt", b"reporter,"),
    ] {
        let file = office.path(name);
        let told = office.export(&["--out", &file]);
        assert!(told.contains("SHA-256"), "{told}");
        assert!(std::fs::read(&file).unwrap().starts_with(magic), "{name}");
    }
    for (options, reason) in [
        (&["--filter", "nonsense ="][..], "FILTER_INVALID"),
        (&["--region", "nowhere"], "FIELD_INVALID"),
        (&["--release", "none"], "RESOURCE_NOT_FOUND"),
    ] {
        let refused = office.ask(&[&["trade", "export"], options].concat());
        assert_eq!(refused.status.code(), Some(1));
        assert!(stderr(&refused).contains(reason), "{}", stderr(&refused));
        assert_eq!(stdout(&refused), "");
    }
    assert!(office.server.terminate().success());
}

/// Forwards connections to a server, the first `broken` of them only until so many bytes of answers have passed.
fn unreliable(server: SocketAddr, broken: usize, bytes: usize) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    std::thread::spawn(move || {
        for client in listener.incoming() {
            let Ok(client) = client else { return };
            let is_broken = counted.fetch_add(1, Ordering::SeqCst) < broken;
            let limit = if is_broken { bytes } else { usize::MAX };
            let server = TcpStream::connect(server).unwrap();
            let (from, to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
            std::thread::spawn(move || pass(from, to, usize::MAX));
            std::thread::spawn(move || pass(server, client, limit));
        }
    });
    (address, count)
}

/// Passes bytes on until the end or the limit, and closes both ways.
fn pass(mut from: TcpStream, mut to: TcpStream, limit: usize) {
    let mut passed = 0;
    let mut buffer = [0; 4_096];
    while passed < limit {
        let Ok(read @ 1..) = from.read(&mut buffer) else {
            break;
        };
        passed += read;
        if to.write_all(&buffer[..read]).is_err() {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}

/// Ten thousand figures.
fn many() -> String {
    let mut csv = "flow,period,commodity,value_usd\n".to_owned();
    for code in 0..10_000 {
        writeln!(csv, "X,2022,27{code:04},{code}").unwrap();
    }
    csv
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[test]
fn a_broken_stream_goes_on_where_it_stopped_and_one_that_stays_broken_leaves_no_file() {
    let office = Office::open();
    office.publish_text("first", "2024-01-01", &many());
    let whole = office.export(&[]);
    assert_eq!(whole.lines().count(), 10_001);
    let server: SocketAddr = office.server.told("listen").parse().unwrap();

    let (address, connections) = unreliable(server, 3, 100_000);
    let resumed = office.ask_at(&format!("http://{address}"), &["trade", "export"]);
    assert_eq!(good(&resumed), whole);
    assert_eq!(connections.load(Ordering::SeqCst), 4);

    let (address, _) = unreliable(server, usize::MAX, 4_096);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("out.parquet").display().to_string();
    let broken = office.ask_at(
        &format!("http://{address}"),
        &["trade", "export", "--out", &file, "--partnership", "xa-xb"],
    );
    assert_eq!(broken.status.code(), Some(1), "{}", stdout(&broken));
    assert_eq!(names(folder.path()), [""; 0]);
    assert!(office.server.terminate().success());
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let office = Office::open();
    office.publish_text("first", "2024-01-01", &many());
    let mut child = accord()
        .args(["trade", "export", "--address", &office.server.address()])
        .args(["--token-file", &office.token])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut begin = [0; 8];
    let mut out = child.stdout.take().unwrap();
    out.read_exact(&mut begin).unwrap();
    drop(out);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(&begin, b"reporter");
    assert!(office.server.terminate().success());
}
