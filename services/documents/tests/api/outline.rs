//! What is computed from acts and kept, as it is listed.

mod calendar;
mod events;
mod pending;
mod purge;
mod rebuild;
mod sectors;
mod waits;

use accord_proto::documents::v1::{
    AccessLevel, Act, ActKind, AfterLastNotification, CreateDocumentRequest, Document,
    DurationRule, OnSignature, RenewableTerm, WithDocument, duration_rule, entry_into_force::Rule,
};

use crate::{
    register::Register,
    sample::{self, date, entry},
};

/// The name of a document of the partnership.
fn name(id: &str) -> String {
    format!("{}/documents/{id}", sample::PARTNERSHIP)
}

/// A request for an agreement with a rule on entry into force.
fn agreement(id: &str, rule: Rule) -> CreateDocumentRequest {
    let mut request = sample::document(id);
    change(&mut request).entry_into_force = Some(entry(rule));
    request
}

/// The document of a request.
fn change(request: &mut CreateDocumentRequest) -> &mut Document {
    request.document.as_mut().unwrap()
}

/// An agreement that enters into force on signature and is renewed for five years at a time.
fn renewable(id: &str) -> CreateDocumentRequest {
    let mut request = agreement(id, Rule::OnSignature(OnSignature {}));
    change(&mut request).duration = Some(DurationRule {
        rule: Some(duration_rule::Rule::Renewable(RenewableTerm {
            initial_months: 60,
            renewal_months: 60,
            notice_months: 6,
        })),
    });
    request
}

/// The same, for readers of a level.
fn of_level(mut request: CreateDocumentRequest, level: AccessLevel) -> CreateDocumentRequest {
    change(&mut request).access_level = level.into();
    request
}

/// An agreement that enters into force after the last notification.
fn notified(id: &str) -> CreateDocumentRequest {
    agreement(
        id,
        Rule::AfterLastNotification(AfterLastNotification::default()),
    )
}

/// An agreement that enters into force with another.
fn with(id: &str, other: &str) -> CreateDocumentRequest {
    agreement(
        id,
        Rule::WithDocument(WithDocument {
            document: name(other),
        }),
    )
}

impl Register {
    /// Registers a document by an editor of Uzbekistan.
    async fn create(&self, request: CreateDocumentRequest) -> Document {
        let mut uz = self.uz.clone();
        let created = uz.documents.create_document(request).await;
        created.unwrap().into_inner()
    }

    /// Records the signatures of both parties.
    async fn sign(&self, id: &str, on: &str) {
        for party in ["UZ", "KZ"] {
            self.record(sample::act(&name(id), party, ActKind::Signature, on))
                .await;
        }
    }

    /// Records a notification that the other party has received.
    async fn notify(&self, id: &str, party: &str, sent: &str, received: &str) -> Act {
        let mut request = sample::act(&name(id), party, ActKind::NotificationSent, sent);
        request.act.as_mut().unwrap().receipt_date = date(received);
        self.record(request).await
    }
}
