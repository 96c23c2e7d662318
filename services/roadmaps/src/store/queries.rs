//! Every SQL text of this service.

pub(super) mod feeds;
pub(super) mod network;

/// A roadmap with its two sides. Followed by a condition; by name: the unique index.
pub(super) const ROADMAPS: &str = "SELECT r.*, \
    a.party AS first_party, a.region_code AS first_region_code, a.region_name AS first_region_name, \
    a.signing_body AS first_signing_body, a.adopted_us AS first_adopted_us, \
    a.closed_us AS first_closed_us, \
    b.party AS second_party, b.region_code AS second_region_code, \
    b.region_name AS second_region_name, b.signing_body AS second_signing_body, \
    b.adopted_us AS second_adopted_us, b.closed_us AS second_closed_us \
    FROM roadmaps r \
    JOIN roadmap_sides a ON a.roadmap_uid = r.uid AND a.position = 0 \
    JOIN roadmap_sides b ON b.roadmap_uid = r.uid AND b.position = 1";

/// Writes a roadmap; a name that is taken inserts nothing.
pub(super) const INSERT_ROADMAP: &str = "INSERT INTO roadmaps \
    (uid, name, partnership, created_us, titles, period_start_day, period_end_day, signed_day, \
     source_document, sources, plan_revision, state, revision, updated_us, deleted_us, baselines, \
     rebaselines, rebaseline_side, declared_weight) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) \
    ON CONFLICT (name) DO NOTHING";

/// Replaces what may change of a roadmap, by primary key, if it is still at the revision before.
pub(super) const UPDATE_ROADMAP: &str = "UPDATE roadmaps SET titles = $3, period_start_day = $4, \
    period_end_day = $5, signed_day = $6, source_document = $7, sources = $8, plan_revision = $9, \
    state = $10, revision = $11, updated_us = $12, deleted_us = $13, baselines = $14, \
    rebaselines = $15, rebaseline_side = $16, declared_weight = $17 \
    WHERE uid = $1 AND revision = $2";

/// The state in which a roadmap is kept, by primary key.
pub(super) const ROADMAP_STATE: &str = "SELECT state FROM roadmaps WHERE uid = $1";

/// Replaces one side of a roadmap, by primary key.
pub(super) const UPSERT_SIDE: &str = "INSERT INTO roadmap_sides \
    (roadmap_uid, position, party, region_code, region_name, signing_body, adopted_us, closed_us) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
    ON CONFLICT (roadmap_uid, position) DO UPDATE SET region_code = excluded.region_code, \
    region_name = excluded.region_name, signing_body = excluded.signing_body, \
    adopted_us = excluded.adopted_us, closed_us = excluded.closed_us";

/// Forgets by which codes a roadmap is found, to write them anew.
pub(super) const DELETE_CODES: &str = "DELETE FROM roadmap_region_codes WHERE roadmap_uid = $1";

/// A measure with the parties of its roadmap. Followed by a condition; by name: the unique index;
/// in order: of a roadmap `measures_in_order`, of a partnership `measures_of_partnership_in_order`,
/// of all `measures_of_all_in_order`.
pub(super) const MEASURES: &str = "SELECT m.*, a.party AS first_party, b.party AS second_party, \
    r.state AS roadmap_state \
    FROM measures m \
    JOIN roadmaps r ON r.uid = m.roadmap_uid \
    JOIN roadmap_sides a ON a.roadmap_uid = m.roadmap_uid AND a.position = 0 \
    JOIN roadmap_sides b ON b.roadmap_uid = m.roadmap_uid AND b.position = 1";

/// Enters a measure; a name that is taken inserts nothing.
pub(super) const INSERT_MEASURE: &str = "INSERT INTO measures \
    (uid, name, roadmap_uid, partnership, created_us, titles, section, order_number, \
     expected_result, form_of_completion, executors, starts_day, deadline_form, deadline_day, weight, \
     state, reports, report_revision, report_side, proposal_side, words, events, revision, \
     updated_us, deleted_us, dependencies, working_days) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, \
     $20, $21, $22, $23, $24, $25, $26, $27) \
    ON CONFLICT (name) DO NOTHING";

