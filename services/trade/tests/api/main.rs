//! The trade service through its public contract, with real tokens, on both engines.

mod bureau;
mod errors;
mod figures;
mod imports;
mod ledger;
mod lists;
mod releases;
mod resumption;
mod retries;
mod series;
mod targets;
mod vintages;
