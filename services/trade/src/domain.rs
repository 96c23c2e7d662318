//! Facts and rules of trade metrics, without gRPC, databases or clocks.

pub mod amount;
pub mod breakdown;
pub mod cell;
pub mod classification;
pub mod country;
pub mod decimal;
pub mod explanation;
pub mod file;
pub mod forecast;
pub mod group;
pub mod growth;
pub mod import;
pub mod mirror;
pub mod name;
pub mod observation;
pub mod outcome;
pub mod period;
pub mod progress;
pub mod region;
pub mod release;
pub mod section;
pub mod suspicion;
pub mod tally;
pub mod target;
pub mod turnover;
pub mod vintage;
