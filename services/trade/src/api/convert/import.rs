//! Imports in the contract.

use accord_proto::trade::v1;

use super::{enums, timestamp};
use crate::domain::{file::Problem, import::Import};

/// Shows an import.
pub(crate) fn show(import: &Import) -> v1::Import {
    let intake = &import.intake;
    v1::Import {
        name: import.name.clone(),
        uid: import.uid.clone(),
        state: enums::show_import_state(import.state) as i32,
        received_bytes: intake.received_bytes,
        total_bytes: import.options.total_bytes,
        accepted_count: intake.accepted,
        skipped_count: intake.skipped,
        reports: intake.problems.iter().map(show_problem).collect(),
        skip_bad_rows: import.options.skip_bad_rows,
        format: v1::ImportFormat::Csv as i32,
        create_time: Some(timestamp(import.create_time)),
        update_time: Some(timestamp(import.update_time)),
    }
}

fn show_problem(problem: &Problem) -> v1::RowReport {
    v1::RowReport {
        line: problem.line,
        column: i32::try_from(problem.column).unwrap_or(i32::MAX),
        column_name: problem.column_name.clone(),
        reason: problem.reason.as_str().to_owned(),
        description: problem.description.clone(),
    }
}
