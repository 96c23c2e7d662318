//! `accord trade classifications list`.

use accord_proto::trade::v1::classification_service_client::ClassificationServiceClient;
use accord_proto::trade::v1::{ListClassificationsRequest, ListClassificationsResponse};

use super::word;
use crate::client::Connection;
use crate::error::Error;
use crate::render::{Answer, Block, Column, Page, Sheet, Table, View, value};

pub(super) async fn run(connection: &Connection) -> Result<View, Error> {
    let answer = ClassificationServiceClient::new(connection.clone())
        .list_classifications(ListClassificationsRequest::default())
        .await?
        .into_inner();
    Ok(view(&answer))
}

fn view(answer: &ListClassificationsResponse) -> View {
    let mut table = Table::new(vec![
        Column::text("EDITION"),
        Column::text("NAME"),
        Column::number("SUBHEADINGS"),
        Column::text("NAMES"),
        Column::text("CONCORDANCES WITH"),
        Column::text("IMPORTED"),
    ]);
    let mut sheet = Sheet::new(&[
        "name",
        "start_year",
        "subheading_count",
        "has_nomenclature",
        "concordances",
        "update_time",
    ]);
    for edition in &answer.classifications {
        let neighbours: Vec<&str> = edition.concordances().map(word).collect();
        let imported = value::instant(edition.update_time.as_ref());
        let names = if edition.has_nomenclature {
            "own"
        } else if edition.subheading_count > 0 {
            "of other editions"
        } else {
            ""
        };
        table.push(vec![
            word(edition.hs_edition()).to_owned(),
            edition.display_name.clone(),
            edition.subheading_count.to_string(),
            names.to_owned(),
            neighbours.join(", "),
            imported.clone(),
        ]);
        sheet.push(vec![
            edition.name.clone(),
            edition.start_year.to_string(),
            edition.subheading_count.to_string(),
            edition.has_nomenclature.to_string(),
            neighbours.join(" "),
            imported,
        ]);
    }
    let mut page = Page::new(vec![Block::Table(table)]);
    if answer
        .classifications
        .iter()
        .all(|edition| edition.subheading_count == 0)
    {
        page.push(Block::Text(
            "Nothing is imported yet; an operator can: accord trade classifications import --shipped".to_owned(),
        ));
    }
    View {
        answer: Answer::list(answer, "classifications"),
        page,
        sheet,
    }
}
