//! The resources that tests begin with, and the requests that make them.

use accord_proto::{
    documents::v1::{
        Act, ActKind, CreateActRequest, CreateDocumentRequest, CreatePartnershipRequest, Document,
        DocumentLevel, DocumentType, EntryIntoForce, LocalizedText, Partnership, Source,
        UnknownRule, entry_into_force::Rule,
    },
    google::r#type::Date,
};

use crate::register::{Caller, Register};

/// The partnership of most tests.
pub(crate) const PARTNERSHIP: &str = "partnerships/uz-kz";

/// The document of most tests.
pub(crate) const CUSTOMS: &str = "partnerships/uz-kz/documents/customs-energy";

/// A date such as `2021-12-06`.
pub(crate) fn date(text: &str) -> Option<Date> {
    let day: jiff::civil::Date = text.parse().unwrap();
    Some(accord_proto::convert::from_date(day))
}

/// An instant such as `2021-12-06T00:00:00Z`.
pub(crate) fn time(text: &str) -> Option<prost_types::Timestamp> {
    Some(accord_proto::convert::from_timestamp(text.parse().unwrap()))
}

/// A text in English.
pub(crate) fn english(text: &str) -> Vec<LocalizedText> {
    vec![LocalizedText {
        language_code: "en".to_owned(),
        text: text.to_owned(),
    }]
}

/// A source that could be real.
pub(crate) fn source() -> Option<Source> {
    Some(Source {
        uri: "https://lex.uz/docs/6001150".to_owned(),
        note: String::new(),
    })
}

/// The partnership of two states.
pub(crate) fn partnership() -> CreatePartnershipRequest {
    CreatePartnershipRequest {
        partnership_id: "uz-kz".to_owned(),
        partnership: Some(Partnership {
            display_names: english("Uzbekistan–Kazakhstan"),
            parties: vec!["UZ".to_owned(), "KZ".to_owned()],
            declared_document_count: Some(22),
            declared_document_count_source: source(),
            ..Partnership::default()
        }),
        ..CreatePartnershipRequest::default()
    }
}

/// An agreement whose clause on entry into force has not been read.
pub(crate) fn document(id: &str) -> CreateDocumentRequest {
    CreateDocumentRequest {
        parent: PARTNERSHIP.to_owned(),
        document_id: id.to_owned(),
        document: Some(Document {
            titles: english(&format!("Agreement {id}")),
            r#type: DocumentType::Agreement.into(),
            level: DocumentLevel::Intergovernmental.into(),
            parties: vec!["UZ".to_owned(), "KZ".to_owned()],
            entry_into_force: Some(entry(Rule::Unknown(UnknownRule {}))),
            ..Document::default()
        }),
        ..CreateDocumentRequest::default()
    }
}

/// A clause on entry into force.
pub(crate) fn entry(rule: Rule) -> EntryIntoForce {
    EntryIntoForce {
        rule: Some(rule),
        ..EntryIntoForce::default()
    }
}

/// An act on a document.
pub(crate) fn act(parent: &str, party: &str, kind: ActKind, on: &str) -> CreateActRequest {
    CreateActRequest {
        parent: parent.to_owned(),
        act: Some(Act {
            party: party.to_owned(),
            kind: kind.into(),
            date: date(on),
            source: source(),
            ..Act::default()
        }),
        ..CreateActRequest::default()
    }
}

impl Register {
    /// Registers the partnership.
    pub(crate) async fn with_partnership(&self) -> Partnership {
        self.uz
            .clone()
            .partnerships
            .create_partnership(partnership())
            .await
            .unwrap()
            .into_inner()
    }

    /// Registers the partnership and the customs agreement, which is the third of its list.
    pub(crate) async fn with_document(&self) -> Document {
        self.with_partnership().await;
        let mut request = document("customs-energy");
        if let Some(document) = &mut request.document {
            document.item_number = Some(3);
            document.sectors = vec!["customs".to_owned(), "energy".to_owned()];
            document.signature_date = date("2021-12-06");
        }
        self.kz
            .clone()
            .documents
            .create_document(request)
            .await
            .unwrap()
            .into_inner()
    }

    /// Returns the caller who speaks for a party.
    pub(crate) fn of(&self, party: &str) -> Caller {
        if party == "UZ" {
            self.uz.clone()
        } else {
            self.kz.clone()
        }
    }

    /// Records an act by its own party.
    pub(crate) async fn record(&self, request: CreateActRequest) -> Act {
        let party = request
            .act
            .as_ref()
            .map(|act| act.party.clone())
            .unwrap_or_default();
        self.of(&party)
            .acts
            .create_act(request)
            .await
            .unwrap()
            .into_inner()
    }
}
