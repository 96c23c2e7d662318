//! Rows as the database gives them, and their way into the domain.

use storage::Error;
use uuid::Uuid;

use super::cells::{
    At, ClaimCell, DependencyCell, ExecutorsCell, SourceCell, TitleCell, WordsCell, facts,
};
use super::details::{self, DetailsCell};
use crate::domain::{
    completion::{Completion, Standing},
    deadline::Deadline,
    event::{Event, Stakes},
    measure::{self, Claim, Executors, Measure},
    name::{DocumentName, MeasureName, RoadmapName},
    progress::Step,
    roadmap::{self, Consent, Period, Place, Roadmap},
};

storage::row! {
    /// A roadmap with its two sides.
    pub(super) struct RoadmapRow {
        uid: String,
        name: String,
        titles: String,
        period_start_day: i64,
        period_end_day: i64,
        signed_day: Option<i64>,
        source_document: Option<String>,
        sources: String,
        plan_revision: i64,
        revision: i64,
        created_us: i64,
        updated_us: i64,
        deleted_us: Option<i64>,
        baselines: i64,
        rebaselines: i64,
        rebaseline_side: Option<i64>,
        declared_weight: Option<i64>,
        first_party: String,
        first_region_code: String,
        first_region_name: String,
        first_signing_body: String,
        first_adopted_us: Option<i64>,
        first_closed_us: Option<i64>,
        second_party: String,
        second_region_code: String,
        second_region_name: String,
        second_signing_body: String,
        second_adopted_us: Option<i64>,
        second_closed_us: Option<i64>,
    }
}

impl TryFrom<RoadmapRow> for Roadmap {
    type Error = Error;

    fn try_from(row: RoadmapRow) -> Result<Self, Error> {
        let at = At {
            table: "roadmaps",
            row: &row.uid,
        };
        let titles: Vec<TitleCell> = at.json("titles", &row.titles)?;
        let sources: Vec<SourceCell> = at.json("sources", &row.sources)?;
        let name = RoadmapName::parse("name", &row.name)
            .map_err(|violation| at.corrupt("name", violation))?;
        let source_document = row
            .source_document
            .map(|document| DocumentName::parse("source_document", &document))
            .transpose()
            .map_err(|violation| at.corrupt("source_document", violation))?;
        let consent = |adopted_us: Option<i64>, closed_us: Option<i64>| Consent {
            adopted: adopted_us.map(clock::from_micros),
            closed: closed_us.map(clock::from_micros),
        };
        Ok(Self {
            uid: at.parsed("uid", &row.uid)?,
            name,
            plan: roadmap::Plan {
                titles: facts(titles),
                places: [
                    Place {
                        party: row.first_party,
                        region_code: row.first_region_code,
                        region_name: row.first_region_name,
                        signing_body: row.first_signing_body,
                    },
                    Place {
                        party: row.second_party,
                        region_code: row.second_region_code,
                        region_name: row.second_region_name,
                        signing_body: row.second_signing_body,
                    },
                ],
                period: Period {
                    start: clock::from_days(row.period_start_day),
                    end: clock::from_days(row.period_end_day),
                },
                signed_on: row.signed_day.map(clock::from_days),
                source_document,
                sources: facts(sources),
                declared_weight: row.declared_weight,
            },
            plan_revision: row.plan_revision,
            consents: [
                consent(row.first_adopted_us, row.first_closed_us),
                consent(row.second_adopted_us, row.second_closed_us),
            ],
            baselines: row.baselines,
            rebaselines: row.rebaselines,
            rebaseline_by: row
                .rebaseline_side
                .map(|side| at.coded("rebaseline_side", side))
                .transpose()?,
            revision: row.revision,
            created: clock::from_micros(row.created_us),
            updated: clock::from_micros(row.updated_us),
            deleted: row.deleted_us.map(clock::from_micros),
        })
    }
}

storage::row! {
    /// A measure with the parties of its roadmap.
    pub(super) struct MeasureRow {
        uid: String,
        name: String,
        first_party: String,
        second_party: String,
        roadmap_state: i64,
        titles: String,
        section: String,
        order_number: i64,
        expected_result: String,
        form_of_completion: String,
        executors: String,
        starts_day: Option<i64>,
        deadline_form: i64,
        deadline_day: i64,
        weight: i64,
        details: String,
        successor: Option<String>,
        predecessors: String,
        state: i64,
        reports: i64,
        report_revision: Option<i64>,
        report_side: Option<i64>,
        proposal_side: Option<i64>,
        words: String,
        events: i64,
        revision: i64,
        created_us: i64,
        updated_us: i64,
        deleted_us: Option<i64>,
        dependencies: String,
        working_days: Option<i64>,
    }
}

impl TryFrom<MeasureRow> for Measure {
    type Error = Error;

