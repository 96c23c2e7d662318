//! `accord roadmaps deadlines`.

use accord_proto::google::r#type::Date;
use accord_proto::roadmaps::v1::measure_service_client::MeasureServiceClient;
use accord_proto::roadmaps::v1::{
    Deadline, Executors, ListDeadlinesRequest, ListDeadlinesResponse, MeasureDeadline, deadline,
};

use crate::client::Connection;
use crate::error::Error;
use crate::names;
use crate::paging::{self, ListArgs};
use crate::render::{Answer, Block, Column, Page, Sheet, Table, View, value};
use crate::when;

/// Options of `accord roadmaps deadlines`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord roadmaps deadlines
  accord roadmaps deadlines --body 'Ministry of Transport' --to 2026-12-31
  accord roadmaps deadlines --party KZ --filter 'state = MEASURE_STATE_REPORTED' -o csv
  accord roadmaps deadlines --all --order-by 'last_day desc' --limit 20

For calendar programs: accord roadmaps calendar (a file), accord roadmaps calendar-feed (an address)")]
pub(super) struct Args {
    #[command(flatten)]
    pub(super) whose: Whose,
    /// Shows closed ones too: of measures at their end, and of closed roadmaps.
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    list: ListArgs,
}

/// Which deadlines.
#[derive(Debug, clap::Args)]
pub(super) struct Whose {
    /// Only what this body carries out, leading or helping: its name as plans write it.
    #[arg(long, value_name = "NAME", default_value = "")]
    pub(super) body: String,
    /// Only what bodies of this party carry out, ISO 3166-1 alpha-2.
    #[arg(long, value_name = "CODE", default_value = "")]
    pub(super) party: String,
    /// The first last day.
    #[arg(long, value_name = "DATE", value_parser = when::day)]
    pub(super) from: Option<Date>,
    /// The last one.
    #[arg(long, value_name = "DATE", value_parser = when::day)]
    pub(super) to: Option<Date>,
}

pub(super) async fn run(
    connection: &Connection,
    partnership: Option<&str>,
    language: &str,
    args: &Args,
) -> Result<View, Error> {
    let parent = names::partnership(connection, partnership).await?;
    let listing = paging::collect(args.list.limit, async |page_size, page_token| {
        let request = ListDeadlinesRequest {
            parent: parent.clone(),
            start_date: args.whose.from,
            end_date: args.whose.to,
            body: args.whose.body.clone(),
            party: args.whose.party.clone(),
            show_closed: args.all,
            page_size,
            page_token,
            filter: args.list.filter.clone(),
            order_by: args.list.order_by.clone(),
        };
        let answer = MeasureServiceClient::new(connection.clone())
            .list_deadlines(request)
            .await?
            .into_inner();
        Ok((answer.deadlines, answer.next_page_token))
    })
    .await?;
    Ok(view(
        &ListDeadlinesResponse {
            deadlines: listing.items,
            next_page_token: listing.next_page_token,
        },
        language,
    ))
}

fn view(answer: &ListDeadlinesResponse, language: &str) -> View {
    let mut table = Table::new(vec![
        Column::text("LAST DAY"),
        Column::text("LEFT"),
        Column::text("STATE"),
        Column::text("MEASURE"),
        Column::prose("LED BY"),
    ]);
    let mut sheet = Sheet::new(&[
        "measure",
        "deadline",
        "last_day",
        "days_left",
        "open",
        "overdue",
        "state",
        "section",
        "lead_bodies",
        "co_executing_bodies",
        "title",
    ]);
    for due in &answer.deadlines {
        let title = super::pick(&due.titles, language);
        let state = value::words(due.state().as_str_name(), "MEASURE_STATE_");
        let day = value::date(due.deadline.and_then(|deadline| deadline.last_day).as_ref());
        let wording = wording(due.deadline.as_ref());
        let leads = bodies(due, |executors| vec![executors.lead_body.clone()]);
        table.push_with_notes(
            vec![
                day.clone(),
                left(due),
                state.clone(),
                place(&due.measure),
                leads.clone(),
            ],
            &[title],
        );
        sheet.push(vec![
            due.measure.clone(),
            wording,
            day,
            due.days_left.to_string(),
            due.open.to_string(),
            due.overdue.to_string(),
            state,
            due.section.clone(),
            leads,
            bodies(due, |executors| executors.co_executing_bodies.clone()),
            title.to_owned(),
        ]);
    }
    let body = if table.is_empty() {
        Block::Text("No such deadlines.".into())
    } else {
        Block::Table(table)
    };
    View {
        answer: Answer::list(answer, "deadlines"),
        page: Page::new(vec![body]),
        sheet,
    }
}

/// A measure by the ids of its roadmap and its own.
fn place(measure: &str) -> String {
    let mut parts = measure.rsplit('/');
    let (id, roadmap) = (parts.next(), parts.nth(1));
    format!("{}/{}", roadmap.unwrap_or_default(), id.unwrap_or_default())
}

fn left(due: &MeasureDeadline) -> String {
    match due.days_left {
        _ if !due.open => "closed".to_owned(),
        0 => "today".to_owned(),
        days if days < 0 => format!("{} over", -i64::from(days)),
        days => days.to_string(),
    }
}

/// A deadline as the plan gives it, such as `2022-Q2`.
pub(super) fn wording(deadline: Option<&Deadline>) -> String {
    match deadline.and_then(|deadline| deadline.form.as_ref()) {
        Some(deadline::Form::Date(day)) => value::date(Some(day)),
        Some(deadline::Form::Quarter(part)) => format!("{}-Q{}", part.year, part.quarter),
        Some(deadline::Form::HalfYear(part)) => format!("{}-H{}", part.year, part.half),
        Some(deadline::Form::Year(year)) => year.to_string(),
        Some(deadline::Form::Permanent(_)) => "permanent".to_owned(),
        None => String::new(),
    }
}

fn bodies(due: &MeasureDeadline, of: impl Fn(&Executors) -> Vec<String>) -> String {
    let named = due.executors.iter().flat_map(|executors| {
        let bodies = of(executors);
        let party = executors.party.clone();
        bodies
            .into_iter()
            .map(move |body| format!("{party}: {body}"))
    });
    named.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use accord_proto::roadmaps::v1::Quarter;

    use super::*;

    #[test]
    fn measures_and_deadlines_are_short() {
        let name = "partnerships/uz-kz/roadmaps/river-towns/measures/bridge";
        assert_eq!(place(name), "river-towns/bridge");
        let quarter = Deadline {
            form: Some(deadline::Form::Quarter(Quarter {
                year: 2022,
                quarter: 2,
            })),
            last_day: None,
        };
        assert_eq!(wording(Some(&quarter)), "2022-Q2");
    }
}
