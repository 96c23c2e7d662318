-- What measures depend on and how long they take: in the measure, in the events of its plan, and as edges to walk.

ALTER TABLE measures ADD COLUMN dependencies TEXT NOT NULL DEFAULT '[]';  -- JSON: [{predecessor, kind, lag_days, lag_unit}]
ALTER TABLE measures ADD COLUMN working_days BIGINT;

-- Of events of the plan. Events from before these columns know nothing of them, but for the newest of each measure.
ALTER TABLE measure_events ADD COLUMN starts_day BIGINT;
ALTER TABLE measure_events ADD COLUMN working_days BIGINT;
ALTER TABLE measure_events ADD COLUMN executing_sides BIGINT;           -- 1 the first, 2 the second, 3 both, 0 none
ALTER TABLE measure_events ADD COLUMN dependencies TEXT;                 -- as in measures

UPDATE measure_events SET
    starts_day = (SELECT m.starts_day FROM measures m WHERE m.uid = measure_events.measure_uid),
    executing_sides = (SELECT COALESCE(SUM(DISTINCT s.position + 1), 0)
        FROM measure_bodies b
        JOIN roadmap_sides s ON s.roadmap_uid = measure_events.roadmap_uid AND s.party = b.party
        WHERE b.measure_uid = measure_events.measure_uid)
WHERE number = (SELECT MAX(n.number) FROM measure_events n
    WHERE n.measure_uid = measure_events.measure_uid AND n.kind <= 4);

-- Each pair once, whatever the kinds; of deleted measures too.
CREATE TABLE measure_dependencies (
    measure_uid     TEXT COLLATE "C" NOT NULL REFERENCES measures (uid),
    predecessor_uid TEXT COLLATE "C" NOT NULL REFERENCES measures (uid),
    roadmap_uid     TEXT COLLATE "C" NOT NULL REFERENCES roadmaps (uid),
    PRIMARY KEY (measure_uid, predecessor_uid)
);
CREATE INDEX measure_dependencies_by_predecessor ON measure_dependencies (predecessor_uid, measure_uid);
CREATE INDEX measure_dependencies_of_roadmap ON measure_dependencies (roadmap_uid, measure_uid, predecessor_uid);
