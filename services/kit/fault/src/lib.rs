//! The one place that turns a failure into a gRPC status.
//!
//! Every failure of a service is a [`Fault`]: a code, a stable reason and what the caller can do
//! about it. It becomes a `tonic::Status` at the last moment, with the typed details of AIP-193 in
//! `grpc-status-details-bin`. Nothing else in the workspace builds a status, so no failure leaves
//! without its `ErrorInfo`, and no cause of an internal one leaves at all.

mod batch;
mod details;
mod fault;
mod from;

pub use batch::check_batch_answer;
pub use fault::Fault;
