//! The methods on classifications, one file each.

pub(super) mod convert;
pub(super) mod convert_observations;
pub(super) mod get;
pub(super) mod get_item;
pub(super) mod import;
pub(super) mod list;
pub(super) mod list_correspondences;
pub(super) mod list_items;
pub(super) mod search_items;

use ::fault::Fault;
use accord_proto::trade::v1::Classification;
use aip::{Violation, Violations};
use storage::Tx;

use super::{convert::classification, fault};
use crate::{
    domain::{
        cell::HsEdition,
        classification::{Level, Section, level_of},
        name::ClassificationName,
    },
    store,
};

/// What the name of an entry must look like.
const ITEM_PATTERN: &str = "classifications/{classification}/items/{item}";

/// Reads the name of an edition.
fn read_edition(field: &str, name: &str) -> Result<HsEdition, Violation> {
    let parsed = ClassificationName::parse(field, name)?;
    edition_of(&parsed.classification).ok_or_else(|| {
        let description = "must be classifications/h0 to classifications/h6";
        Violation::new(field, "NAME_INVALID", description)
    })
}

fn edition_of(id: &str) -> Option<HsEdition> {
    HsEdition::all().find(|edition| classification::id(*edition) == id)
}

/// Reads the name of an entry: its edition and its code.
fn read_item(field: &str, name: &str) -> Result<(HsEdition, String), Violation> {
    if name.is_empty() {
        return Err(Violation::required(field));
    }
    let invalid = || {
        let description = format!(
            "must have the form {ITEM_PATTERN}, where {{item}} is 2, 4 or 6 digits or the number of a \
             section in lower-case Roman"
        );
        Violation::new(field, "NAME_INVALID", description)
    };
    let parts: Vec<&str> = name.split('/').collect();
    let ["classifications", edition, "items", item] = parts.as_slice() else {
        return Err(invalid());
    };
    let edition = edition_of(edition).ok_or_else(invalid)?;
    let code = match level_of(item) {
        Some(Level::Chapter | Level::Heading | Level::Subheading) => (*item).to_owned(),
        _ => Section::all()
            .iter()
            .find(|section| section.numeral.to_lowercase() == **item)
            .map(|section| section.numeral.clone())
            .ok_or_else(invalid)?,
    };
    Ok((edition, code))
}

/// Returns all editions as they are shown.
async fn all(tx: &mut Tx) -> Result<Vec<Classification>, Fault> {
    let counts = store::classifications::counts(tx).await?;
    let sources = store::classifications::sources(tx).await?;
    let show = |edition| classification::show(edition, &counts, &sources);
    Ok(HsEdition::all().map(show).collect())
}

/// Returns what violations a part of a request that was not read has reported.
fn complete<T>(part: Option<T>, violations: Violations) -> Result<T, Fault> {
    violations.finish()?;
    part.ok_or_else(fault::unreported)
}
