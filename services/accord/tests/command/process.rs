//! Programs under test: started on free ports, asked, and ended by their own id.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Output, Stdio};

/// The program, without the settings of whoever runs the tests.
pub(crate) fn accord() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_accord"));
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("ACCORD_") || text.starts_with("OTEL_") || text == "RUST_LOG" {
            command.env_remove(&name);
        }
    }
    command
}

/// Runs the program to its end.
pub(crate) fn run(arguments: &[&str]) -> Output {
    accord()
        .args(arguments)
        .output()
        .expect("the program starts")
}

/// What a program wrote on standard output.
pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}

/// What a program wrote on standard error.
pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("text")
}

/// A server that is ready. Ended at once when dropped.
pub(crate) struct Running {
    child: Child,
    _stdout: BufReader<ChildStdout>,
    /// The line that it announced itself with.
    pub(crate) ready: serde_json::Value,
}

impl Running {
    /// Starts a server on free ports and waits until it is ready.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::begin(&[arguments, &["--log", "warn"]].concat(), Stdio::inherit())
    }

    /// The same, which writes its log into a file.
    pub(crate) fn logging(arguments: &[&str], log: &Path) -> Self {
        let file = std::fs::File::create(log).expect("a file");
        Self::begin(arguments, Stdio::from(file))
    }

    fn begin(arguments: &[&str], stderr: Stdio) -> Self {
        let mut child = accord()
            .args(arguments)
            .args(["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"])
            .args(["--output", "json"])
            .stdout(Stdio::piped())
            .stderr(stderr)
            .spawn()
            .expect("the program starts");
        let mut stdout = BufReader::new(child.stdout.take().expect("piped"));
        let mut line = String::new();
        stdout.read_line(&mut line).expect("a line");
        assert!(
            !line.is_empty(),
            "it ended before it was ready: {:?}",
            child.wait()
        );
        Self {
            child,
            _stdout: stdout,
            ready: serde_json::from_str(&line).expect("JSON"),
        }
    }

    /// A text of the ready line.
    pub(crate) fn told(&self, field: &str) -> &str {
        self.ready[field]
            .as_str()
            .unwrap_or_else(|| panic!("{field} in {}", self.ready))
    }

    /// Where it answers calls.
    pub(crate) fn address(&self) -> String {
        format!("http://{}", self.told("listen"))
    }

    /// Asks it, with the operator's token.
    pub(crate) fn ask(&self, arguments: &[&str]) -> Output {
        accord()
            .args(arguments)
            .args([
                "--address",
                &self.address(),
                "--token-file",
                self.told("token_file"),
            ])
            .output()
            .expect("the program starts")
    }

    /// Asks it with the operator's token for something that it must answer, and returns the text.
    pub(crate) fn answer(&self, arguments: &[&str]) -> String {
        let output = self.ask(arguments);
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            stderr(&output)
        );
        stdout(&output)
    }

    /// As [`Self::answer`], as JSON.
    pub(crate) fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let mut arguments = arguments.to_vec();
        arguments.extend(["-o", "json"]);
        serde_json::from_str(&self.answer(&arguments)).expect("JSON")
    }

    /// Makes a token for an editor of a party in `folder`, if there is none yet, and returns its file.
    pub(crate) fn party_token(&self, folder: &Path, party: &str) -> String {
        let file = folder.join(format!("{party}.token"));
        let is_there = file.exists();
        let file = file.display().to_string();
        if is_there {
            return file;
        }
        let agency = format!("{}-test", party.to_lowercase());
        let output = run(&[
            "token",
            "issue",
            "--data-dir",
            self.told("data_dir"),
            "--agency",
            &agency,
            "--party",
            party,
            "--role",
            "editor",
            "--out",
            &file,
        ]);
        assert!(output.status.success(), "{}", stderr(&output));
        file
    }

    /// Sends SIGTERM and waits for the end.
    pub(crate) fn terminate(mut self) -> ExitStatus {
        let sent = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status();
        assert!(sent.expect("kill is there").success());
        self.child.wait().expect("it ends")
    }

    /// Ends it as a power cut would.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended already after `terminate` and `kill`.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
