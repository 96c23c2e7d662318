//! CSV as UN Comtrade Plus delivers it.
//!
//! Its web downloads have 47 names in the header line and a comma at the end of each row, so 48 fields;
//! descriptions are in Latin-1 and are not read; leading zeros of codes may be lost; values by CIF and FOB
//! are 0 or blank where they are not known. Besides totals a file may have parts of them, by second
//! partner, mode of transport and customs procedure, which are left out.

use super::{
    Problem, Reason,
    columns::{Column, Columns, Origins, whole_line},
    layout::{
        Adapted, Draft, area, find, misshapen, origin, other_flow, other_reporter, partner, text,
    },
    records::Record,
    sdmx::printed_weight,
};
use crate::domain::{
    cell::{Flow, TOTAL},
    decimal,
    release::{Publication, Valuation, valuations},
};

/// The columns of a web download.
const KNOWN: [&str; 47] = [
    "typeCode",
    "freqCode",
    "refPeriodId",
    "refYear",
    "refMonth",
    "period",
    "reporterCode",
    "reporterISO",
    "reporterDesc",
    "flowCode",
    "flowDesc",
    "partnerCode",
    "partnerISO",
    "partnerDesc",
    "partner2Code",
    "partner2ISO",
    "partner2Desc",
    "classificationCode",
    "classificationSearchCode",
    "isOriginalClassification",
    "cmdCode",
    "cmdDesc",
    "aggrLevel",
    "isLeaf",
    "customsCode",
    "customsDesc",
    "mosCode",
    "motCode",
    "motDesc",
    "qtyUnitCode",
    "qtyUnitAbbr",
    "qty",
    "isQtyEstimated",
    "altQtyUnitCode",
    "altQtyUnitAbbr",
    "altQty",
    "isAltQtyEstimated",
    "netWgt",
    "isNetWgtEstimated",
    "grossWgt",
    "isGrossWgtEstimated",
    "cifvalue",
    "fobvalue",
    "primaryValue",
    "legacyEstimationFlag",
    "isReported",
    "isAggregate",
];

/// The dimensions by which a total can be broken down, with the codes of the total.
const BREAKDOWNS: [(&str, &[&str]); 5] = [
    ("partner2Code", &["", "0"]),
    ("partner2ISO", &["", "W00"]),
    ("customsCode", &["", "C00"]),
    ("mosCode", &["", "0"]),
    ("motCode", &["", "0"]),
];

/// The codes of the world, as number and as letters.
const WORLD: [&str; 2] = ["0", "W00"];

/// Codes of flows that are parts of exports or imports.
const PARTS_OF_FLOWS: [&str; 6] = ["DX", "FM", "MIP", "MOP", "XIP", "XOP"];

/// The columns of one file.
#[derive(Debug)]
pub(super) struct Comtrade {
    names: Vec<String>,
    columns: Columns,
    breakdowns: [Option<usize>; BREAKDOWNS.len()],
    frequency: Option<usize>,
    period: Option<usize>,
    reporter: Option<usize>,
    partner: Option<usize>,
    flow: Option<usize>,
    edition: Option<usize>,
    commodity: Option<usize>,
    level: Option<usize>,
    weight: Option<usize>,
    cif: Option<usize>,
    fob: Option<usize>,
    primary: Option<usize>,
}

