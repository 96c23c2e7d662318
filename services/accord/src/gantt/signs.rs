//! The signs for what each side has said, and for what is done.

use super::{Chart, State, shape::Ink};

/// The width of the box of a side.
pub(super) const BOX: f64 = 104.0;
/// Its height.
pub(super) const BOX_HEIGHT: f64 = 42.0;
/// The room between two boxes.
const GAP: f64 = 10.0;

/// What one side has said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// Nothing.
    None,
    /// That the measure is done.
    Claims,
    /// That it is done, and the other side too.
    Agrees,
    /// Nothing yet on the other side's report.
    Awaited,
    /// That the report is not enough.
    Returns,
    /// That the report is not true.
    Disputes,
    /// That the measure is given up.
    GivesUp,
}

/// What a side has said in a state.
fn word(state: State, side: usize) -> Word {
    match state {
        State::Planned | State::Begun => Word::None,
        State::Claimed(by) | State::Returned(by) | State::Disputed(by) if by == side => {
            Word::Claims
        }
        State::Claimed(_) => Word::Awaited,
        State::Returned(_) => Word::Returns,
        State::Disputed(_) => Word::Disputes,
        State::Attested => Word::Agrees,
        State::Cancelled | State::Superseded | State::CarriedOver => Word::GivesUp,
    }
}

/// Draws both sides' boxes.
pub(super) fn sides(ink: &mut Ink, chart: &Chart, state: State, x: f64, y: f64) {
    for (side, party) in chart.parties.iter().enumerate() {
        let left = if side == 0 { x } else { x + BOX + GAP };
        side_box(ink, party, word(state, side), left, y);
    }
    if state == State::Begun {
        begun(ink, (x + 2.0 * (BOX + GAP) + 6.0, y + BOX_HEIGHT / 2.0));
    }
}

/// Draws the sign of what has begun; it begins at a point.
pub(super) fn begun(ink: &mut Ink, (left, middle): (f64, f64)) {
    let points = [
        (left, middle - 12.0),
        (left + 20.0, middle),
        (left, middle + 12.0),
    ];
    ink.path("solid", &points, true);
}

/// Draws the head of an arrow that leads out of the chart: to the right, or with a negative length to the left.
pub(super) fn leads_out(ink: &mut Ink, class: &str, (x, y): (f64, f64), length: f64) {
    let half = length.abs() * 0.75;
    let points = [(x, y), (x - length, y - half), (x - length, y + half)];
    ink.path(class, &points, true);
}

/// Draws the box of a side.
pub(super) fn side_box(ink: &mut Ink, party: &str, word: Word, x: f64, y: f64) {
    let (class, letters) = match word {
        Word::None | Word::GivesUp => ("box none", "faint"),
        Word::Claims => ("box claimed", "strong halo"),
        Word::Agrees => ("box attested", "inverse"),
        Word::Awaited => ("box awaited", "plain"),
        Word::Returns | Word::Disputes => ("box against", "strong"),
    };
    ink.rect(class, x, y, BOX, BOX_HEIGHT);
    let middle = y + BOX_HEIGHT / 2.0;
    let sign = (x + BOX - 24.0, middle);
    ink.middle(letters, x + 36.0, middle + 10.0, 27.0, party);
    match word {
        Word::None | Word::Claims => {}
        Word::Agrees => ink.tick("stroke inverse-stroke", sign, 14.0),
        Word::Awaited => ink.middle("strong", sign.0, middle + 10.0, 27.0, "?"),
        Word::Returns => ink.turn("stroke", sign, 13.0),
        Word::Disputes => ink.cross("stroke heavy", sign, 9.0),
        Word::GivesUp => ink.line("stroke", (x + 8.0, middle), (x + BOX - 8.0, middle)),
    }
}

/// Draws the sign of a day on which a measure was done: half a disc by one side's word, a disc with a tick by both.
pub(super) fn done(ink: &mut Ink, attested: bool, at: (f64, f64)) {
    if attested {
        ink.disc("disc attested", at, 17.0);
        ink.tick("stroke inverse-stroke", at, 13.0);
    } else {
        ink.disc("disc open", at, 17.0);
        ink.half_disc("solid", at, 17.0);
    }
}
