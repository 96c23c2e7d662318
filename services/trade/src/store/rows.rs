//! Rows as the database keeps them, and the facts they stand for.

use aip::Value;
use storage::Error;

use super::{
    codes::{Coded, split},
    key::{self, Key},
    releases::Counting,
};
use crate::domain::{
    cell::HsEdition,
    file::{
        Problem, Reason,
        format::Reading,
        sheet::LAST_LINE,
        tally::{Tallies, Tally},
    },
    import::{Import, Intake, Options},
    observation::{Observation, Precision},
    release::{Coverage, Publication, Release, Withdrawal},
    target::{Agreement, Baseline, Measurement, Supersession, Target},
};

storage::row! {
    /// A row of `releases`.
    pub(crate) struct ReleaseRow {
        pub uid: String,
        pub name: String,
        pub revision: i64,
        pub display_name: String,
        pub reporter: String,
        pub publisher: String,
        pub publish_us: Option<i64>,
        pub publish_basis: Option<i64>,
        pub publish_time_note: String,
        pub source_uri: String,
        pub complete: bool,
        pub partners: String,
        pub flows: String,
        pub windows: String,
        pub first_day: Option<i64>,
        pub last_day: Option<i64>,
        pub by_commodity: bool,
        pub by_region: bool,
        pub export_valuation: i64,
        pub import_valuation: i64,
        pub scope: i64,
        pub hs_edition: Option<i64>,
        pub note: String,
        pub observation_count: i64,
        pub publish_record_us: Option<i64>,
        pub withdraw_us: Option<i64>,
        pub withdraw_record_us: Option<i64>,
        pub withdraw_reason: String,
        pub create_us: i64,
        pub update_us: i64,
        pub number: i64,
        pub settled: bool,
        pub first_year: Option<i64>,
        pub last_year: Option<i64>,
        pub hidden_us: Option<i64>,
    }
}

storage::row! {
    /// A row of `imports`.
    pub(crate) struct ImportRow {
        pub uid: String,
        pub name: String,
        pub number: i64,
        pub lease: String,
        pub state: i64,
        pub skip_bad_rows: bool,
        pub total_bytes: i64,
        pub received_bytes: i64,
        pub received_lines: i64,
        pub column_names: String,
        pub accepted: i64,
        pub skipped: i64,
        pub create_us: i64,
        pub update_us: i64,
        pub format: i64,
        pub flow: i64,
        pub unit_mult: i64,
        pub cumulative: i64,
        pub sha256: String,
        pub find_suspicious: bool,
        pub digest: String,
        pub left_out: String,
        pub doubtful: String,
    }
}

storage::row! {
    /// A row of `import_problems` or `import_doubts`.
    pub(crate) struct ProblemRow {
        pub import_uid: String,
        pub line: i64,
        pub column_number: i64,
        pub column_name: String,
        pub reason: String,
        pub description: String,
    }
}

storage::row! {
    /// A row of `observations`.
    pub(crate) struct ObservationRow {
        pub release: i64,
        pub period_year: i64,
        pub series: i64,
        pub span: i64,
        pub position: i64,
        pub value_cents: Option<i64>,
        pub net_weight_grams: Option<i64>,
        pub marks: i64,
        pub unit_cents: i64,
        pub as_published: Option<String>,
    }
}

storage::row! {
    /// A row of `targets`.
    pub(crate) struct TargetRow {
        pub uid: String,
        pub name: String,
        pub revision: i64,
        pub display_name: String,
        pub parties: String,
        pub value_cents: i64,
        pub due_day: i64,
        pub baseline_year: i64,
        pub baseline_cents: Option<i64>,
        pub method: i64,
        pub reporter: String,
        pub adopt_day: i64,
        pub basis_document: String,
        pub basis_note: String,
        pub source_uri: String,
        pub recorder: String,
        pub predecessor: String,
        pub successor: String,
        pub supersede_day: Option<i64>,
        pub create_us: i64,
        pub update_us: i64,
    }
}

/// Reads the codes of one row, naming the place of one that means nothing.
struct Codes<'a> {
    table: &'static str,
    row: &'a str,
}

impl Codes<'_> {
    fn member<T: Coded>(&self, column: &str, code: i64) -> Result<T, Error> {
        T::of_code(code).ok_or_else(|| self.corrupt(column, code))
    }

    fn members<T: Coded>(&self, column: &str, codes: &str) -> Result<Vec<T>, Error> {
        split(codes)
            .iter()
            .map(|code| self.member(column, code.parse().unwrap_or_default()))
            .collect()
    }

    fn edition(&self, code: i64) -> Result<HsEdition, Error> {
        u8::try_from(code)
            .ok()
            .and_then(HsEdition::new)
            .ok_or_else(|| self.corrupt("hs_edition", code))
    }

    fn corrupt(&self, column: &str, found: impl std::fmt::Display) -> Error {
        Error::corrupt(
            self.table,
            column,
            self.row,
            format!("{found} means nothing"),
        )
    }
}

