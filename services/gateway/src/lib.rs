//! The single public endpoint.
