//! Explanations of gaps in the database.

use aip::{Listing, Sql, Value};
use jiff::Timestamp;
use storage::{Cells, Error, Row, Statement, Tx, args};

use super::{
    codes::{Coded, join, split},
    select_where, update_if,
};
use crate::domain::{
    cell::{Commodity, HsEdition},
    explanation::{Claim, Explanation, Figures, Statement as Said, Subject},
    period::Period,
};

const SELECT: &str = "SELECT x.uid, x.name, x.revision, x.party, x.agency, x.exporter, x.importer, x.period, \
    x.commodity, x.hs_edition, x.category, x.reason, x.amount_cents, x.document, x.source_uri, x.export_cents, \
    x.import_cents, x.releases, x.dispute_agency, x.dispute_reason, x.dispute_us, x.accept_agency, x.accept_reason, \
    x.accept_us, x.withdraw_agency, x.withdraw_reason, x.withdraw_us, x.create_us, x.update_us FROM explanations x";

/// The columns that never change, then those that do.
const COLUMNS: [&str; 33] = [
    "uid",
    "name",
    "partnership",
    "create_us",
    "party",
    "agency",
    "exporter",
    "importer",
    "period",
    "first_month",
    "last_month",
    "commodity",
    "hs_edition",
    "category",
    "reason",
    "amount_cents",
    "document",
    "source_uri",
    "export_cents",
    "import_cents",
    "releases",
    "revision",
    "state",
    "dispute_agency",
    "dispute_reason",
    "dispute_us",
    "accept_agency",
    "accept_reason",
    "accept_us",
    "withdraw_agency",
    "withdraw_reason",
    "withdraw_us",
    "update_us",
];

/// How many of [`COLUMNS`] never change.
const FIXED: usize = 21;

/// Which explanations belong to rows of a reconciliation.
#[derive(Clone, Debug)]
pub(crate) struct Wanted<'a> {
    /// The partnership.
    pub partnership: &'a str,
    /// Who exports.
    pub exporter: &'a str,
    /// Who imports.
    pub importer: &'a str,
    /// The periods of the rows, by their months whatever the window.
    pub periods: &'a [Period],
    /// The codes of the rows.
    pub codes: &'a [&'a str],
    /// The edition of the codes.
    pub edition: Option<HsEdition>,
    /// Those that had been given and not withdrawn by then.
    pub known: Timestamp,
}

/// Returns the explanation of that name.
pub(crate) async fn get(tx: &mut Tx, name: &str) -> Result<Option<Explanation>, Error> {
    tx.optional::<Explanation>(select_where(SELECT, "x.name", name), Vec::new())
        .await
}

/// Returns one page of the explanations of a partnership and the token of the next page.
pub(crate) async fn list(
    tx: &mut Tx,
    partnership: &str,
    listing: &Listing,
) -> Result<(Vec<Explanation>, String), Error> {
    let conditions = [("x.partnership = {}", Value::from(partnership))];
    let found = tx
        .all::<Explanation>(listing.sql(SELECT, &conditions, "x.name"), Vec::new())
        .await?;
    Ok(listing.page(found, sort_value, |found| Value::from(&found.name)))
}

fn sort_value(explanation: &Explanation, path: &str) -> Value {
    match path {
        "create_time" => Value::from(clock::to_micros(explanation.create_time)),
        "update_time" => Value::from(clock::to_micros(explanation.update_time)),
        _ => Value::from(&explanation.name),
    }
}

/// Returns the explanations of rows, the earliest first.
pub(crate) async fn of_rows(tx: &mut Tx, wanted: &Wanted<'_>) -> Result<Vec<Explanation>, Error> {
    if wanted.codes.is_empty() || wanted.periods.is_empty() {
        return Ok(Vec::new());
    }
    tx.all::<Explanation>(Statement::from(rows_sql(wanted)).once(), Vec::new())
        .await
}

