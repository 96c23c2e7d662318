//! The arrows of dependencies, from the earliest days of one measure to those of another.

use super::{Bar, Link, axis::Axis, row, shape::Ink, text};

/// How far an arrow keeps from the end that it leaves or reaches.
const STUB: f64 = 16.0;

/// A measure on a page.
pub(super) struct Placed<'a> {
    /// Its place among all measures.
    pub(super) place: usize,
    /// The measure.
    pub(super) bar: &'a Bar,
    /// Where its row begins.
    pub(super) top: f64,
    /// Where it ends.
    pub(super) bottom: f64,
}

/// Draws the arrows between the measures of a page, and says by number what stands on other pages.
pub(super) fn draw(ink: &mut Ink, placed: &[Placed<'_>], numbers: &[i32], axis: &Axis) {
    for to in placed {
        let mut elsewhere: Vec<String> = Vec::new();
        for link in &to.bar.follows {
            match placed.iter().find(|from| from.place == link.place) {
                Some(from) => arrow(ink, from, to, *link, axis),
                None => elsewhere.extend(numbers.get(link.place).map(ToString::to_string)),
            }
        }
        if let Some((first, _)) = to.bar.earliest.filter(|_| !elsewhere.is_empty()) {
            let note = format!("{} →", elsewhere.join(", "));
            let x = axis.start(first) - STUB;
            let (left, _) = axis.edges();
            if x - text::width(&note, 20.0) > left {
                ink.right("faint", x, to.top + row::LINE + 7.0, 20.0, &note);
            }
        }
    }
}

fn arrow(ink: &mut Ink, from: &Placed<'_>, to: &Placed<'_>, link: Link, axis: &Axis) {
    let (Some(before), Some(after)) = (from.bar.earliest, to.bar.earliest) else {
        return;
    };
    let (leaving, out) = if link.from_finish {
        (axis.end(before.1), STUB)
    } else {
        (axis.start(before.0), -STUB)
    };
    let (reaching, away) = if link.to_start {
        (axis.start(after.0), -STUB)
    } else {
        (axis.end(after.1), STUB)
    };
    let (start, end) = (from.top + row::LINE, to.top + row::LINE);
    // Just inside the row of the dependent measure, on the side from which the arrow comes.
    let lane = if start < end {
        to.top + 4.0
    } else {
        to.bottom - 4.0
    };
    let points = [
        (leaving, start),
        (leaving + out, start),
        (leaving + out, lane),
        (reaching + away, lane),
        (reaching + away, end),
        (reaching, end),
    ];
    let class = if link.critical {
        "arrow critical"
    } else {
        "arrow"
    };
    ink.path(class, &points, false);
    let (back, half) = (if link.to_start { -11.0 } else { 11.0 }, 7.0);
    let head = [
        (reaching, end),
        (reaching + back, end - half),
        (reaching + back, end + half),
    ];
    ink.path(
        if link.critical {
            "head critical"
        } else {
            "head"
        },
        &head,
        true,
    );
}
