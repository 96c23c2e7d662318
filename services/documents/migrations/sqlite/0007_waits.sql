-- Documents that changed and that more documents wait for than are brought up to date at once: those that wait for them
-- still have to be. A worker does it, some at a time.
CREATE TABLE outdated_waits (
    -- The name of the document that changed; it may be removed by now.
    target TEXT NOT NULL PRIMARY KEY,
    -- The uid of the last of the waiting documents, in the order of their uids, that is up to date; '': none is.
    after_uid TEXT NOT NULL,
    -- How many documents along the chain this one is, from the one that was changed first.
    depth INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
