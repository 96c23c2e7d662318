//! The measures of a roadmap as a workbook: a sheet to work with, and one that says what it is.

use accord_proto::roadmaps::v1::{Measure, MeasureState, Roadmap};
use jiff::civil::Date;
use rust_xlsxwriter::{
    Color, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

use crate::commands::roadmaps::import::ABOUT_SHEET;
use crate::error::Error;
use crate::plan::columns::Columns;
use crate::render::value;

/// Makes the workbook.
pub(super) fn bytes(
    roadmap: &Roadmap,
    title: &str,
    measures: &[Measure],
) -> Result<Vec<u8>, Error> {
    too_long(roadmap, measures)?;
    make(roadmap, title, measures)
        .map_err(|error| Error::Failed(format!("the workbook cannot be made: {error}")))
}

/// As many characters as a cell of a workbook takes (Office Open XML as Excel has it).
const MAX_CELL_CHARS: usize = 32_767;

/// Refuses what a cell cannot hold, with the measure and the column.
fn too_long(roadmap: &Roadmap, measures: &[Measure]) -> Result<(), Error> {
    let columns = Columns::of(measures, &super::parties(roadmap));
    for measure in measures {
        for (name, cell) in columns.header().iter().zip(columns.row(measure)) {
            let count = cell.encode_utf16().count();
            if count > MAX_CELL_CHARS {
                return Err(Error::Failed(format!(
                    "{} of {} has {count} characters, and a cell of a workbook holds {MAX_CELL_CHARS}\n  \
                     hint: --format csv has no such limit",
                    name,
                    value::id(&measure.name)
                )));
            }
        }
    }
    Ok(())
}

fn make(roadmap: &Roadmap, title: &str, measures: &[Measure]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("Measures")?;
    write_measures(sheet, roadmap, measures)?;
    let about = book.add_worksheet();
    about.set_name(ABOUT_SHEET)?;
    write_about(about, roadmap, title, measures)?;
    book.save_to_buffer()
}

fn write_measures(
    sheet: &mut Worksheet,
    roadmap: &Roadmap,
    measures: &[Measure],
) -> Result<(), XlsxError> {
    let columns = Columns::of(measures, &super::parties(roadmap));
    let head = Format::new()
        .set_bold()
        .set_text_wrap()
        .set_background_color(Color::RGB(0x00D9_E2F3))
        .set_border(FormatBorder::Thin)
        .set_align(FormatAlign::VerticalCenter);
    let text = Format::new()
        .set_text_wrap()
        .set_border(FormatBorder::Thin)
        .set_align(FormatAlign::Top);
    let day = text.clone().set_num_format("yyyy-mm-dd");
    let header = columns.header();
    for (column, name) in (0_u16..).zip(&header) {
        sheet.write_string_with_format(0, column, name, &head)?;
        sheet.set_column_width(column, width(name))?;
    }
    for (row, measure) in (1_u32..).zip(measures) {
        for ((column, name), cell) in (0_u16..).zip(&header).zip(columns.row(measure)) {
            let is_number = matches!(
                name.as_str(),
                "order_number" | "weight" | "working_days" | "status:report_revision"
            );
            let is_day = matches!(
                name.as_str(),
                "start_date" | "deadline" | "status:completion_date"
            );
            match (cell.parse::<f64>(), ExcelDateTime::parse_from_str(&cell)) {
                (Ok(value), _) if is_number => {
                    sheet.write_number_with_format(row, column, value, &text)?
                }
                (_, Ok(date)) if is_day && cell.parse::<Date>().is_ok() => {
                    sheet.write_datetime_with_format(row, column, &date, &day)?
                }
                // A text is written as one, whatever it begins with.
                _ => sheet.write_string_with_format(row, column, &cell, &text)?,
            };
        }
    }
    let last_row = u32::try_from(measures.len()).unwrap_or(u32::MAX);
    let last_column = u16::try_from(header.len().saturating_sub(1)).unwrap_or(u16::MAX);
    sheet.autofilter(0, 0, last_row, last_column)?;
    sheet.set_freeze_panes(1, 2)?;
    sheet.set_landscape();
    sheet.set_paper_size(8);
    sheet.set_repeat_rows(0, 0)?;
    sheet.set_print_fit_to_pages(1, 0);
    Ok(())
}

fn width(name: &str) -> f64 {
    match name.split(':').next().unwrap_or(name) {
        "title" => 50.0,
        "expected_result" | "lead_body" | "co_executing_bodies" | "note" | "indicators" => 32.0,
        "section" | "form_of_completion" => 24.0,
        "order_number" | "weight" => 9.0,
        _ => 14.0,
    }
}

fn write_about(
    sheet: &mut Worksheet,
    roadmap: &Roadmap,
    title: &str,
    measures: &[Measure],
) -> Result<(), XlsxError> {
    let count =
        |is: &dyn Fn(&Measure) -> bool| measures.iter().filter(|measure| is(measure)).count();
    let claimed = count(&|measure| measure.current_report.is_some());
    let attested = count(&|measure| measure.state() == MeasureState::Complete);
    let sides: Vec<String> = roadmap
        .sides
        .iter()
        .map(|side| format!("{} {} {}", side.party, side.region_code, side.region_name))
        .collect();
    let period = roadmap.period.unwrap_or_default();
    let period = format!(
        "{} to {}",
        value::date(period.start_date.as_ref()),
        value::date(period.end_date.as_ref())
    );
    let rows = [
        ("Roadmap", title.to_owned()),
        ("Name", roadmap.name.clone()),
        ("Sides", sides.join("; ")),
        ("Period", period),
        (
            "State",
            value::words(roadmap.state().as_str_name(), "ROADMAP_STATE_"),
        ),
        ("Revision of the plan", roadmap.plan_revision.to_string()),
        ("Measures", measures.len().to_string()),
        ("Claimed by one side as done", claimed.to_string()),
        (
            "Attested: confirmed by the other side too",
            attested.to_string(),
        ),
    ];
    let bold = Format::new().set_bold();
    let wrapped = Format::new().set_text_wrap();
    sheet.set_column_width(0, 42.0)?;
    sheet.set_column_width(1, 80.0)?;
    for (row, (name, said)) in (0_u32..).zip(&rows) {
        sheet.write_string_with_format(row, 0, *name, &bold)?;
        sheet.write_string_with_format(row, 1, said, &wrapped)?;
    }
    Ok(())
}
