-- Rules on several notices, on parties that have left and on documents that end before others could enter into force with
-- them were set right: what is kept of documents is computed anew at the next start.
INSERT INTO outdated_documents (document_uid)
SELECT d.uid FROM documents d
WHERE NOT EXISTS (SELECT 1 FROM outdated_documents o WHERE o.document_uid = d.uid);
