//! Rows as they are read, and what they mean; a value that means nothing says where it stands.

use serde::de::DeserializeOwned;
use storage::Error;

use crate::domain::{
    Act, ActKind, ActName, Document, DocumentName, Partnership, PartnershipName, Retraction, Source,
};

storage::row! {
    /// A partnership.
    pub(super) struct PartnershipRow {
        uid: String,
        id: String,
        revision: i64,
        profile: String,
        created_us: i64,
        updated_us: i64,
        document_count: i64,
        registered_document_count: i64,
    }
}

storage::row! {
    /// A document.
    pub(super) struct DocumentRow {
        uid: String,
        partnership_id: String,
        id: String,
        revision: i64,
        content: String,
        created_us: i64,
        updated_us: i64,
        deleted_us: Option<i64>,
    }
}

storage::row! {
    /// An act; its document's name is not in the row.
    pub(super) struct ActRow {
        uid: String,
        pub(super) document_uid: String,
        id: String,
        revision: i64,
        party: String,
        kind: i64,
        day: i64,
        receipt_day: Option<i64>,
        effective_day: Option<i64>,
        notifying_party: Option<String>,
        reference: String,
        source_uri: String,
        source_note: String,
        publication_day: Option<i64>,
        created_us: i64,
        recorder: String,
        retracted_us: Option<i64>,
        retraction_reason: String,
        retractor: String,
    }
}

impl TryFrom<PartnershipRow> for Partnership {
    type Error = Error;

    fn try_from(row: PartnershipRow) -> Result<Self, Error> {
        Ok(Self {
            name: PartnershipName::new(row.id),
            profile: parse("partnerships", "profile", &row.uid, &row.profile)?,
            uid: row.uid,
            revision: row.revision,
            registered_document_count: row.registered_document_count,
            document_count: row.document_count,
            created: clock::from_micros(row.created_us),
            updated: clock::from_micros(row.updated_us),
        })
    }
}

impl TryFrom<DocumentRow> for Document {
    type Error = Error;

    fn try_from(row: DocumentRow) -> Result<Self, Error> {
        Ok(Self {
            name: DocumentName::new(row.partnership_id, row.id),
            content: parse("documents", "content", &row.uid, &row.content)?,
            uid: row.uid,
            revision: row.revision,
            created: clock::from_micros(row.created_us),
            updated: clock::from_micros(row.updated_us),
            deleted: row.deleted_us.map(clock::from_micros),
        })
    }
}

impl ActRow {
    /// Reads the row as an act on `document`.
    pub(super) fn into_act(self, document: &DocumentName) -> Result<Act, Error> {
        let kind = ActKind::from_code(self.kind).ok_or_else(|| {
            Error::corrupt(
                "acts",
                "kind",
                &self.uid,
                format!("{} is no kind of act", self.kind),
            )
        })?;
        let retraction = self.retracted_us.map(|at| Retraction {
            at: clock::from_micros(at),
            reason: self.retraction_reason,
            retractor: self.retractor,
        });
        Ok(Act {
            name: ActName::new(
                document.partnership.clone(),
                document.document.clone(),
                self.id,
            ),
            uid: self.uid,
            revision: self.revision,
            party: self.party,
            kind,
            date: clock::from_days(self.day),
            receipt: self.receipt_day.map(clock::from_days),
            effective: self.effective_day.map(clock::from_days),
            notifying_party: self.notifying_party,
            reference: self.reference,
            source: Source {
                uri: self.source_uri,
                note: self.source_note,
            },
            publication: self.publication_day.map(clock::from_days),
            created: clock::from_micros(self.created_us),
            recorder: self.recorder,
            retraction,
        })
    }
}

fn parse<T: DeserializeOwned>(
    table: &str,
    column: &str,
    row: &str,
    text: &str,
) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|error| Error::corrupt(table, column, row, error))
}
