//! The sources of the rules that are applied, as the steps of a status cite them.

/// Consent to be bound expressed by signature.
pub(super) const SIGNATURE: &str = "Vienna Convention on the Law of Treaties, article 12";
/// Consent to be bound expressed by exchange of instruments.
pub(super) const EXCHANGE: &str = "Vienna Convention on the Law of Treaties, articles 13 and 16";
/// Consent to be bound expressed by ratification, acceptance or approval.
pub(super) const RATIFICATION: &str = "Vienna Convention on the Law of Treaties, article 14";
/// Entry into force as the treaty provides.
pub(super) const ENTRY: &str = "Vienna Convention on the Law of Treaties, article 24(1)";
/// Consent given after the day of entry into force.
pub(super) const LATE_CONSENT: &str = "Vienna Convention on the Law of Treaties, article 24(3)";
/// Provisional application and its end.
pub(super) const PROVISIONAL: &str = "Vienna Convention on the Law of Treaties, article 25";
/// Amendment by agreement of the parties.
pub(super) const AMENDMENT: &str = "Vienna Convention on the Law of Treaties, article 39";
/// Termination as the treaty provides or by consent of all parties.
pub(super) const TERMINATION: &str = "Vienna Convention on the Law of Treaties, article 54";
/// Denunciation, and the notice it needs.
pub(super) const DENUNCIATION: &str =
    "Vienna Convention on the Law of Treaties, articles 54(a) and 56";
/// Suspension as the treaty provides or by consent, and what follows from it.
pub(super) const SUSPENSION: &str = "Vienna Convention on the Law of Treaties, articles 57 and 72";
/// A notice can be revoked until it takes effect.
pub(super) const WITHDRAWAL: &str = "Vienna Convention on the Law of Treaties, article 68";
/// Notifications have effect when received.
pub(super) const RECEIPT: &str = "Vienna Convention on the Law of Treaties, article 78";
/// How days and months are counted.
pub(super) const COUNTING: &str =
    "European Convention on the Calculation of Time-Limits (ETS 76), articles 3 and 4";
