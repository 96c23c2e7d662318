//! Resource names, page tokens, filters, ordering, field masks, etags and request ids by Google's API Improvement Proposals.

mod sql;

pub use sql::{Sql, Value};