/// Replaces what may change of a measure, by primary key, if it is still at the revision before.
pub(super) const UPDATE_MEASURE: &str = "UPDATE measures SET titles = $3, section = $4, \
    order_number = $5, expected_result = $6, form_of_completion = $7, executors = $8, \
    starts_day = $9, deadline_form = $10, deadline_day = $11, weight = $12, state = $13, \
    reports = $14, report_revision = $15, report_side = $16, proposal_side = $17, words = $18, \
    events = $19, revision = $20, updated_us = $21, deleted_us = $22, dependencies = $23, \
    working_days = $24 \
    WHERE uid = $1 AND revision = $2";

/// Forgets the bodies of a measure, to write them anew.
pub(super) const DELETE_BODIES: &str = "DELETE FROM measure_bodies WHERE measure_uid = $1";

/// The bodies that a partnership knows. Followed by the partnership and a condition; by name: the primary key; by party, in
/// order: `known_bodies_of_party`.
pub(super) const KNOWN_BODIES: &str =
    "SELECT k.party, k.body FROM known_bodies k WHERE k.partnership = ";

/// A party, if it is a side of any of a partnership's roadmaps: `roadmaps_by_partnership`, to the first one that it is a side of.
pub(super) const SIDE: &str = "SELECT s.party FROM roadmaps r \
    JOIN roadmap_sides s ON s.roadmap_uid = r.uid AND s.party = $2 WHERE r.partnership = $1 LIMIT 1";

/// The parties of a partnership's roadmaps, looked at only to tell them in a refusal: `roadmaps_by_partnership`.
pub(super) const PARTIES: &str = "SELECT DISTINCT s.party FROM roadmaps r \
    JOIN roadmap_sides s ON s.roadmap_uid = r.uid WHERE r.partnership = $1 ORDER BY s.party";

/// The greatest order number in a roadmap, 0 without measures: `measures_in_order`.
pub(super) const LAST_ORDER_NUMBER: &str = "SELECT COALESCE(MAX(order_number), 0) FROM measures \
    WHERE roadmap_uid = $1 AND deleted_us IS NULL";

/// The sum of the weights of a roadmap's measures but the cancelled (7) and superseded (8) ones: `measures_in_order`.
pub(super) const WEIGHT_SUM: &str = "SELECT CAST(COALESCE(SUM(weight), 0) AS BIGINT) FROM measures \
    WHERE roadmap_uid = $1 AND deleted_us IS NULL AND state NOT IN (7, 8)";

/// The first measure by name that a period would leave out.
pub(super) const OUTSIDE_PERIOD: &str = "SELECT name FROM measures \
    WHERE roadmap_uid = $1 AND deleted_us IS NULL \
    AND (deadline_form <> 5 AND (deadline_day < $2 OR deadline_day > $3) OR starts_day < $2 OR starts_day > $3) \
    ORDER BY name LIMIT 1";

/// Appends an event.
pub(super) const INSERT_EVENT: &str = "INSERT INTO measure_events \
    (measure_uid, number, roadmap_uid, recorded_us, kind, side, agency, reason, report_revision, \
     state, section, weight, deadline_day, completed_day, claim, rebaseline, successor, starts_day, \
     working_days, executing_sides, dependencies, executors) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, \
     $20, $21, $22)";

/// What progress needs of events. Followed by the roadmaps: `measure_events_of_roadmap`; or by measures: the primary
/// key.
pub(super) const STEPS: &str = "SELECT e.roadmap_uid, e.measure_uid, e.number, e.recorded_us, e.kind, e.side, \
    e.report_revision, e.state, e.section, e.weight, e.deadline_day, e.completed_day, \
    CAST(NULL AS TEXT) AS executors \
    FROM measure_events e";

/// The same with the bodies that carry measures out.
pub(super) const STEPS_WITH_BODIES: &str = "SELECT e.roadmap_uid, e.measure_uid, e.number, e.recorded_us, e.kind, \
    e.side, e.report_revision, e.state, e.section, e.weight, e.deadline_day, e.completed_day, e.executors \
    FROM measure_events e";

