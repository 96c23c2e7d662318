//! What the host promises, seen from outside: over HTTP/2, on the admin port, and as a process.

mod calls;
mod deadlines;
mod operation;
mod probe;
mod process;
mod settings;
mod world;
