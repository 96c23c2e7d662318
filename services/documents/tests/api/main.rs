//! The documents service through its public contract, with real tokens, on both engines.

mod acts;
mod documents;
mod errors;
mod ledger;
mod lists;
mod partnerships;
mod register;
mod retries;
mod sample;
mod schema;
mod status;
