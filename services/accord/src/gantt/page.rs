//! Pages: what stands on which, their heads and their frames.

use super::{
    Bar, Chart, Paper, arrows,
    arrows::Placed,
    axis::{self, Axis},
    legend,
    row::{self, Columns},
    shape::Ink,
    text,
};

const STYLE: &str = include_str!("style.css");
const PATTERNS: &str = include_str!("patterns.svg");

/// The height of a line of notes.
const LINE: f64 = 38.0;

/// The room under the notes, in which the marked day is named.
const UNDER_NOTES: f64 = 38.0;

/// A line of a page.
#[derive(Debug, Clone, Copy)]
enum Entry<'a> {
    Section(&'a str),
    /// A measure and its place among all.
    Measure(&'a Bar, usize),
}

impl Entry<'_> {
    fn height(self, columns: &Columns) -> f64 {
        match self {
            Self::Section(_) => row::SECTION_HEIGHT,
            Self::Measure(bar, _) => row::height(bar, columns),
        }
    }
}

/// A chart on its pages.
pub(super) struct Pages<'a> {
    chart: &'a Chart,
    /// How wide and, on paper, how high pages are.
    width: f64,
    height: Option<f64>,
    margin: f64,
    columns: Columns,
    axis: Axis,
    sheets: Vec<Vec<Entry<'a>>>,
    numbers: Vec<i32>,
}

impl<'a> Pages<'a> {
    /// Divides a chart into pages.
    pub(super) fn of(chart: &'a Chart, paper: Paper) -> Self {
        let (width, height, margin, widths) = match paper {
            Paper::Screen => (4_200.0, None, 100.0, [90.0, 880.0, 600.0, 320.0]),
            Paper::A3 => (4_200.0, Some(2_970.0), 100.0, [90.0, 880.0, 600.0, 320.0]),
            Paper::A4 => (2_970.0, Some(2_100.0), 80.0, [76.0, 620.0, 410.0, 314.0]),
        };
        let [number, title, executors, state] = widths;
        let columns = Columns {
            number: (margin, number),
            title: (margin + number, title),
            executors: (margin + number + title, executors),
            state: (margin + number + title + executors, state),
        };
        let left = margin + number + title + executors + state + 10.0;
        let axis = Axis::new(chart.days, left, width - margin);
        let mut pages = Self {
            chart,
            width,
            height,
            margin,
            columns,
            axis,
            sheets: Vec::new(),
            numbers: numbers(chart),
        };
        let room = height.map(|height| {
            height - margin * 2.0 - pages.head() - axis::HEIGHT - pages.legend() - 30.0
        });
        pages.sheets = divided(chart, &pages.columns, room);
        pages
    }

    /// Returns how many pages there are.
    pub(super) fn count(&self) -> usize {
        self.sheets.len()
    }

    /// Draws a page.
    pub(super) fn draw(&self, page: usize) -> String {
        let entries = self.sheets.get(page).map_or(&[][..], Vec::as_slice);
        let rows: f64 = entries
            .iter()
            .map(|entry| entry.height(&self.columns))
            .sum();
        let top = self.margin + self.head();
        let bottom = top + axis::HEIGHT + rows;
        let whole = bottom + 30.0 + self.legend() + self.margin;
        let mut ink = Ink::default();
        self.draw_head(&mut ink, page);
        self.draw_table(&mut ink, entries, top);
        let legend_top = self
            .height
            .map_or(bottom + 30.0, |height| height - self.margin - self.legend());
        let width = self.width - self.margin * 2.0;
        legend::draw(&mut ink, self.chart, self.margin, legend_top, width);
        self.framed(&ink.into_svg(), self.height.unwrap_or(whole))
    }

    fn legend(&self) -> f64 {
        legend::height(self.chart, self.width - self.margin * 2.0)
    }

    fn titles(&self) -> Vec<String> {
        let room = self.width - self.margin * 2.0 - 320.0;
        text::wrapped(&self.chart.title, 46.0, room, 2)
    }

    fn head(&self) -> f64 {
        count(self.titles().len()) * 58.0 + count(self.chart.notes.len()) * LINE + UNDER_NOTES
    }

    fn draw_head(&self, ink: &mut Ink, page: usize) {
        let mut y = self.margin;
        for line in self.titles() {
            y += 58.0;
            ink.text("strong", self.margin, y - 12.0, 46.0, &line);
        }
        for note in &self.chart.notes {
            y += LINE;
            let note = text::cut(note, 27.0, self.width - self.margin * 2.0);
            ink.text("plain", self.margin, y - 8.0, 27.0, &note);
        }
        if self.count() > 1 {
            let count = format!("{} / {}", page + 1, self.count());
            ink.right(
                "plain",
                self.width - self.margin,
                self.margin + 46.0,
                32.0,
                &count,
            );
        }
    }

