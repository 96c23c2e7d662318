//! The indicators of a measure in one cell, one on each line:
//! `length: title:ru=Длина; title:en=Length; unit=km; baseline=0; target=10`.
//!
//! A live reading has `trade_target=partnerships/…/targets/…; trade_figure=attained` (or `attained_share`). `\;` is a `;` within a
//! text, and `\\` a `\`.

use accord_proto::roadmaps::v1::{Indicator, LocalizedText, TradeFigure, TradeReading};

use super::shown;

/// What is read of a trade target, by its word.
const FIGURES: [(&str, TradeFigure); 2] = [
    ("attained", TradeFigure::Attained),
    ("attained_share", TradeFigure::AttainedShare),
];

/// Reads what [`write`] writes.
pub fn read(text: &str) -> Result<Vec<Indicator>, String> {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.map(one).collect()
}

fn one(line: &str) -> Result<Indicator, String> {
    let (id, rest) = line.split_once(": ").ok_or_else(|| {
        format!(
            "\"{}\" is not written as ID: title:en=…; unit=…",
            shown(line)
        )
    })?;
    let mut indicator = Indicator {
        indicator_id: id.trim().to_owned(),
        ..Indicator::default()
    };
    for item in parts(rest).iter().filter(|item| !item.trim().is_empty()) {
        let (key, value) = item
            .split_once('=')
            .ok_or_else(|| format!("\"{}\" is not written as KEY=VALUE", shown(item)))?;
        take(&mut indicator, key.trim(), value)?;
    }
    Ok(indicator)
}

fn take(indicator: &mut Indicator, key: &str, value: &str) -> Result<(), String> {
    let value = value.to_owned();
    match key {
        "unit" => indicator.unit = value,
        "baseline" => indicator.baseline = plain(&value),
        "target" => indicator.target = plain(&value),
        "trade_target" => reading(indicator).target = value,
        "trade_figure" => {
            let figure = FIGURES.iter().find(|(word, _)| *word == value.trim());
            let (_, figure) = figure.ok_or_else(|| {
                format!("\"{}\" is none of attained, attained_share", shown(&value))
            })?;
            reading(indicator).figure = (*figure).into();
        }
        _ => {
            let language = key.strip_prefix("title:").ok_or_else(|| {
                format!(
                    "\"{}\" is none of title:LANGUAGE, unit, baseline, target, trade_target, trade_figure",
                    shown(key)
                )
            })?;
            indicator.titles.push(LocalizedText {
                language_code: language.to_owned(),
                text: value,
            });
        }
    }
    Ok(())
}

fn reading(indicator: &mut Indicator) -> &mut TradeReading {
    indicator.trade_reading.get_or_insert_default()
}

/// A decimal as the service answers it, without zeros at its end: `10.50` is `10.5`.
fn plain(number: &str) -> String {
    let number = number.trim();
    if number.contains('.') {
        number
            .trim_end_matches('0')
            .trim_end_matches('.')
            .to_owned()
    } else {
        number.to_owned()
    }
}

/// Writes one line for each.
#[must_use]
pub fn write(indicators: &[Indicator]) -> String {
    let lines: Vec<String> = indicators.iter().map(line).collect();
    lines.join("\n")
}

fn line(indicator: &Indicator) -> String {
    let mut items: Vec<(String, &str)> = indicator
        .titles
        .iter()
        .map(|title| {
            (
                format!("title:{}", title.language_code),
                title.text.as_str(),
            )
        })
        .collect();
    let reading = indicator.trade_reading.as_ref();
    let figure = reading.and_then(|reading| {
        let figure = FIGURES.iter().find(|(_, one)| *one == reading.figure());
        figure.map(|(word, _)| *word)
    });
    let simple = [
        ("unit", indicator.unit.as_str()),
        ("baseline", &indicator.baseline),
        ("target", &indicator.target),
        (
            "trade_target",
            reading.map_or("", |reading| &reading.target),
        ),
        ("trade_figure", figure.unwrap_or_default()),
    ];
    let simple = simple.iter().filter(|(_, value)| !value.is_empty());
    items.extend(simple.map(|(key, value)| ((*key).to_owned(), *value)));
    let items: Vec<String> = items
        .iter()
        .map(|(key, value)| format!("{key}={}", escaped(value)))
        .collect();
    format!("{}: {}", indicator.indicator_id, items.join("; "))
}

/// A text in which a `;` parts nothing.
#[must_use]
pub(super) fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace(';', "\\;")
}

/// What stands between the `;` of a text, each without the one blank that follows a `;`.
#[must_use]
pub(super) fn parts(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut signs = text.chars().peekable();
    while let Some(sign) = signs.next() {
        let is_escaped = sign == '\\' && matches!(signs.peek(), Some(';' | '\\'));
        if sign == ';' {
            parts.push(String::new());
            signs.next_if_eq(&' ');
        } else if let Some(last) = parts.last_mut() {
            last.push(if is_escaped {
                signs.next().unwrap_or(sign)
            } else {
                sign
            });
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_indicator_is_told() {
        for (text, told) in [
            (
                "length",
                "\"length\" is not written as ID: title:en=…; unit=…",
            ),
            ("length: km", "\"km\" is not written as KEY=VALUE"),
            (
                "a: trade_figure=x",
                "\"x\" is none of attained, attained_share",
            ),
        ] {
            assert_eq!(read(text).unwrap_err(), told);
        }
        assert!(
            read("a: b=c")
                .unwrap_err()
                .starts_with("\"b\" is none of title:LANGUAGE")
        );
        assert_eq!(
            read("a: title:en=A; unit=km; target=10.50").unwrap()[0].target,
            "10.5"
        );
    }
}
