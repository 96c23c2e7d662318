-- What the weights of a roadmap's measures have to add up to, and which bodies partnerships know.

ALTER TABLE roadmaps ADD COLUMN declared_weight INTEGER;                   -- none: to nothing in particular

-- Every body that a measure of the partnership names or named for a party, as it is written. Only ever appended.
CREATE TABLE known_bodies (
    partnership TEXT NOT NULL,
    body        TEXT NOT NULL,
    party       TEXT NOT NULL,
    PRIMARY KEY (partnership, body, party)
) STRICT, WITHOUT ROWID;
CREATE INDEX known_bodies_of_party ON known_bodies (partnership, party, body);

INSERT INTO known_bodies (partnership, body, party)
SELECT DISTINCT m.partnership, b.body, b.party FROM measure_bodies b JOIN measures m ON m.uid = b.measure_uid;
