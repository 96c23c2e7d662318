//! `accord trade export`: every figure that matches and stands, as a file that is whole or not there.

mod fetch;
mod summary;

use std::io::IsTerminal as _;
use std::path::PathBuf;

use accord_proto::trade::v1::{Flow, StreamObservationsRequest, Window};

use crate::client::Connection;
use crate::commands::target::Target;
use crate::error::Error;
use crate::figures::{Form, Out, Sink};
use crate::render::Format;
use crate::{names, progress, when};

/// Options of `accord trade export`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord trade export > figures.csv
  accord trade export --reporter KZ --from 2020 --commodity 27 --out fuels.parquet
  accord trade export --format sdmx-json --release kz-2024 --out kz-2024.json
  accord trade export --flow export,import --window month --known-on 2024-01-01 --out then.arrow
  accord trade export --filter 'region = \"\" AND value_cents > 100000000' --format sdmx-csv | head

CSV has the columns that `accord trade import` takes: a file of one reporter makes the same figures again. The other
formats say besides which release each figure is from, what it counts and how it is valued. A text that a spreadsheet would
take for a formula has a ' before it in CSV and SDMX-CSV, which an import takes off.

A broken stream goes on where it stopped. With --out the file appears in its place only when everything has come, and its
count, size and SHA-256 are shown; what goes to standard output is whole if the command succeeds, and the same is told on
standard error.")]
pub(super) struct Args {
    /// The format; with --out by the name of the file (.csv, .json, .parquet, .arrow), else CSV.
    #[arg(long, value_name = "FORMAT", value_enum)]
    format: Option<Form>,
    /// The file to write, instead of standard output.
    #[arg(long, value_name = "FILE", alias = "output-file")]
    out: Option<PathBuf>,
    #[command(flatten)]
    which: Which,
}

/// Which figures are exported.
#[derive(Debug, clap::Args)]
struct Which {
    /// Only figures of this reporter: ISO 3166-1 alpha-2.
    #[arg(long, value_name = "PARTY")]
    reporter: Option<String>,
    /// Only trade with this partner: ISO 3166-1 alpha-2.
    #[arg(long, value_name = "PARTY")]
    partner: Option<String>,
    /// Only these flows.
    #[arg(long, value_name = "FLOW,…", value_enum, value_delimiter = ',')]
    flow: Vec<FlowArg>,
    /// Only periods in this year or later.
    #[arg(long, value_name = "YEAR")]
    from: Option<i32>,
    /// Only periods in this year or earlier.
    #[arg(long, value_name = "YEAR")]
    to: Option<i32>,
    /// Only windows of these kinds.
    #[arg(long, value_name = "WINDOW,…", value_enum, value_delimiter = ',')]
    window: Vec<WindowArg>,
    /// Only this HS code and what it takes in; TOTAL for all commodities together only.
    #[arg(long, value_name = "CODE")]
    commodity: Option<String>,
    /// Only this region of the reporter: ISO 3166-2.
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// Only what stands of this release, by its id or full name.
    #[arg(long, value_name = "NAME")]
    release: Option<String>,
    /// Which figures besides, in the filter language of the method (AIP-160).
    #[arg(long, value_name = "FILTER", default_value = "")]
    filter: String,
    /// Figures that stand as the publications stood at the end of this day, or at this instant [default: now].
    #[arg(long, value_name = "DATE|TIME", value_parser = when::moment)]
    known_on: Option<prost_types::Timestamp>,
    /// Leaves out what Accord recorded after the end of this day, or at this instant or later.
    #[arg(long, value_name = "DATE|TIME", value_parser = when::moment)]
    recorded_before: Option<prost_types::Timestamp>,
}

/// The direction of trade, as typed.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum FlowArg {
    Export,
    Import,
    ReExport,
    ReImport,
    /// Both together, where that was published
    Turnover,
}

impl From<FlowArg> for Flow {
    fn from(flow: FlowArg) -> Self {
        match flow {
            FlowArg::Export => Self::Export,
            FlowArg::Import => Self::Import,
            FlowArg::ReExport => Self::ReExport,
            FlowArg::ReImport => Self::ReImport,
            FlowArg::Turnover => Self::Turnover,
        }
    }
}

/// The kind of a period, as typed.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum WindowArg {
    Month,
    Quarter,
    Year,
    JanuaryToMonth,
}

