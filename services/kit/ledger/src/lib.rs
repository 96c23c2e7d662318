//! The append-only change log that every mutation goes through.
