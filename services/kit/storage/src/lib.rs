//! The one place that names a database engine.
