//! How a document of the file stands to the register.

use std::collections::HashMap;

use accord_proto::documents::v1::Document;
use futures::{StreamExt as _, TryStreamExt as _, stream};

use super::references::without;
use super::{Item, Register};
use crate::client::Connection;
use crate::commands::documents::import::existing;
use crate::error::Error;
use crate::progress;
use crate::register::Problem;
use crate::register::document::Field;

/// How a document of the file stands to the register.
pub(super) enum Standing {
    /// It is not registered.
    New,
    /// It is registered with the same content.
    Same,
    /// It is registered, but for what it gets afterwards.
    Unfinished,
    /// It cannot be registered.
    Bad(Problem),
}

/// How many documents are looked up at once.
const AT_ONCE: usize = 16;

impl Register {
    /// Compares documents with the register, and returns how each of them stands: by asking for each, or, where that is
    /// sooner, by reading the register once.
    pub(super) async fn standings(
        &self,
        connection: &Connection,
        items: &[Item],
    ) -> Result<Vec<Standing>, Error> {
        let bar = progress::steps(items.len(), "comparing with the register");
        let found = if existing::is_worth_reading(connection, &self.parent, items.len()).await? {
            let mut standings: Vec<Standing> = items.iter().map(|_| Standing::New).collect();
            let index: HashMap<&str, usize> = items
                .iter()
                .enumerate()
                .map(|(i, item)| (item.name.as_str(), i))
                .collect();
            existing::each_document(connection, &self.parent, |document| {
                if let Some(&i) = index.get(document.name.as_str()) {
                    standings[i] = self.compare(Some(document), &items[i]);
                    bar.inc(1);
                }
            })
            .await?;
            standings
        } else {
            stream::iter(items)
                .map(async |item| {
                    let found = existing::document(connection, &item.name).await?;
                    bar.inc(1);
                    Ok::<_, Error>(self.compare(found.as_ref(), item))
                })
                .buffered(AT_ONCE)
                .try_collect()
                .await?
        };
        bar.finish_and_clear();
        Ok(found)
    }

    /// Compares a document with what the register has under its name.
    fn compare(&self, registered: Option<&Document>, item: &Item) -> Standing {
        let Some(registered) = registered else {
            return Standing::New;
        };
        let bad = |reason: &str, description: String| {
            Standing::Bad(self.problem(item, Some(&Field::Id), reason, &description))
        };
        if registered.delete_time.is_some() {
            return bad(
                "DOCUMENT_DELETED",
                "is registered and deleted; undelete it first".into(),
            );
        }
        if registered.redacted {
            return bad(
                "RESOURCE_ALREADY_EXISTS",
                "is registered, and you may not read it".into(),
            );
        }
        let differences = existing::differences(&self.parent, registered, &item.document);
        if differences.is_empty() {
            return Standing::Same;
        }
        let begun = without(&item.document, |name| {
            item.later.iter().any(|later| later == name)
        });
        if !item.later.is_empty()
            && existing::differences(&self.parent, registered, &begun).is_empty()
        {
            return Standing::Unfinished;
        }
        bad(
            "RESOURCE_ALREADY_EXISTS",
            format!(
                "is registered already, and differs in {}",
                differences.join(", ")
            ),
        )
    }
}
