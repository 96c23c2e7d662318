//! Writes the access log: a line for each call, by hand, because every call pays for it and the formatter for any event does
//! much that these lines do not need.

use std::{
    cell::RefCell,
    fmt::{self, Write as _},
};

use clock::Clock;
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{Layer, layer::Context};

use super::lines::Lines;
use crate::LogFormat;

/// A line is about so long.
const LINE_BYTES: usize = 512;

thread_local! {
    /// The line that is being written; kept, so that no line needs memory of its own.
    static LINE: RefCell<String> = RefCell::new(String::with_capacity(LINE_BYTES));
}

/// Writes the events that it gets.
pub(super) struct Access {
    lines: Lines,
    format: LogFormat,
    clock: Clock,
}

impl Access {
    /// Writes to `lines`; in JSON the fields stand at the top.
    pub(super) fn new(lines: Lines, format: LogFormat, clock: Clock) -> Self {
        Self {
            lines,
            format,
            clock,
        }
    }
}

impl<S: Subscriber> Layer<S> for Access {
    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        let now = self.clock.now();
        let metadata = event.metadata();
        LINE.with_borrow_mut(|line| {
            line.clear();
            // What is written to text never fails.
            let _ = match self.format {
                LogFormat::Text => write!(
                    line,
                    "{now:.6} {:>5} {}:",
                    metadata.level().as_str(),
                    metadata.target()
                ),
                LogFormat::Json => write!(
                    line,
                    r#"{{"timestamp":"{now:.6}","level":"{}","target":"{}""#,
                    metadata.level().as_str(),
                    metadata.target()
                ),
            };
            event.record(&mut Fields {
                line,
                format: self.format,
            });
            line.push_str(match self.format {
                LogFormat::Text => "\n",
                LogFormat::Json => "}\n",
            });
            self.lines.put(line.as_bytes());
        });
    }
}

/// Writes the fields of an event.
struct Fields<'a> {
    line: &'a mut String,
    format: LogFormat,
}

impl Fields<'_> {
    fn name(&mut self, field: &Field) {
        let line = &mut *self.line;
        // What is written to text never fails.
        let _ = match self.format {
            LogFormat::Text => write!(line, " {}=", field.name()),
            LogFormat::Json => write!(line, r#","{}":"#, field.name()),
        };
    }

    fn text(&mut self, value: &str) {
        self.line.push('"');
        for part in value.chars() {
            match part {
                '"' => self.line.push_str("\\\""),
                '\\' => self.line.push_str("\\\\"),
                // Nobody begins a line by what they ask for.
                control if control.is_control() => {
                    let _ = write!(self.line, "\\u{:04x}", u32::from(control));
                }
                other => self.line.push(other),
            }
        }
        self.line.push('"');
    }
}

impl Visit for Fields<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.name(field);
        self.text(value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.name(field);
        let _ = write!(self.line, "{value}");
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.name(field);
        match self.format {
            LogFormat::Text => {
                let _ = write!(self.line, "{value:?}");
            }
            LogFormat::Json => self.text(&format!("{value:?}")),
        }
    }
}