/// The order of [`STEPS`], that of their index: each measure's together and oldest first.
pub(super) const STEPS_ORDER: &str = " ORDER BY e.roadmap_uid, e.measure_uid, e.number";

/// Events of measures. Followed by a condition; by measure: the primary key.
pub(super) const EVENTS: &str = "SELECT e.* FROM measure_events e";

/// Replaces the details of a measure and its links, by primary key.
pub(super) const UPDATE_DETAILS: &str = "UPDATE measures SET details = $2, successor = $3, \
    predecessors = $4 WHERE uid = $1";

/// Words on values. Followed by a condition; by measure: the primary key.
pub(super) const ACTUALS: &str = "SELECT a.* FROM indicator_actuals a";

/// The newest number of a word of a measure, 0 without words: the primary key.
pub(super) const LAST_ACTUAL: &str =
    "SELECT COALESCE(MAX(number), 0) FROM indicator_actuals WHERE measure_uid = $1";

/// The newest revision of a side's words on a period, 0 without words: `indicator_actuals_by_period`.
pub(super) const LAST_ACTUAL_REVISION: &str = "SELECT COALESCE(MAX(revision), 0) \
    FROM indicator_actuals WHERE measure_uid = $1 AND indicator = $2 AND starts_day = $3 \
    AND ends_day = $4 AND side = $5";

/// Leaves of [`ACTUALS`] those that no later word of the same side on the same period replaces; followed by the moment
/// of knowledge and `)`: `indicator_actuals_by_period`.
pub(super) const NO_NEWER_ACTUAL: &str = " AND NOT EXISTS (SELECT 1 FROM indicator_actuals n \
    WHERE n.measure_uid = a.measure_uid AND n.indicator = a.indicator \
    AND n.starts_day = a.starts_day AND n.ends_day = a.ends_day AND n.side = a.side \
    AND n.revision > a.revision AND n.recorded_us <= ";

/// Appends a word.
pub(super) const INSERT_ACTUAL: &str = "INSERT INTO indicator_actuals \
    (measure_uid, number, indicator, starts_day, ends_day, side, agency, revision, \
     value_millionths, source_uri, source_note, recorded_us) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";

/// Keeps the measures of the plan of a roadmap as those of a baseline: all but the cancelled (7), superseded (8) and
/// carried over (9): `measures_in_order`.
pub(super) const FREEZE_MEASURES: &str = "INSERT INTO baseline_measures \
    (roadmap_uid, baseline, name, measure_uid, titles, section, order_number, expected_result, \
     form_of_completion, executors, starts_day, deadline_form, deadline_day, weight, details, \
     working_days, dependencies, state) \
    SELECT roadmap_uid, CAST($2 AS BIGINT), name, uid, titles, section, order_number, expected_result, \
     form_of_completion, executors, starts_day, deadline_form, deadline_day, weight, details, \
     working_days, dependencies, state \
    FROM measures WHERE roadmap_uid = $1 AND deleted_us IS NULL AND state NOT IN (7, 8, 9)";

/// Keeps a baseline whose measures are kept already, and counts them: the primary key of `baseline_measures`.
pub(super) const FREEZE: &str = "INSERT INTO baselines \
    (roadmap_uid, number, frozen_us, plan_revision, rebaseline, period_start_day, period_end_day, \
     measures, weight) \
    SELECT r.uid, CAST($2 AS BIGINT), CAST($3 AS BIGINT), CAST($4 AS BIGINT), CAST($5 AS BIGINT), \
     CAST($6 AS BIGINT), CAST($7 AS BIGINT), \
     (SELECT COUNT(*) FROM baseline_measures f WHERE f.roadmap_uid = $1 AND f.baseline = $2), \
     (SELECT CAST(COALESCE(SUM(f.weight), 0) AS BIGINT) FROM baseline_measures f \
         WHERE f.roadmap_uid = $1 AND f.baseline = $2) \
    FROM roadmaps r WHERE r.uid = $1";

