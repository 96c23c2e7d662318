//! What the signs of a chart mean.

use super::{
    Chart,
    shape::Ink,
    signs::{self, Word},
    text,
};

/// The room of a sign, before its words.
const SIGN: f64 = 120.0;
const SIZE: f64 = 22.0;
const LINE: f64 = 52.0;

/// How high the legend is in so much width.
pub(super) fn height(chart: &Chart, width: f64) -> f64 {
    let lines = arranged(chart, 0.0, width)
        .last()
        .map_or(0.0, |(_, _, y)| *y);
    lines + LINE + 16.0
}

/// Draws the legend.
pub(super) fn draw(ink: &mut Ink, chart: &Chart, left: f64, top: f64, width: f64) {
    ink.line("rule", (left, top), (left + width, top));
    for (entry, x, y) in arranged(chart, left, width) {
        let middle = top + 14.0 + y + LINE / 2.0;
        sign(ink, chart, entry, x, middle);
        ink.text(
            "plain",
            x + SIGN + 10.0,
            middle + 8.0,
            SIZE,
            entry.words(chart),
        );
    }
}

#[derive(Debug, Clone, Copy)]
enum Entry {
    Plan,
    Deadline,
    Span,
    Permanent,
    Claimed,
    Attested,
    Awaited,
    Returned,
    Disputed,
    Overdue,
    Earliest,
    Critical,
    Slack,
    Dependency,
    Begun,
    Late,
    Out,
    Outside,
}

const ENTRIES: [Entry; 18] = [
    Entry::Plan,
    Entry::Deadline,
    Entry::Span,
    Entry::Permanent,
    Entry::Overdue,
    Entry::Begun,
    Entry::Claimed,
    Entry::Awaited,
    Entry::Returned,
    Entry::Disputed,
    Entry::Attested,
    Entry::Late,
    Entry::Out,
    Entry::Earliest,
    Entry::Critical,
    Entry::Slack,
    Entry::Dependency,
    Entry::Outside,
];

impl Entry {
    fn words(self, chart: &Chart) -> &'static str {
        let words = chart.words;
        match self {
            Self::Plan => words.plan,
            Self::Deadline => words.deadline,
            Self::Span => words.span,
            Self::Permanent => words.permanent,
            Self::Claimed => words.claimed,
            Self::Attested => words.attested,
            Self::Awaited => words.awaited,
            Self::Returned => words.returned,
            Self::Disputed => words.disputed,
            Self::Overdue => words.overdue,
            Self::Earliest => words.earliest,
            Self::Critical => words.critical,
            Self::Slack => words.slack,
            Self::Dependency => words.dependency,
            Self::Begun => words.begun,
            Self::Late => words.late,
            Self::Out => words.out,
            Self::Outside => words.outside,
        }
    }
}

/// The entries one after the other, with their left edge and the height at which their line begins.
fn arranged(chart: &Chart, left: f64, width: f64) -> Vec<(Entry, f64, f64)> {
    let (mut x, mut y) = (left, 0.0);
    let mut places = Vec::new();
    for entry in ENTRIES {
        let wide = SIGN + 10.0 + text::width(entry.words(chart), SIZE) + 36.0;
        if x + wide > left + width && x > left {
            (x, y) = (left, y + LINE);
        }
        places.push((entry, x, y));
        x += wide;
    }
    places
}

fn sign(ink: &mut Ink, chart: &Chart, entry: Entry, x: f64, y: f64) {
    let (left, right) = (x + 6.0, x + SIGN - 6.0);
    let middle = f64::midpoint(left, right);
    let side = |ink: &mut Ink, word| {
        let party = &chart.parties[1];
        signs::side_box(ink, party, word, x + 8.0, y - signs::BOX_HEIGHT / 2.0);
    };
    match entry {
        Entry::Plan => ink.rect("plan", left, y - 15.0, right - left, 30.0),
        Entry::Deadline => ink.diamond("deadline", (middle, y), 15.0),
        Entry::Span => {
            ink.rect("span", left, y - 15.0, right - left - 8.0, 30.0);
            ink.diamond("deadline", (right - 8.0, y), 15.0);
        }
        Entry::Permanent => {
            let points = [
                (left, y - 15.0),
                (right - 22.0, y - 15.0),
                (right, y),
                (right - 22.0, y + 15.0),
                (left, y + 15.0),
            ];
            ink.path("plan", &points, true);
        }
        Entry::Claimed => {
            ink.rect("claimed", left, y - 10.0, right - left - 17.0, 20.0);
            signs::done(ink, false, (right - 17.0, y));
        }
        Entry::Attested => {
            ink.rect("attested", left, y - 10.0, right - left - 17.0, 20.0);
            signs::done(ink, true, (right - 17.0, y));
        }
        Entry::Awaited => side(ink, Word::Awaited),
        Entry::Returned => side(ink, Word::Returns),
        Entry::Disputed => side(ink, Word::Disputes),
        Entry::Overdue => {
            ink.diamond("deadline missed", (middle - 10.0, y), 15.0);
            ink.text("alarm", middle + 12.0, y + 11.0, 32.0, "!");
        }
        Entry::Earliest => {
            ink.line("earliest", (left, y), (right, y));
            for end in [left, right] {
                ink.line("end", (end, y - 9.0), (end, y + 9.0));
            }
        }
        Entry::Critical => {
            ink.line("earliest critical", (left, y), (right, y));
            for end in [left, right] {
                ink.line("end critical", (end, y - 13.0), (end, y + 13.0));
            }
        }
        Entry::Slack => ink.line("slack", (left, y), (right, y)),
        Entry::Begun => signs::begun(ink, (middle - 10.0, y)),
        Entry::Late => {
            ink.diamond("deadline", (left + 15.0, y), 15.0);
            ink.line("late", (left + 15.0, y), (right - 17.0, y));
            signs::done(ink, false, (right - 17.0, y));
        }
        Entry::Out => ink.rect("given-up framed", left, y - 18.0, right - left, 36.0),
        Entry::Outside => {
            ink.line("earliest", (left, y), (right - 12.0, y));
            signs::leads_out(ink, "head", (right, y), 16.0);
        }
        Entry::Dependency => {
            let points = [
                (left, y - 14.0),
                (middle, y - 14.0),
                (middle, y + 10.0),
                (right, y + 10.0),
            ];
            ink.path("arrow", &points, false);
            let head = [
                (right, y + 10.0),
                (right - 11.0, y + 3.0),
                (right - 11.0, y + 17.0),
            ];
            ink.path("head", &head, true);
        }
    }
}
