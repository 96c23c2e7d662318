//! REST without a server: requests as messages, messages as JSON. For fuzzers and tools.

use bytes::Bytes;
use fault::Fault;
use http::{HeaderMap, Method};
use prost::Message as _;
use prost_reflect::MessageDescriptor;
use tonic::Status;

use super::{
    answer::Output,
    request,
    routes::{Found, Routes},
    strict,
};

/// Turns REST into gRPC and back, by the contracts.
#[derive(Debug)]
pub struct Transcoder {
    routes: Routes,
}

/// A request as gRPC has it.
#[derive(Clone, Debug)]
pub struct Transcoded {
    /// The message, with the five bytes before it.
    pub message: Bytes,
    /// What it is.
    pub input: MessageDescriptor,
    /// What its answer is.
    pub output: MessageDescriptor,
}

impl Transcoder {
    /// Takes the rules of every service of the contracts.
    #[must_use]
    pub fn of_contracts() -> Self {
        let routes = Routes::of(accord_proto::descriptors(), |name| {
            name.starts_with("accord.")
        });
        Self { routes }
    }

    /// Makes the message of a request, or says what is wrong with it; nothing where no method has the path.
    #[must_use]
    pub fn request(
        &self,
        verb: &Method,
        path: &str,
        query: Option<&str>,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Option<Result<Transcoded, Fault>> {
        let Found::Rule(rule, variables) = self.routes.find(verb, path) else {
            return None;
        };
        let message = request::framed(rule, &variables, query, headers, body);
        Some(message.map(|message| Transcoded {
            message,
            input: rule.method.input(),
            output: rule.method.output(),
        }))
    }

    /// Writes a message as canonical JSON.
    pub fn json(&self, descriptor: &MessageDescriptor, message: &[u8]) -> Result<Vec<u8>, Status> {
        Output::new(descriptor.clone()).text(&Bytes::copy_from_slice(message))
    }

    /// Reads a message from JSON.
    pub fn message(&self, descriptor: &MessageDescriptor, json: &[u8]) -> Result<Vec<u8>, Fault> {
        let value = strict::parse(json).map_err(request::malformed)?;
        Ok(request::read(descriptor.clone(), &value)?.encode_to_vec())
    }
}
