//! `accord documents calendar`.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use accord_proto::documents::v1::document_service_client::DocumentServiceClient;
use accord_proto::documents::v1::{
    CalendarEventKind, GetCalendarRequest, ListCalendarEventsRequest, ListCalendarEventsResponse,
};
use accord_proto::google::r#type::Date;

use super::target::Target;
use crate::client::{ClientArgs, Connection};
use crate::error::Error;
use crate::paging::{self, LimitArg};
use crate::render::{Answer, Block, Column, Page, Sheet, Table, View, value};
use crate::{language, names, when};

/// Options of `accord documents calendar`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord documents calendar
  accord documents calendar --from 2026-01-01 --to 2035-12-31 --kind notice-deadline
  accord documents calendar --ical accord.ics --language ru
  accord documents calendar --ical -

Without days the list goes from today over a year, and the iCalendar file from a year back to ten years ahead.")]
pub(super) struct Args {
    /// The first day.
    #[arg(long, value_name = "DATE", value_parser = when::day)]
    from: Option<Date>,
    /// The last day.
    #[arg(long, value_name = "DATE", value_parser = when::day)]
    to: Option<Date>,
    /// Only events of this kind; may be repeated.
    #[arg(long = "kind", value_name = "KIND", value_enum)]
    kinds: Vec<Kind>,
    /// Writes iCalendar (RFC 5545) to this file, or to standard output for `-`, instead of a list.
    #[arg(long, value_name = "FILE", conflicts_with = "limit")]
    ical: Option<PathBuf>,
    #[command(flatten)]
    limit: LimitArg,
}

/// What comes to pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Kind {
    /// A document enters into force.
    EntryIntoForce,
    /// The last day of a term that is not renewed.
    TermEnd,
    /// The first day of a further term.
    Renewal,
    /// The last day for a notice that stops the next renewal.
    NoticeDeadline,
    /// A denunciation or termination takes effect.
    Termination,
    /// The first day of a political document.
    EffectiveStart,
    /// The last day of a political document.
    EffectiveEnd,
}

impl Kind {
    fn event(self) -> CalendarEventKind {
        match self {
            Self::EntryIntoForce => CalendarEventKind::EntryIntoForce,
            Self::TermEnd => CalendarEventKind::TermEnd,
            Self::Renewal => CalendarEventKind::Renewal,
            Self::NoticeDeadline => CalendarEventKind::NoticeDeadline,
            Self::Termination => CalendarEventKind::Termination,
            Self::EffectiveStart => CalendarEventKind::EffectiveStart,
            Self::EffectiveEnd => CalendarEventKind::EffectiveEnd,
        }
    }
}

/// Shows a list, or writes a file and shows nothing.
pub(super) async fn run(
    connection: &Connection,
    partnership: Option<&str>,
    client: &ClientArgs,
    args: &Args,
) -> Result<Option<View>, Error> {
    let parent = names::partnership(connection, partnership).await?;
    let mut kinds: Vec<i32> = args.kinds.iter().map(|kind| kind.event().into()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    if let Some(path) = &args.ical {
        let request = GetCalendarRequest {
            parent,
            start_date: args.from,
            end_date: args.to,
            kinds,
            language_code: client.language.clone(),
        };
        return write(connection, request, path).await.map(|()| None);
    }
    let listing = paging::collect(args.limit.limit, async |page_size, page_token| {
        let request = ListCalendarEventsRequest {
            parent: parent.clone(),
            start_date: args.from,
            end_date: args.to,
            kinds: kinds.clone(),
            page_size,
            page_token,
        };
        let answer = DocumentServiceClient::new(connection.clone())
            .list_calendar_events(request)
            .await?
            .into_inner();
        Ok((answer.calendar_events, answer.next_page_token))
    })
    .await?;
    let answer = ListCalendarEventsResponse {
        calendar_events: listing.items,
        next_page_token: listing.next_page_token,
    };
    Ok(Some(view(&answer, &client.language)))
}

async fn write(
    connection: &Connection,
    request: GetCalendarRequest,
    path: &Path,
) -> Result<(), Error> {
    let mut target = Target::open(Some(path))?;
    let body = DocumentServiceClient::new(connection.clone())
        .get_calendar(request)
        .await?
        .into_inner();
    target.write_all(&body.data)?;
    target.finish()
}

fn view(answer: &ListCalendarEventsResponse, language: &str) -> View {
    let mut table = Table::new(vec![
        Column::text("DATE"),
        Column::text("EVENT"),
        Column::text("DOCUMENT"),
    ]);
    let mut sheet = Sheet::new(&["date", "kind", "document", "title", "description"]);
    for event in &answer.calendar_events {
        let date = value::date(event.date.as_ref());
        let kind = value::words(event.kind().as_str_name(), "CALENDAR_EVENT_KIND_");
        let titles = event
            .titles
            .iter()
            .map(|title| (title.language_code.as_str(), title.text.as_str()));
        let title = language::pick(titles, language).to_owned();
        let row = vec![
            date.clone(),
            kind.clone(),
            value::id(&event.document).to_owned(),
        ];
        table.push_with_notes(row, &[&title, &event.description]);
        sheet.push(vec![
            date,
            kind,
            event.document.clone(),
            title,
            event.description.clone(),
        ]);
    }
    let block = if table.is_empty() {
        Block::Text("Nothing comes to pass in these days that is known of.".into())
    } else {
        Block::Table(table)
    };
    View {
        answer: Answer::list(answer, "calendar_events"),
        page: Page::new(vec![block]),
        sheet,
    }
}
