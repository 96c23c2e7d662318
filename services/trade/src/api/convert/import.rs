//! Imports in the contract.

use accord_proto::trade::v1;

use super::{enums, timestamp};
use crate::domain::{
    file::{Problem, tally::Tallies},
    import::Import,
};

/// Shows an import.
pub(crate) fn show(import: &Import) -> v1::Import {
    let intake = &import.intake;
    let reading = &import.options.reading;
    v1::Import {
        name: import.name.clone(),
        uid: import.uid.clone(),
        state: enums::show_import_state(import.state) as i32,
        received_bytes: intake.received_bytes,
        total_bytes: import.options.total_bytes,
        accepted_count: intake.accepted,
        skipped_count: intake.skipped,
        reports: intake.problems.iter().map(show_report).collect(),
        skip_bad_rows: import.options.skip_bad_rows,
        format: enums::show_format(reading.format),
        flow: reading.flow.map_or(0, enums::show_flow),
        unit_mult: reading
            .unit_mult
            .map(|power| i32::try_from(power).unwrap_or(i32::MAX)),
        cumulative: reading.cumulative,
        find_suspicious: import.options.find_suspicious,
        left_out_count: intake.left_out.total(),
        left_out: show_tallies(&intake.left_out),
        suspicious_count: intake.doubtful.total(),
        suspicious: show_tallies(&intake.doubtful),
        suspicions: intake.doubts.iter().map(show_report).collect(),
        create_time: Some(timestamp(import.create_time)),
        update_time: Some(timestamp(import.update_time)),
    }
}

fn show_tallies(tallies: &Tallies) -> Vec<v1::RowTally> {
    tallies
        .iter()
        .map(|(reason, tally)| v1::RowTally {
            reason: reason.as_str().to_owned(),
            count: tally.count,
            first_line: tally.first_line,
        })
        .collect()
}

/// Shows what was found about a row.
pub(crate) fn show_report(problem: &Problem) -> v1::RowReport {
    v1::RowReport {
        line: problem.line,
        column: i32::try_from(problem.column).unwrap_or(i32::MAX),
        column_name: problem.column_name.clone(),
        reason: problem.reason.as_str().to_owned(),
        description: problem.description.clone(),
    }
}
