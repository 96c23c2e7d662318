//! The row of one measure.

use jiff::civil::Date;

use super::{Bar, Chart, Due, State, axis::Axis, shape::Ink, signs, text};

/// The heights of a row of a measure, at least, and of a section, at the size of A3.
pub(super) const HEIGHT: f64 = 96.0;
pub(super) const SECTION_HEIGHT: f64 = 54.0;
/// The height of the bar of the plan, and where it begins in the row.
const BAR: f64 = 34.0;
const BAR_TOP: f64 = 16.0;
/// Where the line of the schedule is in the row.
pub(super) const LINE: f64 = 70.0;

/// Where the columns of a page are: left edge and width.
#[derive(Debug, Clone, Copy)]
pub(super) struct Columns {
    pub(super) number: (f64, f64),
    pub(super) title: (f64, f64),
    pub(super) executors: (f64, f64),
    pub(super) state: (f64, f64),
}

/// The title of a measure, whole unless it would fill a page by itself, in the size that has room for it.
struct Title {
    lines: Vec<String>,
    size: f64,
    line: f64,
}

impl Title {
    fn of(bar: &Bar, columns: &Columns) -> Self {
        let room = columns.title.1 - 12.0;
        let lines = text::wrapped(&bar.title, 27.0, room, MOST_LINES);
        if lines.len() <= LARGE_LINES {
            return Self {
                lines,
                size: 27.0,
                line: 34.0,
            };
        }
        Self {
            lines: text::wrapped(&bar.title, 20.0, room, MOST_LINES),
            size: 20.0,
            line: 26.0,
        }
    }

    fn height(&self) -> f64 {
        let lines = u32::try_from(self.lines.len()).map_or(0.0, f64::from);
        lines * self.line
    }
}

/// Titles of more lines than this are written smaller.
const LARGE_LINES: usize = 6;
/// As many small lines as a page of A4 has room for under its head.
const MOST_LINES: usize = 38;

/// How high the row of a measure is: as high as its title needs.
pub(super) fn height(bar: &Bar, columns: &Columns) -> f64 {
    HEIGHT.max(Title::of(bar, columns).height() + 28.0)
}

/// Draws a measure in the row that begins at `top`.
pub(super) fn draw(
    ink: &mut Ink,
    chart: &Chart,
    bar: &Bar,
    columns: &Columns,
    axis: &Axis,
    top: f64,
) {
    ink.begin("measure", &bar.details);
    if let (true, (left, right)) = (bar.state.is_out(), axis.edges()) {
        ink.rect("given-up", left, top, right - left, height(bar, columns));
    }
    words(ink, chart, bar, columns, top);
    plan(ink, bar, chart.period_end, axis, top + BAR_TOP);
    outcome(ink, bar, axis, top + BAR_TOP);
    schedule(ink, bar, axis, top + LINE);
    ink.end();
}

fn words(ink: &mut Ink, chart: &Chart, bar: &Bar, columns: &Columns, top: f64) {
    let (left, width) = columns.number;
    let edge = left + width - 16.0;
    let (left, _) = columns.title;
    let class = if bar.state.is_out() {
        "plain struck"
    } else {
        "plain"
    };
    let title = Title::of(bar, columns);
    let mut y = match title.lines.len() {
        0 | 1 => top + 56.0,
        _ => top + 40.0,
    };
    ink.right("faint", edge, y, 27.0, &bar.number.to_string());
    for line in &title.lines {
        ink.text(class, left, y, title.size, line);
        y += title.line;
    }
    let (left, width) = columns.executors;
    // One side's body has the room of both.
    let most = if bar.executors.len() == 1 { 2 } else { 1 };
    let mut y = top + 38.0;
    for (party, body) in bar.executors.iter().take(2) {
        let lines = text::wrapped(body, 22.0, width - 64.0, most);
        if most == 2 && lines.len() == 1 {
            y += 16.0;
        }
        ink.text("strong", left, y, 22.0, party);
        for line in lines {
            ink.text("plain", left + 46.0, y, 22.0, &line);
            y += 33.0;
        }
    }
    let (left, width) = columns.state;
    signs::sides(ink, chart, bar.state, left, top + 10.0);
    if bar.overdue {
        ink.right("alarm", left + width - 14.0, top + 43.0, 34.0, "!");
    }
    let state = text::cut(chart.words.state(bar.state), 21.0, width - 8.0);
    ink.text("plain", left, top + 80.0, 21.0, &state);
}

