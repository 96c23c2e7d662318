//! A component served inside the process: real HTTP/2 with all layers, over memory.

use hyper_util::rt::TokioIo;
use tokio::{io::DuplexStream, sync::mpsc};
use tokio_stream::{StreamExt as _, wrappers::ReceiverStream};
use tokio_util::sync::CancellationToken;
use tonic::transport::{Channel, Endpoint, Server, Uri};

use crate::{Component, Stack, flow, health::Health};

/// Bytes on their way in each direction before the sender waits.
const BUFFER_BYTES: usize = 256 * 1024;

/// Serves `component` behind the layers of `stack` and returns the only way to it.
///
/// Must be called inside a tokio runtime. The server ends when the last copy of the channel is
/// dropped; the component's `on_stop` is awaited then. Health is served beside the component's
/// routes, reflection is not.
#[must_use]
pub fn in_process(component: Component, stack: &Stack) -> Channel {
    let (connections, incoming) = mpsc::channel::<DuplexStream>(1);
    let health = Health::of(&component);
    let routes = health.add_to(component.routes);
    // Who connects inside the process says the truth about its caller, and was counted for it where the call came in.
    let stack = stack.clone().believes_client_cert(true).without_limits();
    let service = stack.around(component.name, routes, &component.open);
    let name = component.name;
    let server = flow::server(Server::builder(), stack.limit());
    tokio::spawn(async move {
        let incoming = ReceiverStream::new(incoming).map(Ok::<_, std::io::Error>);
        let serving = server.serve_with_incoming(service, incoming);
        // Never cancelled: health is told as long as anyone can ask.
        let unstopped = CancellationToken::new();
        tokio::select! {
            served = serving => if let Err(error) = served {
                tracing::error!(component = name, %error, "serving inside the process ended");
            },
            () = health.keep(&unstopped) => {}
        }
        if let Some(stop) = component.on_stop {
            stop.await;
        }
    });
    // The address is never looked up: the connector below ignores it.
    let connector = tower::service_fn(move |_: Uri| {
        let connections = connections.clone();
        async move {
            let (ours, theirs) = tokio::io::duplex(BUFFER_BYTES);
            let gone = |_| std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
            connections.send(theirs).await.map_err(gone)?;
            Ok::<_, std::io::Error>(TokioIo::new(ours))
        }
    });
    flow::shared(Endpoint::from_static("http://in-process")).connect_with_connector_lazy(connector)
}
