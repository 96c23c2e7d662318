//! `accord trade classifications import`.

use std::io::Read as _;
use std::path::PathBuf;

use accord_proto::trade::v1::classification_service_client::ClassificationServiceClient;
use accord_proto::trade::v1::{
    ClassificationImport, HsEdition, ImportClassificationRequest, classification_import,
};
use flate2::read::GzDecoder;

use super::{Edition, word};
use crate::client::Connection;
use crate::error::Error;
use crate::render::{Answer, Block, Column, Page, Sheet, Table, View, value};

/// How a nomenclature begins; a concordance does otherwise.
const NOMENCLATURE: &[u8] = b"section,";

/// The files that the command brings, packed; `classifications/README.md` says what they are.
const SHIPPED: [(&str, HsEdition, &[u8]); 2] = [
    (
        "hs-2022.csv",
        HsEdition::H6,
        include_bytes!("../../../../classifications/hs-2022.csv.gz"),
    ),
    (
        "hs-concordances.csv",
        HsEdition::Unspecified,
        include_bytes!("../../../../classifications/hs-concordances.csv.gz"),
    ),
];

/// Options of `accord trade classifications import`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord trade classifications import --shipped --token-file operator.token
  accord trade classifications import harmonized-system.csv --edition H6 --token-file operator.token
  accord trade classifications import concordances.csv --dry-run --token-file operator.token

A nomenclature has the columns section, hscode, description, parent, level; a concordance code.after,
code.before, Relationship, adjustment. What was known of the same editions is replaced. Only an operator may.")]
pub(super) struct Args {
    /// Files to send.
    #[arg(value_name = "FILE", required_unless_present = "shipped")]
    files: Vec<PathBuf>,
    /// Sends the nomenclature of 2022 and the concordances that this command brings.
    #[arg(long, conflicts_with = "files")]
    shipped: bool,
    /// The edition of the nomenclatures among the files.
    #[arg(long, value_enum, ignore_case = true)]
    edition: Option<Edition>,
    /// Checks the files, reports what is in them and changes nothing.
    #[arg(long)]
    dry_run: bool,
}

/// A file to send.
struct Packet {
    name: String,
    edition: HsEdition,
    bytes: Vec<u8>,
}

pub(super) async fn run(connection: &Connection, args: &Args) -> Result<View, Error> {
    let tables = if args.shipped {
        SHIPPED.iter().map(unpack).collect::<Result<Vec<_>, _>>()?
    } else {
        args.files
            .iter()
            .map(|path| read(path, args.edition))
            .collect::<Result<Vec<_>, _>>()?
    };
    let mut imports = Vec::new();
    for table in tables {
        let request = ImportClassificationRequest {
            file: table.bytes,
            hs_edition: table.edition.into(),
            source: table.name.clone(),
            validate_only: args.dry_run,
            ..ImportClassificationRequest::default()
        };
        let import = ClassificationServiceClient::new(connection.clone())
            .import_classification(request)
            .await?
            .into_inner();
        imports.push((table.name, import));
    }
    Ok(view(&imports, args.dry_run))
}

fn unpack(shipped: &(&str, HsEdition, &[u8])) -> Result<Packet, Error> {
    let (name, edition, packed) = *shipped;
    let mut bytes = Vec::new();
    GzDecoder::new(packed)
        .read_to_end(&mut bytes)
        .map_err(|error| Error::Failed(format!("{name}: {error}")))?;
    Ok(Packet {
        name: name.to_owned(),
        edition,
        bytes,
    })
}

fn read(path: &PathBuf, edition: Option<Edition>) -> Result<Packet, Error> {
    let name = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|error| Error::Failed(format!("{name}: {error}")))?;
    let start = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
    let is_nomenclature = start.starts_with(NOMENCLATURE);
    let edition = match edition {
        Some(edition) if is_nomenclature => edition.of_contract(),
        None if is_nomenclature => {
            let text = format!("{name} is a nomenclature: name its edition with --edition");
            return Err(Error::Usage(text));
        }
        _ => HsEdition::Unspecified,
    };
    Ok(Packet {
        name,
        edition,
        bytes,
    })
}

fn view(imports: &[(String, ClassificationImport)], is_rehearsal: bool) -> View {
    let mut table = Table::new(vec![
        Column::prose("FILE"),
        Column::text("EDITIONS"),
        Column::number("ROWS"),
        Column::number("TAKEN"),
        Column::number("REPAIRED"),
        Column::number("DOUBTFUL"),
        Column::number("LEFT OUT"),
    ]);
    let mut sheet = Sheet::new(&["file", "line", "finding", "description"]);
    let mut findings = Vec::new();
    for (name, import) in imports {
        let editions: Vec<&str> = import.editions().map(word).collect();
        table.push(vec![
            name.clone(),
            match import.kind() {
                classification_import::Kind::Nomenclature => {
                    format!("names of {}", editions.join(", "))
                }
                _ => format!("pairs of {}", editions.join(", ")),
            },
            import.row_count.to_string(),
            import.taken_count.to_string(),
            import.repaired_count.to_string(),
            import.doubtful_count.to_string(),
            import.left_out_count.to_string(),
        ]);
        for count in &import.finding_counts {
            let kind = count.kind();
            let first = import
                .findings
                .iter()
                .find(|finding| finding.kind() == kind);
            let example = first.map_or_else(String::new, |first| {
                format!("; first in line {}: {}", first.line, first.description)
            });
            let what = value::words(kind.as_str_name(), "KIND_");
            findings.push(format!("{name}: {what} in {} rows{example}", count.count));
        }
        for finding in &import.findings {
            sheet.push(vec![
                name.clone(),
                finding.line.to_string(),
                value::words(finding.kind().as_str_name(), "KIND_"),
                finding.description.clone(),
            ]);
        }
    }
    let mut page = Page::new(vec![Block::Table(table)]);
    if !findings.is_empty() {
        page.push(Block::Heading("Found in them".into()));
        for finding in findings {
            page.push(Block::Point(finding));
        }
    }
    if is_rehearsal {
        page.push(Block::Text("Nothing was changed.".to_owned()));
    }
    let messages: Vec<ClassificationImport> =
        imports.iter().map(|(_, import)| import.clone()).collect();
    View {
        answer: Answer::several(&messages),
        page,
        sheet,
    }
}
