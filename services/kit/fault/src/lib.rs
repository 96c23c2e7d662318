//! The one place that turns a failure into a gRPC status.
