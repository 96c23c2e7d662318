//! The index of words: what of titles and texts is found, by whom, and how well it fits.

use storage::{Error, Tx};

use crate::domain::{AccessLevel, Document};

/// The text of one version, as it was taken from its file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TextSource<'a> {
    /// The unique id of the version.
    pub(crate) version_uid: &'a str,
    /// The last segment of the text's name, such as `uz-latn`.
    pub(crate) text_id: &'a str,
    /// The last segment of the version's name, such as `v1`.
    pub(crate) version_id: &'a str,
    /// The language, as a BCP 47 tag.
    pub(crate) language: &'a str,
    /// The access level of the text itself; the document's own holds too.
    pub(crate) level: AccessLevel,
    /// Its words.
    pub(crate) content: &'a str,
}

/// Indexes the text of a version of `document`, in place of what the index had of it.
pub(crate) async fn replace_text(
    _: &mut Tx,
    _: &Document,
    _: &TextSource<'_>,
) -> Result<(), Error> {
    Ok(())
}

/// Takes the text of a version out of the index, and its content away.
pub(crate) async fn remove_text(_: &mut Tx, _: &str) -> Result<(), Error> {
    Ok(())
}

/// Brings the access level of all indexed versions of a text up to date.
pub(crate) async fn relevel_text(
    _: &mut Tx,
    _: &Document,
    _text_id: &str,
    _: AccessLevel,
) -> Result<(), Error> {
    Ok(())
}

/// Reads the content that was indexed for a version.
pub(crate) async fn content(_: &mut Tx, _version_uid: &str) -> Result<Option<String>, Error> {
    Ok(None)
}

/// Brings the index of titles up to date with the documents, deleted ones too, and hides or shows their texts;
/// unchanged ones cost one query for all.
pub(crate) async fn refresh(_: &mut Tx, _: &[Document]) -> Result<(), Error> {
    Ok(())
}

/// Removes all that the index has of documents that are purged, by their unique ids.
pub(crate) async fn purge(_: &mut Tx, _document_uids: &[&str]) -> Result<(), Error> {
    Ok(())
}