    fn try_from(row: MeasureRow) -> Result<Self, Error> {
        let at = At {
            table: "measures",
            row: &row.uid,
        };
        let titles: Vec<TitleCell> = at.json("titles", &row.titles)?;
        let executors: Vec<ExecutorsCell> = at.json("executors", &row.executors)?;
        let words: WordsCell = at.json("words", &row.words)?;
        let details: DetailsCell = at.json("details", &row.details)?;
        let dependencies: Vec<DependencyCell> = at.json("dependencies", &row.dependencies)?;
        let dependencies: Result<_, Error> = dependencies
            .into_iter()
            .map(|cell| cell.restore(at))
            .collect();
        let words = words.restore(at)?;
        let deadline = Deadline::restore(
            at.coded("deadline_form", row.deadline_form)?,
            clock::from_days(row.deadline_day),
        )
        .ok_or_else(|| at.corrupt("deadline_day", "ends no part of the year of its form"))?;
        let standing = match (row.report_revision, row.report_side) {
            (Some(revision), Some(side)) => Some(Standing {
                revision,
                by: at.coded("report_side", side)?,
            }),
            _ => None,
        };
        let name = MeasureName::parse("name", &row.name)
            .map_err(|violation| at.corrupt("name", violation))?;
        Ok(Self {
            uid: at.parsed("uid", &row.uid)?,
            name,
            parties: [row.first_party, row.second_party],
            roadmap: at.coded("roadmap_state", row.roadmap_state)?,
            plan: measure::Plan {
                titles: facts(titles),
                section: row.section,
                order_number: row.order_number,
                expected_result: row.expected_result,
                form_of_completion: row.form_of_completion,
                executors: facts(executors),
                starts_on: row.starts_day.map(clock::from_days),
                deadline,
                weight: row.weight,
                details: details.restore(at)?,
                working_days: row.working_days,
                dependencies: dependencies?,
            },
            completion: Completion {
                state: at.coded("state", row.state)?,
                reports: row.reports,
                standing,
                proposal: row
                    .proposal_side
                    .map(|side| at.coded("proposal_side", side))
                    .transpose()?,
            },
            report: words.report,
            verdict: words.verdict,
            proposal: words.proposal,
            successor: successor(at, row.successor)?,
            predecessors: details::predecessors(at, &row.predecessors)?,
            events: row.events,
            revision: row.revision,
            created: clock::from_micros(row.created_us),
            updated: clock::from_micros(row.updated_us),
            deleted: row.deleted_us.map(clock::from_micros),
        })
    }
}

fn successor(at: At<'_>, name: Option<String>) -> Result<Option<MeasureName>, Error> {
    name.map(|name| MeasureName::parse("successor", &name))
        .transpose()
        .map_err(|violation| at.corrupt("successor", violation))
}

storage::row! {
    /// What progress needs of an event of a measure.
    pub(super) struct StepRow {
        roadmap_uid: String,
        pub(super) measure_uid: String,
        number: i64,
        recorded_us: i64,
        kind: i64,
        side: i64,
        report_revision: Option<i64>,
        state: i64,
        section: Option<String>,
        weight: Option<i64>,
        deadline_day: Option<i64>,
        completed_day: Option<i64>,
        executors: Option<String>,
    }
}

impl StepRow {
    fn at(&self) -> At<'_> {
        At {
            table: "measure_events",
            row: &self.measure_uid,
        }
    }

    /// The measure.
    pub(super) fn measure(&self) -> Result<Uuid, Error> {
        self.at().parsed("measure_uid", &self.measure_uid)
    }

    /// The roadmap that the measure belongs to.
    pub(super) fn roadmap(&self) -> Result<Uuid, Error> {
        self.at().parsed("roadmap_uid", &self.roadmap_uid)
    }
}

impl TryFrom<StepRow> for Step {
    type Error = Error;

    fn try_from(row: StepRow) -> Result<Self, Error> {
        let at = row.at();
        Ok(Self {
            number: row.number,
            at: clock::from_micros(row.recorded_us),
            kind: at.coded("kind", row.kind)?,
            side: at.coded("side", row.side)?,
            report_revision: row.report_revision,
            state: at.coded("state", row.state)?,
            stakes: stakes(
                row.section.clone(),
                row.weight,
                row.deadline_day,
                executors(at, row.executors.as_deref())?,
            ),
            completed_on: row.completed_day.map(clock::from_days),
        })
    }
}

/// What an event of the plan has planned.
fn stakes(
    section: Option<String>,
    weight: Option<i64>,
    last_day: Option<i64>,
    executors: Vec<Executors>,
) -> Option<Stakes> {
    Some(Stakes {
        section: section?,
        weight: weight?,
        last_day: clock::from_days(last_day?),
        executors,
    })
}

/// Who was planned to carry it out; nobody where that was not asked for or not kept.
fn executors(at: At<'_>, cell: Option<&str>) -> Result<Vec<Executors>, Error> {
    let cells: Option<Vec<ExecutorsCell>> =
        cell.map(|cell| at.json("executors", cell)).transpose()?;
    Ok(cells.map(facts).unwrap_or_default())
}

storage::row! {
    /// An event of a measure.
    pub(super) struct EventRow {
        pub(super) measure_uid: String,
        number: i64,
        recorded_us: i64,
        kind: i64,
        side: i64,
        agency: String,
        reason: String,
        report_revision: Option<i64>,
        state: i64,
        section: Option<String>,
        weight: Option<i64>,
        deadline_day: Option<i64>,
        claim: Option<String>,
        rebaseline: Option<i64>,
        successor: Option<String>,
        executors: Option<String>,
    }
}

impl TryFrom<EventRow> for Event {
    type Error = Error;

    fn try_from(row: EventRow) -> Result<Self, Error> {
        let at = At {
            table: "measure_events",
            row: &row.measure_uid,
        };
        let claim: Option<ClaimCell> = row
            .claim
            .map(|claim| at.json("claim", &claim))
            .transpose()?;
        Ok(Self {
            number: row.number,
            at: clock::from_micros(row.recorded_us),
            kind: at.coded("kind", row.kind)?,
            side: at.coded("side", row.side)?,
            agency: row.agency,
            reason: row.reason,
            report_revision: row.report_revision,
            state: at.coded("state", row.state)?,
            stakes: stakes(
                row.section,
                row.weight,
                row.deadline_day,
                executors(at, row.executors.as_deref())?,
            ),
            claim: claim.map(Claim::from),
            rebaseline: row.rebaseline,
            successor: successor(at, row.successor)?,
            timing: None,
        })
    }
}
