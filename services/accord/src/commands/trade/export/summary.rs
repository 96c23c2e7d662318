//! What an export came to: how much, its checksum, and the releases that its figures are from.

use std::io::{self, Write};

use accord_proto::trade::v1::ReleaseUse;
use serde_json::json;

use crate::commands::trade::uses;
use crate::render::{Block, Format, Page, Sheet, value};

/// What an export came to.
#[derive(Debug)]
pub(super) struct Summary {
    pub(super) count: u64,
    pub(super) bytes: u64,
    pub(super) sha256: String,
    pub(super) known_time: Option<prost_types::Timestamp>,
    pub(super) releases: Vec<ReleaseUse>,
}

impl Summary {
    /// Shows it on standard output.
    pub(super) fn print(&self, file: &str, format: Format) -> io::Result<()> {
        let mut out = io::BufWriter::new(io::stdout().lock());
        match format {
            Format::Table => {
                writeln!(out, "{file}")?;
                write!(out, "{}", self.page())?;
            }
            Format::Json => writeln!(out, "{:#}", self.json(file))?,
            Format::Jsonl => writeln!(out, "{}", self.json(file))?,
            Format::Csv => {
                let columns = ["file", "figures", "bytes", "sha256", "known_time"];
                let mut sheet = Sheet::new(&columns);
                sheet.push(vec![
                    file.to_owned(),
                    self.count.to_string(),
                    self.bytes.to_string(),
                    self.sha256.clone(),
                    self.known(),
                ]);
                sheet.write(&mut out)?;
            }
        }
        out.flush()
    }

    /// For people.
    pub(super) fn page(&self) -> Page {
        let mut page = Page::new(vec![Block::Pairs(vec![
            ("Figures", self.count.to_string()),
            ("Bytes", self.bytes.to_string()),
            ("SHA-256", self.sha256.clone()),
            ("As known at", value::instant(self.known_time.as_ref())),
        ])]);
        uses::push_releases(&mut page, &self.releases);
        page
    }

    fn json(&self, file: &str) -> serde_json::Value {
        let releases: Vec<&str> = self
            .releases
            .iter()
            .map(|cited| cited.release.as_str())
            .collect();
        json!({
            "file": file,
            "figures": self.count,
            "bytes": self.bytes,
            "sha256": self.sha256,
            "knownTime": self.known(),
            "releases": releases,
        })
    }

    fn known(&self) -> String {
        let known = self.known_time.as_ref();
        let known = known.and_then(|time| jiff::Timestamp::new(time.seconds, time.nanos).ok());
        known.map_or_else(String::new, |known| known.to_string())
    }
}
