//! Which methods of the contracts take or answer streams.

use std::{collections::HashMap, sync::LazyLock};

/// How many messages a method takes and answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    /// It takes a stream.
    pub(crate) takes_stream: bool,
    /// It answers with a stream, which lasts as long as its reader wants.
    pub(crate) answers_stream: bool,
}

static STREAMING: LazyLock<HashMap<String, Shape>> = LazyLock::new(|| {
    let services = accord_proto::descriptors().services();
    let methods = services.flat_map(|service| service.methods().collect::<Vec<_>>());
    methods
        .map(|method| {
            let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
            let shape = Shape {
                takes_stream: method.is_client_streaming(),
                answers_stream: method.is_server_streaming(),
            };
            (path, shape)
        })
        .filter(|(_, shape)| shape.takes_stream || shape.answers_stream)
        .collect()
});

/// Returns the shape of the method of `path`; nothing of what is no package of Accord.
pub(crate) fn shape(path: &str) -> Option<Shape> {
    let unary = Shape {
        takes_stream: false,
        answers_stream: false,
    };
    path.starts_with("/accord.")
        .then(|| STREAMING.get(path).copied().unwrap_or(unary))
}

/// Tells whether `path` is a watch: a method of the contracts that answers with a stream.
#[must_use]
pub fn is_watch(path: &str) -> bool {
    shape(path).is_some_and(|shape| shape.answers_stream)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_of_the_contracts_have_the_shape_that_they_declare() {
        for (path, expected) in [
            (
                "/accord.ledger.v1.LedgerService/WatchChanges",
                Some((false, true)),
            ),
            (
                "/accord.documents.v1.TextService/UploadText",
                Some((true, false)),
            ),
            (
                "/accord.documents.v1.TextService/GetText",
                Some((false, false)),
            ),
            ("/acme.stock.v1.Shelf/Watch", None),
        ] {
            let found = shape(path).map(|shape| (shape.takes_stream, shape.answers_stream));
            assert_eq!(found, expected, "{path}");
        }
    }
}
