//! The shapes that a drawing is made of, as SVG.

use super::text;

/// Writes shapes one after the other.
#[derive(Debug, Default)]
pub(super) struct Ink {
    svg: String,
}

impl Ink {
    /// What has been written.
    pub(super) fn into_svg(self) -> String {
        self.svg
    }

    /// Writes SVG as it is.
    pub(super) fn raw(&mut self, svg: &str) {
        self.svg.push_str(svg);
        self.svg.push('\n');
    }

    /// Begins a group that tells who points at it what it is.
    pub(super) fn begin(&mut self, class: &str, title: &str) {
        self.raw(&format!(
            "<g class=\"{class}\"><title>{}</title>",
            text::escaped(title)
        ));
    }

    /// Ends a group.
    pub(super) fn end(&mut self) {
        self.raw("</g>");
    }

    /// A rectangle; none where it would have no extent.
    pub(super) fn rect(&mut self, class: &str, x: f64, y: f64, width: f64, height: f64) {
        if width > 0.0 && height > 0.0 {
            self.raw(&format!(
                "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\"/>"
            ));
        }
    }

    /// A line.
    pub(super) fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        self.raw(&format!(
            "<line class=\"{class}\" x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\"/>",
            from.0, from.1, to.0, to.1
        ));
    }

    /// A path through points.
    pub(super) fn path(&mut self, class: &str, points: &[(f64, f64)], closed: bool) {
        let steps: Vec<String> = points
            .iter()
            .map(|(x, y)| format!("{x:.1} {y:.1}"))
            .collect();
        let end = if closed { " Z" } else { "" };
        self.raw(&format!(
            "<path class=\"{class}\" d=\"M {}{end}\"/>",
            steps.join(" L ")
        ));
    }

    /// A disc.
    pub(super) fn disc(&mut self, class: &str, (x, y): (f64, f64), radius: f64) {
        self.raw(&format!(
            "<circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius:.1}\"/>"
        ));
    }

    /// The left half of a disc.
    pub(super) fn half_disc(&mut self, class: &str, (x, y): (f64, f64), radius: f64) {
        let (top, bottom) = (y - radius, y + radius);
        self.raw(&format!(
            "<path class=\"{class}\" d=\"M {x:.1} {top:.1} A {radius:.1} {radius:.1} 0 0 0 {x:.1} {bottom:.1} Z\"/>"
        ));
    }

    /// A square on its tip.
    pub(super) fn diamond(&mut self, class: &str, (x, y): (f64, f64), radius: f64) {
        let points = [
            (x, y - radius),
            (x + radius, y),
            (x, y + radius),
            (x - radius, y),
        ];
        self.path(class, &points, true);
    }

    /// A tick.
    pub(super) fn tick(&mut self, class: &str, (x, y): (f64, f64), radius: f64) {
        let points = [
            (x - radius * 0.6, y),
            (x - radius * 0.15, y + radius * 0.5),
            (x + radius * 0.65, y - radius * 0.5),
        ];
        self.path(class, &points, false);
    }

    /// A cross.
    pub(super) fn cross(&mut self, class: &str, (x, y): (f64, f64), radius: f64) {
        self.line(class, (x - radius, y - radius), (x + radius, y + radius));
        self.line(class, (x - radius, y + radius), (x + radius, y - radius));
    }

    /// An arrow that turns back.
    pub(super) fn turn(&mut self, class: &str, (x, y): (f64, f64), radius: f64) {
        let points = [
            (x - radius * 0.5, y + radius * 0.7),
            (x + radius * 0.7, y + radius * 0.7),
            (x + radius * 0.7, y - radius * 0.3),
            (x - radius * 0.6, y - radius * 0.3),
        ];
        self.path(class, &points, false);
        let tip = (x - radius * 0.6, y - radius * 0.3);
        let ends = [
            (tip.0 + radius * 0.5, tip.1 - radius * 0.5),
            tip,
            (tip.0 + radius * 0.5, tip.1 + radius * 0.5),
        ];
        self.path(class, &ends, false);
    }

    /// A text that begins at a point.
    pub(super) fn text(&mut self, class: &str, x: f64, y: f64, size: f64, text: &str) {
        self.anchored(class, "start", (x, y), size, text);
    }

    /// A text with its middle at a point.
    pub(super) fn middle(&mut self, class: &str, x: f64, y: f64, size: f64, text: &str) {
        self.anchored(class, "middle", (x, y), size, text);
    }

    /// A text that ends at a point.
    pub(super) fn right(&mut self, class: &str, x: f64, y: f64, size: f64, text: &str) {
        self.anchored(class, "end", (x, y), size, text);
    }

    /// A text; with the class `halo` over a white one with a white edge, for renderers that know no `paint-order`.
    fn anchored(&mut self, class: &str, anchor: &str, (x, y): (f64, f64), size: f64, text: &str) {
        if text.is_empty() {
            return;
        }
        let text = text::escaped(text);
        let mut write = |class: &str, more: &str| {
            self.raw(&format!(
                "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{size:.1}\" text-anchor=\"{anchor}\"{more}>{text}</text>",
            ));
        };
        match class.strip_suffix(" halo") {
            Some(letters) => {
                write(class, " aria-hidden=\"true\"");
                write(letters, "");
            }
            None => write(class, ""),
        }
    }
}
