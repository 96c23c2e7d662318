-- What lists filter by: each value with the documents that have it, in the order of their names.

CREATE INDEX documents_by_access_level ON documents (partnership_id, access_level, id);
CREATE INDEX documents_by_title_known ON documents (partnership_id, title_known, id);
CREATE INDEX documents_by_signature_place ON documents (partnership_id, signature_place, id);

ALTER TABLE document_parties ADD COLUMN partnership_id TEXT NOT NULL DEFAULT '';
ALTER TABLE document_parties ADD COLUMN document_id TEXT NOT NULL DEFAULT '';
UPDATE document_parties SET (partnership_id, document_id) =
    (SELECT d.partnership_id, d.id FROM documents d WHERE d.uid = document_parties.document_uid);
CREATE INDEX document_parties_by_party ON document_parties (partnership_id, party, document_id, document_uid);

ALTER TABLE document_sectors ADD COLUMN partnership_id TEXT NOT NULL DEFAULT '';
ALTER TABLE document_sectors ADD COLUMN document_id TEXT NOT NULL DEFAULT '';
UPDATE document_sectors SET (partnership_id, document_id) =
    (SELECT d.partnership_id, d.id FROM documents d WHERE d.uid = document_sectors.document_uid);
CREATE INDEX document_sectors_by_sector ON document_sectors (partnership_id, sector, document_id, document_uid);