/// By the index `explanations_of_cell`.
pub(super) fn rows_sql(wanted: &Wanted<'_>) -> Sql {
    let mut sql = Sql::new(SELECT);
    sql.push(" WHERE x.partnership = ")
        .bind(wanted.partnership)
        .push(" AND x.exporter = ")
        .bind(wanted.exporter)
        .push(" AND x.importer = ")
        .bind(wanted.importer)
        .push(" AND x.hs_edition = ")
        .bind(edition_code(wanted.edition))
        .push(" AND x.commodity IN (");
    for (index, code) in wanted.codes.iter().enumerate() {
        sql.push(if index == 0 { "" } else { ", " }).bind(*code);
    }
    let firsts = || wanted.periods.iter().map(|period| months(*period).0);
    sql.push(") AND x.first_month BETWEEN ")
        .bind(firsts().min().unwrap_or_default())
        .push(" AND ")
        .bind(firsts().max().unwrap_or_default());
    let known = clock::to_micros(wanted.known);
    sql.push(" AND x.create_us <= ")
        .bind(known)
        .push(" AND (x.withdraw_us IS NULL OR x.withdraw_us > ")
        .bind(known)
        .push(") ORDER BY x.create_us, x.uid");
    sql
}

/// Counts the explanations of the same gap that are not withdrawn, by the index `explanations_of_cell`.
pub(crate) async fn count_open(
    tx: &mut Tx,
    partnership: &str,
    subject: &Subject,
) -> Result<i64, Error> {
    let (first, last) = months(subject.period);
    let (count,) = tx
        .one::<(i64,)>(
            "SELECT count(*) AS open FROM explanations WHERE partnership = $1 AND exporter = $2 AND importer = $3 \
             AND commodity = $4 AND hs_edition = $5 AND first_month = $6 AND last_month = $7 \
             AND withdraw_us IS NULL",
            args![
                partnership,
                &subject.exporter,
                &subject.importer,
                subject.commodity.code(),
                edition_code(subject.commodity.edition()),
                first,
                last,
            ],
        )
        .await?;
    Ok(count)
}

/// Inserts a new explanation; a taken name is [`Error::Conflict`].
pub(crate) async fn insert(
    tx: &mut Tx,
    partnership: &str,
    explanation: &Explanation,
) -> Result<(), Error> {
    let (claim, figures) = (&explanation.claim, &explanation.figures);
    let subject = &claim.subject;
    let (first, last) = months(subject.period);
    let mut row = args![
        &explanation.uid,
        &explanation.name,
        partnership,
        clock::to_micros(explanation.create_time),
        &explanation.party,
        &explanation.agency,
        &subject.exporter,
        &subject.importer,
        subject.period.to_string(),
        first,
        last,
        subject.commodity.code(),
        edition_code(subject.commodity.edition()),
        claim.category.code(),
        &claim.text,
        claim.amount_cents,
        &claim.document,
        &claim.source_uri,
        figures.export_cents,
        figures.import_cents,
        join(&figures.releases),
    ];
    row.extend(values(explanation));
    tx.insert_many("explanations", &COLUMNS, vec![row]).await?;
    Ok(())
}

/// Writes a changed explanation if it has not changed since `revision`; tells whether it did.
pub(crate) async fn update_from(
    tx: &mut Tx,
    explanation: &Explanation,
    revision: i64,
) -> Result<bool, Error> {
    let sql = update_if(
        "explanations",
        &COLUMNS[FIXED..],
        values(explanation),
        &explanation.uid,
        revision,
    );
    Ok(tx.execute(sql, Vec::new()).await? > 0)
}

/// The values of the columns that change.
fn values(explanation: &Explanation) -> Vec<Value> {
    let mut values = args![explanation.revision, explanation.state().code()];
    for said in [
        &explanation.dispute,
        &explanation.acceptance,
        &explanation.withdrawal,
    ] {
        values.extend(args![
            said.as_ref().map_or("", |said| said.agency.as_str()),
            said.as_ref().map_or("", |said| said.reason.as_str()),
            said.as_ref().map(|said| clock::to_micros(said.time)),
        ]);
    }
    values.push(Value::from(clock::to_micros(explanation.update_time)));
    values
}

/// The months of a period, counted from the year 0.
pub(crate) fn months(period: Period) -> (i64, i64) {
    let count = |year: i16, month: i8| i64::from(year) * 12 + i64::from(month) - 1;
    (
        count(period.first_year(), period.first_month()),
        count(period.year(), period.last_month()),
    )
}

fn edition_code(edition: Option<HsEdition>) -> i64 {
    edition.map_or(-1, |edition| i64::from(edition.number()))
}

