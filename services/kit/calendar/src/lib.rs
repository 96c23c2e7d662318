//! Feeds that calendar programs subscribe to: iCalendar (RFC 5545, with the properties of RFC 7986).
//!
//! A service says what its entries are; this crate says what a feed is, how large it may be and how days, texts and
//! categories are written. Most escaping is the `icalendar` crate's.

use accord_proto::google::api::HttpBody;
use icalendar::{Calendar, CalendarComponent, Component, Parameter, Property};
use jiff::{Timestamp, civil::Date};

/// The most entries of one feed.
pub const MOST_ENTRIES: usize = 10_000;

/// The largest feed: what gRPC clients take without being told is 4 MiB.
pub const MOST_BYTES: usize = 3 << 20;

/// The longest line, without its end.
const LINE_BYTES: usize = 75;

/// How often a program is asked to look again.
const REFRESH: &str = "PT12H";

/// A feed that has become too large.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the calendar would have more than {MOST_ENTRIES} entries or {MOST_BYTES} bytes")]
pub struct TooLarge;

/// A feed that is being written.
#[derive(Debug)]
pub struct Feed {
    calendar: Calendar,
    bytes: usize,
}

impl Feed {
    /// Begins a feed of a package, such as `accord.documents.v1`, under a name for people.
    #[must_use]
    pub fn new(package: &str, name: &str) -> Self {
        let mut calendar = Calendar::empty();
        let product = format!("-//Accord//{package}//EN");
        for (key, value) in [
            ("VERSION", "2.0"),
            ("PRODID", product.as_str()),
            ("CALSCALE", "GREGORIAN"),
            ("METHOD", "PUBLISH"),
        ] {
            calendar.append_property((key, value));
        }
        for key in ["NAME", "X-WR-CALNAME"] {
            calendar.append_property(text(key, name));
        }
        let mut refresh = Property::new("REFRESH-INTERVAL", REFRESH);
        calendar.append_property(refresh.append_parameter(Parameter::new("VALUE", "DURATION")));
        calendar.append_property(("X-PUBLISHED-TTL", REFRESH));
        Self { calendar, bytes: 0 }
    }

    /// Adds an entry, unless the feed would be too large with it.
    pub fn push(
        &mut self,
        entry: impl Component + Into<CalendarComponent>,
    ) -> Result<(), TooLarge> {
        self.bytes += entry.try_into_string().map_or(0, |text| text.len());
        if self.calendar.components.len() == MOST_ENTRIES || self.bytes > MOST_BYTES {
            return Err(TooLarge);
        }
        self.calendar.push(entry);
        Ok(())
    }

    /// Returns the feed as the body of an answer.
    #[must_use]
    pub fn into_body(self) -> HttpBody {
        HttpBody {
            content_type: "text/calendar; charset=utf-8".to_owned(),
            data: folded(&self.calendar.to_string()).into_bytes(),
            extensions: Vec::new(),
        }
    }
}

/// Folds the lines of a feed anew, so that none has more than 75 octets (RFC 5545, section 3.1): the last part of a
/// line that the `icalendar` crate folds can have one more.
fn folded(feed: &str) -> String {
    let mut folded = String::with_capacity(feed.len() + feed.len() / 64);
    for line in feed.replace("\r\n ", "").split_terminator("\r\n") {
        let mut left = LINE_BYTES;
        for character in line.chars() {
            if character.len_utf8() > left {
                folded.push_str("\r\n ");
                left = LINE_BYTES - 1;
            }
            left -= character.len_utf8();
            folded.push(character);
        }
        folded.push_str("\r\n");
    }
    folded
}

/// A property whose value is text although the `icalendar` crate may not know it: it is escaped as such.
#[must_use]
pub fn text(key: &str, value: &str) -> Property {
    let mut property = Property::new(key, value);
    property.append_parameter(Parameter::new("VALUE", "TEXT"));
    property
}

/// A property whose value is a whole day.
#[must_use]
pub fn day(key: &str, day: Date) -> Property {
    let mut property = Property::new(key, day.strftime("%Y%m%d").to_string());
    property.append_parameter(Parameter::new("VALUE", "DATE"));
    property
}

/// A property whose value is an instant, to the second.
#[must_use]
pub fn instant(key: &str, at: Timestamp) -> Property {
    Property::new(key, at.strftime("%Y%m%dT%H%M%SZ").to_string())
}

/// What an entry is about, in a language (a BCP 47 tag, or empty where it is not known).
#[must_use]
pub fn summary(title: &str, language: &str) -> Property {
    let mut property = Property::new("SUMMARY", title);
    if !language.is_empty() {
        property.append_parameter(Parameter::new("LANGUAGE", language));
    }
    property
}

