//! Any method of any contract by its name, for requests that are data and not code.

mod codec;

pub use codec::Raw;

use prost_reflect::{MessageDescriptor, MethodDescriptor};

/// A method of one of the contracts.
#[derive(Debug, Clone)]
pub struct Method(MethodDescriptor);

/// Why a method's name leads to no method.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum UnknownMethod {
    /// The name is not of the form `package.Service/Method`.
    #[error(
        "\"{0}\" is not a method's name; write it as accord.documents.v1.DocumentService/GetDocument"
    )]
    Form(String),
    /// No contract has the service.
    #[error("there is no service {service}; the services are {}", .known.join(", "))]
    Service {
        /// The service asked for.
        service: String,
        /// Every service of the contracts.
        known: Vec<String>,
    },
    /// The service has no such method.
    #[error("{service} has no method {method}; its methods are {}", .known.join(", "))]
    Method {
        /// The service asked for.
        service: String,
        /// The method asked for.
        method: String,
        /// Every method of the service.
        known: Vec<String>,
    },
}

impl Method {
    /// Finds a method by its full name, `package.Service/Method`.
    pub fn find(name: &str) -> Result<Self, UnknownMethod> {
        let (service, method) = name
            .trim_start_matches('/')
            .split_once('/')
            .ok_or_else(|| UnknownMethod::Form(name.to_owned()))?;
        let pool = accord_proto::descriptors();
        let Some(service) = pool.get_service_by_name(service) else {
            return Err(UnknownMethod::Service {
                service: service.to_owned(),
                known: pool
                    .services()
                    .map(|service| service.full_name().to_owned())
                    .collect(),
            });
        };
        service
            .methods()
            .find(|candidate| candidate.name() == method)
            .map(Self)
            .ok_or_else(|| UnknownMethod::Method {
                service: service.full_name().to_owned(),
                method: method.to_owned(),
                known: service
                    .methods()
                    .map(|method| method.name().to_owned())
                    .collect(),
            })
    }

    /// The path of the method on the wire: `/package.Service/Method`.
    #[must_use]
    pub fn path(&self) -> String {
        let service = self.0.parent_service();
        format!("/{}/{}", service.full_name(), self.0.name())
    }

    /// The method's own name, such as `CreateDocument`.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.name()
    }

    /// The package's word, such as `documents` of `accord.documents.v1`, which is also the name of its log.
    #[must_use]
    pub fn word(&self) -> String {
        let service = self.0.parent_service();
        let package = service.package_name();
        package.split('.').nth(1).unwrap_or(package).to_owned()
    }

    /// The message that the method takes.
    #[must_use]
    pub fn input(&self) -> MessageDescriptor {
        self.0.input()
    }

    /// Whether one request gets one answer.
    #[must_use]
    pub fn is_unary(&self) -> bool {
        !self.0.is_client_streaming() && !self.0.is_server_streaming()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_name_lists_what_there_is() {
        assert!(matches!(
            Method::find("GetDocument"),
            Err(UnknownMethod::Form(_))
        ));
        let error = Method::find("accord.nothing.v1.Nothing/Get").unwrap_err();
        assert!(
            error
                .to_string()
                .contains("accord.documents.v1.PartnershipService"),
            "{error}"
        );
        let error = Method::find("accord.documents.v1.PartnershipService/Sign").unwrap_err();
        assert!(error.to_string().contains("CreatePartnership"), "{error}");
    }

    #[test]
    fn a_method_knows_its_path_and_its_log() {
        let method = Method::find("accord.documents.v1.PartnershipService/GetPartnership").unwrap();
        assert_eq!(
            method.path(),
            "/accord.documents.v1.PartnershipService/GetPartnership"
        );
        assert_eq!(method.word(), "documents");
        assert!(method.is_unary());
    }
}