impl Row for Explanation {
    fn from_cells(cells: &Cells<'_>) -> Result<Self, Error> {
        let name: String = cells.get("name")?;
        let corrupt = |column: &str, found: &str| {
            Error::corrupt(
                "explanations",
                column,
                &name,
                format!("{found} means nothing"),
            )
        };
        let said = |agency: &str, reason: &str, us: &str| -> Result<Option<Said>, Error> {
            let time: Option<i64> = cells.get(us)?;
            let said = Said {
                agency: cells.get(agency)?,
                reason: cells.get(reason)?,
                time: clock::from_micros(time.unwrap_or_default()),
            };
            Ok(time.map(|_| said))
        };
        let period: String = cells.get("period")?;
        let edition: i64 = cells.get("hs_edition")?;
        let code: String = cells.get("commodity")?;
        let edition_known = u8::try_from(edition).ok().and_then(HsEdition::new);
        let category: i64 = cells.get("category")?;
        let subject = Subject {
            exporter: cells.get("exporter")?,
            importer: cells.get("importer")?,
            period: Period::parse_asked(&period).map_err(|_| corrupt("period", &period))?,
            commodity: Commodity::parse(&code, edition_known)
                .map_err(|_| corrupt("commodity", &code))?,
        };
        let releases: String = cells.get("releases")?;
        let explanation = Self {
            uid: cells.get("uid")?,
            revision: cells.get("revision")?,
            party: cells.get("party")?,
            agency: cells.get("agency")?,
            claim: Claim {
                subject,
                category: Coded::of_code(category)
                    .ok_or_else(|| corrupt("category", &category.to_string()))?,
                text: cells.get("reason")?,
                amount_cents: cells.get("amount_cents")?,
                document: cells.get("document")?,
                source_uri: cells.get("source_uri")?,
            },
            figures: Figures {
                export_cents: cells.get("export_cents")?,
                import_cents: cells.get("import_cents")?,
                releases: split(&releases),
            },
            dispute: said("dispute_agency", "dispute_reason", "dispute_us")?,
            acceptance: said("accept_agency", "accept_reason", "accept_us")?,
            withdrawal: said("withdraw_agency", "withdraw_reason", "withdraw_us")?,
            create_time: clock::from_micros(cells.get("create_us")?),
            update_time: clock::from_micros(cells.get("update_us")?),
            name: name.clone(),
        };
        Ok(explanation)
    }
}

/// The numbers of states, as filters know them.
pub(crate) const STATES: &[(&str, i64)] = &[
    ("STATE_PROPOSED", 1),
    ("STATE_DISPUTED", 2),
    ("STATE_ACCEPTED", 3),
    ("STATE_WITHDRAWN", 4),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::explanation::State;

    storage::row! {
        /// A line of SQLite's query plan.
        struct PlanRow {
            detail: String,
        }
    }

    #[test]
    fn filters_know_the_numbers_of_states() {
        let named: Vec<i64> = STATES.iter().map(|(_, code)| *code).collect();
        let kept: Vec<i64> = State::CODES.iter().map(|(_, code)| *code).collect();
        assert_eq!(named, kept);
    }

    #[tokio::test]
    async fn explanations_of_rows_are_found_by_their_index() {
        storage::testing::each_engine(crate::SCHEMA, crate::MIGRATIONS, async |database| {
            if database.engine() != storage::Engine::Sqlite {
                // PostgreSQL reads tables this small from end to end, whatever the index.
                return;
            }
            let plan: Vec<PlanRow> = database
                .read(|tx| {
                    Box::pin(async move {
                        let wanted = Wanted {
                            partnership: "uz-kz",
                            exporter: "UZ",
                            importer: "KZ",
                            periods: &["2022".parse().unwrap()],
                            codes: &["TOTAL"],
                            edition: None,
                            known: Timestamp::UNIX_EPOCH,
                        };
                        let mut sql = rows_sql(&wanted);
                        sql.text.insert_str(0, "EXPLAIN QUERY PLAN ");
                        tx.all::<PlanRow>(sql, Vec::new()).await
                    })
                })
                .await
                .unwrap();
            let plan: Vec<_> = plan.into_iter().map(|row| row.detail).collect();
            let wanted = "explanations_of_cell (partnership=? AND exporter=? AND importer=? AND commodity=? \
                AND hs_edition=? AND first_month>? AND first_month<?)";
            assert!(plan.iter().any(|step| step.contains(wanted)), "{plan:?}");
        })
        .await;
    }
}
