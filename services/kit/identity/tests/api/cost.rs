//! What a request costs here; run by hand: `cargo test --release -p accord-identity cost -- --ignored --nocapture`.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use clock::Clock;
use identity::{Grant, Group, Issuer, Object, Policies, PolicyFiles, Query, Role};

const TIMES: u32 = 2_000;

fn each(what: &str, mut act: impl FnMut()) {
    act();
    let begun = Instant::now();
    for _ in 0..TIMES {
        act();
    }
    println!("{what}: {:?}", begun.elapsed() / TIMES);
}

#[test]
#[ignore = "measures and checks nothing"]
fn cost_of_tokens_and_decisions() {
    let begun = Instant::now();
    let policies = Policies::of(&PolicyFiles::shipped()).unwrap();
    println!("reading and checking the policies: {:?}", begun.elapsed());
    let query = Query {
        agency: "uz-stat",
        party: Some("UZ"),
        roles: &[Role::Editor],
        method: Some("accord.trade.v1.ReleaseService/PublishRelease"),
        group: Group::GiveWord,
        object: Object::Of {
            parties: &["UZ"],
            level: None,
        },
    };
    each("a decision, computed", || {
        black_box(policies.evaluate(&query));
    });
    each("a decision, remembered", || {
        black_box(policies.decide(&query));
    });
    let directory = tempfile::tempdir().unwrap();
    let issuer = Issuer::open_or_create(directory.path(), Clock::system()).unwrap();
    let token = issuer.issue(&Grant {
        agency: "uz-stat".to_owned(),
        party: Some("UZ".to_owned()),
        roles: vec![Role::Editor],
        ttl: Duration::from_mins(10),
    });
    each("a token and its keys, read for the first time", || {
        black_box(issuer.verifier().unwrap().verify(&token)).unwrap();
    });
    let verifier = issuer.verifier().unwrap();
    each("a token, remembered", || {
        black_box(verifier.verify(&token)).unwrap();
    });
}
