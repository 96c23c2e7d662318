-- Addresses at which calendar programs read deadlines without an access token.

CREATE TABLE calendar_feeds (
    uid           TEXT PRIMARY KEY,
    partnership   TEXT NOT NULL,
    secret_sha256 TEXT NOT NULL,                           -- hexadecimal; the secret itself is not kept
    note          TEXT NOT NULL,
    body          TEXT NOT NULL,                           -- these three empty for all
    party         TEXT NOT NULL,
    filter        TEXT NOT NULL,
    days_before   INTEGER NOT NULL,
    days_after    INTEGER NOT NULL,
    open_only     INTEGER NOT NULL,
    language      TEXT NOT NULL,
    as_tasks      INTEGER NOT NULL,
    owner_party   TEXT NOT NULL,
    owner_agency  TEXT NOT NULL,
    owner_roles   TEXT NOT NULL,                           -- words, separated by blanks
    created_us    INTEGER NOT NULL,
    expires_us    INTEGER NOT NULL,
    revoked_us    INTEGER
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX calendar_feeds_by_secret ON calendar_feeds (secret_sha256);
CREATE INDEX calendar_feeds_of_partnership ON calendar_feeds (partnership, created_us, uid);
CREATE INDEX calendar_feeds_of_party ON calendar_feeds (partnership, owner_party, created_us, uid);