/// Baselines with the names of their roadmaps. Followed by a condition; by roadmap and number: the primary key.
pub(super) const BASELINES: &str = "SELECT b.*, r.name AS roadmap \
    FROM baselines b JOIN roadmaps r ON r.uid = b.roadmap_uid";

/// Measures of baselines. Followed by a condition; by roadmap and baseline, in order of names: the primary key.
pub(super) const BASELINE_MEASURES: &str = "SELECT f.* FROM baseline_measures f";

/// The number of the last baseline before a re-baseline of a roadmap. Followed by the roadmap, a condition and `)`: the
/// primary key.
pub(super) const BASELINE_BEFORE: &str =
    "(SELECT MAX(b.number) FROM baselines b WHERE b.roadmap_uid = ";

/// Measures of baselines by keys `k` that stand before: the primary key.
pub(super) const KEYED_BASELINE_MEASURES: &str = "SELECT f.* FROM k \
    JOIN baseline_measures f \
        ON f.roadmap_uid = k.roadmap_uid AND f.baseline = k.baseline AND f.name = k.name";

/// Which baselines re-baselines led to, by keys `k` that stand before: the baselines of their roadmaps by the primary key.
pub(super) const LED_TO: &str = "SELECT b.roadmap_uid, b.rebaseline, b.number FROM k \
    JOIN baselines b ON b.roadmap_uid = k.roadmap_uid AND b.rebaseline = k.number";

/// Who proposed re-baselines, by keys `k` that stand before: the primary key.
pub(super) const PROPOSERS: &str = "SELECT p.roadmap_uid, p.number, p.side, p.agency FROM k \
    JOIN rebaselines p ON p.roadmap_uid = k.roadmap_uid AND p.number = k.number";

/// The state of each measure of a roadmap by its last event by a moment: `measure_events_of_roadmap`, and the primary
/// key.
pub(super) const STATES: &str = "SELECT m.name, e.state FROM measure_events e \
    JOIN (SELECT measure_uid, MAX(number) AS number FROM measure_events \
        WHERE roadmap_uid = $1 AND recorded_us <= $2 GROUP BY measure_uid) l \
        ON l.measure_uid = e.measure_uid AND l.number = e.number \
    JOIN measures m ON m.uid = e.measure_uid";

/// What the measures of a roadmap have become: `measures_in_order`.
pub(super) const SUCCESSORS: &str =
    "SELECT name, successor FROM measures WHERE roadmap_uid = $1 AND successor IS NOT NULL";

/// The first measure of a roadmap that goes on from another one: `measures_in_order`.
/// The first measure of a roadmap in a state: `measures_in_order`.
pub(super) const IN_STATE: &str = "SELECT name FROM measures \
    WHERE roadmap_uid = $1 AND deleted_us IS NULL AND state = $2 ORDER BY name LIMIT 1";

pub(super) const CARRIED_IN: &str = "SELECT name FROM measures \
    WHERE roadmap_uid = $1 AND deleted_us IS NULL AND predecessors <> '[]' ORDER BY name LIMIT 1";

/// Re-baselines with the names of their roadmaps. Followed by a condition; by roadmap and number: the primary key.
pub(super) const REBASELINES: &str = "SELECT p.*, r.name AS roadmap \
    FROM rebaselines p JOIN roadmaps r ON r.uid = p.roadmap_uid";

/// Replaces what may change of a re-baseline, by primary key.
pub(super) const UPSERT_REBASELINE: &str = "INSERT INTO rebaselines \
    (roadmap_uid, number, side, agency, revision, reason, proposed_us, state, end_agency, \
     end_reason, end_us, baseline) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
    ON CONFLICT (roadmap_uid, number) DO UPDATE SET agency = excluded.agency, \
    revision = excluded.revision, reason = excluded.reason, proposed_us = excluded.proposed_us, \
    state = excluded.state, end_agency = excluded.end_agency, end_reason = excluded.end_reason, \
    end_us = excluded.end_us, baseline = excluded.baseline";

/// Forgets the changes of a re-baseline, to write those of its next revision: the primary key.
pub(super) const DELETE_CHANGES: &str =
    "DELETE FROM rebaseline_changes WHERE roadmap_uid = $1 AND rebaseline = $2";

