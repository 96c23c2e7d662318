-- Bodies that measures named before they were planned anew are known too: what happened to measures and frozen plans tell them.

INSERT INTO known_bodies (partnership, body, party)
SELECT m.partnership, json_extract(s.value, '$.lead_body'), json_extract(s.value, '$.party')
FROM measure_events e JOIN measures m ON m.uid = e.measure_uid, json_each(e.executors) s
WHERE TRUE ON CONFLICT DO NOTHING;

INSERT INTO known_bodies (partnership, body, party)
SELECT m.partnership, b.value, json_extract(s.value, '$.party')
FROM measure_events e JOIN measures m ON m.uid = e.measure_uid, json_each(e.executors) s,
    json_each(s.value, '$.co_executing_bodies') b
WHERE TRUE ON CONFLICT DO NOTHING;

INSERT INTO known_bodies (partnership, body, party)
SELECT m.partnership, json_extract(s.value, '$.lead_body'), json_extract(s.value, '$.party')
FROM baseline_measures f JOIN measures m ON m.uid = f.measure_uid, json_each(f.executors) s
WHERE TRUE ON CONFLICT DO NOTHING;

INSERT INTO known_bodies (partnership, body, party)
SELECT m.partnership, b.value, json_extract(s.value, '$.party')
FROM baseline_measures f JOIN measures m ON m.uid = f.measure_uid, json_each(f.executors) s,
    json_each(s.value, '$.co_executing_bodies') b
WHERE TRUE ON CONFLICT DO NOTHING;
