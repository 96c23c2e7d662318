//! A connection on which nothing comes through any more, though both ends of it stay open.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use gateway::UpstreamArgs;
use http::Response;
use hyper::body::Incoming;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::{mpsc, watch},
    time::timeout,
};

use crate::{
    echo::{Echo, frame},
    running::Gateway,
    wire::{self, Answer, Call},
};

const WRITE: &str = "/accord.documents.v1.DocumentService/Echo";

/// Longest wait for what has to happen.
const PATIENCE: Duration = Duration::from_secs(60);

/// Passes connections on until the first of them is to be stuck.
struct Proxy {
    address: SocketAddr,
    taken: Arc<AtomicUsize>,
    stuck: watch::Sender<bool>,
}

impl Proxy {
    async fn start(behind: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("free port");
        let address = listener.local_addr().expect("bound");
        let taken = Arc::new(AtomicUsize::new(0));
        let stuck = watch::Sender::new(false);
        let (count, is_stuck) = (Arc::clone(&taken), stuck.subscribe());
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.expect("a connection");
                let is_first = count.fetch_add(1, Ordering::SeqCst) == 0;
                let mut is_stuck = is_stuck.clone();
                let sticks = async move {
                    let stuck = is_stuck.wait_for(|stuck| *stuck && is_first).await;
                    drop(stuck);
                };
                tokio::spawn(async move {
                    let mut behind = TcpStream::connect(behind).await.expect("listens");
                    tokio::select! {
                        _ = copy_bidirectional(&mut stream, &mut behind) => {}
                        () = sticks => std::future::pending().await,
                    }
                });
            }
        });
        Self {
            address,
            taken,
            stuck,
        }
    }
}

/// A call that is answered as far as it has come.
async fn open(gateway: &Gateway) -> (mpsc::UnboundedSender<Bytes>, Response<Incoming>) {
    let (sender, body) = wire::channel_body();
    sender.send(frame(b"first")).expect("open");
    let answer = gateway.open(Call::new(WRITE).body(body)).await;
    (sender, answer)
}

#[tokio::test]
async fn a_connection_that_answers_no_more_is_cut_and_those_beside_it_go_on() {
    let echo = Echo::start_with_two_streams().await;
    let proxy = Proxy::start(echo.address).await;
    let often = UpstreamArgs {
        upstream_health_seconds: Duration::from_secs(1),
        ..UpstreamArgs::default()
    };
    let spec = format!("documents=http://{}", proxy.address);
    let gateway = Gateway::treating(often, &[&spec], &[]).await;
    let (_held, stuck) = open(&gateway).await;
    // Until one has a connection of its own.
    let mut others = Vec::new();
    while proxy.taken.load(Ordering::SeqCst) < 2 {
        others.push(open(&gateway).await);
    }
    let (sender, beside) = others.pop().expect("one");
    proxy.stuck.send_replace(true);

    let lost = timeout(PATIENCE, Answer::read(stuck)).await;
    let lost = lost.expect("it is cut").status();
    assert_eq!(wire::reason(&lost), "UPSTREAM_LOST");
    drop(sender);
    let beside = timeout(PATIENCE, Answer::read(beside)).await;
    assert_eq!(beside.expect("it goes on").body, frame(b"first"));
    let metrics = gateway.metrics();
    assert!(!metrics.contains("ejections_total{"), "{metrics}");
    let call = gateway.call(Call::new(WRITE).message(b"m"));
    let answer = timeout(PATIENCE, call).await.expect("there is a way");
    assert_eq!(answer.body, frame(b"m"));
}
