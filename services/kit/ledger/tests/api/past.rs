//! What resources were before a moment.

use std::time::Duration;

use accord_proto::ledger::v1::Actor;
use jiff::Timestamp;
use ledger::{
    ChangeKind::{Created, Deleted, Updated},
    Journal,
};
use prost::Message as _;
use storage::{Database, testing::each_engine};

use crate::{MIGRATIONS, SCHEMA, add, clock};

/// The states of the notes `a`, `b` and `c` before a moment, as the count that each had.
async fn states(database: &Database, limit: Timestamp) -> Vec<(String, String)> {
    let names = ["a", "b", "c"].map(str::to_owned);
    let states = database.read(move |tx| {
        let names = names.clone();
        Box::pin(async move { ledger::states_before(tx, &names, limit).await })
    });
    let states = states.await.unwrap().into_iter();
    states
        .map(|(name, state)| {
            let actor = Actor::decode(state.value.as_slice()).unwrap();
            (name, actor.subject)
        })
        .collect()
}

#[tokio::test]
async fn states_are_the_newest_recorded_before_the_moment() {
    each_engine(SCHEMA, &MIGRATIONS, async |database| {
        let clock = clock();
        let journal = Journal::new("notes", database.clone(), clock.clone());
        let start = clock.now();
        let pair = |name: &str, count: &str| (name.to_owned(), count.to_owned());
        add(&journal, "a", Created).await;
        add(&journal, "a", Updated).await;
        clock.advance(Duration::from_secs(60));
        add(&journal, "b", Created).await;
        add(&journal, "a", Updated).await;
        clock.advance(Duration::from_secs(60));
        add(&journal, "b", Deleted).await;

        let after = |seconds| start + jiff::SignedDuration::from_secs(seconds);
        assert_eq!(states(&database, start).await, []);
        assert_eq!(states(&database, after(1)).await, [pair("a", "2")]);
        assert_eq!(states(&database, after(60)).await, [pair("a", "2")]);
        let both = [pair("a", "3"), pair("b", "1")];
        assert_eq!(states(&database, after(61)).await, both);
        let deleted = [pair("a", "3"), pair("b", "2")];
        assert_eq!(states(&database, after(121)).await, deleted);
    })
    .await;
}
