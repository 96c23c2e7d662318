//! Many writers, each retried at once from two replicas: every request has one effect, and whoever
//! watches sees the commits in the order of their numbers.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use accord_proto::ledger::v1::WatchChangesRequest;
use ledger::{ChangeKind::Created, Journal};
use storage::{Error, testing::databases};
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::{Following, MIGRATIONS, SCHEMA, call, count, journal, note, watch};

const WRITERS: usize = 6;
const REQUESTS: usize = 8;
/// How often each request is sent at the same time.
const COPIES: usize = 3;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn retries_have_one_effect_and_commits_are_seen_in_order() {
    for opened in databases(SCHEMA, &MIGRATIONS).await {
        let replica = opened.reopen().await;
        let journals = [journal(&opened.database), journal(&replica)];
        let mut near = Following::start(&journals[0], watch()).await.unwrap();
        let mut far = Following::start(&journals[1], watch()).await.unwrap();
        near.event().await;
        far.event().await;

        let mut senders = Vec::new();
        for writer in 0..WRITERS {
            senders.push(tokio::spawn(send(journals.clone(), writer)));
        }
        let total = WRITERS * REQUESTS;
        let (mut seen_near, mut seen_far) = (Vec::new(), Vec::new());
        let mut middle = String::new();
        for index in 0..total {
            let (entry, token) = near.entry().await;
            seen_near.push(entry);
            seen_far.push(far.entry().await.0);
            if index == total / 2 {
                middle = token;
            }
        }
        for sender in senders {
            sender.await.unwrap();
        }
        let sequences: Vec<i64> = seen_near.iter().map(|entry| entry.sequence).collect();
        let gapless: Vec<i64> = (1..=i64::try_from(total).unwrap()).collect();
        assert_eq!(sequences, gapless, "on {:?}", opened.engine());
        assert_eq!(seen_near, seen_far);
        let requests: BTreeSet<_> = seen_near.iter().map(|entry| &entry.request_id).collect();
        assert_eq!(requests.len(), total, "each request has one entry");
        assert_eq!(count(&opened.database, "notes WHERE runs <> 1").await, 0);

        let resumed = WatchChangesRequest {
            resume_token: middle,
            ..watch()
        };
        let mut rest = Following::start(&journals[1], resumed).await.unwrap();
        for expected in &seen_near[total / 2 + 1..] {
            assert_eq!(rest.entry().await.0, *expected);
        }
        drop((near, far, rest));
        replica.close().await;
        opened.remove().await;
    }
}

/// More writers than connections must not keep readers and the readiness probe waiting.
#[tokio::test]
async fn writers_that_wait_for_the_log_leave_connections_to_readers() {
    for opened in databases(SCHEMA, &MIGRATIONS).await {
        let replica = opened.reopen().await;
        let (locked, release) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
        let (taken, wait) = (locked.clone(), release.clone());
        let holder = tokio::spawn(async move {
            let held: Result<(), Error> = replica
                .write(move |tx| {
                    let (taken, wait) = (taken.clone(), wait.clone());
                    Box::pin(async move {
                        let touch = "UPDATE ledger_head SET sequence = sequence";
                        tx.execute(touch, vec![]).await?;
                        taken.add_permits(1);
                        let _turn = wait.acquire().await;
                        Ok(())
                    })
                })
                .await;
            replica.close().await;
            held
        });
        let _locked = locked.acquire().await.unwrap();
        let journal = journal(&opened.database);
        let writers: Vec<_> = (0..12)
            .map(|writer| {
                let journal = journal.clone();
                tokio::spawn(async move {
                    let name = format!("boxes/{writer}");
                    note(&journal, call(None, &name), &name, Created).await
                })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(300)).await;
        let ready = tokio::time::timeout(Duration::from_secs(2), opened.database.ping()).await;
        release.add_permits(1);
        assert_eq!(ready, Ok(Ok(())), "on {:?}", opened.engine());
        assert_eq!(holder.await.unwrap(), Ok(()));
        for writer in writers {
            writer.await.unwrap().unwrap();
        }
        opened.remove().await;
    }
}

/// Sends the requests of one writer, each several times at once, and compares the answers.
async fn send(journals: [Journal; 2], writer: usize) {
    for request in 0..REQUESTS {
        let id = Some(Uuid::new_v4());
        let name = format!("boxes/{writer}-{request}");
        let copies = (0..COPIES).map(|copy| {
            let journal = &journals[copy % journals.len()];
            note(journal, call(id, &name), &name, Created)
        });
        for answer in futures::future::join_all(copies).await {
            assert_eq!(answer.unwrap().subject, "1");
        }
    }
}
