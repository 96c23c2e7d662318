//! Mutations: replay, validation, faults, and what is kept of them.

use std::time::Duration;

use accord_proto::ledger::v1::Actor;
use fault::Fault;
use ledger::{ChangeKind::Created, Journal};
use storage::testing::{databases, each_engine};
use tonic::Code;
use uuid::Uuid;

use crate::{MIGRATIONS, SCHEMA, call, caller, clock, count, journal, note};

#[tokio::test]
async fn a_retry_gets_the_first_answer_and_changes_nothing() {
    for opened in databases(SCHEMA, &MIGRATIONS).await {
        let id = Some(Uuid::new_v4());
        let first = note(&journal(&opened.database), call(id, "a"), "a", Created).await;
        let again = note(&journal(&opened.database), call(id, "a"), "a", Created).await;
        // As after a restart.
        let reopened = opened.reopen().await;
        let later = note(&journal(&reopened), call(id, "a"), "a", Created).await;
        let first = first.unwrap();
        assert_eq!(first.subject, "1");
        assert_eq!((again.unwrap(), later.unwrap()), (first.clone(), first));
        assert_eq!(count(&reopened, "ledger_entries").await, 1);
        reopened.close().await;
        opened.remove().await;
    }
}

#[tokio::test]
async fn the_same_id_for_another_request_is_refused() {
    each_engine(SCHEMA, &MIGRATIONS, async |database| {
        let (journal, id) = (journal(&database), Some(Uuid::new_v4()));
        note(&journal, call(id, "a"), "a", Created).await.unwrap();
        let mut other_method = call(id, "a");
        other_method.method = "notes.v1.Notes/Forget";
        for other in [call(id, "b"), other_method] {
            let refused = note(&journal, other, "b", Created).await.unwrap_err();
            assert_eq!(refused.code(), Code::InvalidArgument);
            assert_eq!(refused.reason(), "REQUEST_ID_REUSED");
        }
        assert_eq!(count(&database, "ledger_entries").await, 1);
    })
    .await;
}

#[tokio::test]
async fn another_caller_with_the_same_id_is_not_given_the_answer() {
    each_engine(SCHEMA, &MIGRATIONS, async |database| {
        let (journal, id) = (journal(&database), Some(Uuid::new_v4()));
        note(&journal, call(id, "a"), "a", Created).await.unwrap();
        let mut other = call(id, "a");
        other.caller = caller("bek");
        let answer = note(&journal, other, "a", Created).await.unwrap();
        assert_eq!(answer.subject, "2");
    })
    .await;
}

#[tokio::test]
async fn validate_only_checks_and_keeps_nothing() {
    each_engine(SCHEMA, &MIGRATIONS, async |database| {
        let (journal, id) = (journal(&database), Some(Uuid::new_v4()));
        let mut check = call(id, "a");
        check.validate_only = true;
        let answer = note(&journal, check.clone(), "a", Created).await.unwrap();
        assert_eq!(answer.subject, "1");
        for table in [
            "notes",
            "ledger_entries",
            "ledger_requests",
            "ledger_resources",
        ] {
            assert_eq!(count(&database, table).await, 0, "{table}");
        }
        let done = note(&journal, call(id, "a"), "a", Created).await.unwrap();
        assert_eq!(done.subject, "1");
        check.payload = b"b".to_vec();
        let refused = note(&journal, check, "b", Created).await.unwrap_err();
        assert_eq!(refused.reason(), "REQUEST_ID_REUSED");
    })
    .await;
}

#[tokio::test]
async fn a_fault_keeps_nothing_and_its_retry_runs_again() {
    each_engine(SCHEMA, &MIGRATIONS, async |database| {
        let (journal, id) = (journal(&database), Some(Uuid::new_v4()));
        let refused: Result<Actor, Fault> = journal
            .mutate(call(id, "a"), |tx, _| {
                Box::pin(async move {
                    let text = "INSERT INTO notes (name, runs) VALUES ('a', 7)";
                    tx.execute(text, vec![]).await?;
                    Err(Fault::failed_precondition("NOT_NOW", "not now"))
                })
            })
            .await;
        assert_eq!(refused.unwrap_err().reason(), "NOT_NOW");
        for table in ["notes", "ledger_entries", "ledger_requests"] {
            assert_eq!(count(&database, table).await, 0, "{table}");
        }
        let answer = note(&journal, call(id, "a"), "a", Created).await.unwrap();
        assert_eq!(answer.subject, "1");
    })
    .await;
}

#[tokio::test]
async fn after_a_day_an_id_is_new_and_its_answer_forgotten() {
    each_engine(SCHEMA, &MIGRATIONS, async |database| {
        let clock = clock();
        let journal = Journal::new("notes", database.clone(), clock.clone());
        let id = Some(Uuid::new_v4());
        note(&journal, call(id, "a"), "a", Created).await.unwrap();
        for _ in 0..10 {
            let other = Some(Uuid::new_v4());
            note(&journal, call(other, "b"), "b", Created)
                .await
                .unwrap();
        }
        clock.advance(Duration::from_secs(24 * 3600 - 1));
        let still = note(&journal, call(id, "a"), "a", Created).await.unwrap();
        assert_eq!(still.subject, "1");
        assert_eq!(count(&database, "ledger_requests").await, 11);
        clock.advance(Duration::from_secs(1));
        let anew = note(&journal, call(id, "a"), "a", Created).await.unwrap();
        assert_eq!(anew.subject, "2");
        // A few are forgotten with each mutation, and the new answer is kept.
        note(&journal, call(None, "c"), "c", Created).await.unwrap();
        assert_eq!(count(&database, "ledger_requests").await, 1);
        let kept = note(&journal, call(id, "a"), "a", Created).await.unwrap();
        assert_eq!(kept.subject, "2");
    })
    .await;
}

#[tokio::test]
async fn entries_cannot_be_changed_or_deleted() {
    each_engine(SCHEMA, &MIGRATIONS, async |database| {
        note(&journal(&database), call(None, "a"), "a", Created)
            .await
            .unwrap();
        for text in [
            "UPDATE ledger_entries SET kind = 2",
            "DELETE FROM ledger_entries",
        ] {
            let refused: Result<u64, storage::Error> = database
                .write(move |tx| Box::pin(async move { tx.execute(text, vec![]).await }))
                .await;
            assert!(refused.is_err(), "{text}");
        }
        assert_eq!(count(&database, "ledger_entries").await, 1);
    })
    .await;
}

#[tokio::test]
async fn the_two_dialects_make_the_same_tables() {
    storage::testing::same_schema(SCHEMA, &MIGRATIONS).await;
}
