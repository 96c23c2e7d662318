//! The way to an upstream, whether over the network or inside the process: callers see no difference.

use std::{
    convert::Infallible,
    sync::Arc,
    task::{Context, Poll},
};

use futures::future::BoxFuture;
use http::{Request, Response};
use tokio::time::timeout;
use tonic::{body::Body, transport};
use tower::{Service, ServiceExt as _};

use super::{blame::Blame, call::call, pool::Pool};
use crate::{
    fault,
    forward::{Deadline, until_lost},
};

/// The way to an upstream. Every call of it is answered: where the upstream does not, with the gateway's status.
#[derive(Clone, Debug)]
pub struct Channel {
    name: Arc<str>,
    way: Way,
}

#[derive(Clone, Debug)]
enum Way {
    /// To addresses on the network.
    Network(Arc<Pool>),
    /// To a service in the same process.
    Process(transport::Channel),
}

impl Channel {
    /// The way over the network.
    pub(super) fn over(pool: Arc<Pool>) -> Self {
        Self {
            name: Arc::clone(pool.measures().name()),
            way: Way::Network(pool),
        }
    }

    /// The way inside the process.
    pub(super) fn inside(name: Arc<str>, channel: transport::Channel) -> Self {
        Self {
            name,
            way: Way::Process(channel),
        }
    }

    /// The addresses that it leads to, if over the network.
    pub(super) fn pool(&self) -> Option<&Arc<Pool>> {
        match &self.way {
            Way::Network(pool) => Some(pool),
            Way::Process(_) => None,
        }
    }

    /// Tells whether it leads to addresses that serve and have no place for one more call.
    pub(crate) fn is_full(&self) -> bool {
        self.pool().is_some_and(|pool| pool.is_full())
    }

    /// Sends `request` within its deadline and returns the answer.
    pub(crate) async fn send(&self, request: Request<Body>) -> Response<Body> {
        let deadline = Deadline::of(&request);
        let (request, blame) = Blame::watch(request);
        let answer = async {
            match &self.way {
                Way::Network(pool) => call(pool, request, deadline, blame).await,
                Way::Process(channel) => {
                    self.inside_call(channel.clone(), request, deadline, blame)
                        .await
                }
            }
        };
        let Some(left) = deadline.remaining() else {
            return answer.await;
        };
        timeout(left, answer)
            .await
            .unwrap_or_else(|_elapsed| fault::late(&self.name).into_http())
    }

    async fn inside_call(
        &self,
        mut channel: transport::Channel,
        mut request: Request<Body>,
        deadline: Deadline,
        blame: Blame,
    ) -> Response<Body> {
        let ready = match channel.ready().await {
            Ok(ready) => ready,
            Err(error) => return fault::upstream(&self.name, &error).into_http(),
        };
        deadline.write_remaining(request.headers_mut());
        match ready.call(request).await {
            Ok(response) => response.map(|body| until_lost(Arc::clone(&self.name), blame, body)),
            Err(error) => {
                let status = blame.status();
                let status = status.unwrap_or_else(|| fault::upstream(&self.name, &error));
                status.into_http()
            }
        }
    }
}

impl Service<Request<Body>> for Channel {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let channel = self.clone();
        Box::pin(async move { Ok(channel.send(request).await) })
    }
}
