-- The deadlines of adopted and closed roadmaps, for lists in their order, and the reminders of them. Days are days since
-- 1970-01-01.

-- Derived from measures, their bodies and their roadmaps: a measure has one row under its partnership, one under the partnership
-- and each party with bodies that carry it out ('uz-kz p:UZ'), and one for each of these bodies ('uz-kz b:Ministry of Transport').
CREATE TABLE deadlines (
    carrier      TEXT COLLATE "C" NOT NULL,
    last_day     BIGINT NOT NULL,
    measure_name TEXT COLLATE "C" NOT NULL,
    measure_uid  TEXT COLLATE "C" NOT NULL REFERENCES measures (uid),
    is_open      BOOLEAN NOT NULL,                         -- something is still to be done
    PRIMARY KEY (measure_uid, carrier)
);
CREATE INDEX deadlines_open ON deadlines (carrier, is_open, last_day, measure_name) WHERE is_open = TRUE;
CREATE INDEX deadlines_all ON deadlines (carrier, last_day, measure_name);

-- When the deadline of a measure is to be looked at for a reminder.
CREATE TABLE reminder_queue (
    measure_uid TEXT COLLATE "C" PRIMARY KEY REFERENCES measures (uid),
    last_day    BIGINT NOT NULL,
    revision    BIGINT NOT NULL,                           -- counts the measure's deadlines
    look_day    BIGINT,                                    -- none while nothing is to be done
    leads       TEXT COLLATE "C" NOT NULL                  -- the lead times by which look_day was found
);
CREATE INDEX reminder_queue_by_day ON reminder_queue (look_day) WHERE look_day IS NOT NULL;

-- What was recorded: each once. Only ever appended.
CREATE TABLE reminders (
    measure_uid TEXT COLLATE "C" NOT NULL REFERENCES measures (uid),
    revision    BIGINT NOT NULL,
    lead_days   BIGINT NOT NULL,                           -- -1 for overdue
    recorded_us BIGINT NOT NULL,
    PRIMARY KEY (measure_uid, revision, lead_days)
);

INSERT INTO deadlines (carrier, last_day, measure_name, measure_uid, is_open)
SELECT m.partnership || c.carrier, m.deadline_day, m.name, m.uid, r.state = 2 AND m.state BETWEEN 1 AND 5
FROM measures m
JOIN roadmaps r ON r.uid = m.roadmap_uid
JOIN (
    SELECT uid AS measure_uid, '' AS carrier FROM measures
    UNION SELECT measure_uid, ' p:' || party FROM measure_bodies
    UNION SELECT measure_uid, ' b:' || body FROM measure_bodies
) c ON c.measure_uid = m.uid
WHERE m.deleted_us IS NULL AND m.deadline_day IS NOT NULL AND r.deleted_us IS NULL AND r.state IN (2, 3);

INSERT INTO reminder_queue (measure_uid, last_day, revision, look_day, leads)
SELECT m.uid, m.deadline_day, 1, 0, '' FROM measures m
JOIN deadlines d ON d.measure_uid = m.uid AND d.carrier = m.partnership AND d.is_open = TRUE;
