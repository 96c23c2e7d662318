-- Addresses at which calendar programs read deadlines without an access token.

CREATE TABLE calendar_feeds (
    uid           TEXT COLLATE "C" PRIMARY KEY,
    partnership   TEXT COLLATE "C" NOT NULL,
    secret_sha256 TEXT COLLATE "C" NOT NULL,               -- hexadecimal; the secret itself is not kept
    note          TEXT NOT NULL,
    body          TEXT NOT NULL,                           -- these three empty for all
    party         TEXT NOT NULL,
    filter        TEXT NOT NULL,
    days_before   BIGINT NOT NULL,
    days_after    BIGINT NOT NULL,
    open_only     BOOLEAN NOT NULL,
    language      TEXT NOT NULL,
    as_tasks      BOOLEAN NOT NULL,
    owner_party   TEXT COLLATE "C" NOT NULL,
    owner_agency  TEXT NOT NULL,
    owner_roles   TEXT NOT NULL,                           -- words, separated by blanks
    created_us    BIGINT NOT NULL,
    expires_us    BIGINT NOT NULL,
    revoked_us    BIGINT
);
CREATE UNIQUE INDEX calendar_feeds_by_secret ON calendar_feeds (secret_sha256);
CREATE INDEX calendar_feeds_of_partnership ON calendar_feeds (partnership, created_us, uid);
CREATE INDEX calendar_feeds_of_party ON calendar_feeds (partnership, owner_party, created_us, uid);
