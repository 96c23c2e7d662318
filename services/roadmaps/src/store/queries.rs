//! Every SQL text of this service.

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
     source_document, sources, plan_revision, state, revision, updated_us, deleted_us) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) \
    ON CONFLICT (name) DO NOTHING";

/// Replaces what may change of a roadmap, by primary key, if it is still at the revision before.
pub(super) const UPDATE_ROADMAP: &str = "UPDATE roadmaps SET titles = $3, period_start_day = $4, \
    period_end_day = $5, signed_day = $6, source_document = $7, sources = $8, plan_revision = $9, \
    state = $10, revision = $11, updated_us = $12, deleted_us = $13 \
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
pub(super) const MEASURES: &str = "SELECT m.*, a.party AS first_party, b.party AS second_party \
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

/// The greatest order number in a roadmap, 0 without measures: `measures_in_order`.
pub(super) const LAST_ORDER_NUMBER: &str = "SELECT COALESCE(MAX(order_number), 0) FROM measures \
    WHERE roadmap_uid = $1 AND deleted_us IS NULL";

/// The first measure by name that a period would leave out.
pub(super) const OUTSIDE_PERIOD: &str = "SELECT name FROM measures \
    WHERE roadmap_uid = $1 AND deleted_us IS NULL \
    AND (deadline_day < $2 OR deadline_day > $3 OR starts_day < $2 OR starts_day > $3) \
    ORDER BY name LIMIT 1";

/// Appends an event.
pub(super) const INSERT_EVENT: &str = "INSERT INTO measure_events \
    (measure_uid, number, roadmap_uid, recorded_us, kind, side, agency, reason, report_revision, \
     state, section, weight, deadline_day, completed_day, claim, starts_day, working_days, \
     executing_sides, dependencies, executors) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)";

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

/// Deadlines with their measures. Followed by the carrier and the days: in the order of
/// the last days and names, open ones by `deadlines_open`, all by `deadlines_all`.
pub(super) const DEADLINES: &str = "SELECT m.*, a.party AS first_party, b.party AS second_party, d.is_open \
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
    WHERE {of} AND m.deleted_us IS NULL AND m.deadline_day IS NOT NULL AND r.deleted_us IS NULL AND r.state IN (2, 3) \
    UNION SELECT m.partnership || ' p:' || b.party, m.deadline_day, m.name, m.uid, r.state = 2 AND m.state BETWEEN 1 AND 5 \
    FROM measures m JOIN roadmaps r ON r.uid = m.roadmap_uid JOIN measure_bodies b ON b.measure_uid = m.uid \
    WHERE {of} AND m.deleted_us IS NULL AND m.deadline_day IS NOT NULL AND r.deleted_us IS NULL AND r.state IN (2, 3) \
    UNION SELECT m.partnership || ' b:' || b.body, m.deadline_day, m.name, m.uid, r.state = 2 AND m.state BETWEEN 1 AND 5 \
    FROM measures m JOIN roadmaps r ON r.uid = m.roadmap_uid JOIN measure_bodies b ON b.measure_uid = m.uid \
    WHERE {of} AND m.deleted_us IS NULL AND m.deadline_day IS NOT NULL AND r.deleted_us IS NULL AND r.state IN (2, 3)";

/// Has open deadlines looked at for reminders; one that was planned anew gets the next revision and is looked at at once.
pub(super) const QUEUE_REMINDERS: &str = "INSERT INTO reminder_queue \
    (measure_uid, last_day, revision, look_day, leads) \
    SELECT d.measure_uid, d.last_day, 1, 0, '' \
    FROM measures m JOIN deadlines d ON d.measure_uid = m.uid \
    WHERE {of} AND d.carrier = m.partnership AND d.is_open = TRUE \
    ON CONFLICT (measure_uid) DO UPDATE SET \
    revision = reminder_queue.revision + \
    CASE WHEN reminder_queue.last_day = excluded.last_day THEN 0 ELSE 1 END, \
    look_day = CASE WHEN reminder_queue.last_day = excluded.last_day \
    THEN COALESCE(reminder_queue.look_day, 0) ELSE 0 END, \
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
    q.last_day AS queued_day, q.revision AS queued_revision \
    FROM (SELECT measure_uid, last_day, revision, look_day FROM reminder_queue \
    WHERE look_day IS NOT NULL AND look_day <= $1 ORDER BY look_day, measure_uid LIMIT $2) q \
    JOIN measures m ON m.uid = q.measure_uid \
    JOIN roadmap_sides a ON a.roadmap_uid = m.roadmap_uid AND a.position = 0 \
    JOIN roadmap_sides b ON b.roadmap_uid = m.roadmap_uid AND b.position = 1 \
    ORDER BY q.look_day, q.measure_uid";

/// Notes a reminder, unless it was recorded before: the primary key.
pub(super) const INSERT_REMINDER: &str = "INSERT INTO reminders (measure_uid, revision, lead_days, recorded_us) \
    VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";

/// Says when a deadline is to be looked at next, by primary key.
pub(super) const LOOK_AGAIN: &str =
    "UPDATE reminder_queue SET look_day = $2, leads = $3 WHERE measure_uid = $1";

/// Has every deadline looked at whose next day was found by other lead times. Reads the whole queue: once at the start.
pub(super) const LOOK_BY_OTHER_LEADS: &str = "UPDATE reminder_queue SET look_day = 0 \
    WHERE look_day IS NOT NULL AND look_day > 0 AND leads <> $1";
