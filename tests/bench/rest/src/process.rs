//! `accord demo` in a process of its own, and what it has used of the processors.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

/// What Linux counts the time of processes in, on every machine of today (`sysconf(_SC_CLK_TCK)`).
const TICK_US: u64 = 10_000;

/// The running program.
pub(crate) struct Demo {
    child: Child,
    pub(crate) listen: String,
    pub(crate) token: String,
}

impl Demo {
    pub(crate) fn start(program: &Path) -> Self {
        let free = "127.0.0.1:0";
        let mut child = Command::new(program)
            .args(["demo", "--sample", "fictional", "--output", "json"])
            .args(["--listen", free, "--admin-listen", free])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program: build it for release, or name it with --program");
        let mut line = String::new();
        let out = child.stdout.take().expect("its output");
        BufReader::new(out).read_line(&mut line).expect("a line");
        let ready: serde_json::Value = serde_json::from_str(&line).expect("it is ready");
        let text = |name: &str| ready[name].as_str().expect(name).to_owned();
        let token = fs::read_to_string(text("token_file")).expect("a token");
        Self {
            child,
            listen: text("listen"),
            token: token.trim().to_owned(),
        }
    }

    /// Microseconds of processor time, its own and the system's for it.
    pub(crate) fn cpu_us(&self) -> u64 {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id())).expect("it runs");
        let (_, fields) = stat.rsplit_once(')').expect("a name in parentheses");
        let ticks: u64 = fields
            .split_whitespace()
            .skip(11)
            .take(2)
            .map(|field| field.parse::<u64>().expect("a number"))
            .sum();
        ticks * TICK_US
    }

    /// Ends it in good order.
    pub(crate) fn stop(mut self) {
        let id = self.child.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &id]).status();
        let _ = self.child.wait();
    }
}
