//! Time and identifiers as inputs.