impl TryFrom<ReleaseRow> for Release {
    type Error = Error;

    fn try_from(row: ReleaseRow) -> Result<Self, Error> {
        let codes = Codes {
            table: "releases",
            row: &row.name,
        };
        let published = match (row.publish_us, row.publish_basis) {
            (Some(us), Some(basis)) => Some((
                clock::from_micros(us),
                codes.member("publish_basis", basis)?,
            )),
            _ => None,
        };
        let coverage = Coverage {
            complete: row.complete,
            partners: split(&row.partners),
            flows: codes.members("flows", &row.flows)?,
            windows: codes.members("windows", &row.windows)?,
            first_day: row.first_day.map(clock::from_days),
            last_day: row.last_day.map(clock::from_days),
            by_commodity: row.by_commodity,
            by_region: row.by_region,
        };
        let publication = Publication {
            reporter: row.reporter,
            publisher: row.publisher,
            published,
            publish_time_note: row.publish_time_note,
            source_uri: row.source_uri,
            coverage,
            export_valuation: codes.member("export_valuation", row.export_valuation)?,
            import_valuation: codes.member("import_valuation", row.import_valuation)?,
            scope: codes.member("scope", row.scope)?,
            hs_edition: row.hs_edition.map(|code| codes.edition(code)).transpose()?,
            note: row.note,
            display_name: row.display_name,
        };
        let withdrawal = row
            .withdraw_us
            .zip(row.withdraw_record_us)
            .map(|(time, record_time)| Withdrawal {
                time: clock::from_micros(time),
                record_time: clock::from_micros(record_time),
                reason: row.withdraw_reason,
            });
        Ok(Self {
            name: row.name,
            uid: row.uid,
            number: row.number,
            revision: row.revision,
            publication,
            observation_count: row.observation_count,
            publish_record_time: row.publish_record_us.map(clock::from_micros),
            withdrawal,
            create_time: clock::from_micros(row.create_us),
            update_time: clock::from_micros(row.update_us),
        })
    }
}

impl TryFrom<ReleaseRow> for Counting {
    type Error = Error;

    fn try_from(row: ReleaseRow) -> Result<Self, Error> {
        Ok(Self {
            settled: row.settled,
            years: row.first_year.zip(row.last_year),
            hidden_us: row.hidden_us,
            release: row.try_into()?,
        })
    }
}

impl TryFrom<ImportRow> for Import {
    type Error = Error;

    /// The problems and doubts are in tables of their own and left empty here.
    fn try_from(row: ImportRow) -> Result<Self, Error> {
        let codes = Codes {
            table: "imports",
            row: &row.name,
        };
        let reading = codes.reading(&row)?;
        let sha256 = match row.sha256.as_str() {
            "" => None,
            text => Some(
                codes
                    .bytes("sha256", text)?
                    .try_into()
                    .map_err(|_| codes.corrupt("sha256", text))?,
            ),
        };
        Ok(Self {
            state: codes.member("state", row.state)?,
            options: Options {
                skip_bad_rows: row.skip_bad_rows,
                total_bytes: row.total_bytes,
                reading,
                sha256,
                find_suspicious: row.find_suspicious,
            },
            intake: Intake {
                received_bytes: row.received_bytes,
                received_lines: row.received_lines,
                columns: split(&row.column_names),
                digest: codes.bytes("digest", &row.digest)?,
                accepted: row.accepted,
                skipped: row.skipped,
                problems: Vec::new(),
                left_out: codes.tallies("left_out", &row.left_out)?,
                doubtful: codes.tallies("doubtful", &row.doubtful)?,
                doubts: Vec::new(),
            },
            name: row.name,
            uid: row.uid,
            number: row.number,
            lease: row.lease,
            create_time: clock::from_micros(row.create_us),
            update_time: clock::from_micros(row.update_us),
        })
    }
}

impl Codes<'_> {
    fn reading(&self, row: &ImportRow) -> Result<Reading, Error> {
        let cumulative = match row.cumulative {
            -1 => None,
            0 => Some(false),
            1 => Some(true),
            other => return Err(self.corrupt("cumulative", other)),
        };
        Ok(Reading {
            format: self.member("format", row.format)?,
            flow: match row.flow {
                -1 => None,
                code => Some(self.member("flow", code)?),
            },
            unit_mult: match row.unit_mult {
                -1 => None,
                power => Some(u32::try_from(power).map_err(|_| self.corrupt("unit_mult", power))?),
            },
            cumulative,
        })
    }

    fn bytes(&self, column: &str, text: &str) -> Result<Vec<u8>, Error> {
        hex::decode(text).map_err(|_| self.corrupt(column, text))
    }

    fn tallies(&self, column: &str, text: &str) -> Result<Tallies, Error> {
        let mut tallies = Tallies::default();
        for member in split(text) {
            let mut parts = member.split(':');
            let reason = parts.next().and_then(Reason::parse);
            let mut number = || parts.next().and_then(|number| number.parse().ok());
            let (count, first_line) = (number(), number());
            let read = reason.zip(count).zip(first_line);
            let ((reason, count), first_line) =
                read.ok_or_else(|| self.corrupt(column, &member))?;
            tallies.put(reason, Tally { count, first_line });
        }
        Ok(tallies)
    }
}

