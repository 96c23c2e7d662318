//! `accord trade classifications search` and `show`.

use accord_proto::trade::v1::classification_service_client::ClassificationServiceClient;
use accord_proto::trade::v1::{
    ClassificationItem, GetClassificationItemRequest, ListClassificationItemsRequest,
    ListClassificationItemsResponse, SearchClassificationItemsRequest,
    SearchClassificationItemsResponse,
};

use super::{Edition, word};
use crate::client::Connection;
use crate::error::Error;
use crate::paging::{self, LimitArg};
use crate::render::{Answer, Block, Column, Page, Sheet, Table, View, value};

/// Options of `accord trade classifications search`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord trade classifications search petroleum crude
  accord trade classifications search 2709 --edition H2 -o csv")]
pub(super) struct SearchArgs {
    /// Beginnings of words of the name, or the beginning of a code.
    #[arg(required = true, value_name = "WORD")]
    words: Vec<String>,
    /// The edition.
    #[arg(long, value_enum, ignore_case = true, default_value = "H6")]
    edition: Edition,
    #[command(flatten)]
    limit: LimitArg,
}

/// Options of `accord trade classifications show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord trade classifications show
  accord trade classifications show XVI
  accord trade classifications show 0101 --edition H4")]
pub(super) struct ShowArgs {
    /// The code: 2, 4 or 6 digits, or the number of a section such as XVI [default: the sections].
    code: Option<String>,
    /// The edition.
    #[arg(long, value_enum, ignore_case = true, default_value = "H6")]
    edition: Edition,
}

pub(super) async fn search(connection: &Connection, args: &SearchArgs) -> Result<View, Error> {
    let parent = args.edition.name();
    let query = args.words.join(" ");
    let listing = paging::collect(args.limit.limit, async |page_size, page_token| {
        let request = SearchClassificationItemsRequest {
            parent: parent.clone(),
            query: query.clone(),
            page_size,
            page_token,
        };
        let answer = ClassificationServiceClient::new(connection.clone())
            .search_classification_items(request)
            .await?
            .into_inner();
        Ok((answer.items, answer.next_page_token))
    })
    .await?;
    let (table, sheet) = rows(&listing.items);
    let answer = SearchClassificationItemsResponse {
        items: listing.items,
        next_page_token: listing.next_page_token,
    };
    Ok(View {
        page: Page::new(vec![Block::Table(table)]),
        answer: Answer::list(&answer, "items"),
        sheet,
    })
}

pub(super) async fn show(connection: &Connection, args: &ShowArgs) -> Result<View, Error> {
    let parent = args.edition.name();
    let mut blocks = Vec::new();
    let filter = match &args.code {
        None => "level = LEVEL_SECTION".to_owned(),
        Some(code) => {
            let request = GetClassificationItemRequest {
                name: format!("{parent}/items/{}", code.to_lowercase()),
            };
            let item = ClassificationServiceClient::new(connection.clone())
                .get_classification_item(request)
                .await?
                .into_inner();
            blocks.push(Block::Heading(format!("{} {}", item.code, named(&item))));
            blocks.push(Block::Text(format!(
                "{} of {}{}",
                value::words(item.level().as_str_name(), "LEVEL_"),
                word(args.edition.of_contract()),
                match value::id(&item.parent_item) {
                    "" => String::new(),
                    above => format!(", in {}", above.to_uppercase()),
                }
            )));
            format!("parent_code = \"{}\"", item.code)
        }
    };
    let listing = paging::collect(None, async |page_size, page_token| {
        let request = ListClassificationItemsRequest {
            parent: parent.clone(),
            page_size,
            page_token,
            filter: filter.clone(),
        };
        let answer = ClassificationServiceClient::new(connection.clone())
            .list_classification_items(request)
            .await?
            .into_inner();
        Ok((answer.items, answer.next_page_token))
    })
    .await?;
    let (table, sheet) = rows(&listing.items);
    if !listing.items.is_empty() {
        blocks.push(Block::Table(table));
    }
    let answer = ListClassificationItemsResponse {
        items: listing.items,
        next_page_token: listing.next_page_token,
    };
    Ok(View {
        page: Page::new(blocks),
        answer: Answer::list(&answer, "items"),
        sheet,
    })
}

/// The name of an entry, with the edition that it is from if that is another.
fn named(item: &ClassificationItem) -> String {
    let own = item.name.split('/').nth(1).unwrap_or_default();
    let from = word(item.name_edition());
    if item.display_name.is_empty() {
        "(no name is known)".to_owned()
    } else if from.eq_ignore_ascii_case(own) {
        item.display_name.clone()
    } else {
        format!("{} (name of {from})", item.display_name)
    }
}

fn rows(items: &[ClassificationItem]) -> (Table, Sheet) {
    let mut table = Table::new(vec![Column::text("CODE"), Column::prose("NAME")]);
    let mut sheet = Sheet::new(&[
        "code",
        "level",
        "display_name",
        "name_edition",
        "parent_item",
    ]);
    for item in items {
        table.push(vec![item.code.clone(), named(item)]);
        sheet.push(vec![
            item.code.clone(),
            value::words(item.level().as_str_name(), "LEVEL_"),
            item.display_name.clone(),
            word(item.name_edition()).to_owned(),
            item.parent_item.clone(),
        ]);
    }
    (table, sheet)
}
