//! What the list methods filter and sort by, and where it is kept.

use aip::{Field, Kind, Schema};

const fn field(path: &'static str, kind: Kind, column: &'static str) -> Field {
    Field {
        path,
        kind,
        column,
        sortable: false,
    }
}

const fn sortable(path: &'static str, kind: Kind, column: &'static str) -> Field {
    Field {
        path,
        kind,
        column,
        sortable: true,
    }
}

/// The states of a measure.
const MEASURE_STATES: Kind = Kind::Enum(&[
    ("MEASURE_STATE_PLANNED", 1),
    ("MEASURE_STATE_IN_PROGRESS", 2),
    ("MEASURE_STATE_REPORTED", 3),
    ("MEASURE_STATE_RETURNED", 4),
    ("MEASURE_STATE_DISPUTED", 5),
    ("MEASURE_STATE_COMPLETE", 6),
    ("MEASURE_STATE_CANCELLED", 7),
    ("MEASURE_STATE_SUPERSEDED", 8),
    ("MEASURE_STATE_CARRIED_OVER", 9),
]);

/// Measures that have a body of this party: the primary key.
const EXECUTING_PARTY: &str =
    "EXISTS (SELECT 1 FROM measure_bodies e WHERE e.measure_uid = m.uid AND e.party = {})";
/// Measures that have this leading body: the primary key.
const LEADING_BODY: &str = "EXISTS (SELECT 1 FROM measure_bodies e WHERE e.measure_uid = m.uid AND e.body = {} AND e.leads = TRUE)";
/// Measures that have this co-executing body: the primary key.
const CO_EXECUTING_BODY: &str = "EXISTS (SELECT 1 FROM measure_bodies e WHERE e.measure_uid = m.uid AND e.body = {} AND e.leads = FALSE)";

/// The fields of `ListRoadmaps`.
pub(crate) static ROADMAPS: Schema = Schema {
    fields: &[
        sortable("name", Kind::Text, "r.name"),
        sortable(
            "state",
            Kind::Enum(&[
                ("ROADMAP_STATE_DRAFT", 1),
                ("ROADMAP_STATE_ADOPTED", 2),
                ("ROADMAP_STATE_CLOSED", 3),
            ]),
            "r.state",
        ),
        field(
            "region_codes",
            Kind::TextSet,
            "EXISTS (SELECT 1 FROM roadmap_region_codes c WHERE c.code = {} AND c.roadmap_uid = r.uid)",
        ),
        field(
            "sides.party",
            Kind::TextSet,
            "EXISTS (SELECT 1 FROM roadmap_sides s WHERE s.roadmap_uid = r.uid AND s.party = {})",
        ),
        sortable("period.start_date", Kind::Date, "r.period_start_day"),
        sortable("period.end_date", Kind::Date, "r.period_end_day"),
        field("signing_date", Kind::Date, "r.signed_day"),
        field("source_document", Kind::Text, "r.source_document"),
        field("plan_revision", Kind::Int, "r.plan_revision"),
        sortable("create_time", Kind::Time, "r.created_us"),
        sortable("update_time", Kind::Time, "r.updated_us"),
    ],
};

/// The fields of `ListMeasures`.
pub(crate) static MEASURES: Schema = Schema {
    fields: &[
        sortable("name", Kind::Text, "m.name"),
        sortable("state", MEASURE_STATES, "m.state"),
        sortable("section", Kind::Text, "m.section"),
        sortable("order_number", Kind::Int, "m.order_number"),
        sortable("weight", Kind::Int, "m.weight"),
        field("start_date", Kind::Date, "m.starts_day"),
        sortable("deadline.last_day", Kind::Date, "m.deadline_day"),
        field("executors.party", Kind::TextSet, EXECUTING_PARTY),
        field("executors.lead_body", Kind::TextSet, LEADING_BODY),
        field(
            "executors.co_executing_bodies",
            Kind::TextSet,
            CO_EXECUTING_BODY,
        ),
        field(
            "current_report.party",
            Kind::Text,
            "(SELECT s.party FROM roadmap_sides s WHERE s.roadmap_uid = m.roadmap_uid AND s.position = m.report_side)",
        ),
        field("current_report.revision", Kind::Int, "m.report_revision"),
        sortable("create_time", Kind::Time, "m.created_us"),
        sortable("update_time", Kind::Time, "m.updated_us"),
    ],
};

/// The fields of `ListIndicatorActuals`: none, they come in the order of their numbers.
pub(crate) static ACTUALS: Schema = Schema {
    fields: &[sortable("number", Kind::Int, "a.number")],
};

/// The fields of `ListMeasureLife`: none that callers name.
pub(crate) static LIFE: Schema = Schema {
    fields: &[
        sortable("record_time", Kind::Time, "e.recorded_us"),
        sortable("measure", Kind::Text, "e.measure_uid"),
    ],
};

/// The fields of `ListBaselines`: none, they come in the order of their numbers.
pub(crate) static BASELINES: Schema = Schema {
    fields: &[sortable("number", Kind::Int, "b.number")],
};

/// The fields of `ListBaselineMeasures`: none, they come by name.
pub(crate) static BASELINE_MEASURES: Schema = Schema {
    fields: &[sortable("name", Kind::Text, "f.name")],
};

/// The fields of `ListRebaselines`: none, they come in the order of their numbers.
pub(crate) static REBASELINES: Schema = Schema {
    fields: &[sortable("number", Kind::Int, "p.number")],
};

/// The fields of `GetRoadmapVariance`: none, measures come by name.
pub(crate) static VARIANCE: Schema = Schema {
    fields: &[sortable("name", Kind::Text, "name")],
};

/// The fields of `ListMeasureEvents`: none, they come in the order of their numbers.
pub(crate) static EVENTS: Schema = Schema {
    fields: &[sortable("number", Kind::Int, "e.number")],
};

/// The fields of `GetSchedule`, which are computed: they have no columns.
pub(crate) static SCHEDULE: Schema = Schema {
    fields: &[
        sortable("order_number", Kind::Int, ""),
        field("critical", Kind::Bool, ""),
        field("start_overdue", Kind::Bool, ""),
        field("violated", Kind::Bool, ""),
        field("total_slack_days", Kind::Int, ""),
        field("free_slack_days", Kind::Int, ""),
        field("deadline_slack_days", Kind::Int, ""),
        field("early_start_date", Kind::Date, ""),
        field("early_finish_date", Kind::Date, ""),
    ],
};
/// The fields of `ListDeadlines`.
pub(crate) static DEADLINES: Schema = Schema {
    fields: &[
        sortable("last_day", Kind::Date, "d.last_day"),
        field("measure", Kind::Text, "d.measure_name"),
        field("roadmap", Kind::Text, "r.name"),
        field("state", MEASURE_STATES, "m.state"),
        field("section", Kind::Text, "m.section"),
        field("weight", Kind::Int, "m.weight"),
        field("executors.party", Kind::TextSet, EXECUTING_PARTY),
        field("executors.lead_body", Kind::TextSet, LEADING_BODY),
        field(
            "executors.co_executing_bodies",
            Kind::TextSet,
            CO_EXECUTING_BODY,
        ),
    ],
};

/// The fields of `ListMeasureStages`: none, they come in the order of their names.
pub(crate) static STAGES: Schema = Schema {
    fields: &[sortable("measure", Kind::Text, "m.name")],
};

/// The fields of `ListCalendarFeeds`: none that callers name, newest first.
pub(crate) static FEEDS: Schema = Schema {
    fields: &[sortable("create_time", Kind::Time, "f.created_us")],
};
