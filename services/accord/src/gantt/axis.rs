//! The axis of time: where a day is, and its years, quarters and months.

use jiff::civil::Date;

use super::shape::Ink;

/// How wide a month has to be to have its number written.
const MONTH_ROOM: f64 = 34.0;
/// How wide a quarter has to be to have its number written.
const QUARTER_ROOM: f64 = 30.0;
/// The heights of the three lines of numbers.
pub(super) const HEIGHT: f64 = 118.0;

/// Days laid out from left to right.
#[derive(Debug, Clone, Copy)]
pub(super) struct Axis {
    first: Date,
    last: Date,
    left: f64,
    right: f64,
}

impl Axis {
    /// Lays whole months out between two edges.
    pub(super) fn new((first, last): (Date, Date), left: f64, right: f64) -> Self {
        Self {
            first: first.first_of_month(),
            last: last.max(first).last_of_month(),
            left,
            right,
        }
    }

    /// The left and the right edge.
    pub(super) fn edges(&self) -> (f64, f64) {
        (self.left, self.right)
    }

    /// Where a day begins; days outside lie on the edges.
    pub(super) fn start(&self, day: Date) -> f64 {
        self.at(day, 0.0)
    }

    /// Where a day ends; days outside lie on the edges.
    pub(super) fn end(&self, day: Date) -> f64 {
        self.at(day, 1.0)
    }

    /// Whether a day is shown.
    pub(super) fn shows(&self, day: Date) -> bool {
        (self.first..=self.last).contains(&day)
    }

    /// Whether a day is before all that are shown.
    pub(super) fn is_before(&self, day: Date) -> bool {
        day < self.first
    }

    /// Whether a day is after all that are shown.
    pub(super) fn is_after(&self, day: Date) -> bool {
        day > self.last
    }

    fn at(&self, day: Date, part: f64) -> f64 {
        let share = (days(self.first, day) + part) / (days(self.first, self.last) + 1.0);
        self.left + share.clamp(0.0, 1.0) * (self.right - self.left)
    }

    /// Writes the numbers above and the lines down to the end of the rows.
    pub(super) fn draw(&self, ink: &mut Ink, top: f64, bottom: f64) {
        let month = (self.right - self.left) / (days(self.first, self.last) + 1.0) * 30.4;
        ink.rect("axis", self.left, top, self.right - self.left, HEIGHT);
        let mut at = self.first;
        loop {
            let (x, end) = (self.start(at), self.end(at.last_of_month()));
            let (number, quarter) = (at.month(), (at.month() + 2) / 3);
            let begins_year = number == 1 || at == self.first;
            let begins_quarter = number % 3 == 1 || at == self.first;
            let class = match (number == 1, number % 3 == 1) {
                (true, _) => "year",
                (false, true) => "quarter",
                (false, false) => "month",
            };
            if at != self.first && (class != "month" || month >= MONTH_ROOM) {
                ink.line(
                    class,
                    (x, top + if class == "year" { 0.0 } else { 44.0 }),
                    (x, bottom),
                );
            }
            if begins_year {
                let whole = self.end(Date::new(at.year(), 12, 31).unwrap_or(at)) - x;
                if whole > 90.0 {
                    ink.middle(
                        "strong",
                        x + whole / 2.0,
                        top + 33.0,
                        32.0,
                        &at.year().to_string(),
                    );
                }
            }
            if begins_quarter && month * 3.0 >= QUARTER_ROOM {
                let last = Date::new(at.year(), quarter * 3, 1).map_or(at, Date::last_of_month);
                let whole = self.end(last) - x;
                if whole >= QUARTER_ROOM {
                    ink.middle("plain", x + whole / 2.0, top + 73.0, 26.0, roman(quarter));
                }
            }
            if month >= MONTH_ROOM {
                ink.middle(
                    "faint",
                    f64::midpoint(x, end),
                    top + 107.0,
                    22.0,
                    &number.to_string(),
                );
            }
            match at.last_of_month().tomorrow() {
                Ok(next) if next <= self.last => at = next,
                _ => break,
            }
        }
        ink.line("year", (self.left, top), (self.left, bottom));
        ink.line("year", (self.right, top), (self.right, bottom));
    }
}

/// How many days one day is after another.
fn days(from: Date, to: Date) -> f64 {
    let hours = to.duration_since(from).as_hours();
    i32::try_from(hours / 24).map_or(0.0, f64::from)
}

fn roman(quarter: i8) -> &'static str {
    match quarter {
        1 => "I",
        2 => "II",
        3 => "III",
        _ => "IV",
    }
}