impl TryFrom<ProblemRow> for Problem {
    type Error = Error;

    fn try_from(row: ProblemRow) -> Result<Self, Error> {
        let codes = Codes {
            table: "import_problems",
            row: &row.import_uid,
        };
        Ok(Self {
            line: row.line,
            column: u32::try_from(row.column_number)
                .map_err(|_| codes.corrupt("column_number", row.column_number))?,
            reason: Reason::parse(&row.reason)
                .ok_or_else(|| codes.corrupt("reason", &row.reason))?,
            column_name: row.column_name,
            description: row.description,
        })
    }
}

/// How many positions one import has.
pub(crate) const POSITIONS: i64 = 1_000_000_000_000;

/// How many positions a column has, in files with several figures on a line; a line number is always below.
const LINES: i64 = LAST_LINE + 1;

/// Returns the position of a figure of an import: in the order of columns, then lines.
pub(crate) fn position(import: i64, figure: &Observation) -> i64 {
    import * POSITIONS + i64::from(figure.column) * LINES + figure.line
}

/// Reads a figure of a reporter.
pub(crate) fn figure(row: ObservationRow, reporter: &str) -> Result<Observation, Error> {
    let key = Key {
        year: row.period_year,
        series: row.series,
        span: row.span,
    };
    let label = || format!("{}/{}", row.release, row.position);
    let corrupt = |column: &str, found: i64| {
        Error::corrupt(
            "observations",
            column,
            label(),
            format!("{found} means nothing"),
        )
    };
    let cell = key
        .cell(reporter)
        .ok_or_else(|| corrupt("series", row.series))?;
    let (status, qualifier) = key::unmark(row.marks).ok_or_else(|| corrupt("marks", row.marks))?;
    Ok(Observation {
        line: row.position % LINES,
        column: u32::try_from(row.position % POSITIONS / LINES)
            .map_err(|_| corrupt("position", row.position))?,
        cell,
        value_cents: row.value_cents,
        net_weight_grams: row.net_weight_grams,
        status,
        precision: Precision {
            qualifier,
            unit_cents: row.unit_cents,
        },
        as_published: row.as_published.unwrap_or_default(),
    })
}

impl TryFrom<TargetRow> for Target {
    type Error = Error;

    fn try_from(row: TargetRow) -> Result<Self, Error> {
        let codes = Codes {
            table: "targets",
            row: &row.name,
        };
        let agreement = Agreement {
            parties: split(&row.parties),
            value_cents: row.value_cents,
            due_date: clock::from_days(row.due_day),
            baseline: Baseline {
                year: i16::try_from(row.baseline_year)
                    .map_err(|_| codes.corrupt("baseline_year", row.baseline_year))?,
                value_cents: row.baseline_cents,
            },
            measurement: Measurement {
                method: codes.member("method", row.method)?,
                reporter: row.reporter,
            },
            adopt_date: clock::from_days(row.adopt_day),
            display_name: row.display_name,
            basis_document: row.basis_document,
            basis_note: row.basis_note,
            source_uri: row.source_uri,
        };
        let successor = row.successor;
        Ok(Self {
            supersession: row.supersede_day.map(|day| Supersession {
                successor,
                date: clock::from_days(day),
            }),
            name: row.name,
            uid: row.uid,
            revision: row.revision,
            agreement,
            recorder: row.recorder,
            predecessor: row.predecessor,
            create_time: clock::from_micros(row.create_us),
            update_time: clock::from_micros(row.update_us),
        })
    }
}

/// The value of a sortable column of a release, for page tokens.
pub(crate) fn release_sort_value(release: &Release, path: &str) -> Value {
    let publication = &release.publication;
    match path {
        "reporter" => Value::from(&publication.reporter),
        "publisher" => Value::from(&publication.publisher),
        "display_name" => Value::from(&publication.display_name),
        "observation_count" => Value::from(release.observation_count),
        "create_time" => Value::from(clock::to_micros(release.create_time)),
        "update_time" => Value::from(clock::to_micros(release.update_time)),
        _ => Value::from(&release.name),
    }
}

/// The value of a sortable column of a target, for page tokens.
pub(crate) fn target_sort_value(target: &Target, path: &str) -> Value {
    let agreement = &target.agreement;
    match path {
        "display_name" => Value::from(&agreement.display_name),
        "value_cents" => Value::from(agreement.value_cents),
        "due_date" => Value::from(clock::to_days(agreement.due_date)),
        "adopt_date" => Value::from(clock::to_days(agreement.adopt_date)),
        "create_time" => Value::from(clock::to_micros(target.create_time)),
        "update_time" => Value::from(clock::to_micros(target.update_time)),
        _ => Value::from(&target.name),
    }
}
