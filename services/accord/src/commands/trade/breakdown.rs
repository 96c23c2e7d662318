//! `accord trade breakdown`.

use accord_proto::trade::v1::trade_service_client::TradeServiceClient;
use accord_proto::trade::v1::{
    BreakdownRow, Flow, MixedScopePolicy, QueryBreakdownRequest, QueryBreakdownResponse,
    SeriesDimension, breakdown_row::Change,
};

use super::as_of::AsOf;
use super::classifications::Edition;
use super::groups::{self, Level, number, percent, period};
use super::turnover::{METHODS, Method, Unlike};
use super::uses;
use crate::client::Connection;
use crate::client::refusal::Refusal;
use crate::error::Error;
use crate::names;
use crate::render::{Answer, Block, Column, Page, Sheet, Table, View, value};

/// Options of `accord trade breakdown`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord trade breakdown 2024 --method as-reported --reporter KZ --by chapter
  accord trade breakdown 2024-H1 --method exports-of-both --by section --top 5
  accord trade breakdown 2024 --method as-reported --reporter KZ --by heading --flow export --commodity 27 --edition H6
  accord trade breakdown 2024-Q1 --compare 2023-Q4 --method as-reported --reporter UZ --by region -o csv

A contribution is the part's change over the former total, so that contributions add up to the growth. Concentration is the
Herfindahl-Hirschman index of the shares, on the scale to 10,000. In CSV rates are parts per million and money is US cents.")]
pub(super) struct Args {
    /// The period: 2024, 2024-H1, 2024-Q1, 2024-03, 2024-01/2024-03 from January, or 2023-04/2024-03 for twelve months.
    #[arg(value_name = "PERIOD")]
    period: String,
    /// What it is compared with: a period of the same kind [default: a year before].
    #[arg(long, value_name = "PERIOD")]
    compare: Option<String>,
    /// How turnover is computed; must be given.
    #[arg(long, value_enum)]
    method: Option<Method>,
    /// Whose figures to take, with `as-reported`: ISO 3166-1 alpha-2.
    #[arg(long, value_name = "PARTY")]
    reporter: Option<String>,
    /// The other side, where the reporter has figures on several.
    #[arg(long, value_name = "PARTY")]
    partner: Option<String>,
    /// What the rows are.
    #[arg(long, value_enum)]
    by: By,
    /// Only this flow, instead of both together.
    #[arg(long, value_enum)]
    flow: Option<OneFlow>,
    /// Only this HS code and what it takes in; needs --edition.
    #[arg(long, value_name = "CODE", requires = "edition")]
    commodity: Option<String>,
    /// The edition of the commodities [default: all editions, each apart].
    #[arg(long, value_enum, ignore_case = true)]
    edition: Option<Edition>,
    /// Only this region of the reporter: ISO 3166-2.
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// How many rows at most beside the rest.
    #[arg(long, value_name = "COUNT", default_value_t = 20, value_parser = clap::value_parser!(i32).range(1..=1_000))]
    top: i32,
    #[command(flatten)]
    as_of: AsOf,
    /// What to do when figures of unlike scope or valuation would be added.
    #[arg(long, value_enum, default_value = "warn")]
    unlike: Unlike,
}

/// What the rows are, as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum By {
    /// Commodities, I to XXI
    Section,
    /// Commodities, two digits
    Chapter,
    /// Commodities, four digits
    Heading,
    /// Commodities, six digits
    Subheading,
    /// Regions of the reporter
    Region,
}

impl By {
    /// The level of the commodities; nothing for regions.
    fn level(self) -> Option<Level> {
        match self {
            Self::Section => Some(Level::Section),
            Self::Chapter => Some(Level::Chapter),
            Self::Heading => Some(Level::Heading),
            Self::Subheading => Some(Level::Subheading),
            Self::Region => None,
        }
    }
}

/// One direction, as typed.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum OneFlow {
    Export,
    Import,
}

pub(super) async fn run(
    connection: &Connection,
    partnership: Option<&str>,
    args: &Args,
) -> Result<View, Error> {
    let level = args.by.level();
    let request = QueryBreakdownRequest {
        parent: names::partnership(connection, partnership).await?,
        period: args.period.clone(),
        compare_period: args.compare.clone().unwrap_or_default(),
        turnover_method: Method::of_contract(args.method).into(),
        reporter: args.reporter.clone().unwrap_or_default(),
        partner: args.partner.clone().unwrap_or_default(),
        dimension: match level {
            Some(_) => SeriesDimension::Commodity,
            None => SeriesDimension::Region,
        }
        .into(),
        commodity_level: level.map_or(0, |level| level.of_contract().into()),
        flow: match args.flow {
            None => Flow::Unspecified,
            Some(OneFlow::Export) => Flow::Export,
            Some(OneFlow::Import) => Flow::Import,
        }
        .into(),
        commodity: args.commodity.clone().unwrap_or_default(),
        hs_edition: args
            .edition
            .map_or(0, |edition| edition.of_contract().into()),
        region: args.region.clone().unwrap_or_default(),
        top_count: args.top,
        known_time: args.as_of.known_on,
        recorded_before: args.as_of.recorded_before,
        mixed_scope_policy: match args.unlike {
            Unlike::Warn => MixedScopePolicy::Warn,
            Unlike::Refuse => MixedScopePolicy::Refuse,
        }
        .into(),
    };
    let answer = TradeServiceClient::new(connection.clone())
        .query_breakdown(request)
        .await
        .map_err(|status| {
            let refusal = Refusal::of(&status).with_hint("TURNOVER_METHOD_REQUIRED", METHODS);
            Error::Refused(Box::new(refusal))
        })?
        .into_inner();
    Ok(view(&answer))
}

