//! Every SQL text of this service.

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
     updated_us, deleted_us) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, \
     $20, $21, $22, $23, $24, $25) \
    ON CONFLICT (name) DO NOTHING";

/// Replaces what may change of a measure, by primary key, if it is still at the revision before.
pub(super) const UPDATE_MEASURE: &str = "UPDATE measures SET titles = $3, section = $4, \
    order_number = $5, expected_result = $6, form_of_completion = $7, executors = $8, \
    starts_day = $9, deadline_form = $10, deadline_day = $11, weight = $12, state = $13, \
    reports = $14, report_revision = $15, report_side = $16, proposal_side = $17, words = $18, \
    events = $19, revision = $20, updated_us = $21, deleted_us = $22 \
    WHERE uid = $1 AND revision = $2";

/// Forgets the bodies of a measure, to write them anew.
pub(super) const DELETE_BODIES: &str = "DELETE FROM measure_bodies WHERE measure_uid = $1";

/// The greatest order number in a roadmap, 0 without measures: `measures_in_order`.
pub(super) const LAST_ORDER_NUMBER: &str = "SELECT COALESCE(MAX(order_number), 0) FROM measures \
    WHERE roadmap_uid = $1 AND deleted_us IS NULL";

/// The first measure by name that a period would leave out.
pub(super) const OUTSIDE_PERIOD: &str = "SELECT name FROM measures \
    WHERE roadmap_uid = $1 AND deleted_us IS NULL \
    AND (deadline_form <> 5 AND (deadline_day < $2 OR deadline_day > $3) OR starts_day < $2 OR starts_day > $3) \
    ORDER BY name LIMIT 1";

/// Appends an event.
pub(super) const INSERT_EVENT: &str = "INSERT INTO measure_events \
    (measure_uid, number, roadmap_uid, recorded_us, kind, side, agency, reason, report_revision, \
     state, section, weight, deadline_day, completed_day, claim) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";

/// What progress needs of events. Followed by the roadmaps: `measure_events_of_roadmap`.
pub(super) const STEPS: &str = "SELECT e.roadmap_uid, e.measure_uid, e.number, e.kind, e.side, \
    e.report_revision, e.state, e.section, e.weight, e.deadline_day, e.completed_day \
    FROM measure_events e";

/// The order of [`STEPS`], that of their index: each measure's together and oldest first.
pub(super) const STEPS_ORDER: &str = " ORDER BY e.roadmap_uid, e.measure_uid, e.number";

/// Events of measures. Followed by a condition; by measure: the primary key.
pub(super) const EVENTS: &str = "SELECT e.* FROM measure_events e";

/// Replaces the details of a measure, by primary key.
pub(super) const UPDATE_DETAILS: &str = "UPDATE measures SET details = $2 WHERE uid = $1";

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
