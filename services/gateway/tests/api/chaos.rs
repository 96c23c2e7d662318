//! Replicas die, hang and come back under load, and no caller sees an error that a correct retry could have avoided.
//!
//! Failure: a read is answered with anything but its own bytes, or a write with an error that says it had no effect while
//! another replica was there; a replica that is back gets no calls. No failure: a write whose connection was lost, because
//! nobody can know what became of it.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use gateway::UpstreamArgs;
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::{net::TcpStream, time::timeout};
use tonic::{Code, body::Body};

use crate::{
    echo::frame,
    replica::Replica,
    running::Gateway,
    wire::{self, Answer, Call},
};

const READ: &str = "/accord.documents.v1.DocumentService/GetDocument";
const WRITE: &str = "/accord.documents.v1.DocumentService/CreateDocument";

/// Callers that call one after the other; one in four writes.
const CALLERS: usize = 16;

/// Longest wait for what has to happen. Far longer than it takes, and far shorter than forever.
const PATIENCE: Duration = Duration::from_secs(60);

/// Tells whether a caller writes.
fn writes(caller: usize) -> bool {
    caller.is_multiple_of(4)
}

/// What the callers have seen.
#[derive(Default)]
struct Seen {
    /// Calls that each caller has made.
    made: [AtomicU64; CALLERS],
    /// Calls that each replica has answered.
    answered: Mutex<HashMap<String, u64>>,
    wrong: Mutex<Vec<String>>,
    lost: AtomicU64,
    is_over: AtomicBool,
}

impl Seen {
    fn answered_by(&self, replica: SocketAddr) -> u64 {
        let answered = self.answered.lock().expect("counts");
        answered.get(&replica.to_string()).copied().unwrap_or(0)
    }

    fn made(&self) -> [u64; CALLERS] {
        self.made.each_ref().map(|made| made.load(Ordering::SeqCst))
    }

    /// Waits until every caller has ended a call that it began after now.
    async fn everyone_gets_on(&self) {
        let before = self.made();
        self.wait("every caller gets on", || {
            self.made()
                .iter()
                .zip(before)
                .all(|(now, before)| *now >= before + 2)
        })
        .await;
    }

    /// Waits until `replica` answers more than it has.
    async fn gets_calls(&self, replica: SocketAddr) {
        let before = self.answered_by(replica);
        self.wait("a replica that is back gets calls", || {
            self.answered_by(replica) > before
        })
        .await;
    }

    async fn wait(&self, what: &str, is_so: impl Fn() -> bool) {
        let waiting = async {
            while !is_so() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        if timeout(PATIENCE, waiting).await.is_err() {
            let wrong = self.wrong.lock().expect("errors");
            panic!("{what}: not in time; {:?}; {wrong:?}", self.made());
        }
    }
}

/// Calls until it is over, on one connection to the gateway.
async fn call_on(gateway: SocketAddr, bearer: String, caller: usize, seen: Arc<Seen>) {
    let stream = TcpStream::connect(gateway).await.expect("listens");
    let handshake = http2::handshake::<_, _, Body>(TokioExecutor::new(), TokioIo::new(stream));
    let (mut sender, connection) = handshake.await.expect("HTTP/2");
    tokio::spawn(connection);
    let is_write = writes(caller);
    for number in 0_u64.. {
        if seen.is_over.load(Ordering::SeqCst) {
            return;
        }
        let sent = [caller.to_be_bytes(), number.to_be_bytes()].concat();
        let call = Call::new(if is_write { WRITE } else { READ })
            .header("authorization", &bearer)
            .message(&sent)
            .request(&gateway.to_string());
        let answer = Answer::read(sender.send_request(call).await.expect("an answer")).await;
        judge(&answer, &sent, is_write, &seen);
        seen.made[caller].fetch_add(1, Ordering::SeqCst);
    }
}

fn judge(answer: &Answer, sent: &[u8], is_write: bool, seen: &Seen) {
    let status = answer.status();
    if status.code() == Code::Ok && answer.body == frame(sent) {
        let replica = answer.headers["x-replica"]
            .to_str()
            .expect("text")
            .to_owned();
        *seen
            .answered
            .lock()
            .expect("counts")
            .entry(replica)
            .or_default() += 1;
    } else if is_write
        && status.code() == Code::Unavailable
        && wire::reason(&status) == "UPSTREAM_LOST"
    {
        seen.lost.fetch_add(1, Ordering::SeqCst);
    } else {
        seen.wrong
            .lock()
            .expect("errors")
            .push(format!("{status:?}"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_caller_sees_an_error_that_a_correct_retry_avoids() {
    let mut replicas = [
        Replica::start().await,
        Replica::start().await,
        Replica::start().await,
    ];
    let urls = replicas.each_ref().map(Replica::url).join("+");
    let treatment = UpstreamArgs {
        // Often enough for a test, seldom enough for a busy machine.
        upstream_health_seconds: Duration::from_millis(500),
        upstream_ejection_seconds: Duration::from_secs(3),
        upstream_slow_start_seconds: Duration::from_secs(1),
        ..UpstreamArgs::default()
    };
    let gateway = Gateway::treating(treatment, &[&format!("documents={urls}")], &[]).await;
    let seen = Arc::new(Seen::default());
    let bearer = gateway.authorization().to_str().expect("text").to_owned();
    let callers: Vec<_> = (0..CALLERS)
        .map(|caller| {
            let calling = call_on(gateway.address(), bearer.clone(), caller, Arc::clone(&seen));
            tokio::spawn(calling)
        })
        .collect();
    seen.everyone_gets_on().await;

    for turn in 0..2 {
        for replica in &mut replicas {
            replica.kill().await;
            seen.everyone_gets_on().await;
            replica.come_back().await;
            seen.gets_calls(replica.address).await;
        }
        let replica = &replicas[turn];
        replica.hang().await;
        // Callers of reads leave it; writes that it has not answered are waited for.
        reads_get_on(&seen).await;
        replica.go_on().await;
        seen.gets_calls(replica.address).await;
        seen.everyone_gets_on().await;
    }

    seen.is_over.store(true, Ordering::SeqCst);
    for caller in callers {
        caller.await.expect("no panic");
    }
    let wrong = seen.wrong.lock().expect("errors");
    let made: u64 = seen.made().iter().sum();
    assert!(
        wrong.is_empty(),
        "{} of {made}: {:?}",
        wrong.len(),
        wrong.first()
    );
    let metrics = gateway.metrics();
    assert!(
        metrics.contains("accord_gateway_upstream_ejections_total"),
        "{metrics}"
    );
}

/// Waits until every caller that reads has ended a call that it began after now.
async fn reads_get_on(seen: &Seen) {
    let before = seen.made();
    seen.wait("reads go elsewhere", || {
        let now = seen.made();
        (0..CALLERS)
            .filter(|caller| !writes(*caller))
            .all(|caller| now[caller] >= before[caller] + 2)
    })
    .await;
}
