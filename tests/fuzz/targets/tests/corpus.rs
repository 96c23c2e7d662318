//! Runs what fuzzers found worth keeping, and thousands of inputs made of it: the same ones in every run.

#![allow(
    clippy::expect_used,
    reason = "a test that cannot go on fails at that place"
)]

use std::{
    env, fs,
    path::Path,
    time::{Duration, Instant},
};

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{RngCore as _, SeedableRng as _},
};

/// Inputs made in a usual run.
const MADE: u32 = 4_000;

/// Seconds to make inputs for instead, for each of the functions, in a run by hand; each such run makes others.
const SECONDS: &str = "ACCORD_FUZZ_SECONDS";

/// Pieces that mean something somewhere.
const PIECES: [&str; 40] = [
    "\"",
    "\\u0000",
    "\\ud800",
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "null",
    "true",
    "-0",
    "1e999",
    "9223372036854775808",
    "NaN",
    "%2F",
    "%ff",
    "%00",
    "..",
    "?",
    "&",
    "=",
    "page_size",
    "filter",
    "updateMask",
    "@type",
    "(",
    ")",
    " AND ",
    " OR ",
    "NOT ",
    "!=",
    "\"2021-12-06\"",
    "signing.date",
    "eyJhbGciOiJub25lIn0",
    ".",
    "\n",
    "\u{202e}",
    "\u{1f600}",
    "{\"a\":",
];

fn run(name: &str, target: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../corpus")
        .join(name);
    let mut kept: Vec<_> = fs::read_dir(&folder)
        .expect("a corpus")
        .map(|entry| entry.expect("a file").path())
        .collect();
    kept.sort();
    let kept: Vec<Vec<u8>> = kept
        .iter()
        .map(|path| fs::read(path).expect("a file"))
        .collect();
    assert!(!kept.is_empty(), "{name} has no corpus");
    for input in &kept {
        target(input);
    }
    let seconds: Option<u64> = env::var(SECONDS)
        .ok()
        .map(|text| text.parse().expect("ACCORD_FUZZ_SECONDS is a number"));
    let until = seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let seed = if until.is_some() {
        u64::from(std::process::id())
    } else {
        1
    };
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut made = 0_u32;
    while until.map_or(made < MADE, |until| Instant::now() < until) {
        let input = changed(&kept, &mut random);
        let outcome = std::panic::catch_unwind(|| target(&input));
        assert!(
            outcome.is_ok(),
            "{name} fails on {:?}",
            String::from_utf8_lossy(&input)
        );
        made += 1;
    }
    eprintln!("{name}: {} kept, {made} made", kept.len());
}

fn below(random: &mut ChaCha8Rng, end: usize) -> usize {
    let end = u32::try_from(end.max(1)).expect("short");
    usize::try_from(random.next_u32() % end).expect("small")
}

/// One of the inputs with a few changes.
fn changed(kept: &[Vec<u8>], random: &mut ChaCha8Rng) -> Vec<u8> {
    let mut input = kept[below(random, kept.len())].clone();
    for _change in 0..=below(random, 6) {
        let at = below(random, input.len() + 1);
        let end = (at + below(random, 9)).min(input.len());
        match below(random, 6) {
            0 => drop(input.splice(at..end, [])),
            1 => drop(input.splice(at..at, PIECES[below(random, PIECES.len())].bytes())),
            2 => drop(input.splice(at..end, PIECES[below(random, PIECES.len())].bytes())),
            3 if !input.is_empty() => {
                let at = at.min(input.len() - 1);
                input[at] ^= 1 << below(random, 8);
            }
            4 => {
                let other = &kept[below(random, kept.len())];
                let from = below(random, other.len() + 1);
                input.truncate(at);
                input.extend_from_slice(&other[from..]);
            }
            _ => {
                let again = input[at..end].to_vec();
                input.splice(at..at, again);
            }
        }
    }
    input
}

#[test]
fn no_rest_request_breaks_a_promise() {
    run("rest", accord_fuzz_targets::rest);
}

#[test]
fn no_filter_breaks_a_promise() {
    run("filter", accord_fuzz_targets::filter);
}

#[test]
fn no_page_token_breaks_a_promise() {
    run("page_token", accord_fuzz_targets::page_token);
}

#[test]
fn no_access_token_breaks_a_promise() {
    run("token", accord_fuzz_targets::token);
}