/// The planned days, and the deadline as the plan gives it.
fn plan(ink: &mut Ink, bar: &Bar, period_end: Date, axis: &Axis, top: f64) {
    let (left_edge, right_edge) = axis.edges();
    let left = bar.start.map(|day| axis.start(day));
    match bar.due {
        Due::Day(day) => {
            if let Some(left) = left {
                ink.rect("plan", left, top, axis.end(day) - left, BAR);
            }
        }
        Due::Span(first, last) => {
            let from = axis.start(first);
            if let Some(left) = left.filter(|left| *left < from) {
                ink.rect("plan", left, top, from - left, BAR);
            }
            let from = from.max(left.unwrap_or(left_edge));
            ink.rect("span", from, top, axis.end(last) - from, BAR);
        }
        Due::Permanent => {
            let left = left.unwrap_or(left_edge);
            let tip = axis.end(period_end);
            let neck = (tip - 24.0).max(left);
            let points = [
                (left, top),
                (neck, top),
                (tip, top + BAR / 2.0),
                (neck, top + BAR),
                (left, top + BAR),
            ];
            ink.path("plan", &points, true);
        }
    }
    if bar.start.is_some_and(|day| axis.is_before(day)) {
        torn(ink, left_edge, -10.0, top);
    }
    if let Some(last) = bar.due.last().filter(|day| axis.is_after(*day)) {
        torn(ink, right_edge, 10.0, top);
        let label = format!("→ {last}");
        ink.right("faint halo", right_edge - 16.0, top + 24.0, 20.0, &label);
    }
}

/// The edge of a bar that goes on outside the chart, to the right or, with a negative length, to the left.
fn torn(ink: &mut Ink, x: f64, length: f64, top: f64) {
    let step = BAR / 4.0;
    let points = [
        (x - 5.0, top),
        (x + 5.0, top + step),
        (x - 5.0, top + 2.0 * step),
        (x + 5.0, top + 3.0 * step),
        (x - 5.0, top + BAR),
    ];
    // What is beyond the edge covers the bar's own.
    let beyond = [(x + length, top + BAR + 2.0), (x + length, top - 2.0)];
    ink.path("beyond", &[&points[..], &beyond].concat(), true);
    ink.path("torn", &points, false);
}

fn deadline(ink: &mut Ink, bar: &Bar, axis: &Axis, y: f64) {
    let Some(day) = bar.due.last().filter(|day| axis.shows(*day)) else {
        return;
    };
    let x = axis.end(day);
    let class = if bar.overdue {
        "deadline missed"
    } else {
        "deadline"
    };
    ink.diamond(class, (x, y), 15.0);
    if bar.overdue && bar.done.is_none_or(|done| done <= day) {
        ink.text("alarm", x + 22.0, y + 11.0, 32.0, "!");
    }
}

/// What was done of the plan, by whose word, with the deadline on it.
fn outcome(ink: &mut Ink, bar: &Bar, axis: &Axis, top: f64) {
    let attested = bar.state == State::Attested;
    let Some(day) = bar.done.filter(|_| attested || bar.state.is_claimed()) else {
        deadline(ink, bar, axis, top + BAR / 2.0);
        return;
    };
    let right = axis.end(day);
    if let Some(start) = bar.start {
        let left = axis.start(start);
        let class = if attested { "attested" } else { "claimed" };
        ink.rect(class, left, top + 7.0, right - left, BAR - 14.0);
    }
    if let Some(due) = bar.due.last().filter(|due| *due < day) {
        let (from, y) = (axis.end(due), top + BAR / 2.0);
        ink.line("late", (from, y), (right, y));
    }
    deadline(ink, bar, axis, top + BAR / 2.0);
    signs::done(ink, attested, (right, top + BAR / 2.0));
    // A day outside the chart stands at its edge, and says so.
    if axis.is_after(day) {
        let label = format!("{day} →");
        ink.right("faint halo", right, top + BAR + 19.0, 20.0, &label);
    } else if axis.is_before(day) {
        let label = format!("← {day}");
        ink.text("faint halo", right, top + BAR + 19.0, 20.0, &label);
    }
}

/// The earliest days, and the slack after them.
fn schedule(ink: &mut Ink, bar: &Bar, axis: &Axis, y: f64) {
    let Some((first, last)) = bar.earliest else {
        return;
    };
    let (left, right) = (axis.start(first), axis.end(last));
    let slack = bar.latest.filter(|latest| *latest > last);
    if let Some(latest) = slack {
        ink.line("slack", (right, y), (axis.end(latest), y));
    }
    let class = if bar.critical {
        "earliest critical"
    } else {
        "earliest"
    };
    let half = if bar.critical { 13.0 } else { 9.0 };
    let head = if bar.critical {
        "head critical"
    } else {
        "head"
    };
    let end = if bar.critical { "end critical" } else { "end" };
    let right = right.max(left + 6.0);
    let (from, to) = (axis.is_before(first), axis.is_after(last));
    let inner = (
        if from { left + 14.0 } else { left },
        if to { (right - 14.0).max(left) } else { right },
    );
    ink.line(class, (inner.0, y), (inner.1, y));
    if from {
        signs::leads_out(ink, head, (left, y), -18.0);
    } else {
        ink.line(end, (left, y - half), (left, y + half));
    }
    if to {
        signs::leads_out(ink, head, (right, y), 18.0);
    } else {
        ink.line(end, (right, y - half), (right, y + half));
    }
    let outside = if to {
        Some(last)
    } else {
        slack.filter(|latest| axis.is_after(*latest))
    };
    if let Some(day) = outside {
        let (_, edge) = axis.edges();
        ink.right(
            "faint halo",
            edge - 26.0,
            y + 25.0,
            20.0,
            &format!("→ {day}"),
        );
    }
}
