//! Texts in the database; their versions, files and uploads are below.

pub(crate) mod blobs;
pub(crate) mod fields;
mod queries;
pub(crate) mod uploads;
pub(crate) mod versions;

use std::collections::BTreeMap;

use aip::{Listing, Sql, Value};
use storage::{Error, Tx, args};

use crate::domain::{AccessLevel, Document, DocumentName, DocumentText, Standing, TextName};

storage::row! {
    /// A text; its document's name is not in the row.
    struct TextRow {
        uid: String,
        id: String,
        revision: i64,
        language: String,
        authentic: Option<bool>,
        access_level: i64,
        version_count: i64,
        created_us: i64,
        updated_us: i64,
    }
}

storage::row! {
    /// The newest standing version of a text and party.
    struct StandingRow {
        text_uid: String,
        party: String,
        number: i64,
        sha256: String,
        words_sha256: String,
    }
}

impl TextRow {
    fn into_text(self, document: &DocumentName) -> Result<DocumentText, Error> {
        let access_level = AccessLevel::from_code(self.access_level).ok_or_else(|| {
            let detail = format!("{} is no access level", self.access_level);
            Error::corrupt("texts", "access_level", &self.uid, detail)
        })?;
        Ok(DocumentText {
            name: TextName::new(
                document.partnership.clone(),
                document.document.clone(),
                self.id,
            ),
            uid: self.uid,
            revision: self.revision,
            language: self.language,
            authentic: self.authentic,
            access_level,
            version_count: self.version_count,
            created: clock::from_micros(self.created_us),
            updated: clock::from_micros(self.updated_us),
        })
    }
}

/// Reads one text of a document.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn get(
    tx: &mut Tx,
    document: &Document,
    id: &str,
) -> Result<Option<DocumentText>, Error> {
    let args = args![document.uid.as_str(), id];
    let row: Option<TextRow> = tx.optional(queries::TEXT_BY_ID, args).await?;
    row.map(|row| row.into_text(&document.name)).transpose()
}

/// Reads a page and one row more.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn list(
    tx: &mut Tx,
    document: &Document,
    listing: &Listing,
) -> Result<Vec<DocumentText>, Error> {
    let conditions = [("t.document_uid = {}", Value::from(document.uid.as_str()))];
    let sql = listing.sql(queries::TEXTS, &conditions, "t.id");
    let rows: Vec<TextRow> = tx.all(sql, vec![]).await?;
    rows.into_iter()
        .map(|row| row.into_text(&document.name))
        .collect()
}

/// Reads the newest standing version of each party, and of nobody, for each of some texts, by the text's uid.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn standing(
    tx: &mut Tx,
    texts: &[DocumentText],
) -> Result<BTreeMap<String, Vec<Standing>>, Error> {
    let mut found: BTreeMap<String, Vec<Standing>> = BTreeMap::new();
    if texts.is_empty() {
        return Ok(found);
    }
    let mut sql = Sql::new(queries::STANDING_BEGIN);
    for (index, text) in texts.iter().enumerate() {
        sql.push(if index == 0 { "" } else { ", " })
            .bind(text.uid.as_str());
    }
    sql.push(queries::STANDING_END);
    let rows: Vec<StandingRow> = tx.all(sql, vec![]).await?;
    for row in rows {
        found.entry(row.text_uid).or_default().push(Standing {
            party: (!row.party.is_empty()).then_some(row.party),
            number: row.number,
            sha256: row.sha256,
            words_sha256: (!row.words_sha256.is_empty()).then_some(row.words_sha256),
        });
    }
    Ok(found)
}

/// Writes a new text; [`Error::Conflict`] if there is one in that language.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn insert(
    tx: &mut Tx,
    document: &Document,
    new: &DocumentText,
) -> Result<(), Error> {
    let args = args![
        new.uid.as_str(),
        document.uid.as_str(),
        new.name.text.as_str(),
        new.revision,
        new.language.as_str(),
        optional(new.authentic),
        new.access_level.code(),
        new.version_count,
        clock::to_micros(new.created),
        clock::to_micros(new.updated),
    ];
    tx.execute(queries::INSERT_TEXT, args).await.map(drop)
}

/// Writes a changed text over the revision before; false if that is no longer there.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn update_if(tx: &mut Tx, new: &DocumentText) -> Result<bool, Error> {
    let args = args![
        new.revision,
        optional(new.authentic),
        new.access_level.code(),
        new.version_count,
        clock::to_micros(new.updated),
        new.uid.as_str(),
        new.revision - 1,
    ];
    Ok(tx.execute(queries::UPDATE_TEXT, args).await? == 1)
}

/// Reads the register's folder in the text store; `fresh` becomes it where there is none.
#[tracing::instrument(level = "debug", skip_all, err(level = "debug"))]
pub(crate) async fn store_home(tx: &mut Tx, fresh: &str) -> Result<String, Error> {
    tx.execute(queries::INSERT_STORE, args![fresh]).await?;
    let (uid,): (String,) = tx.one(queries::STORE, vec![]).await?;
    Ok(uid)
}

fn optional<T: Into<Value>>(value: Option<T>) -> Value {
    value.map_or(Value::Null, Into::into)
}