impl Comtrade {
    /// Finds the columns with these names; `doubts` gets those that mean nothing here.
    pub(super) fn open(names: &[String], doubts: &mut Vec<Problem>) -> Result<Self, Vec<Problem>> {
        let at = |known: &[&str]| find(names, known);
        let mut comtrade = Self {
            names: names.to_vec(),
            columns: Columns::of_foreign(Origins::default()),
            breakdowns: BREAKDOWNS.map(|(name, _)| at(&[name])),
            frequency: at(&["freqCode"]),
            period: at(&["period"]),
            reporter: at(&["reporterCode", "reporterISO"]),
            partner: at(&["partnerCode", "partnerISO"]),
            flow: at(&["flowCode"]),
            edition: at(&["classificationCode"]),
            commodity: at(&["cmdCode"]),
            level: at(&["aggrLevel"]),
            weight: at(&["netWgt"]),
            cif: at(&["cifvalue"]),
            fob: at(&["fobvalue"]),
            primary: at(&["primaryValue"]),
        };
        let problems: Vec<Problem> = [
            (comtrade.period, "period"),
            (comtrade.reporter, "reporterCode"),
            (comtrade.partner, "partnerCode"),
            (comtrade.flow, "flowCode"),
            (comtrade.commodity, "cmdCode"),
            (comtrade.primary, "primaryValue"),
        ]
        .into_iter()
        .filter(|(position, _)| position.is_none())
        .map(|(_, name)| {
            whole_line(
                Reason::MissingColumn,
                format!("the column {name} is missing"),
            )
        })
        .collect();
        if !problems.is_empty() {
            return Err(problems);
        }
        comtrade.columns = Columns::of_foreign(comtrade.origins());
        doubts.extend(unknown(names));
        Ok(comtrade)
    }

    /// Returns the names of the columns.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// Returns the columns of rows.
    pub(super) fn columns(&self) -> &Columns {
        &self.columns
    }

    fn origins(&self) -> Origins {
        let mut origins = Origins::default();
        for (column, position) in [
            (Column::Reporter, self.reporter),
            (Column::Partner, self.partner),
            (Column::Flow, self.flow),
            (Column::Period, self.period),
            (Column::Commodity, self.commodity),
            (Column::HsEdition, self.edition),
            (Column::ValueUsd, self.primary),
            (Column::NetWeightKg, self.weight),
        ] {
            if let Some(place) = origins.get_mut(column as usize) {
                *place = origin(&self.names, position);
            }
        }
        origins
    }

    /// Makes a row of a record.
    pub(super) fn adapt(&self, record: &Record, publication: &Publication) -> Adapted {
        let width = self.names.len();
        let has_comma_behind = record.len() == width + 1 && record.field(width) == Some(b"");
        let wanted = if has_comma_behind { width + 1 } else { width };
        if let Some(mut problems) = misshapen(record, wanted) {
            for problem in &mut problems {
                problem.description.push_str(", or one more that is empty");
            }
            return Adapted::Bad(problems);
        }
        match self.left_out(record, publication) {
            Ok(partner) => self.row(record, partner, publication),
            Err(reason) => Adapted::LeftOut(reason),
        }
    }

    /// Returns the partner, or why the row is not for the release.
    fn left_out(&self, record: &Record, publication: &Publication) -> Result<String, Reason> {
        if let Some(reason) = other_reporter(publication, &text(record, self.reporter), &WORLD) {
            return Err(reason);
        }
        let partner = partner(publication, &text(record, self.partner), &WORLD)?;
        let flow = text(record, self.flow);
        if PARTS_OF_FLOWS.contains(&flow.as_str()) {
            return Err(Reason::OtherFlow);
        }
        if let Some(reason) = other_flow(publication, &flow) {
            return Err(reason);
        }
        let is_part = BREAKDOWNS
            .iter()
            .zip(self.breakdowns)
            .any(|((_, totals), position)| !totals.contains(&text(record, position).as_str()));
        if is_part {
            return Err(Reason::NotTotal);
        }
        let code = text(record, self.commodity);
        let is_national = code.len() > 6 && code.bytes().all(|byte| byte.is_ascii_digit());
        if code.starts_with("AG") || is_national {
            return Err(Reason::Aggregate);
        }
        Ok(partner)
    }

    fn row(&self, record: &Record, partner: String, publication: &Publication) -> Adapted {
        let mut draft = Draft::default();
        let reporter = text(record, self.reporter);
        draft.set(
            Column::Reporter,
            area(&reporter, &WORLD).unwrap_or(reporter),
        );
        draft.set(Column::Partner, partner);
        let flow = text(record, self.flow);
        draft.set(
            Column::Period,
            period(&text(record, self.period), &text(record, self.frequency)),
        );
        if let Err(problem) = self.commodity(record, &mut draft) {
            return Adapted::Bad(vec![problem]);
        }
        // 0 is how a weight is written that was not reported.
        let weight = text(record, self.weight);
        if amount(&weight).is_some() || weight.parse::<f64>().is_err() {
            draft.set(Column::NetWeightKg, printed_weight(&weight));
        }
        self.value(record, flow.parse().ok(), publication, &mut draft);
        draft.set(Column::Flow, flow);
        Adapted::Row(Box::new(draft))
    }