/// One category, whatever is in its name. A list of categories is parted by commas, so that those of the name are
/// escaped here: the `icalendar` crate leaves the whole list as it is.
#[must_use]
pub fn category(name: &str) -> Property {
    let mut escaped = String::with_capacity(name.len());
    for character in name.chars() {
        match character {
            '\\' | ';' | ',' => escaped.extend(['\\', character]),
            '\n' => escaped.push_str("\\n"),
            other => escaped.push(other),
        }
    }
    Property::new("CATEGORIES", escaped)
}

/// Chooses among texts with their languages: the very tag, else one of the same language, else the first.
pub fn in_language<'a>(
    texts: impl Iterator<Item = (&'a str, &'a str)> + Clone,
    language: &str,
) -> Option<(&'a str, &'a str)> {
    let primary = |tag: &str| tag.split('-').next().unwrap_or_default().to_owned();
    let exact = texts.clone().find(|(tag, _)| *tag == language);
    let wanted = primary(language);
    let similar = || texts.clone().find(|(tag, _)| primary(tag) == wanted);
    exact.or_else(similar).or_else(|| texts.clone().next())
}

#[cfg(test)]
mod tests {
    use icalendar::{Component as _, Event};
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn read(feed: Feed) -> (String, Calendar) {
        let written = String::from_utf8(feed.into_body().data).unwrap();
        let parsed = written.parse().unwrap();
        (written, parsed)
    }

    #[test]
    fn a_feed_has_what_programs_ask_for() {
        let mut feed = Feed::new("accord.tests.v1", "Roads, bridges; and \\");
        let mut entry = Event::new();
        entry
            .uid("1@tests.accord")
            .append_property(day("DTSTART", date(2022, 6, 30)))
            .append_property(instant(
                "DTSTAMP",
                "2022-05-02T09:00:00.5Z".parse().unwrap(),
            ))
            .append_property(category("Roads, bridges"));
        feed.push(entry).unwrap();
        let (written, parsed) = read(feed);
        assert!(written.starts_with(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Accord//accord.tests.v1//EN\r\n"
        ));
        assert!(
            written.contains("DTSTART;VALUE=DATE:20220630\r\n"),
            "{written}"
        );
        assert!(
            written.contains("DTSTAMP:20220502T090000Z\r\n"),
            "{written}"
        );
        assert!(
            written.contains("CATEGORIES:Roads\\, bridges\r\n"),
            "{written}"
        );
        assert_eq!(parsed.get_name(), Some("Roads, bridges; and \\"));
    }

    #[test]
    fn a_feed_ends_at_its_limits() {
        let mut feed = Feed::new("accord.tests.v1", "many");
        let entry = || Event::new().uid("x").done();
        for _ in 0..MOST_ENTRIES {
            feed.push(entry()).unwrap();
        }
        assert_eq!(feed.push(entry()), Err(TooLarge));
        let mut feed = Feed::new("accord.tests.v1", "large");
        let large = || Event::new().description(&"x".repeat(1_000)).done();
        let taken = (0..MOST_ENTRIES).take_while(|_| feed.push(large()).is_ok());
        // Each is a thousand bytes and some lines around them.
        let count = taken.count();
        assert!((2_500..3_100).contains(&count), "{count}");
    }

    #[test]
    fn the_language_asked_for_comes_first_and_the_same_language_next() {
        let texts = [("en", "a"), ("uz-Cyrl", "b"), ("uz-Latn", "c")];
        let found = |language| in_language(texts.into_iter(), language).unwrap().1;
        assert_eq!(
            (found("uz-Latn"), found("uz"), found("kk"), found("")),
            ("c", "b", "a", "a")
        );
        assert_eq!(in_language(std::iter::empty(), "uz"), None);
    }

    proptest! {
        #[test]
        fn texts_come_back_and_lines_are_folded(title in "[\\PC]{0,200}", name in "[\\PC]{1,100}") {
            let mut feed = Feed::new("accord.tests.v1", &name);
            let mut entry = Event::new();
            entry.uid("x").append_property(summary(&title, "uz-Latn"));
            feed.push(entry).unwrap();
            let (written, parsed) = read(feed);
            prop_assert!(written.split("\r\n").all(|line| line.len() <= 75));
            let event = parsed.components[0].as_event().unwrap();
            prop_assert_eq!(event.get_summary().unwrap_or_default(), title);
            prop_assert_eq!(parsed.get_name().unwrap_or_default(), name);
        }
    }
}