impl From<WindowArg> for Window {
    fn from(window: WindowArg) -> Self {
        match window {
            WindowArg::Month => Self::Month,
            WindowArg::Quarter => Self::Quarter,
            WindowArg::Year => Self::Year,
            WindowArg::JanuaryToMonth => Self::JanuaryToMonth,
        }
    }
}

/// The word that a value is typed with.
fn typed(value: impl clap::ValueEnum) -> String {
    let word = value.to_possible_value();
    word.map_or_else(String::new, |word| word.get_name().to_owned())
}

pub(super) async fn run(
    connection: &Connection,
    partnership: Option<&str>,
    args: &Args,
    output: Format,
) -> Result<(), Error> {
    let request = args.which.request(connection, partnership).await?;
    let form = args.form();
    let target = Target::open(args.out.as_deref())?;
    if target.is_standard() && !form.is_text() && std::io::stdout().is_terminal() {
        return Err(Error::Usage(
            "this format is no text for a terminal; write it to a file with --out FILE".to_owned(),
        ));
    }
    let is_standard = target.is_standard();
    let criteria = args.which.criteria();
    let bar = progress::count("figures");
    let done = fetch::run(
        connection,
        request,
        form,
        Sink::new(Box::new(target)),
        criteria,
        &bar,
    );
    let done = done.await;
    bar.finish_and_clear();
    let summary = done?;
    if is_standard {
        eprint!("{}", summary.page());
        return Ok(());
    }
    let path = args.out.as_ref().map(|path| path.display().to_string());
    Ok(summary.print(&path.unwrap_or_default(), output)?)
}

impl Out for Target {
    fn finish(self: Box<Self>) -> Result<(), Error> {
        Self::finish(*self)
    }
}

impl Args {
    /// The format asked for, else what the name of the file says.
    fn form(&self) -> Form {
        let extension = self.out.as_ref().and_then(|path| path.extension());
        let extension = extension.map(|extension| extension.to_string_lossy().to_lowercase());
        self.format.unwrap_or(match extension.as_deref() {
            Some("json") => Form::SdmxJson,
            Some("parquet") => Form::Parquet,
            Some("arrow" | "arrows") => Form::Arrow,
            _ => Form::Csv,
        })
    }
}

impl Which {
    async fn request(
        &self,
        connection: &Connection,
        partnership: Option<&str>,
    ) -> Result<StreamObservationsRequest, Error> {
        let parent = names::partnership(connection, partnership).await?;
        let release = match &self.release {
            Some(given) => names::resource(connection, Some(&parent), "releases", given).await?,
            None => String::new(),
        };
        Ok(StreamObservationsRequest {
            parent,
            reporter: self.reporter.clone().unwrap_or_default(),
            partner: self.partner.clone().unwrap_or_default(),
            flows: self
                .flow
                .iter()
                .map(|flow| Flow::from(*flow).into())
                .collect(),
            start_year: self.from.unwrap_or_default(),
            end_year: self.to.unwrap_or_default(),
            windows: self
                .window
                .iter()
                .map(|window| Window::from(*window).into())
                .collect(),
            commodity: self.commodity.clone().unwrap_or_default(),
            region: self.region.clone().unwrap_or_default(),
            release,
            filter: self.filter.clone(),
            known_time: self.known_on,
            recorded_before: self.recorded_before,
            resume_token: String::new(),
        })
    }

    /// What was asked for, as a file says it.
    fn criteria(&self) -> Vec<(&'static str, String)> {
        let year = |year: Option<i32>| year.map(|year| year.to_string());
        let list = |words: Vec<String>| Some(words.join(",")).filter(|words| !words.is_empty());
        let pairs = [
            ("reporter", self.reporter.clone()),
            ("partner", self.partner.clone()),
            (
                "flow",
                list(self.flow.iter().map(|flow| typed(*flow)).collect()),
            ),
            ("from", year(self.from)),
            ("to", year(self.to)),
            (
                "window",
                list(self.window.iter().map(|window| typed(*window)).collect()),
            ),
            ("commodity", self.commodity.clone()),
            ("region", self.region.clone()),
            ("release", self.release.clone()),
            (
                "filter",
                Some(self.filter.clone()).filter(|filter| !filter.is_empty()),
            ),
        ];
        let given = pairs.into_iter();
        given
            .filter_map(|(option, value)| Some((option, value?)))
            .collect()
    }
}
