//! `accord trade compare`: the differences of two releases, page after page.

use std::io::{self, Write};

use accord_proto::trade::v1::trade_service_client::TradeServiceClient;
use accord_proto::trade::v1::{CompareReleasesRequest, Observation, ObservationChange};

use super::groups::{edition, flow, number, period};
use crate::client::Connection;
use crate::error::Error;
use crate::names;
use crate::paging::LimitArg;
use crate::render::{Answer, Block, Column, Format, Page, Sheet, Table, value};

/// How many differences a page has.
const PAGE: usize = 1_000;

/// Options of `accord trade compare`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord trade compare kz-2024-01 kz-2024-02
  accord trade compare kz-2024-01 kz-2024-02 --limit 20
  accord trade compare kz-2024-01 kz-2024-02 -o csv > differences.csv

A figure that the later release does not have still stands, unless that release is complete and covers it: then it is
removed. Differences are shown as they come, so that their number does not matter.")]
pub(super) struct Args {
    /// The earlier release, by its id or full name.
    #[arg(value_name = "EARLIER")]
    earlier: String,
    /// The later release, of the same reporter.
    #[arg(value_name = "LATER")]
    later: String,
    #[command(flatten)]
    limit: LimitArg,
}

pub(super) async fn run(
    connection: &Connection,
    partnership: Option<&str>,
    args: &Args,
    output: Format,
) -> Result<(), Error> {
    let parent = names::partnership(connection, partnership).await?;
    let name =
        async |given: &str| names::resource(connection, Some(&parent), "releases", given).await;
    let mut request = CompareReleasesRequest {
        earlier_release: name(&args.earlier).await?,
        release: name(&args.later).await?,
        ..CompareReleasesRequest::default()
    };
    let limit = args.limit.limit.map_or(usize::MAX, |limit| limit as usize);
    let mut client = TradeServiceClient::new(connection.clone());
    let mut out = io::BufWriter::new(io::stdout().lock());
    let mut shown = 0;
    loop {
        let size = (limit - shown).min(PAGE);
        request.page_size = i32::try_from(size).unwrap_or(i32::MAX);
        let page = client.compare_releases(request.clone()).await?.into_inner();
        show(&page.changes, shown == 0, output, &mut out)?;
        shown += page.changes.len();
        request.page_token = page.next_page_token;
        if request.page_token.is_empty() || shown >= limit {
            break;
        }
    }
    finish(&request, shown, output, &mut out)?;
    Ok(())
}

/// Shows a page of differences.
fn show(
    changes: &[ObservationChange],
    is_first: bool,
    output: Format,
    out: &mut dyn Write,
) -> io::Result<()> {
    match output {
        Format::Table if changes.is_empty() => Ok(()),
        Format::Table => write!(out, "{}", page(changes)),
        Format::Csv => write!(out, "{}", csv(changes, is_first)?),
        Format::Json => {
            for (place, change) in changes.iter().enumerate() {
                let before = if is_first && place == 0 {
                    "{\"changes\": [\n"
                } else {
                    ","
                };
                out.write_all(before.as_bytes())?;
                Answer::of(change).write_lines(out)?;
            }
            Ok(())
        }
        Format::Jsonl => changes
            .iter()
            .try_for_each(|change| Answer::of(change).write_lines(out)),
    }
}

/// Ends what is shown, and says what was left out.
fn finish(
    request: &CompareReleasesRequest,
    shown: usize,
    output: Format,
    out: &mut dyn Write,
) -> io::Result<()> {
    let token = &request.page_token;
    match output {
        Format::Table => {
            let (earlier, later) = (
                value::id(&request.earlier_release),
                value::id(&request.release),
            );
            match (shown, token.is_empty()) {
                (0, _) => writeln!(out, "{earlier} and {later} differ in nothing.")?,
                (_, true) => writeln!(out, "{earlier} and {later} differ in {shown} figures.")?,
                (_, false) => writeln!(
                    out,
                    "{earlier} and {later} differ in more than {shown} figures; --limit left the others out."
                )?,
            }
        }
        Format::Json if shown == 0 => writeln!(out, "{{}}")?,
        Format::Json if token.is_empty() => writeln!(out, "]}}")?,
        Format::Json => writeln!(out, "], \"nextPageToken\": {}}}", serde_json::json!(token))?,
        Format::Jsonl | Format::Csv => {
            if !token.is_empty() {
                eprintln!("--limit left out what comes behind the first {shown} differences");
            }
        }
    }
    out.flush()
}

/// What became of a figure.
fn what(change: &ObservationChange) -> &'static str {
    match (&change.before, &change.after, change.removed) {
        (None, _, _) => "new",
        (Some(_), None, true) => "removed",
        (Some(_), None, false) => "not repeated",
        (Some(_), Some(_), _) => "changed",
    }
}

/// The figure that says what a difference is about.
fn about(change: &ObservationChange) -> Observation {
    let figure = change.after.as_ref().or(change.before.as_ref());
    figure.cloned().unwrap_or_default()
}