/// The changes of a re-baseline, in order: the primary key.
pub(super) const CHANGES: &str = "SELECT * FROM rebaseline_changes \
    WHERE roadmap_uid = $1 AND rebaseline = $2 ORDER BY position";

/// The condition for the measures of a measure's life: those that it goes on from (`measures_by_successor`), and those
/// that it goes on in (by name).
pub(super) const LIFE: &str = " WHERE m.name IN ( \
    WITH RECURSIVE earlier(name) AS ( \
        SELECT o.name FROM measures o WHERE o.name = $1 \
        UNION SELECT p.name FROM earlier e JOIN measures p ON p.successor = e.name), \
    later(name) AS ( \
        SELECT o.name FROM measures o WHERE o.name = $1 \
        UNION SELECT s.name FROM later l JOIN measures q ON q.name = l.name \
            JOIN measures s ON s.name = q.successor) \
    SELECT name FROM earlier UNION SELECT name FROM later) \
    ORDER BY m.created_us, m.name LIMIT 1000";
/// Deadlines with their measures. Followed by the carrier and the days: in the order of
/// the last days and names, open ones by `deadlines_open`, all by `deadlines_all`.
pub(super) const DEADLINES: &str = "SELECT m.*, a.party AS first_party, b.party AS second_party, \
    r.state AS roadmap_state, d.is_open \
    FROM deadlines d \
    JOIN measures m ON m.uid = d.measure_uid \
    JOIN roadmaps r ON r.uid = m.roadmap_uid \
    JOIN roadmap_sides a ON a.roadmap_uid = m.roadmap_uid AND a.position = 0 \
    JOIN roadmap_sides b ON b.roadmap_uid = m.roadmap_uid AND b.position = 1";

/// Narrows [`DEADLINES`] to a body of one party: the primary key of `measure_bodies`. Followed by the body and the party.
pub(super) const AND_BODY_OF_PARTY: &str =
    " JOIN measure_bodies o ON o.measure_uid = d.measure_uid AND o.body = ";

/// Whether a measure belongs to a roadmap that is adopted (2) or closed (3): primary keys.
pub(super) const IS_AGREED: &str = "SELECT r.state FROM measures m JOIN roadmaps r ON r.uid = m.roadmap_uid \
    WHERE m.uid = $1 AND r.state IN (2, 3)";

/// Forgets the deadline of a measure, to derive it anew: the primary key.
pub(super) const DELETE_DEADLINE_OF_MEASURE: &str = "DELETE FROM deadlines WHERE measure_uid = $1";

/// Forgets the deadlines of a roadmap, to derive them anew: `measures_in_order` and the primary key.
pub(super) const DELETE_DEADLINES_OF_ROADMAP: &str = "DELETE FROM deadlines WHERE measure_uid IN \
    (SELECT uid FROM measures WHERE roadmap_uid = $1)";

/// Derives deadlines that are not there; `{of}` tells of which measures. Only agreed plans have any: those of roadmaps that are
/// adopted (2) or closed (3). The measure's states 1 to 5 are the open ones.
pub(super) const INSERT_DEADLINES: &str = "INSERT INTO deadlines \
    (carrier, last_day, measure_name, measure_uid, is_open) \
    SELECT m.partnership, m.deadline_day, m.name, m.uid, r.state = 2 AND m.state BETWEEN 1 AND 5 \
    FROM measures m JOIN roadmaps r ON r.uid = m.roadmap_uid \
    WHERE {of} AND m.deleted_us IS NULL AND m.deadline_form <> 5 AND r.deleted_us IS NULL AND r.state IN (2, 3) \
    UNION SELECT m.partnership || ' p:' || b.party, m.deadline_day, m.name, m.uid, r.state = 2 AND m.state BETWEEN 1 AND 5 \
    FROM measures m JOIN roadmaps r ON r.uid = m.roadmap_uid JOIN measure_bodies b ON b.measure_uid = m.uid \
    WHERE {of} AND m.deleted_us IS NULL AND m.deadline_form <> 5 AND r.deleted_us IS NULL AND r.state IN (2, 3) \
    UNION SELECT m.partnership || ' b:' || b.body, m.deadline_day, m.name, m.uid, r.state = 2 AND m.state BETWEEN 1 AND 5 \
    FROM measures m JOIN roadmaps r ON r.uid = m.roadmap_uid JOIN measure_bodies b ON b.measure_uid = m.uid \
    WHERE {of} AND m.deleted_us IS NULL AND m.deadline_form <> 5 AND r.deleted_us IS NULL AND r.state IN (2, 3)";

