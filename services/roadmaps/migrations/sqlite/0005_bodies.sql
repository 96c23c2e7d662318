-- Who carried a measure out is kept with its plan's history, so that progress by body can be asked as it was known.
-- JSON: [{party, lead_body, co_executing_bodies}], of events of the plan. Of plans recorded before, only the bodies of the last
-- one are known here: they are what the measure has.
ALTER TABLE measure_events ADD COLUMN executors TEXT;
UPDATE measure_events
SET executors = (SELECT m.executors FROM measures m WHERE m.uid = measure_events.measure_uid)
WHERE number = (
    SELECT MAX(e.number) FROM measure_events e
    WHERE e.measure_uid = measure_events.measure_uid AND e.weight IS NOT NULL
);