fn view(answer: &QueryBreakdownResponse) -> View {
    let mut table = table();
    for row in &answer.rows {
        table.push(cells(groups::key(row.key.as_ref()), row));
    }
    for (name, row) in [("all others", &answer.rest), ("total", &answer.total)] {
        if let Some(row) = row {
            table.push(cells(name.to_owned(), row));
        }
    }
    let mut page = Page::new(vec![Block::Heading(heading(answer)), Block::Table(table)]);
    if answer.rows.is_empty() {
        page.push(Block::Text("Nothing has a value in this period.".into()));
    }
    page.push(Block::Pairs(vec![
        ("Parts", answer.group_count.to_string()),
        ("New", answer.newcomer_count.to_string()),
        ("Gone", answer.loss_count.to_string()),
        ("Concentration", concentration(answer)),
    ]));
    if !answer.losses.is_empty() {
        let mut table = self::table();
        for row in &answer.losses {
            let mut cells = cells(groups::key(row.key.as_ref()), row);
            if let Some(last) = cells.last_mut().filter(|last| last.is_empty()) {
                "not known".clone_into(last);
            }
            table.push(cells);
        }
        page.push(Block::Heading(losses_heading(answer).into()));
        page.push(Block::Table(table));
    }
    let warnings = answer.warnings.iter();
    let warnings = warnings.map(|own| (String::new(), own.description.clone()));
    uses::push_warnings(&mut page, warnings);
    uses::push_releases(&mut page, &answer.releases);
    View {
        answer: Answer::list(answer, "rows"),
        page,
        sheet: sheet(answer),
    }
}

fn losses_heading(answer: &QueryBreakdownResponse) -> &'static str {
    let mut changes = answer.losses.iter().map(BreakdownRow::change);
    if changes.all(|change| change == Change::Gone) {
        "Gone, the largest first"
    } else {
        "Gone or not known, the largest first"
    }
}

fn heading(answer: &QueryBreakdownResponse) -> String {
    let period = |shown: &Option<_>| shown.as_ref().map_or(String::new(), period);
    format!(
        "Trade {}-{} in {}, beside {}, as known at {}",
        answer.reporter,
        answer.partner,
        period(&answer.period),
        period(&answer.compare_period),
        value::instant(answer.known_time.as_ref())
    )
}

/// The index on its usual scale, with its source.
fn concentration(answer: &QueryBreakdownResponse) -> String {
    let Some(ppm) = answer.herfindahl_hirschman_ppm else {
        return String::new();
    };
    format!(
        "{} of 10,000 ({})",
        ppm.saturating_add(50).div_euclid(100),
        answer.herfindahl_hirschman_source
    )
}

fn table() -> Table {
    Table::new(vec![
        Column::brief("WHAT"),
        Column::number("USD MILLION"),
        Column::number("SHARE"),
        Column::number("BEFORE"),
        Column::number("GROWTH"),
        Column::number("CONTRIBUTION"),
        Column::number("USD/T"),
        Column::text(""),
    ])
}

fn cells(name: String, row: &BreakdownRow) -> Vec<String> {
    vec![
        name,
        groups::money(row.value_cents, row.qualifier()),
        percent(row.share_ppm),
        row.compare_value_cents
            .map_or_else(|| "-".to_owned(), value::million_dollars),
        percent(row.growth_ppm),
        percent(row.contribution_ppm),
        groups::unit_value(row.unit_value_cents_per_tonne),
        note(row),
    ]
}

/// Whether it is new or gone, and what it was where goods had another code.
fn note(row: &BreakdownRow) -> String {
    match (row.change(), &row.key, &row.compare_key) {
        (Change::New, ..) => "new".to_owned(),
        (Change::Gone, ..) => "gone".to_owned(),
        (Change::Unspecified | Change::Continuing, Some(own), Some(before))
            if own.commodity != before.commodity =>
        {
            format!("was {}", groups::key(Some(before)))
        }
        (Change::Unspecified | Change::Continuing, ..) => String::new(),
    }
}