    fn commodity(&self, record: &Record, draft: &mut Draft) -> Result<(), Problem> {
        let code = text(record, self.commodity);
        if code.eq_ignore_ascii_case(TOTAL) {
            draft.set(Column::Commodity, TOTAL);
            return Ok(());
        }
        let edition = text(record, self.edition);
        // "HS" stands for whichever edition the reporter uses.
        draft.set(
            Column::HsEdition,
            if edition == "HS" { "" } else { &edition },
        );
        // Codes have two, four or six digits, so one is missing where their number is odd.
        let is_cut = code.len() % 2 == 1 && code.bytes().all(|byte| byte.is_ascii_digit());
        let whole = if is_cut { format!("0{code}") } else { code };
        let level = text(record, self.level);
        if ["2", "4", "6"].contains(&level.as_str()) && level != whole.len().to_string() {
            let (column, column_name) = origin(&self.names, self.commodity);
            return Err(Problem {
                line: record.line,
                column,
                column_name,
                reason: Reason::CommodityInvalid,
                description: format!("does not have the {level} digits that aggrLevel says"),
            });
        }
        if is_cut {
            let description = format!("had lost its leading zero; taken as {whole}");
            draft
                .doubts
                .push((Reason::CodeRepaired, Column::Commodity, description));
        }
        draft.set(Column::Commodity, whole);
        Ok(())
    }

    /// Takes the value by the valuation that the release states, where the file has it; else the primary
    /// one.
    fn value(
        &self,
        record: &Record,
        flow: Option<Flow>,
        publication: &Publication,
        draft: &mut Draft,
    ) {
        let stated = flow.and_then(|flow| match valuations(publication, flow)[..] {
            [valuation] => Some(valuation),
            _ => None,
        });
        let (cif, fob) = (text(record, self.cif), text(record, self.fob));
        let (wanted, other, name) = match stated {
            Some(Valuation::Cif) => (&cif, &fob, "FOB"),
            Some(Valuation::Fob) => (&fob, &cif, "CIF"),
            Some(Valuation::NotStated) | None => {
                draft.set_money(&self.primary(record), 0);
                return;
            }
        };
        if amount(wanted).is_some() {
            draft.set_money(wanted, 0);
            return;
        }
        let primary = self.primary(record);
        if amount(&primary).is_some() && amount(&primary) == amount(other) {
            let description = format!("is valued {name}, otherwise than the release says");
            draft
                .doubts
                .push((Reason::ValuationDiffers, Column::ValueUsd, description));
        }
        draft.set_money(&primary, 0);
    }

    fn primary(&self, record: &Record) -> String {
        text(record, self.primary)
    }
}

/// Returns an amount that is there: more than 0.
fn amount(text: &str) -> Option<i64> {
    decimal::parse_rounded(text, 0, decimal::CENT_DIGITS)
        .ok()
        .map(|(amount, _)| amount)
        .filter(|amount| *amount > 0)
}

/// Writes a period as ours: a month is `202203`.
fn period(text: &str, frequency: &str) -> String {
    match text.split_at_checked(4) {
        Some((year, month)) if month.len() == 2 && frequency != "A" => format!("{year}-{month}"),
        Some((year, "")) if frequency == "M" => format!("{year}, not a month,"),
        _ => text.to_owned(),
    }
}

/// Says which columns mean nothing here. The name behind a comma at the end is empty.
fn unknown(names: &[String]) -> impl Iterator<Item = Problem> {
    names
        .iter()
        .enumerate()
        .filter(|(_, name)| !name.is_empty() && *name != "_")
        .filter(|(_, name)| !KNOWN.iter().any(|known| name.eq_ignore_ascii_case(known)))
        .map(|(index, _)| {
            let (column, column_name) = origin(names, Some(index));
            Problem {
                line: 1,
                column,
                column_name,
                reason: Reason::ColumnIgnored,
                description: "is no column of UN Comtrade; its values were not looked at"
                    .to_owned(),
            }
        })
}
