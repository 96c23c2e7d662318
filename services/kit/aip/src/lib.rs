//! Resource names, page tokens, filters, ordering, field masks, etags and request ids by Google's
//! API Improvement Proposals.
//!
//! Everything here is pure: requests go in, and out come either checked values or
//! [`Violations`], which name every wrong field at once. A list method is a [`Schema`] and a
//! [`Listing`], which together turn `filter`, `order_by`, `page_size` and `page_token` into one SQL
//! text that SQLite and PostgreSQL understand alike; this crate never speaks to a database.

// The code that `resource_name!` writes says `::aip`, here as in every other crate.
#[cfg(test)]
extern crate self as aip;

pub mod convert;
pub mod etag;
pub mod filter;
mod language;
mod listing;
pub mod mask;
pub mod name;
pub mod request_id;
mod schema;
mod sql;
pub mod text;
mod violation;

/// Declares the type of a resource name from the pattern that its contract states.
///
/// `resource_name! { /// Name of a document. pub struct DocumentName =
/// "partnerships/{partnership}/documents/{document}"; }` gives a struct with the public `String`
/// fields `partnership` and `document`, `new`, `parse`, `PATTERN` and `Display`. What `parse`
/// accepts, `Display` writes back unchanged.
pub use aip_macros::resource_name;
pub use listing::{ListRequest, Listing};
pub use name::parse_id;
pub use schema::{Field, Kind, Schema};
pub use sql::{Sql, Value};
pub use violation::{Violation, Violations};