fn sheet(answer: &QueryBreakdownResponse) -> Sheet {
    let columns = [
        &["kind"][..],
        &groups::KEY_COLUMNS,
        &[
            "value_cents",
            "qualifier",
            "uncertainty_cents",
            "share_ppm",
            "compare_value_cents",
            "growth_ppm",
            "contribution_ppm",
            "change",
            "net_weight_grams",
            "unit_value_cents_per_tonne",
            "compare_commodity",
            "compare_hs_edition",
        ],
    ];
    let mut sheet = Sheet::new(&columns.concat());
    let mut push = |kind: &str, row: &BreakdownRow| {
        let mut cells = vec![kind.to_owned()];
        cells.extend(groups::key_cells(row.key.as_ref()));
        cells.extend([
            number(row.value_cents),
            value::words(row.qualifier().as_str_name(), "QUALIFIER_"),
            number(row.value_cents.map(|_| row.uncertainty_cents)),
            number(row.share_ppm),
            number(row.compare_value_cents),
            number(row.growth_ppm),
            number(row.contribution_ppm),
            value::words(row.change().as_str_name(), "CHANGE_"),
            number(row.net_weight_grams),
            number(row.unit_value_cents_per_tonne),
        ]);
        let before = groups::key_cells(row.compare_key.as_ref());
        // Commodity and edition.
        cells.extend(before.into_iter().skip(1).take(2));
        sheet.push(cells);
    };
    for row in &answer.rows {
        push("part", row);
    }
    for (kind, row) in [("rest", &answer.rest), ("total", &answer.total)] {
        if let Some(row) = row {
            push(kind, row);
        }
    }
    for row in &answer.losses {
        push("loss", row);
    }
    sheet
}

#[cfg(test)]
mod tests {
    use accord_proto::trade::v1::{GroupKey, HsEdition, Period, Qualifier, Window};

    use super::*;
    use crate::render::Format;

    fn row(commodity: &str, value: Option<i64>, before: Option<i64>) -> BreakdownRow {
        BreakdownRow {
            key: Some(GroupKey {
                commodity: commodity.into(),
                hs_edition: HsEdition::H6.into(),
                ..GroupKey::default()
            }),
            value_cents: value.map(|millions| millions * 100_000_000),
            compare_value_cents: before.map(|millions| millions * 100_000_000),
            qualifier: Qualifier::Exact.into(),
            change: match (value, before) {
                (Some(_), None) => Change::New,
                (None, Some(_)) => Change::Gone,
                _ => Change::Continuing,
            }
            .into(),
            ..BreakdownRow::default()
        }
    }

    #[test]
    fn the_largest_stand_first_and_the_rest_and_what_is_gone_are_told() {
        let year = |year| {
            Some(Period {
                window: Window::Year.into(),
                year,
                month: 12,
            })
        };
        let answer = QueryBreakdownResponse {
            rows: vec![
                BreakdownRow {
                    share_ppm: Some(600_000),
                    growth_ppm: Some(500_000),
                    contribution_ppm: Some(40_000),
                    ..row("27", Some(6), Some(4))
                },
                row("85", Some(3), None),
                BreakdownRow {
                    compare_key: row("851762", None, None).key,
                    ..row("851771", Some(2), Some(1))
                },
            ],
            rest: Some(BreakdownRow {
                key: None,
                ..row("", Some(1), Some(1))
            }),
            total: Some(row("", Some(10), Some(50))),
            losses: vec![row("01", None, Some(45))],
            group_count: 3,
            newcomer_count: 1,
            loss_count: 1,
            herfindahl_hirschman_ppm: Some(460_000),
            herfindahl_hirschman_source: "a source".into(),
            period: year(2024),
            compare_period: year(2023),
            reporter: "XA".into(),
            partner: "XB".into(),
            ..QueryBreakdownResponse::default()
        };
        let written = |format| {
            let mut out = Vec::new();
            view(&answer).write(format, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(
            written(Format::Table),
            "\
Trade XA-XB in 2024, beside 2023, as known at
WHAT         USD MILLION   SHARE  BEFORE  GROWTH  CONTRIBUTION  USD/T
27 (H6)              6.0  60.0 %     4.0  50.0 %         4.0 %
85 (H6)              3.0               -                               new
851771 (H6)          2.0             1.0                               was 851762 (H6)
all others           1.0             1.0
total               10.0            50.0
Parts          3
New            1
Gone           1
Concentration  4600 of 10,000 (a source)

Gone, the largest first
WHAT     USD MILLION  SHARE  BEFORE  GROWTH  CONTRIBUTION  USD/T
01 (H6)            -           45.0                               gone
"
        );
        let csv = written(Format::Csv);
        assert!(
            csv.contains(
                "\npart,,27,H6,,,600000000,exact,0,600000,400000000,500000,40000,continuing,,,,\n"
            ),
            "{csv}"
        );
        assert!(csv.contains("\nrest,,,,,,100000000,"), "{csv}");
        assert!(
            csv.contains("\nloss,,01,H6,,,,exact,,,4500000000,,,gone,,,,\n"),
            "{csv}"
        );
    }
}
