//! All services in one process on SQLite, and the client command line.
