//! Writes the access log: a line for each call, by hand, because every call pays for it and the formatter for any event does
//! much that these lines do not need.

use std::{
    cell::RefCell,
    fmt::{self, Write as _},
};

use clock::Clock;
use jiff::Timestamp;
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
    static LINE: RefCell<(String, Second)> =
        RefCell::new((String::with_capacity(LINE_BYTES), Second::default()));
}

/// The second of the last line as text, because many lines come in one.
#[derive(Default)]
struct Second {
    of: Option<i64>,
    text: String,
}

impl Second {
    /// Writes `now` to `line`, as RFC 3339 has it, to the microsecond.
    fn write(&mut self, line: &mut String, now: Timestamp) {
        let second = now.as_second();
        if self.of != Some(second) {
            self.of = Some(second);
            self.text = format!("{now:.0}");
            self.text.truncate(self.text.trim_end_matches('Z').len());
        }
        line.push_str(&self.text);
        // What is written to text never fails.
        let _ = write!(line, ".{:06}Z", now.subsec_nanosecond() / 1_000);
    }
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
        let [level, target] = [metadata.level().as_str(), metadata.target()];
        LINE.with_borrow_mut(|(line, second)| {
            line.clear();
            // What is written to text never fails.
            let _ = match self.format {
                LogFormat::Text => {
                    second.write(line, now);
                    write!(line, " {level:>5} {target}:")
                }
                LogFormat::Json => {
                    line.push_str(r#"{"timestamp":""#);
                    second.write(line, now);
                    write!(line, r#"","level":"{level}","target":"{target}""#)
                }
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
        let [before, after] = match self.format {
            LogFormat::Text => [" ", "="],
            LogFormat::Json => [",\"", "\":"],
        };
        for part in [before, field.name(), after] {
            self.line.push_str(part);
        }
    }

    fn text(&mut self, value: &str) {
        self.line.push('"');
        if value.bytes().all(is_plain) {
            self.line.push_str(value);
            self.line.push('"');
            return;
        }
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

/// Tells whether a byte of a text stands for itself, in any text: most values have no other.
pub(super) fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\'
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

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(format: LogFormat, value: &str) -> String {
        let mut line = String::new();
        Fields {
            line: &mut line,
            format,
        }
        .text(value);
        line
    }

    #[test]
    fn texts_stay_in_their_quotes_and_lines() {
        for (value, expected) in [
            ("", r#""""#),
            ("a.B/C", r#""a.B/C""#),
            ("a\"b\\c", r#""a\"b\\c""#),
            ("a\nb\u{7f}\u{9b}", r#""a\u000ab\u007f\u009b""#),
            ("әріп", r#""әріп""#),
        ] {
            assert_eq!(shown(LogFormat::Json, value), expected);
            let read: String = serde_json::from_str(expected).unwrap();
            assert_eq!(read, value);
        }
    }

    #[test]
    fn moments_are_those_of_rfc_3339_whatever_second_came_before() {
        let mut second = Second::default();
        for moment in [
            "2026-12-01T02:03:04.000005Z",
            "2026-12-01T02:03:04.999999Z",
            "2026-12-01T02:03:05.000000Z",
            "2026-12-01T02:03:04.100000Z",
        ] {
            let mut line = String::new();
            second.write(&mut line, moment.parse().unwrap());
            assert_eq!(line, moment);
        }
    }
}
