//! Everything that was found about rows, written to a file as it arrives.
//!
//! An import has only the first findings of each kind with it; the others are asked for page by page, so that a file with
//! many of them takes no more memory than one with few.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use accord_proto::trade::v1::list_import_reports_request::Kind;
use accord_proto::trade::v1::release_service_client::ReleaseServiceClient;
use accord_proto::trade::v1::{Import, ListImportReportsRequest, RowReport};

use super::Outcome;
use super::report::{Finding, several, single};
use crate::client::Connection;
use crate::error::Error;
use crate::render::formula;

/// How many findings of a kind an import has with it.
const WITH_IMPORT: usize = 1_000;

/// The columns of the CSV.
const HEADER: [&str; 8] = [
    "file",
    "kind",
    "count",
    "line",
    "column",
    "column_name",
    "reason",
    "description",
];

/// The file, in one of its forms.
enum Out {
    Csv(Box<csv::Writer<BufWriter<File>>>),
    /// A list; whether it has a member already.
    Json(BufWriter<File>, bool),
}

/// Writes all findings about some files. Files that were only checked have no more than the first of each kind.
pub(super) async fn write(
    connection: &Connection,
    path: &Path,
    outcomes: &[Outcome],
) -> Result<(), Error> {
    let failed = |error: std::io::Error| Error::file(path, error);
    let mut out = Out::create(path).map_err(failed)?;
    for Outcome { file, import, .. } in outcomes {
        let kinds = [
            (Kind::Skipped, "skipped", &import.reports),
            (Kind::Suspicious, "suspicious", &import.suspicions),
        ];
        for (kind, word, first) in kinds {
            let mut listed: BTreeMap<String, i64> = BTreeMap::new();
            let mut pages = Pages::new(connection, import, kind, first);
            while let Some(page) = pages.next().await? {
                for report in &page {
                    *listed.entry(report.reason.clone()).or_default() += 1;
                    out.push(&single(file, word, report)).map_err(failed)?;
                }
            }
            if kind == Kind::Skipped {
                for tally in &import.left_out {
                    out.push(&several(file, "left_out", tally))
                        .map_err(failed)?;
                }
                continue;
            }
            for tally in &import.suspicious {
                let count = listed.get(&tally.reason).copied().unwrap_or_default();
                if count < tally.count {
                    out.push(&several(file, word, tally)).map_err(failed)?;
                }
            }
        }
    }
    out.finish().map_err(failed)
}

/// The findings of one kind, page by page.
struct Pages<'a> {
    connection: &'a Connection,
    /// What the import has with it, where that is all.
    first: Option<&'a [RowReport]>,
    request: Option<ListImportReportsRequest>,
}

impl<'a> Pages<'a> {
    fn new(
        connection: &'a Connection,
        import: &'a Import,
        kind: Kind,
        first: &'a [RowReport],
    ) -> Self {
        // What was only checked is not kept.
        let has_more = first.len() >= WITH_IMPORT && !import.uid.is_empty();
        Self {
            connection,
            first: (!has_more).then_some(first),
            request: has_more.then(|| ListImportReportsRequest {
                parent: import.name.clone(),
                kind: kind.into(),
                page_size: 1_000,
                ..ListImportReportsRequest::default()
            }),
        }
    }

    async fn next(&mut self) -> Result<Option<Vec<RowReport>>, Error> {
        let Some(request) = self.request.take() else {
            return Ok(self.first.take().map(<[RowReport]>::to_vec));
        };
        let answer = ReleaseServiceClient::new(self.connection.clone())
            .list_import_reports(request.clone())
            .await?
            .into_inner();
        if !answer.next_page_token.is_empty() {
            self.request = Some(ListImportReportsRequest {
                page_token: answer.next_page_token,
                ..request
            });
        }
        Ok(Some(answer.reports))
    }
}

impl Out {
    fn create(path: &Path) -> std::io::Result<Self> {
        let mut file = BufWriter::new(File::create(path)?);
        let is_json = path
            .extension()
            .is_some_and(|extension| extension == "json");
        if is_json {
            file.write_all(b"[")?;
            return Ok(Self::Json(file, false));
        }
        let mut writer = csv::Writer::from_writer(file);
        writer.write_record(HEADER)?;
        Ok(Self::Csv(Box::new(writer)))
    }

    fn push(&mut self, finding: &Finding<'_>) -> std::io::Result<()> {
        match self {
            Self::Csv(writer) => {
                let cells = [
                    formula::guarded(finding.file).into_owned(),
                    finding.kind.to_owned(),
                    finding.count.to_string(),
                    finding.line.to_string(),
                    finding.column.to_string(),
                    formula::guarded(finding.column_name).into_owned(),
                    finding.reason.to_owned(),
                    formula::guarded(finding.description).into_owned(),
                ];
                Ok(writer.write_record(cells)?)
            }
            Self::Json(file, has_member) => {
                let separator: &[u8] = if *has_member { b",\n" } else { b"\n" };
                file.write_all(separator)?;
                *has_member = true;
                Ok(serde_json::to_writer(file, finding)?)
            }
        }
    }

    fn finish(self) -> std::io::Result<()> {
        match self {
            Self::Csv(mut writer) => writer.flush(),
            Self::Json(mut file, _) => {
                file.write_all(b"\n]\n")?;
                file.flush()
            }
        }
    }
}
