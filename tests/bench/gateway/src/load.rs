//! The callers: each makes its next call when the one before is answered, over connections that many share.

use std::{
    error::Error,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use bytes::{BufMut as _, Bytes, BytesMut};
use h2::client::{self, SendRequest};
use http::{HeaderValue, Method, Request};
use serde::Serialize;
use tokio::{net::TcpStream, task::JoinSet};

/// What a call asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Payload {
    /// Sixteen bytes.
    Small,
    /// Two kilobytes.
    TwoKilobytes,
}

impl Payload {
    fn path(self) -> &'static str {
        match self {
            Self::Small => "/acme.bench.v1.Bench/Small",
            Self::TwoKilobytes => "/acme.bench.v1.Bench/TwoKilobytes",
        }
    }

    /// The payload that a call of `path` asks for.
    pub(crate) fn of(path: &str) -> Option<Self> {
        [Self::Small, Self::TwoKilobytes]
            .into_iter()
            .find(|payload| payload.path() == path)
    }

    /// The message in gRPC's form.
    pub(crate) fn message(self) -> Bytes {
        let length: u32 = match self {
            Self::Small => 16,
            Self::TwoKilobytes => 2048,
        };
        let mut message = BytesMut::new();
        message.put_u8(0);
        message.put_u32(length);
        message.put_bytes(0x5a, length as usize);
        message.freeze()
    }
}

/// How much is called.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    pub(crate) address: SocketAddr,
    pub(crate) payload: Payload,
    pub(crate) connections: usize,
    /// Calls in progress on each connection.
    pub(crate) calls: usize,
}

/// What came of it.
#[derive(Debug)]
pub(crate) struct Outcome {
    took: Duration,
    latencies_us: Vec<u32>,
}

impl Outcome {
    /// Calls that were answered.
    #[allow(clippy::cast_precision_loss, reason = "fewer than 2^52")]
    pub(crate) fn count(&self) -> f64 {
        self.latencies_us.len() as f64
    }

    pub(crate) fn calls_per_second(&self) -> f64 {
        self.count() / self.took.as_secs_f64()
    }

    /// The latency that so many percent of the calls did not exceed.
    pub(crate) fn percentile_us(&mut self, percent: usize) -> u32 {
        self.latencies_us.sort_unstable();
        let index = self.latencies_us.len().saturating_sub(1) * percent / 100;
        self.latencies_us.get(index).copied().unwrap_or(0)
    }
}

/// Calls for so long.
pub(crate) async fn run(load: Load, lasts: Duration) -> Result<Outcome, Box<dyn Error>> {
    let is_over = Arc::new(AtomicBool::new(false));
    let mut callers = JoinSet::new();
    for _ in 0..load.connections {
        let stream = TcpStream::connect(load.address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = client::Builder::new()
            .initial_window_size(1 << 20)
            .initial_connection_window_size(1 << 30)
            .handshake::<_, Bytes>(stream)
            .await?;
        tokio::spawn(connection);
        let sender = sender.ready().await?;
        for _ in 0..load.calls {
            callers.spawn(keep_calling(sender.clone(), load, Arc::clone(&is_over)));
        }
    }
    let begun = Instant::now();
    tokio::time::sleep(lasts).await;
    is_over.store(true, Ordering::Relaxed);
    let took = begun.elapsed();
    let mut latencies_us = Vec::new();
    for made in callers.join_all().await {
        latencies_us.extend(made.map_err(|error| format!("{:?}: {error}", load.address))?);
    }
    Ok(Outcome { took, latencies_us })
}

async fn keep_calling(
    mut sender: SendRequest<Bytes>,
    load: Load,
    is_over: Arc<AtomicBool>,
) -> Result<Vec<u32>, String> {
    let mut latencies_us = Vec::new();
    while !is_over.load(Ordering::Relaxed) {
        let begun = Instant::now();
        sender = sender.ready().await.map_err(|error| error.to_string())?;
        call(&mut sender, load).await?;
        let took = begun.elapsed().as_micros();
        latencies_us.push(u32::try_from(took).unwrap_or(u32::MAX));
    }
    Ok(latencies_us)
}

/// Makes one call and checks that all of its answer has come.
async fn call(sender: &mut SendRequest<Bytes>, load: Load) -> Result<(), String> {
    let text = |error: h2::Error| error.to_string();
    let mut request = Request::new(());
    *request.method_mut() = Method::POST;
    *request.uri_mut() = format!("http://{}{}", load.address, load.payload.path())
        .parse()
        .map_err(|error| format!("{error}"))?;
    let headers = request.headers_mut();
    headers.insert("content-type", HeaderValue::from_static("application/grpc"));
    headers.insert("te", HeaderValue::from_static("trailers"));
    let (response, mut stream) = sender.send_request(request, false).map_err(text)?;
    stream
        .send_data(Payload::Small.message(), true)
        .map_err(text)?;
    let mut body = response.await.map_err(text)?.into_body();
    let mut received = 0;
    while let Some(data) = body.data().await {
        let length = data.map_err(text)?.len();
        received += length;
        body.flow_control().release_capacity(length).map_err(text)?;
    }
    let trailers = body.trailers().await.map_err(text)?.unwrap_or_default();
    let is_ok = trailers.get("grpc-status").is_some_and(|code| code == "0");
    if is_ok && received == load.payload.message().len() {
        Ok(())
    } else {
        Err(format!("{received} bytes, {trailers:?}"))
    }
}
