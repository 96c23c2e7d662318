//! The proxies, each a process in front of the same upstream with one thread for its work.

use std::{
    error::Error,
    fs,
    io::{BufRead as _, BufReader},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use clock::Clock;
use identity::{AUDIENCE, ISSUER, Issuer};

/// Longest wait until a proxy listens.
const PATIENCE: Duration = Duration::from_secs(10);

/// A running proxy; it ends with this.
pub(crate) struct Proxy {
    pub(crate) name: &'static str,
    pub(crate) address: SocketAddr,
    pub(crate) pid: u32,
    process: Child,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // nginx's worker would outlive its master, were that killed.
        let asked = Command::new("kill").arg(self.pid.to_string()).status();
        if asked.is_ok_and(|status| status.success()) {
            let _ = self.process.wait();
        }
    }
}

/// Starts the gateway, and what else is installed, in front of `upstream`.
pub(crate) async fn start_all(
    gateway: Option<&Path>,
    cpu: Option<u32>,
    upstream: SocketAddr,
    folder: &Path,
) -> Result<Vec<Proxy>, Box<dyn Error>> {
    let beside = || -> Result<PathBuf, Box<dyn Error>> {
        Ok(std::env::current_exe()?.with_file_name("accord-gateway"))
    };
    let gateway = gateway.map_or_else(beside, |path| Ok(path.to_owned()))?;
    let mut proxies = vec![start_gateway(&gateway, cpu, upstream, folder)?];
    if let Some(program) = installed("haproxy") {
        proxies.push(start_haproxy(&program, cpu, upstream, folder).await?);
    } else {
        eprintln!("HAProxy is not installed");
    }
    if let Some(program) = installed("nginx") {
        proxies.push(start_nginx(&program, cpu, upstream, folder).await?);
    } else {
        eprintln!("nginx is not installed");
    }
    Ok(proxies)
}

fn installed(name: &str) -> Option<PathBuf> {
    ["/usr/local/sbin", "/usr/sbin", "/usr/local/bin", "/usr/bin"]
        .into_iter()
        .map(|folder| Path::new(folder).join(name))
        .find(|path| path.is_file())
}

/// A command that runs on one processor if told so.
fn command(program: &Path, cpu: Option<u32>) -> Command {
    let Some(cpu) = cpu else {
        return Command::new(program);
    };
    let mut command = Command::new("taskset");
    command.args(["--cpu-list", &cpu.to_string()]).arg(program);
    command
}

fn start_gateway(
    program: &Path,
    cpu: Option<u32>,
    upstream: SocketAddr,
    folder: &Path,
) -> Result<Proxy, Box<dyn Error>> {
    let issuer = Issuer::open_or_create(folder, Clock::system())?;
    let mut process = command(program, cpu)
        .args([
            "--listen",
            "127.0.0.1:0",
            "--admin-listen",
            "127.0.0.1:0",
            "--output",
            "json",
        ])
        .args(["--route", &format!("acme.bench=http://{upstream},open")])
        .env("TOKIO_WORKER_THREADS", "1")
        .env("ACCORD_AUTH_ISSUER", ISSUER)
        .env("ACCORD_AUTH_AUDIENCE", AUDIENCE)
        .env("ACCORD_AUTH_JWKS", issuer.jwks_path())
        .stdout(Stdio::piped())
        .stderr(fs::File::create(folder.join("gateway.log"))?)
        .spawn()
        .map_err(|error| format!("{}: {error}", program.display()))?;
    let mut line = String::new();
    let stdout = process.stdout.take().ok_or("no output")?;
    BufReader::new(stdout).read_line(&mut line)?;
    let ready: serde_json::Value = serde_json::from_str(&line)?;
    let address = ready["listen"].as_str().ok_or("no address")?.parse()?;
    Ok(Proxy {
        name: "gateway",
        address,
        pid: process.id(),
        process,
    })
}

async fn start_haproxy(
    program: &Path,
    cpu: Option<u32>,
    upstream: SocketAddr,
    folder: &Path,
) -> Result<Proxy, Box<dyn Error>> {
    let address = free_address()?;
    let path = folder.join("haproxy.cfg");
    fs::write(
        &path,
        format!(
            "global\n  nbthread 1\n  maxconn 4096\n  log stdout format raw local0\n\
             defaults\n  mode http\n  log global\n  option httplog\n  timeout connect 2s\n  \
             timeout client 60s\n  timeout server 60s\n\
             frontend calls\n  bind {address} proto h2\n  use_backend bench if {{ path_beg /acme.bench. }}\n\
             backend bench\n  server one {upstream} proto h2\n"
        ),
    )?;
    let process = command(program, cpu)
        .arg("-f")
        .arg(&path)
        .stdout(fs::File::create(folder.join("haproxy.log"))?)
        .stderr(Stdio::inherit())
        .spawn()?;
    listening("haproxy", address, process).await
}

async fn start_nginx(
    program: &Path,
    cpu: Option<u32>,
    upstream: SocketAddr,
    folder: &Path,
) -> Result<Proxy, Box<dyn Error>> {
    let address = free_address()?;
    let path = folder.join("nginx.conf");
    let log = folder.join("nginx.log");
    fs::write(
        &path,
        format!(
            "daemon off;\nworker_processes 1;\npid {pid};\nerror_log stderr warn;\n\
             events {{ worker_connections 4096; }}\n\
             http {{\n  access_log {log};\n  keepalive_requests 100000000;\n  \
             upstream bench {{ server {upstream}; keepalive 256; keepalive_requests 100000000; }}\n  \
             server {{ listen {address} http2; http2_max_concurrent_streams 1024; \
             location /acme.bench. {{ grpc_pass grpc://bench; }} }}\n}}\n",
            pid = folder.join("nginx.pid").display(),
            log = log.display(),
        ),
    )?;
    let process = command(program, cpu)
        .arg("-p")
        .arg(folder)
        .arg("-c")
        .arg(&path)
        .stderr(Stdio::inherit())
        .spawn()?;
    listening("nginx", address, process).await
}

/// A port that was free a moment ago: these proxies cannot tell which one they took.
fn free_address() -> Result<SocketAddr, Box<dyn Error>> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

async fn listening(
    name: &'static str,
    address: SocketAddr,
    mut process: Child,
) -> Result<Proxy, Box<dyn Error>> {
    let begun = Instant::now();
    while TcpStream::connect(address).is_err() {
        if process.try_wait()?.is_some() || begun.elapsed() > PATIENCE {
            return Err(format!("{name} does not listen on {address}").into());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(Proxy {
        name,
        address,
        pid: process.id(),
        process,
    })
}
