//! The SQL texts of dependencies and schedules.

/// The present measures of these names. Followed by the names: the unique index.
pub(in crate::store) const NAMED: &str =
    "SELECT m.name, m.uid FROM measures m WHERE m.deleted_us IS NULL AND m.name IN ";

/// Forgets what a measure depends on, to write it anew: the primary key.
pub(in crate::store) const DELETE_EDGES: &str =
    "DELETE FROM measure_dependencies WHERE measure_uid = $1";

/// The present measures that depend on one, by name, so many at most: `measure_dependencies_by_predecessor`.
pub(in crate::store) const DEPENDENTS: &str = "SELECT m.name FROM measure_dependencies d \
    JOIN measures m ON m.uid = d.measure_uid \
    WHERE d.predecessor_uid = $1 AND m.deleted_us IS NULL ORDER BY m.name LIMIT $2";

/// The dependencies between present measures of a roadmap: `measure_dependencies_of_roadmap`. Dependencies on deleted
/// measures do not matter, since nothing present can lead back to them.
pub(in crate::store) const EDGES: &str = "SELECT m.name, p.name, m.state FROM measure_dependencies d \
    JOIN measures m ON m.uid = d.measure_uid \
    JOIN measures p ON p.uid = d.predecessor_uid \
    WHERE d.roadmap_uid = $1 AND m.deleted_us IS NULL AND p.deleted_us IS NULL";

/// How many dependencies a roadmap has, up to a limit: `measure_dependencies_of_roadmap`.
pub(in crate::store) const COUNT_EDGES: &str = "SELECT COUNT(*) FROM \
    (SELECT 1 AS one FROM measure_dependencies WHERE roadmap_uid = $1 LIMIT $2) AS found";

/// How many measures a roadmap has, up to a limit: `measures_in_order`.
pub(in crate::store) const COUNT: &str = "SELECT COUNT(*) FROM \
    (SELECT 1 AS one FROM measures WHERE roadmap_uid = $1 LIMIT $2) AS found";

/// The names of a roadmap's measures in their order: `measures_in_order`.
pub(in crate::store) const IN_ORDER: &str = "SELECT m.uid, m.name, m.order_number FROM measures m \
    WHERE m.roadmap_uid = $1 ORDER BY m.order_number, m.name";

/// What schedules need of the events recorded by a moment, each measure's together and oldest first, so many after one:
/// `measure_events_of_roadmap`.
pub(in crate::store) const LIVES: &str = "SELECT e.measure_uid, e.number, e.recorded_us, e.kind, e.state, e.deadline_day, e.starts_day, e.working_days, \
    e.executing_sides, e.dependencies, e.completed_day, e.successor \
    FROM measure_events e \
    WHERE e.roadmap_uid = $1 AND (e.measure_uid, e.number) > ($2, $3) AND e.recorded_us <= $4 \
    ORDER BY e.measure_uid, e.number LIMIT $5";
