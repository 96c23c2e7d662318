//! Writes the fields of spans and events in a line without colours, as the formatter of the library does, but quickly: every call
//! has a span whose fields are written down for lines that may come.

use std::{error::Error, fmt};

use tracing::field::{Field, Visit};
use tracing_subscriber::{
    field::{RecordFields, VisitOutput as _},
    fmt::format::{DefaultVisitor, FormatFields, Writer},
};

use super::access::is_plain;

/// Writes fields as `name="value"`.
pub(super) struct Plain;

impl<'writer> FormatFields<'writer> for Plain {
    fn format_fields<R: RecordFields>(&self, writer: Writer<'writer>, fields: R) -> fmt::Result {
        let mut visitor = Visitor {
            writer,
            is_first: true,
            result: Ok(()),
        };
        fields.record(&mut visitor);
        visitor.result
    }
}

struct Visitor<'writer> {
    writer: Writer<'writer>,
    is_first: bool,
    result: fmt::Result,
}

impl Visitor<'_> {
    fn text(&mut self, name: &str, value: &str) -> fmt::Result {
        let space = if self.is_first { "" } else { " " };
        for part in [space, name, "=\"", value, "\""] {
            self.writer.write_str(part)?;
        }
        Ok(())
    }

    /// Leaves a field to the library.
    fn leave(&mut self, record: impl FnOnce(&mut DefaultVisitor<'_>)) -> fmt::Result {
        let mut visitor = DefaultVisitor::new(self.writer.by_ref(), self.is_first);
        record(&mut visitor);
        visitor.finish()
    }

    fn wrote(&mut self, result: fmt::Result) {
        self.is_first = false;
        self.result = self.result.and(result);
    }
}

impl Visit for Visitor<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        let is_message = field.name() == "message" || field.name().starts_with("r#");
        let result = if is_message || !value.bytes().all(is_plain) {
            self.leave(|visitor| visitor.record_str(field, value))
        } else {
            self.text(field.name(), value)
        };
        self.wrote(result);
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        let result = self.leave(|visitor| visitor.record_error(field, value));
        self.wrote(result);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let result = self.leave(|visitor| visitor.record_debug(field, value));
        self.wrote(result);
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{self, Write},
        sync::{Arc, Mutex},
    };

    use tracing_subscriber::{fmt::MakeWriter, layer::SubscriberExt as _};

    use super::*;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl<'a> MakeWriter<'a> for Kept {
        type Writer = Self;

        fn make_writer(&'a self) -> Self {
            self.clone()
        }
    }

    fn told() {
        let span = tracing::info_span!(
            "call",
            method = "a.B/C",
            odd = "with \"quotes\" and\nlines",
            words = "әріп",
            later = tracing::field::Empty,
            number = 7,
        );
        span.record("later", "x y");
        let error = io::Error::other(fmt::Error);
        let of_error: &(dyn Error + 'static) = &error;
        span.in_scope(|| {
            tracing::warn!(r#type = "raw", shown = %"two words", "said \u{1b}[31mred\u{1b}[0m");
            tracing::error!(error = of_error, nothing = "");
        });
    }

    #[test]
    fn lines_are_those_of_the_library() {
        let [own, library] = [Kept::default(), Kept::default()];
        let layer = || {
            tracing_subscriber::fmt::layer()
                .with_ansi(false)
                .without_time()
        };
        let subscriber =
            tracing_subscriber::registry().with(layer().fmt_fields(Plain).with_writer(own.clone()));
        tracing::subscriber::with_default(subscriber, told);
        let subscriber = tracing_subscriber::registry().with(layer().with_writer(library.clone()));
        tracing::subscriber::with_default(subscriber, told);
        let text = |kept: Kept| String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
        let own = text(own);
        assert_eq!(own, text(library));
        assert!(own.contains(r#"method="a.B/C""#), "{own}");
    }
}
