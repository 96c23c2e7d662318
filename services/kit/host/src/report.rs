//! What a process tells the person who started it.

use std::{
    io::{Write as _, stderr, stdout},
    net::SocketAddr,
    process::ExitCode,
};

use serde_json::{Map, Value, json};

use crate::{Output, StartError};

/// Writes the one line that says why the process ends, and returns its exit code.
#[must_use]
pub fn failure(program: &str, error: &StartError) -> ExitCode {
    // Nothing can be told if standard error is gone.
    let _ = writeln!(stderr(), "{program}: {error}");
    ExitCode::from(error.exit_code())
}

/// Says that a process is ready, and where.
#[derive(Clone, Debug)]
pub struct Announcement {
    service: &'static str,
    fields: Vec<(&'static str, Value)>,
}

impl Announcement {
    /// Begins the announcement of `service` with its real addresses.
    #[must_use]
    pub fn new(service: &'static str, listen: SocketAddr, admin_listen: SocketAddr) -> Self {
        let fields = vec![
            ("listen", json!(listen.to_string())),
            ("admin_listen", json!(admin_listen.to_string())),
        ];
        Self { service, fields }
    }

    /// Adds a field.
    #[must_use]
    pub fn with(mut self, field: &'static str, value: impl Into<Value>) -> Self {
        self.fields.push((field, value.into()));
        self
    }

    /// Returns the announcement as a JSON object with `"event":"ready"`.
    #[must_use]
    pub fn json(&self) -> Value {
        let mut object = Map::new();
        object.insert("event".to_owned(), json!("ready"));
        object.insert("service".to_owned(), json!(self.service));
        for (field, value) in &self.fields {
            object.insert((*field).to_owned(), value.clone());
        }
        Value::Object(object)
    }

    /// Returns the announcement as lines for people.
    #[must_use]
    pub fn text(&self) -> String {
        let mut lines = vec![format!("{} is ready", self.service)];
        for (field, value) in &self.fields {
            let value = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            lines.push(format!("  {:<14}{value}", field.replace('_', " ")));
        }
        lines.join("\n")
    }

    /// Writes the announcement to standard output.
    pub fn print(&self, output: Output) {
        let text = match output {
            Output::Text => self.text(),
            Output::Json => self.json().to_string(),
        };
        let mut out = stdout().lock();
        // A service goes on without a reader of its output.
        let _ = writeln!(out, "{text}").and_then(|()| out.flush());
    }
}
