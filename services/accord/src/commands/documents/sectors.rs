//! `accord documents sectors`.

use accord_proto::documents::v1::document_service_client::DocumentServiceClient;
use accord_proto::documents::v1::{ListSectorsRequest, ListSectorsResponse};

use crate::client::Connection;
use crate::error::Error;
use crate::names;
use crate::paging;
use crate::render::{Answer, Block, Column, Page, Sheet, Table, View};

/// Options of `accord documents sectors`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord documents sectors
  accord documents sectors -o csv")]
pub(super) struct Args {}

pub(super) async fn run(connection: &Connection, partnership: Option<&str>) -> Result<View, Error> {
    let parent = names::partnership(connection, partnership).await?;
    let listing = paging::collect(None, async |page_size, page_token| {
        let request = ListSectorsRequest {
            parent: parent.clone(),
            page_size,
            page_token,
        };
        let answer = DocumentServiceClient::new(connection.clone())
            .list_sectors(request)
            .await?
            .into_inner();
        Ok((answer.sectors, answer.next_page_token))
    })
    .await?;
    Ok(view(&ListSectorsResponse {
        sectors: listing.items,
        next_page_token: listing.next_page_token,
    }))
}

fn view(answer: &ListSectorsResponse) -> View {
    let mut table = Table::new(vec![Column::text("SECTOR"), Column::number("DOCUMENTS")]);
    let mut sheet = Sheet::new(&["sector", "document_count"]);
    for sector in &answer.sectors {
        let row = vec![sector.sector.clone(), sector.document_count.to_string()];
        table.push(row.clone());
        sheet.push(row);
    }
    let block = if table.is_empty() {
        Block::Text("No document names a sector.".into())
    } else {
        Block::Table(table)
    };
    View {
        answer: Answer::list(answer, "sectors"),
        page: Page::new(vec![block]),
        sheet,
    }
}