fn page(changes: &[ObservationChange]) -> Page {
    let mut table = Table::new(vec![
        Column::text("PERIOD"),
        Column::text("FLOW"),
        Column::text("COMMODITY"),
        Column::text("REGION"),
        Column::text("PARTNER"),
        Column::number("USD BEFORE"),
        Column::number("USD AFTER"),
        Column::text("WHAT"),
    ]);
    let money = |figure: &Option<Observation>| {
        let cents = figure.as_ref().and_then(|figure| figure.value_cents);
        cents.map_or_else(|| "-".to_owned(), value::exact_dollars)
    };
    for change in changes {
        let about = about(change);
        table.push(vec![
            about.period.as_ref().map_or(String::new(), period),
            flow(about.flow()),
            format!("{} {}", about.commodity, edition(about.hs_edition()))
                .trim()
                .to_owned(),
            about.region,
            about.partner,
            money(&change.before),
            money(&change.after),
            what(change).to_owned(),
        ]);
    }
    Page::new(vec![Block::Table(table)])
}

/// Rows of comma-separated values, the first with their header line.
fn csv(changes: &[ObservationChange], is_first: bool) -> io::Result<String> {
    let columns = [
        "what",
        "period",
        "flow",
        "commodity",
        "hs_edition",
        "region",
        "partner",
        "value_cents_before",
        "value_cents_after",
        "net_weight_grams_before",
        "net_weight_grams_after",
        "status_before",
        "status_after",
        "qualifier_before",
        "qualifier_after",
    ];
    let mut sheet = Sheet::new(&columns);
    for change in changes {
        let about = about(change);
        let sides = [&change.before, &change.after];
        let both = |read: fn(&Observation) -> String| {
            sides.map(|figure| figure.as_ref().map_or_else(String::new, read))
        };
        let mut row = vec![
            what(change).to_owned(),
            about.period.as_ref().map_or(String::new(), period),
            flow(about.flow()),
            about.commodity.clone(),
            edition(about.hs_edition()).to_owned(),
            about.region.clone(),
            about.partner.clone(),
        ];
        row.extend(both(|figure| number(figure.value_cents)));
        row.extend(both(|figure| number(figure.net_weight_grams)));
        row.extend(both(|figure| {
            value::words(figure.status().as_str_name(), "OBSERVATION_STATUS_")
        }));
        row.extend(both(|figure| {
            let precision = figure.precision.as_ref();
            let name = precision.map_or("", |precision| precision.qualifier().as_str_name());
            value::words(name, "QUALIFIER_")
        }));
        sheet.push(row);
    }
    let mut text = Vec::new();
    sheet.write(&mut text)?;
    let text = String::from_utf8(text).map_err(io::Error::other)?;
    if is_first {
        return Ok(text);
    }
    let rows = text.split_once('\n').map_or("", |(_, rows)| rows);
    Ok(rows.to_owned())
}

#[cfg(test)]
mod tests {
    use accord_proto::trade::v1::{Flow, HsEdition, Period, Window};

    use super::*;

    fn figure(cents: Option<i64>) -> Observation {
        Observation {
            partner: "XB".into(),
            flow: Flow::Export.into(),
            commodity: "2701".into(),
            hs_edition: HsEdition::H6.into(),
            period: Some(Period {
                window: Window::Quarter.into(),
                year: 2024,
                month: 3,
            }),
            value_cents: cents,
            ..Observation::default()
        }
    }

    fn changes() -> Vec<ObservationChange> {
        let change = |before, after, removed| ObservationChange {
            before,
            after,
            removed,
        };
        vec![
            change(Some(figure(Some(100))), Some(figure(Some(123_450))), false),
            change(None, Some(figure(None)), false),
            change(Some(figure(Some(5))), None, false),
            change(Some(figure(Some(5))), None, true),
        ]
    }

    /// Two pages of two.
    fn written(output: Format, more: &str) -> String {
        let mut out = Vec::new();
        let changes = changes();
        show(&changes[..2], true, output, &mut out).unwrap();
        show(&changes[2..], false, output, &mut out).unwrap();
        let request = CompareReleasesRequest {
            release: "partnerships/p/releases/b".into(),
            earlier_release: "partnerships/p/releases/a".into(),
            page_token: more.into(),
            ..CompareReleasesRequest::default()
        };
        finish(&request, changes.len(), output, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn pages_make_one_answer_in_every_form() {
        let csv = written(Format::Csv, "");
        assert_eq!(csv.lines().count(), 5);
        assert!(
            csv.contains("\nchanged,2024-Q1,export,2701,H6,,XB,100,123450,,,,,,\n"),
            "{csv}"
        );
        assert!(
            csv.contains("\nnot repeated,2024-Q1,export,2701,H6,,XB,5,,"),
            "{csv}"
        );
        assert_eq!(written(Format::Jsonl, "").lines().count(), 4);
        for (more, token) in [("", None), ("t\"", Some("t\""))] {
            let json: serde_json::Value =
                serde_json::from_str(&written(Format::Json, more)).unwrap();
            assert_eq!(json["changes"].as_array().unwrap().len(), 4);
            assert_eq!(json["changes"][3]["removed"], true);
            assert_eq!(
                json.get("nextPageToken").and_then(|token| token.as_str()),
                token
            );
        }
    }

    #[test]
    fn people_read_what_became_of_each_figure() {
        let text = written(Format::Table, "");
        assert!(text.contains("2024-Q1  export  2701 H6"), "{text}");
        assert!(text.contains("1.00   1,234.50  changed"), "{text}");
        for part in [
            "new",
            "not repeated",
            "removed",
            "a and b differ in 4 figures.",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(written(Format::Table, "t").contains("more than 4 figures"));
        let mut out = Vec::new();
        finish(
            &CompareReleasesRequest::default(),
            0,
            Format::Json,
            &mut out,
        )
        .unwrap();
        assert_eq!(out, b"{}\n");
    }
}
