//! What stands below every figure: doubts, and the releases it came from.

use accord_proto::trade::v1::{PublishTimeBasis, ReleaseUse};

use crate::render::{Block, Column, Page, Table, value};

/// Adds the warnings, each text once with the periods it is about.
pub(super) fn push_warnings(page: &mut Page, warnings: impl Iterator<Item = (String, String)>) {
    let mut texts: Vec<(String, Vec<String>)> = Vec::new();
    for (period, text) in warnings {
        match texts.iter_mut().find(|(known, _)| *known == text) {
            Some((_, periods)) => periods.push(period),
            None => texts.push((text, vec![period])),
        }
    }
    if texts.is_empty() {
        return;
    }
    page.push(Block::Heading("Doubts".into()));
    for (text, mut periods) in texts {
        periods.retain(|period| !period.is_empty());
        let about = if periods.is_empty() {
            String::new()
        } else {
            format!("{}: ", periods.join(", "))
        };
        page.push(Block::Point(format!("{about}{text}")));
    }
}

/// Adds the releases used, with what a reader needs to cite them.
pub(super) fn push_releases(page: &mut Page, releases: &[ReleaseUse]) {
    if releases.is_empty() {
        return;
    }
    let mut table = Table::new(vec![
        Column::text("RELEASE"),
        Column::text("PUBLISHED"),
        Column::text("SCOPE"),
        Column::prose("PUBLISHER"),
    ]);
    for release in releases {
        let day = value::instant(release.publish_time.as_ref());
        let day = day.split(' ').next().unwrap_or_default();
        let basis = match release.publish_time_basis() {
            PublishTimeBasis::FirstKnown => " (first known)",
            PublishTimeBasis::Unspecified | PublishTimeBasis::Stated => "",
        };
        let row = vec![
            value::id(&release.release).to_owned(),
            format!("{day}{basis}"),
            value::words(release.scope().as_str_name(), "SCOPE_"),
            release.publisher.clone(),
        ];
        table.push_with_notes(row, &[&release.source_uri]);
    }
    page.push(Block::Heading("From these releases".into()));
    page.push(Block::Table(table));
}
