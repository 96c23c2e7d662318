//! What a party did about a document, and from when that is known.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::{ActName, Source, coded::coded};

/// A recorded act of one party.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// Its name.
    pub name: ActName,
    /// Its unique id, never used again.
    pub uid: String,
    /// Counts its changes: 1, and 2 once retracted.
    pub revision: i64,
    /// The party whose act it is.
    pub party: String,
    /// What the party did.
    pub kind: ActKind,
    /// When it did so.
    pub date: Date,
    /// When the other side received it, as far as the acting party says.
    pub receipt: Option<Date>,
    /// From when it has effect, where that is another day.
    pub effective: Option<Date>,
    /// For a notification received: who had notified.
    pub notifying_party: Option<String>,
    /// The law, decree or note; empty when not known.
    pub reference: String,
    /// Where it was read.
    pub source: Source,
    /// When it became public.
    pub publication: Option<Date>,
    /// When it was recorded.
    pub created: Timestamp,
    /// The agency that recorded it.
    pub recorder: String,
    /// Its retraction, if it was retracted.
    pub retraction: Option<Retraction>,
}

/// The retraction of an act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retraction {
    /// When it was retracted.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
    /// The agency that retracted it.
    pub retractor: String,
}

impl Act {
    /// Returns from when the act is known: from the start (UTC) of the day of its publication, else
    /// from its recording.
    #[must_use]
    pub fn known_from(&self) -> Timestamp {
        self.publication
            .and_then(|day| day.to_zoned(TimeZone::UTC).ok())
            .map_or(self.created, |start| start.timestamp())
    }

    /// Returns the day from which the act has effect.
    #[must_use]
    pub fn effect(&self) -> Date {
        self.effective.unwrap_or(self.date)
    }

    /// Returns the act as it was before its retraction.
    #[must_use]
    pub fn before_retraction(mut self) -> Self {
        if self.retraction.take().is_some() {
            self.revision -= 1;
        }
        self
    }

    /// Returns the id that ends its name.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.name.act
    }
}

coded! {
    /// What a party can do about a document.
    pub enum ActKind {
        /// Approved the draft or authorised its signature.
        SignatureAuthorization = 1,
        /// Initialled the text.
        Initialling = 2,
        /// Signed.
        Signature = 3,
        /// Approved it by government or presidential decision.
        DomesticApproval = 4,
        /// Ratified it.
        Ratification = 5,
        /// Accepted it.
        Acceptance = 6,
        /// Sent its notification.
        NotificationSent = 7,
        /// Received another party's notification.
        NotificationReceived = 8,
        /// Exchanged instruments.
        ExchangeOfInstruments = 9,
        /// Agreed to apply it provisionally.
        ProvisionalApplication = 10,
        /// Gave notice that it ends provisional application.
        ProvisionalApplicationEnd = 11,
        /// Agreed to an amendment.
        Amendment = 12,
        /// Suspended its operation.
        Suspension = 13,
        /// Resumed its operation.
        Resumption = 14,
        /// Gave notice of denunciation or non-renewal.
        DenunciationNotice = 15,
        /// Withdrew such a notice.
        DenunciationWithdrawal = 16,
        /// Agreed to terminate it.
        Termination = 17,
        /// Stated that it has expired.
        Expiry = 18,
    }
}

impl ActKind {
    /// Returns whether an act of this kind completes the party's domestic procedure.
    #[must_use]
    pub const fn completes_procedure(self) -> bool {
        matches!(
            self,
            Self::DomesticApproval | Self::Ratification | Self::Acceptance
        )
    }

    /// Returns whether an act of this kind can name the day on which the other side received it.
    #[must_use]
    pub const fn takes_receipt(self) -> bool {
        matches!(
            self,
            Self::NotificationSent
                | Self::DenunciationNotice
                | Self::DenunciationWithdrawal
                | Self::ProvisionalApplicationEnd
        )
    }

    /// Returns whether an act of this kind can have effect from another day than its own.
    #[must_use]
    pub const fn takes_effective_date(self) -> bool {
        matches!(
            self,
            Self::ProvisionalApplication
                | Self::ProvisionalApplicationEnd
                | Self::Suspension
                | Self::Resumption
                | Self::Termination
        )
    }

    /// Says in the past tense what the party did.
    #[must_use]
    pub const fn past(self) -> &'static str {
        match self {
            Self::SignatureAuthorization => "authorised the signature",
            Self::Initialling => "initialled the text",
            Self::Signature => "signed",
            Self::DomesticApproval => "approved it",
            Self::Ratification => "ratified it",
            Self::Acceptance => "accepted it",
            Self::NotificationSent => "sent its notification",
            Self::NotificationReceived => "received a notification",
            Self::ExchangeOfInstruments => "exchanged instruments",
            Self::ProvisionalApplication => "agreed to apply it provisionally",
            Self::ProvisionalApplicationEnd => "gave notice that it ends provisional application",
            Self::Amendment => "agreed to an amendment",
            Self::Suspension => "suspended its operation",
            Self::Resumption => "resumed its operation",
            Self::DenunciationNotice => "gave notice of denunciation",
            Self::DenunciationWithdrawal => "withdrew its notice of denunciation",
            Self::Termination => "agreed to terminate it",
            Self::Expiry => "stated that it has expired",
        }
    }
}
