//! The SQL texts of feeds for calendar programs.

/// Feeds. Followed by a condition; by secret: `calendar_feeds_by_secret`; by identity: the primary key; newest first: of a party
/// `calendar_feeds_of_party`, of a partnership `calendar_feeds_of_partnership`.
pub(in crate::store) const FEEDS: &str = "SELECT f.* FROM calendar_feeds f";

/// Of one secret, by its hash.
pub(in crate::store) const BY_SECRET: &str =
    "SELECT f.* FROM calendar_feeds f WHERE f.secret_sha256 = $1";

/// Of one identity.
pub(in crate::store) const BY_UID: &str = "SELECT f.* FROM calendar_feeds f WHERE f.uid = $1";

/// How many feeds of a party answer at a moment: `calendar_feeds_of_party`.
pub(in crate::store) const COUNT_ANSWERING: &str = "SELECT COUNT(*) FROM calendar_feeds f \
    WHERE f.partnership = $1 AND f.owner_party = $2 AND f.expires_us > $3 AND f.revoked_us IS NULL";

/// Enters a feed.
pub(in crate::store) const INSERT: &str = "INSERT INTO calendar_feeds \
    (uid, partnership, secret_sha256, note, body, party, filter, days_before, days_after, open_only, language, as_tasks, \
     owner_party, owner_agency, owner_roles, created_us, expires_us, revoked_us) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)";

/// Says when a feed was revoked, by primary key.
pub(in crate::store) const REVOKE: &str =
    "UPDATE calendar_feeds SET revoked_us = $2 WHERE uid = $1";
