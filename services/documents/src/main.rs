//! `accord-documents`: the documents service as a process of its own.

use std::process::ExitCode;

fn main() -> ExitCode {
    if let Some(code) = documents::take_words_if_asked() {
        return code;
    }
    host::run(
        host::Binary {
            name: "accord-documents",
            about: "Register of documents: acts of each party, and what is in force",
            version: env!("CARGO_PKG_VERSION"),
            listen: "127.0.0.1:8082",
            admin_listen: "127.0.0.1:8083",
            threads: host::Threads::Shared,
        },
        documents::component,
    )
}
