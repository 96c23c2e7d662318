//! One of several replicas of a service, as a process of its own, so that it can be killed and stopped as a whole.

use std::{net::SocketAddr, path::PathBuf, process::Stdio};

use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

/// A running replica.
pub(crate) struct Replica {
    /// Where it listens, also when it is started again.
    pub(crate) address: SocketAddr,
    process: Child,
}

impl Replica {
    /// Starts one on a free port.
    pub(crate) async fn start() -> Self {
        Self::start_on(SocketAddr::from(([127, 0, 0, 1], 0))).await
    }

    async fn start_on(address: SocketAddr) -> Self {
        let mut process = Command::new(program())
            .arg(address.to_string())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("started");
        let mut lines = BufReader::new(process.stdout.take().expect("piped")).lines();
        let line = lines.next_line().await.expect("text");
        let address = line.expect("it gets ready").parse().expect("an address");
        Self { address, process }
    }

    /// Its address as the gateway is given it.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Kills it: no answer is finished, no connection closed in order.
    pub(crate) async fn kill(&mut self) {
        self.process.kill().await.expect("killed");
    }

    /// Starts it again where it was.
    pub(crate) async fn come_back(&mut self) {
        *self = Self::start_on(self.address).await;
    }

    /// Stops it where it stands: its connections stay open and nothing comes back over them.
    pub(crate) async fn hang(&self) {
        self.signal("-STOP").await;
    }

    /// Lets it go on.
    pub(crate) async fn go_on(&self) {
        self.signal("-CONT").await;
    }

    async fn signal(&self, signal: &str) {
        let pid = self.process.id().expect("it runs").to_string();
        let sent = Command::new("kill").args([signal, &pid]).status().await;
        assert!(sent.expect("kill runs").success());
    }
}

/// The program of a replica, which cargo builds with the tests, beside them.
fn program() -> PathBuf {
    let mut path = std::env::current_exe().expect("this program");
    path.pop();
    path.pop();
    path.push("examples/replica");
    assert!(
        path.exists(),
        "run `cargo test` without --test, so that the example is built"
    );
    path
}
