-- The documents of a party or of a sector in the order of their dates, which is how people ask for them.

-- -1000000: not known, as in `listed_documents`.
ALTER TABLE listed_parties ADD COLUMN signature_day BIGINT NOT NULL DEFAULT -1000000;
UPDATE listed_parties SET signature_day = (SELECT l.signature_day FROM listed_documents l
    WHERE l.partnership_id = listed_parties.partnership_id AND l.id = listed_parties.document_id);
CREATE INDEX listed_parties_by_day ON listed_parties (partnership_id, party, signature_day, document_id);
-- -1000000: not known, as in `listed_documents`.
ALTER TABLE listed_sectors ADD COLUMN signature_day BIGINT NOT NULL DEFAULT -1000000;
UPDATE listed_sectors SET signature_day = (SELECT l.signature_day FROM listed_documents l
    WHERE l.partnership_id = listed_sectors.partnership_id AND l.id = listed_sectors.document_id);
CREATE INDEX listed_sectors_by_day ON listed_sectors (partnership_id, sector, signature_day, document_id);