/// Has open deadlines looked at for reminders from a day on; one that was planned anew gets the next revision and is looked at at
/// once.
pub(super) const QUEUE_REMINDERS: &str = "INSERT INTO reminder_queue \
    (measure_uid, last_day, revision, look_day, leads) \
    SELECT d.measure_uid, d.last_day, 1, CAST($2 AS BIGINT), '' \
    FROM measures m JOIN deadlines d ON d.measure_uid = m.uid \
    WHERE {of} AND d.carrier = m.partnership AND d.is_open = TRUE \
    ON CONFLICT (measure_uid) DO UPDATE SET \
    revision = reminder_queue.revision + \
    CASE WHEN reminder_queue.last_day = excluded.last_day THEN 0 ELSE 1 END, \
    look_day = CASE WHEN reminder_queue.last_day = excluded.last_day \
    THEN COALESCE(reminder_queue.look_day, excluded.look_day) ELSE excluded.look_day END, \
    last_day = excluded.last_day";

/// Stops reminders of what is not open any more: the primary key.
pub(super) const STOP_REMINDERS: &str = "UPDATE reminder_queue SET look_day = NULL \
    WHERE measure_uid IN (SELECT m.uid FROM measures m WHERE {of}) AND look_day IS NOT NULL AND NOT EXISTS \
    (SELECT 1 FROM deadlines d WHERE d.measure_uid = reminder_queue.measure_uid AND d.is_open = TRUE)";

/// Whether any deadline is to be looked at by a day: `reminder_queue_by_day`.
pub(super) const REMINDERS_WAIT: &str = "SELECT q.look_day FROM reminder_queue q \
    WHERE q.look_day IS NOT NULL AND q.look_day <= $1 ORDER BY q.look_day LIMIT 1";

/// The deadlines that are to be looked at by a day, with their measures: `reminder_queue_by_day` and primary keys.
pub(super) const DUE_REMINDERS: &str = "SELECT m.*, a.party AS first_party, b.party AS second_party, \
    r.state AS roadmap_state, q.last_day AS queued_day, q.revision AS queued_revision, q.look_day AS looked_from_day \
    FROM (SELECT measure_uid, last_day, revision, look_day FROM reminder_queue \
    WHERE look_day IS NOT NULL AND look_day <= $1 ORDER BY look_day, measure_uid LIMIT $2) q \
    JOIN measures m ON m.uid = q.measure_uid \
    JOIN roadmaps r ON r.uid = m.roadmap_uid \
    JOIN roadmap_sides a ON a.roadmap_uid = m.roadmap_uid AND a.position = 0 \
    JOIN roadmap_sides b ON b.roadmap_uid = m.roadmap_uid AND b.position = 1 \
    ORDER BY q.look_day, q.measure_uid";

/// Notes a reminder, unless it was recorded before: the primary key.
pub(super) const INSERT_REMINDER: &str = "INSERT INTO reminders (measure_uid, revision, lead_days, recorded_us) \
    VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";

/// Says when a deadline is to be looked at next, by primary key.
pub(super) const LOOK_AGAIN: &str =
    "UPDATE reminder_queue SET look_day = $2, leads = $3 WHERE measure_uid = $1";

/// Has every deadline looked at on a day whose next one is later and was found by other lead times. Reads the whole queue: once at
/// the start.
pub(super) const LOOK_BY_OTHER_LEADS: &str = "UPDATE reminder_queue SET look_day = $2 \
    WHERE look_day IS NOT NULL AND look_day > $2 AND leads <> $1";
