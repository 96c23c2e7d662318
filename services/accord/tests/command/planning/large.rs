//! A plan of more measures than one call takes: an import that breaks off is run again, and ends as if it had been run once.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::Place;
use crate::process::{run, stderr, stdout};

/// How many measures: two whole batches and a half.
const MEASURES: usize = 2_500;

/// A table of our own, in which each fifth measure waits for the one a thousand rows before or behind it.
fn table() -> String {
    let mut csv = "id,title:en,deadline,predecessors\n".to_owned();
    for number in 0..MEASURES {
        let before = match number {
            1_000.. if number % 5 == 0 => format!("m-{}", number - 1_000),
            1 => "m-2400".to_owned(),
            _ => String::new(),
        };
        writeln!(csv, "m-{number},Measure {number},2022-12-31,{before}").unwrap();
    }
    csv
}

/// Forwards connections to a server until so many bytes have come from clients, all together; then none any more.
fn until(server: SocketAddr, limit: usize) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let passed = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&passed);
    std::thread::spawn(move || {
        for client in listener.incoming() {
            let Ok(client) = client else { return };
            if counted.load(Ordering::SeqCst) >= limit {
                continue;
            }
            let server = TcpStream::connect(server).unwrap();
            let (from, to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
            let counted = Arc::clone(&counted);
            std::thread::spawn(move || {
                pass(from, to, |read| {
                    counted.fetch_add(read, Ordering::SeqCst) + read < limit
                });
            });
            std::thread::spawn(move || pass(server, client, |_| true));
        }
    });
    (address, passed)
}

/// Passes bytes on until the end, or as long as it may, and closes both ways.
fn pass(mut from: TcpStream, mut to: TcpStream, may: impl Fn(usize) -> bool) {
    let mut buffer = [0; 4_096];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        if !may(read) || to.write_all(&buffer[..read]).is_err() {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}

#[test]
fn an_import_that_breaks_off_between_batches_is_run_again_and_ends_as_if_run_once() {
    let place = Place::new();
    std::fs::write(place.file("large.csv"), table()).unwrap();
    let server: SocketAddr = place.server.told("listen").parse().unwrap();
    let import = |address: SocketAddr, roadmap: &str, more: &[&str]| {
        let (file, address) = (place.file("large.csv"), format!("http://{address}"));
        let command = [
            "roadmaps",
            "import",
            roadmap,
            &file,
            "--address",
            &address,
            "--token-file",
            &place.token,
        ];
        run(&[&command[..], more].concat())
    };
    // The checks send as much as the writing.
    let (address, checks) = until(server, usize::MAX);
    let rehearsed = import(address, "first", &["--dry-run"]);
    assert!(
        stdout(&rehearsed).contains("2500 would be taken"),
        "{}",
        stdout(&rehearsed)
    );
    let checks = checks.load(Ordering::SeqCst);

    // In the middle of the second batch the server is gone.
    let (address, _) = until(server, checks + checks * 6 / 10);
    let broken = import(address, "first", &[]);
    assert_eq!(broken.status.code(), Some(1));
    let (said, told) = (stdout(&broken), stderr(&broken));
    assert!(
        said.contains("1000 accepted") && said.contains("1500 good and not taken"),
        "{said}"
    );
    assert!(
        told.contains("broke off: 1000 of 2500 measures are in"),
        "{told}"
    );
    assert!(told.contains("run the same command again"), "{told}");

    let again = import(server, "first", &[]);
    let said = stdout(&again);
    assert!(again.status.success(), "{said}{}", stderr(&again));
    assert!(
        said.contains("1500 accepted") && said.contains("1000 already there"),
        "{said}"
    );
    let once = import(server, "second", &[]);
    assert!(
        stdout(&once).contains("2500 accepted"),
        "{}{}",
        stdout(&once),
        stderr(&once)
    );
    let table = |roadmap: &str| {
        let file = place.file(&format!("{roadmap}.csv"));
        let export = [
            "roadmaps",
            "export",
            roadmap,
            "--format",
            "csv",
            "--output-file",
            &file,
        ];
        let written = place.accord(&export);
        assert!(written.status.success(), "{}", stderr(&written));
        std::fs::read_to_string(file).unwrap()
    };
    assert_eq!(table("first"), table("second"));
    let third = import(server, "first", &[]);
    assert!(
        stdout(&third).contains("2500 already there"),
        "{}",
        stdout(&third)
    );
}
