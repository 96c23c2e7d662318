//! The words of a PDF, and whether every page gave some.

use std::fmt;

use pdf_extract::{
    ConvertToFmt, Document, MediaBox, OutputDev, OutputError, PlainTextOutput, Transform,
    output_doc,
};

use super::{MAX_CHARS, Outcome, cleaned};

/// How much a PDF may give, with the control characters that are not kept: when it is full, reading ends.
const MAX_BYTES: usize = 8 * MAX_CHARS;

/// The words of a PDF that have room.
#[derive(Default)]
struct Room {
    text: String,
    is_full: bool,
}

impl fmt::Write for Room {
    fn write_str(&mut self, more: &str) -> fmt::Result {
        self.is_full |= self.text.len() + more.len() > MAX_BYTES;
        if self.is_full {
            return Err(fmt::Error);
        }
        self.text.push_str(more);
        Ok(())
    }
}

impl ConvertToFmt for &mut Room {
    type Writer = Self;

    fn convert(self) -> Self {
        self
    }
}

/// Writes plain text, and notes whether a page had none.
struct Pages<'a> {
    text: PlainTextOutput<&'a mut Room>,
    has_words: bool,
    is_any_empty: bool,
}

impl OutputDev for Pages<'_> {
    fn begin_page(
        &mut self,
        number: u32,
        media_box: &MediaBox,
        art_box: Option<(f64, f64, f64, f64)>,
    ) -> Result<(), OutputError> {
        self.has_words = false;
        self.text.begin_page(number, media_box, art_box)
    }

    fn end_page(&mut self) -> Result<(), OutputError> {
        self.is_any_empty |= !self.has_words;
        self.text.end_page()
    }

    fn output_character(
        &mut self,
        place: &Transform,
        width: f64,
        spacing: f64,
        font_size: f64,
        char: &str,
    ) -> Result<(), OutputError> {
        self.has_words |= char.chars().any(char::is_alphanumeric);
        self.text
            .output_character(place, width, spacing, font_size, char)
    }

    fn begin_word(&mut self) -> Result<(), OutputError> {
        self.text.begin_word()
    }

    fn end_word(&mut self) -> Result<(), OutputError> {
        self.text.end_word()
    }

    fn end_line(&mut self) -> Result<(), OutputError> {
        self.text.end_line()
    }
}

/// Takes the words from a PDF.
pub(super) fn words(bytes: &[u8]) -> Outcome {
    let mut room = Room::default();
    match read(bytes, &mut room) {
        Ok(is_any_empty) => cleaned(&room.text, is_any_empty),
        Err(_) if room.is_full => cleaned(&room.text, true),
        Err(error) => Outcome::Failed(error.to_string()),
    }
}

/// Reads a PDF, and returns whether a page of it had no words.
fn read(bytes: &[u8], room: &mut Room) -> Result<bool, OutputError> {
    let mut document = Document::load_mem(bytes)?;
    if document.is_encrypted() {
        // Many are so that all may read but not change them.
        document.decrypt("")?;
    }
    let mut pages = Pages {
        text: PlainTextOutput::new(room),
        has_words: false,
        is_any_empty: false,
    };
    output_doc(&document, &mut pages)?;
    Ok(pages.is_any_empty)
}