    fn draw_table(&self, ink: &mut Ink, entries: &[Entry<'_>], top: f64) {
        let first = top + axis::HEIGHT;
        let (_, right) = self.axis.edges();
        let mut y = first;
        for (index, entry) in entries.iter().enumerate() {
            let class = match entry {
                Entry::Section(_) => "section",
                Entry::Measure(..) if index % 2 == 0 => "even",
                Entry::Measure(..) => "odd",
            };
            ink.rect(
                class,
                self.margin,
                y,
                right - self.margin,
                entry.height(&self.columns),
            );
            y += entry.height(&self.columns);
        }
        self.draw_heads(ink, top);
        self.axis.draw(ink, top, y);
        self.draw_today(ink, top, y);
        let mut placed = Vec::new();
        let mut at = first;
        for entry in entries {
            match *entry {
                Entry::Section(name) => {
                    let name = text::cut(name, 29.0, right - self.margin - 20.0);
                    ink.text("strong", self.margin + 12.0, at + 37.0, 29.0, &name);
                }
                Entry::Measure(bar, place) => placed.push(Placed {
                    place,
                    bar,
                    top: at,
                    bottom: at + entry.height(&self.columns),
                }),
            }
            at += entry.height(&self.columns);
        }
        arrows::draw(ink, &placed, &self.numbers, &self.axis);
        for placed in &placed {
            row::draw(
                ink,
                self.chart,
                placed.bar,
                &self.columns,
                &self.axis,
                placed.top,
            );
        }
        ink.line("rule", (self.margin, y), (right, y));
    }

    fn draw_heads(&self, ink: &mut Ink, top: f64) {
        let words = self.chart.words;
        let (left, _) = self.axis.edges();
        ink.rect("axis", self.margin, top, left - self.margin, axis::HEIGHT);
        let y = top + axis::HEIGHT - 18.0;
        let (number, width) = self.columns.number;
        ink.right("strong", number + width - 16.0, y, 25.0, words.number);
        for ((left, _), name) in [
            (self.columns.title, words.measure),
            (self.columns.executors, words.executors),
            (self.columns.state, words.state),
        ] {
            ink.text("strong", left, y, 25.0, name);
        }
    }

    fn draw_today(&self, ink: &mut Ink, top: f64, bottom: f64) {
        let today = self.chart.today;
        let word = if self.chart.is_today {
            self.chart.words.today
        } else {
            self.chart.words.data_date
        };
        if !self.axis.shows(today) {
            // Marked at the edge beyond which it lies.
            let (left, right) = self.axis.edges();
            if self.axis.is_after(today) {
                let label = format!("{word} {today} →");
                ink.right("today-text", right, top - 12.0, 23.0, &label);
            } else {
                let label = format!("← {word} {today}");
                ink.text("today-text", left, top - 12.0, 23.0, &label);
            }
            return;
        }
        let x = self.axis.end(today);
        ink.line("today", (x, top + axis::HEIGHT), (x, bottom));
        let tip = [(x - 12.0, top - 8.0), (x + 12.0, top - 8.0), (x, top + 8.0)];
        ink.path("today-tip", &tip, true);
        let label = format!("{word} {today}");
        let (left, right) = self.axis.edges();
        let half = text::width(&label, 23.0) / 2.0;
        let at = x.clamp(left + half, (right - half).max(left + half));
        ink.middle("today-text", at, top - 12.0, 23.0, &label);
    }

    fn framed(&self, drawing: &str, height: f64) -> String {
        let (width, title) = (self.width, text::escaped(&self.chart.title));
        let (wide, high) = (width / 10.0, height / 10.0);
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{wide:.1}mm\" height=\"{high:.1}mm\" \
             viewBox=\"0 0 {width:.0} {height:.0}\" role=\"img\" lang=\"{}\">\n\
             <title>{title}</title>\n<style>\n{STYLE}</style>\n{PATTERNS}\
             <rect class=\"paper\" x=\"0\" y=\"0\" width=\"{width:.0}\" height=\"{height:.0}\"/>\n{drawing}</svg>\n",
            self.chart.words.tag
        )
    }
}

/// A number of lines as a measure.
fn count(lines: usize) -> f64 {
    u32::try_from(lines).map_or(f64::MAX, f64::from)
}

fn numbers(chart: &Chart) -> Vec<i32> {
    let bars = chart.sections.iter().flat_map(|section| &section.bars);
    bars.map(|bar| bar.number).collect()
}

/// Divides the lines of a chart into pages with so much room each. A section begins anew on each page that it goes on to,
/// and no page ends with the name of one. Beside sections, measures without one say so.
fn divided<'a>(chart: &'a Chart, columns: &Columns, room: Option<f64>) -> Vec<Vec<Entry<'a>>> {
    let mut pages: Vec<Vec<Entry<'a>>> = vec![Vec::new()];
    let (mut taken, mut place) = (0.0, 0);
    let has_names = chart.sections.iter().any(|one| !one.name.is_empty());
    for section in &chart.sections {
        let named = match section.name.as_str() {
            "" => has_names.then_some(chart.words.no_section),
            name => Some(name),
        };
        let mut begins = true;
        for bar in &section.bars {
            let name_height = if begins && named.is_some() {
                row::SECTION_HEIGHT
            } else {
                0.0
            };
            let height = row::height(bar, columns);
            let is_full = room.is_some_and(|room| taken + name_height + height > room);
            if is_full && taken > 0.0 {
                pages.push(Vec::new());
                (taken, begins) = (0.0, true);
            }
            let Some(page) = pages.last_mut() else {
                continue;
            };
            if let Some(name) = named.filter(|_| begins) {
                page.push(Entry::Section(name));
                taken += row::SECTION_HEIGHT;
            }
            begins = false;
            page.push(Entry::Measure(bar, place));
            taken += height;
            place += 1;
        }
    }
    pages
}
