//! Calendar windows and the periods that they are made up of.

use crate::domain::period::{Period, Window};

/// The calendar windows longer than a period that take it in, the longest first.
pub(super) fn longer(period: Period) -> Vec<Period> {
    let windows: &[Window] = match period.window() {
        Window::Month => &[Window::Year, Window::HalfYear, Window::Quarter],
        Window::Quarter => &[Window::Year, Window::HalfYear],
        Window::HalfYear => &[Window::Year],
        Window::Year | Window::JanuaryToMonth | Window::TwelveMonths => &[],
    };
    windows
        .iter()
        .filter_map(|window| {
            let length = length(*window);
            let last = (period.last_month() + length - 1) / length * length;
            Period::new(*window, period.year(), last).ok()
        })
        .collect()
}

/// Returns the periods that are looked at beside one to tell timing, itself among them.
#[must_use]
pub fn periods_beside(period: Period) -> Vec<Period> {
    let others = longer(period).into_iter();
    let beside = others.flat_map(|window| periods_in(window, period.window()));
    beside.chain([period]).collect()
}

/// The periods of a window of which a longer one is made up.
#[must_use]
pub fn periods_in(longer: Period, window: Window) -> Vec<Period> {
    let length = length(window);
    (longer.first_month()..=longer.last_month())
        .filter(|month| month % length == 0)
        .filter_map(|month| Period::new(window, longer.year(), month).ok())
        .collect()
}

/// How many months a calendar window has.
fn length(window: Window) -> i8 {
    match window {
        Window::Month | Window::JanuaryToMonth => 1,
        Window::Quarter => 3,
        Window::HalfYear => 6,
        Window::Year | Window::TwelveMonths => 12,
    }
}
