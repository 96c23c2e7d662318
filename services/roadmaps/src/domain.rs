//! The facts and rules of roadmaps, without transport and without storage.

pub mod baseline;
pub mod bodies;
pub mod burnup;
pub mod completion;
pub mod deadline;
pub mod decimal;
pub mod dependency;
pub mod event;
pub mod forecast;
pub mod foreign;
pub mod indicator;
pub mod measure;
pub mod name;
pub mod progress;
pub mod rebaseline;
pub mod refusal;
pub mod region;
pub mod reminder;
pub mod roadmap;
pub mod schedule;
pub mod side;
pub mod spelling;
pub mod stage;
pub mod title;
pub mod variance;
pub mod working_days;
