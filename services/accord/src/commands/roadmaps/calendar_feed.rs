//! `accord roadmaps calendar-feed`: addresses that calendar programs subscribe to.

use accord_proto::roadmaps::v1::calendar_feed_service_client::CalendarFeedServiceClient;
use accord_proto::roadmaps::v1::{
    CalendarComponent, CalendarFeed, CreateCalendarFeedRequest, CreateCalendarFeedResponse,
    ListCalendarFeedsRequest, ListCalendarFeedsResponse, RevokeCalendarFeedRequest,
};
use jiff::Timestamp;

use crate::client::{ClientArgs, Connection};
use crate::error::Error;
use crate::names;
use crate::paging::{self, LimitArg};
use crate::render::{Answer, Block, Column, Page, Sheet, Table, View, value};
use crate::when;

/// Options of `accord roadmaps calendar-feed`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord roadmaps calendar-feed create --body 'Ministry of Transport' --note 'the wall of room 12' --token-file uz.token
  accord roadmaps calendar-feed create --roadmap river-towns --language ru --until 2027-06-30 --token-file uz.token
  accord roadmaps calendar-feed list --token-file uz.token
  accord roadmaps calendar-feed revoke f-0190a5a0-0000-7000-8000-000000000001 --token-file uz.token

Calendar programs that subscribe to an address cannot send an access token. Such an address has a secret in it instead: whoever knows
it reads what it shows, without a token, until it expires or is revoked. It is shown once, when it is made; what is kept is a hash.")]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Makes an address for your party and shows it, this once.
    Create(CreateArgs),
    /// Lists your party's addresses, without their secrets.
    List(ListArgs),
    /// Takes an address back, for good.
    Revoke(RevokeArgs),
}

/// Options of `accord roadmaps calendar-feed create`.
#[derive(Debug, clap::Args)]
struct CreateArgs {
    /// Only what this body carries out, leading or helping: its name as plans write it.
    #[arg(long, value_name = "NAME", default_value = "")]
    body: String,
    /// Only what bodies of this party carry out, ISO 3166-1 alpha-2.
    #[arg(long, value_name = "CODE", default_value = "")]
    party: String,
    /// Only of this roadmap, by its id or full name. Can be repeated.
    #[arg(long = "roadmap", value_name = "ROADMAP")]
    roadmaps: Vec<String>,
    /// Only what passes this filter (AIP-160), as in `accord roadmaps deadlines`.
    #[arg(long, value_name = "FILTER", default_value = "")]
    filter: String,
    /// How many days before the day on which it is read it begins; what was due before and is still open stands in it too
    /// [default: 365].
    #[arg(long, value_name = "DAYS")]
    days_before: Option<i32>,
    /// How many days after that day it ends [default: 3650].
    #[arg(long, value_name = "DAYS")]
    days_after: Option<i32>,
    /// Leaves out closed deadlines.
    #[arg(long)]
    open: bool,
    /// Shows tasks with a due day instead of all-day events.
    #[arg(long)]
    tasks: bool,
    /// What it is for, such as whose calendar.
    #[arg(long, value_name = "TEXT", default_value = "")]
    note: String,
    /// The last day on which it answers, or a moment; at most 731 days from now [default: 365 days from now].
    #[arg(long, value_name = "DATE", value_parser = when::moment)]
    until: Option<prost_types::Timestamp>,
}

/// Options of `accord roadmaps calendar-feed list`.
#[derive(Debug, clap::Args)]
struct ListArgs {
    #[command(flatten)]
    limit: LimitArg,
}

/// Options of `accord roadmaps calendar-feed revoke`.
#[derive(Debug, clap::Args)]
struct RevokeArgs {
    /// The address, by its id or full name as `list` shows it.
    #[arg(value_name = "FEED")]
    feed: String,
}

pub(super) async fn run(
    connection: &Connection,
    partnership: Option<&str>,
    client: &ClientArgs,
    args: &Args,
) -> Result<View, Error> {
    match &args.command {
        Command::Create(args) => create(connection, partnership, client, args).await,
        Command::List(args) => list(connection, partnership, args).await,
        Command::Revoke(args) => revoke(connection, partnership, args).await,
    }
}

async fn create(
    connection: &Connection,
    partnership: Option<&str>,
    client: &ClientArgs,
    args: &CreateArgs,
) -> Result<View, Error> {
    let parent = names::partnership(connection, partnership).await?;
    let mut roadmaps = Vec::new();
    for roadmap in &args.roadmaps {
        roadmaps.push(names::resource(connection, partnership, "roadmaps", roadmap).await?);
    }
    let component = if args.tasks {
        CalendarComponent::Todo
    } else {
        CalendarComponent::Event
    };
    let request = CreateCalendarFeedRequest {
        parent,
        calendar_feed: Some(CalendarFeed {
            note: args.note.clone(),
            body: args.body.clone(),
            party: args.party.clone(),
            filter: filter(&roadmaps, &args.filter),
            days_before: args.days_before,
            days_after: args.days_after,
            open_only: args.open,
            language_code: client.language.clone(),
            component: component.into(),
            expire_time: args.until,
            ..CalendarFeed::default()
        }),
    };
    let answer = CalendarFeedServiceClient::new(connection.clone())
        .create_calendar_feed(request)
        .await?
        .into_inner();
    Ok(made(&answer, &client.address))
}

