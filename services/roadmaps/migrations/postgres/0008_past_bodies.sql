-- Bodies that measures named before they were planned anew are known too: what happened to measures and frozen plans tell them.

INSERT INTO known_bodies (partnership, body, party)
SELECT m.partnership, s.value ->> 'lead_body', s.value ->> 'party'
FROM measure_events e JOIN measures m ON m.uid = e.measure_uid, jsonb_array_elements(e.executors::jsonb) s
WHERE TRUE ON CONFLICT DO NOTHING;

INSERT INTO known_bodies (partnership, body, party)
SELECT m.partnership, b.value, s.value ->> 'party'
FROM measure_events e JOIN measures m ON m.uid = e.measure_uid, jsonb_array_elements(e.executors::jsonb) s,
    jsonb_array_elements_text(s.value -> 'co_executing_bodies') b
WHERE TRUE ON CONFLICT DO NOTHING;

INSERT INTO known_bodies (partnership, body, party)
SELECT m.partnership, s.value ->> 'lead_body', s.value ->> 'party'
FROM baseline_measures f JOIN measures m ON m.uid = f.measure_uid, jsonb_array_elements(f.executors::jsonb) s
WHERE TRUE ON CONFLICT DO NOTHING;

INSERT INTO known_bodies (partnership, body, party)
SELECT m.partnership, b.value, s.value ->> 'party'
FROM baseline_measures f JOIN measures m ON m.uid = f.measure_uid, jsonb_array_elements(f.executors::jsonb) s,
    jsonb_array_elements_text(s.value -> 'co_executing_bodies') b
WHERE TRUE ON CONFLICT DO NOTHING;
