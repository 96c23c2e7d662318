//! The token that each call carries.

use std::path::Path;

use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::{Request, Status};

use crate::error::Error;

/// Adds `authorization: Bearer …` to every call, or nothing if there is no token.
#[derive(Clone)]
pub struct Bearer(Option<MetadataValue<Ascii>>);

impl std::fmt::Debug for Bearer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_some() {
            "Bearer(…)"
        } else {
            "Bearer(none)"
        })
    }
}

impl Bearer {
    /// Takes a token.
    pub fn new(token: &str) -> Result<Self, Error> {
        format!("Bearer {}", token.trim())
            .parse()
            .map(|mut value: MetadataValue<Ascii>| {
                value.set_sensitive(true);
                Self(Some(value))
            })
            .map_err(|_| Error::Failed("the token has characters that no token has".into()))
    }

    /// Reads a token from a file; without a file calls go out without a token.
    pub fn read(path: Option<&Path>) -> Result<Self, Error> {
        let Some(path) = path else {
            return Ok(Self(None));
        };
        let token = std::fs::read_to_string(path).map_err(|error| Error::file(path, error))?;
        Self::new(&token).map_err(|error| Error::file(path, error))
    }
}

impl Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(value) = &self.0 {
            request
                .metadata_mut()
                .insert("authorization", value.clone());
        }
        Ok(request)
    }
}