/// A filter for these roadmaps, and for what else is asked for.
fn filter(roadmaps: &[String], more: &str) -> String {
    let any: Vec<String> = roadmaps
        .iter()
        .map(|name| format!("roadmap = \"{name}\""))
        .collect();
    let any = any.join(" OR ");
    match (any.as_str(), more.trim()) {
        ("", more) => more.to_owned(),
        (any, "") => any.to_owned(),
        (any, more) => format!("({any}) AND ({more})"),
    }
}

fn made(answer: &CreateCalendarFeedResponse, gateway: &str) -> View {
    let feed = answer.calendar_feed.clone().unwrap_or_default();
    let address = format!("{}{}", gateway.trim_end_matches('/'), answer.secret_path);
    let told = format!(
        "Subscribe to this address in a calendar program. Whoever has it reads these deadlines until {}; it is not shown again.",
        value::instant(feed.expire_time.as_ref())
    );
    let back = format!(
        "To take it back: accord roadmaps calendar-feed revoke {}",
        value::id(&feed.name)
    );
    let mut sheet = Sheet::new(&["name", "expire_time", "address"]);
    sheet.push(vec![
        feed.name.clone(),
        value::instant(feed.expire_time.as_ref()),
        address.clone(),
    ]);
    let blocks = [address, told, back].map(Block::Text);
    View {
        answer: Answer::of(answer),
        page: Page::new(blocks.to_vec()),
        sheet,
    }
}

async fn list(
    connection: &Connection,
    partnership: Option<&str>,
    args: &ListArgs,
) -> Result<View, Error> {
    let parent = names::partnership(connection, partnership).await?;
    let listing = paging::collect(args.limit.limit, async |page_size, page_token| {
        let request = ListCalendarFeedsRequest {
            parent: parent.clone(),
            page_size,
            page_token,
        };
        let answer = CalendarFeedServiceClient::new(connection.clone())
            .list_calendar_feeds(request)
            .await?
            .into_inner();
        Ok((answer.calendar_feeds, answer.next_page_token))
    })
    .await?;
    let answer = ListCalendarFeedsResponse {
        calendar_feeds: listing.items,
        next_page_token: listing.next_page_token,
    };
    let feeds = answer.calendar_feeds.as_slice();
    Ok(view(Answer::list(&answer, "calendar_feeds"), feeds))
}

async fn revoke(
    connection: &Connection,
    partnership: Option<&str>,
    args: &RevokeArgs,
) -> Result<View, Error> {
    let name = names::resource(connection, partnership, "calendarFeeds", &args.feed).await?;
    let answer = CalendarFeedServiceClient::new(connection.clone())
        .revoke_calendar_feed(RevokeCalendarFeedRequest { name })
        .await?
        .into_inner();
    Ok(view(Answer::of(&answer), std::slice::from_ref(&answer)))
}

fn view(answer: Answer, feeds: &[CalendarFeed]) -> View {
    let mut table = Table::new(vec![
        Column::text("FEED"),
        Column::text("STATE"),
        Column::text("UNTIL"),
        Column::text("AGENCY"),
    ]);
    let mut sheet = Sheet::new(&[
        "name",
        "state",
        "note",
        "body",
        "party",
        "filter",
        "open_only",
        "owner_party",
        "owner_agency",
        "create_time",
        "expire_time",
        "revoke_time",
    ]);
    for feed in feeds {
        let state = state(feed, Timestamp::now());
        let cells = vec![
            value::id(&feed.name).to_owned(),
            state.to_owned(),
            value::instant(feed.expire_time.as_ref()),
            feed.owner_agency.clone(),
        ];
        table.push_with_notes(cells, &[&feed.note, &shows(feed)]);
        sheet.push(vec![
            feed.name.clone(),
            state.to_owned(),
            feed.note.clone(),
            feed.body.clone(),
            feed.party.clone(),
            feed.filter.clone(),
            feed.open_only.to_string(),
            feed.owner_party.clone(),
            feed.owner_agency.clone(),
            value::instant(feed.create_time.as_ref()),
            value::instant(feed.expire_time.as_ref()),
            value::instant(feed.revoke_time.as_ref()),
        ]);
    }
    let body = if table.is_empty() {
        Block::Text("No addresses: accord roadmaps calendar-feed create makes one.".into())
    } else {
        Block::Table(table)
    };
    View {
        answer,
        page: Page::new(vec![body]),
        sheet,
    }
}

fn state(feed: &CalendarFeed, now: Timestamp) -> &'static str {
    let expires = feed.expire_time.as_ref().map_or(0, |at| at.seconds);
    if feed.revoke_time.is_some() {
        "revoked"
    } else if expires <= now.as_second() {
        "expired"
    } else {
        "answers"
    }
}

/// What a feed shows, in a few words.
fn shows(feed: &CalendarFeed) -> String {
    let mut parts = vec!["Deadlines".to_owned()];
    for (word, text) in [
        ("of", &feed.body),
        ("for", &feed.party),
        ("where", &feed.filter),
    ] {
        if !text.is_empty() {
            parts.push(format!("{word} {text}"));
        }
    }
    let shown = parts.join(" ");
    if feed.open_only {
        format!("{shown}, open ones only")
    } else {
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roadmaps_and_another_filter_hold_together() {
        let names = ["a", "b"].map(str::to_owned);
        assert_eq!(filter(&[], ""), "");
        assert_eq!(filter(&names[..1], " "), "roadmap = \"a\"");
        assert_eq!(filter(&[], "weight > 2"), "weight > 2");
        assert_eq!(
            filter(&names, "weight > 2"),
            "(roadmap = \"a\" OR roadmap = \"b\") AND (weight > 2)"
        );
    }
}
