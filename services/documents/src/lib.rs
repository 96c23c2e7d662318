//! The register of documents and what of them is in force.
