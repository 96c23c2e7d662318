//! `accord roadmaps variance`.

use std::cell::RefCell;

use accord_proto::roadmaps::v1::plan_service_client::PlanServiceClient;
use accord_proto::roadmaps::v1::{GetRoadmapVarianceRequest, MeasureVariance, RoadmapVariance};

use super::difference;
use crate::client::Connection;
use crate::error::Error;
use crate::names;
use crate::paging::{self, LimitArg};
use crate::render::{Answer, Block, Column, Page, Sheet, Table, View, value};
use crate::when;

/// Options of `accord roadmaps variance`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord roadmaps variance river-towns                       the first plan and the present
  accord roadmaps variance river-towns --from b1 --to b2     two baselines
  accord roadmaps variance river-towns --known-on 2022-12-31 -o csv")]
pub(super) struct Args {
    /// The roadmap, by its id or full name.
    #[arg(value_name = "ROADMAP")]
    roadmap: String,
    /// The baseline to compare; b1 when left out.
    #[arg(long, value_name = "BASELINE")]
    from: Option<String>,
    /// The baseline to compare it with; the present when left out.
    #[arg(long, value_name = "BASELINE")]
    to: Option<String>,
    /// As known on a day or at a moment; now when left out.
    #[arg(long, value_name = "WHEN", value_parser = when::moment)]
    known_on: Option<prost_types::Timestamp>,
    /// Shows measures that do not differ, too.
    #[arg(long)]
    unchanged: bool,
    #[command(flatten)]
    limit: LimitArg,
}

pub(super) async fn run(
    connection: &Connection,
    partnership: Option<&str>,
    language: &str,
    args: &Args,
) -> Result<View, Error> {
    let name = names::resource(connection, partnership, "roadmaps", &args.roadmap).await?;
    let baseline = |given: &Option<String>| match given.as_deref() {
        None => String::new(),
        Some(full) if full.contains('/') => full.to_owned(),
        Some(id) => format!("{name}/baselines/{id}"),
    };
    let last = RefCell::new(RoadmapVariance::default());
    let listing = paging::collect(args.limit.limit, async |page_size, page_token| {
        let request = GetRoadmapVarianceRequest {
            name: name.clone(),
            from_baseline: baseline(&args.from),
            to_baseline: baseline(&args.to),
            known_time: args.known_on,
            show_unchanged: args.unchanged,
            page_size,
            page_token,
        };
        let mut answer = PlanServiceClient::new(connection.clone())
            .get_roadmap_variance(request)
            .await?
            .into_inner();
        let page = std::mem::take(&mut answer.measures);
        let next = std::mem::take(&mut answer.next_page_token);
        *last.borrow_mut() = answer;
        Ok((page, next))
    })
    .await?;
    let mut whole = last.into_inner();
    whole.measures = listing.items;
    whole.next_page_token = listing.next_page_token;
    Ok(view(&whole, language))
}

fn view(answer: &RoadmapVariance, language: &str) -> View {
    let totals = answer.totals.unwrap_or_default();
    let to = if answer.is_present {
        format!("the present ({})", value::id(&answer.to_baseline))
    } else {
        value::id(&answer.to_baseline).to_owned()
    };
    let mut page = Page::new(vec![Block::Pairs(vec![
        (
            "Compared",
            format!("{} with {to}", value::id(&answer.from_baseline)),
        ),
        ("Known", value::instant(answer.known_time.as_ref())),
        ("Added", totals.added_count.to_string()),
        ("Removed", totals.removed_count.to_string()),
        ("Changed", totals.changed_count.to_string()),
        ("Unchanged", totals.unchanged_count.to_string()),
        (
            "Deadlines",
            format!(
                "{} later, {} earlier, {} days in total",
                totals.delayed_count, totals.advanced_count, totals.deadline_shift_days
            ),
        ),
        (
            "Weight",
            format!("{} to {}", totals.from_weight, totals.to_weight),
        ),
    ])]);
    let mut table = Table::new(vec![
        Column::text("MEASURE"),
        Column::text("WHAT"),
        Column::text("DEADLINE THEN"),
        Column::text("DEADLINE"),
        Column::number("DAYS"),
        Column::text("STATE"),
    ]);
    let mut sheet = Sheet::new(&[
        "measure",
        "kind",
        "from_deadline",
        "to_deadline",
        "deadline_shift_days",
        "from_weight",
        "to_weight",
        "to_state",
        "changed_fields",
        "successor",
        "changes",
    ]);
    for measure in &answer.measures {
        push(&mut table, &mut sheet, measure, language);
    }
    if !table.is_empty() {
        page.push(Block::Table(table));
    }
    View {
        answer: Answer::list(answer, "measures"),
        page,
        sheet,
    }
}

fn push(table: &mut Table, sheet: &mut Sheet, measure: &MeasureVariance, language: &str) {
    let kind = value::words(measure.kind().as_str_name(), "VARIANCE_KIND_");
    let state = value::words(measure.to_state().as_str_name(), "MEASURE_STATE_");
    let (from, to) = (measure.from.as_ref(), measure.to.as_ref());
    let from_deadline = super::deadline(from.and_then(|from| from.deadline.as_ref()));
    let to_deadline = super::deadline(to.and_then(|to| to.deadline.as_ref()));
    let days = measure
        .deadline_shift_days
        .map_or(String::new(), |days| format!("{days:+}"));
    let changed = difference::between(&measure.changed_fields, from, to);
    let changed = difference::lines(&changed);
    let titles = to.or(from).map(|snapshot| snapshot.titles.as_slice());
    let row = vec![
        value::id(&measure.measure).to_owned(),
        kind.clone(),
        from_deadline.clone(),
        to_deadline.clone(),
        days,
        state.clone(),
    ];
    let successor = match measure.successor.as_str() {
        "" => String::new(),
        name => format!("goes on in {name}"),
    };
    let title = super::pick(titles.unwrap_or_default(), language);
    let mut notes = vec![title, &successor];
    notes.extend(changed.iter().map(String::as_str));
    table.push_with_notes(row, &notes);
    let number = |number: Option<i64>| number.map_or(String::new(), |number| number.to_string());
    sheet.push(vec![
        measure.measure.clone(),
        kind,
        from_deadline,
        to_deadline,
        number(measure.deadline_shift_days.map(i64::from)),
        number(from.map(|from| from.weight)),
        number(to.map(|to| to.weight)),
        state,
        measure.changed_fields.join(" "),
        measure.successor.clone(),
        changed.join("; "),
    ]);
}
