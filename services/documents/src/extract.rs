//! The words of a file, as plain text: from PDF and from plain text itself.

mod pdf;
mod reader;

pub use reader::{Reader, take_words_if_asked};

/// What was found in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Its words, without control characters but line ends and tabs.
    Words(Words),
    /// It has no words, such as a scan without a text layer.
    NoWords,
    /// Words are not taken from files of this type, or not from this charset.
    NotSupported,
    /// It is damaged or encrypted; why, for the log.
    Failed(String),
}

/// The words of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Words {
    /// The first 500,000 characters.
    pub(crate) text: String,
    /// Whether the file may say more: its words were cut off, or a page of it gave none, such as a scanned one.
    pub(crate) is_partial: bool,
}

/// The most characters that are taken from a file: some 200 pages. The rest is not searched.
const MAX_CHARS: usize = 500_000;

/// The stack of the thread that reads a file: PDF nests deep.
pub(crate) const STACK_BYTES: usize = 64 * 1024 * 1024;

const PDF: &str = "application/pdf";
const PLAIN: &str = "text/plain";

/// Returns whether words are taken from files of this type.
pub(crate) fn is_supported(media_type: &str) -> bool {
    matches!(kind(media_type).as_str(), PDF | PLAIN)
}

fn kind(media_type: &str) -> String {
    let kind = media_type.split(';').next().unwrap_or_default();
    kind.trim().to_ascii_lowercase()
}

/// Takes the words from a file. It blocks, and the PDF library may panic or take long on a damaged file: the
/// caller runs it apart and bounds it.
pub(crate) fn words(media_type: &str, bytes: &[u8]) -> Outcome {
    let mut parts = media_type.split(';').map(str::trim);
    let charset = parts.find_map(|part| {
        let (name, value) = part.split_once('=')?;
        let is_charset = name.trim().eq_ignore_ascii_case("charset");
        is_charset.then(|| value.trim().trim_matches('"').to_ascii_lowercase())
    });
    match kind(media_type).as_str() {
        PDF => pdf::words(bytes),
        PLAIN => plain(charset.as_deref(), bytes),
        _ => Outcome::NotSupported,
    }
}

/// Plain text: as its byte-order mark says, else its charset, else UTF-8.
fn plain(charset: Option<&str>, bytes: &[u8]) -> Outcome {
    let label = charset.unwrap_or("utf-8");
    let Some(encoding) = encoding_rs::Encoding::for_label(label.as_bytes()) else {
        return Outcome::NotSupported;
    };
    let (text, used, has_errors) = encoding.decode(bytes);
    if has_errors {
        return Outcome::Failed(format!("is not {}", used.name()));
    }
    cleaned(&text, false)
}

/// Keeps the words of a text, of which `is_partial` says whether something was left out already.
fn cleaned(text: &str, is_partial: bool) -> Outcome {
    let is_kept = |char: &char| matches!(char, '\n' | '\t') || !char.is_control();
    let mut kept = text.chars().filter(is_kept);
    let text: String = kept.by_ref().take(MAX_CHARS).collect();
    let is_cut = kept.any(|char| !char.is_whitespace());
    if text.chars().any(char::is_alphanumeric) {
        Outcome::Words(Words {
            text,
            is_partial: is_partial || is_cut,
        })
    } else {
        Outcome::NoWords
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A PDF of one page.
    fn pdf(text: &str, is_encrypted: bool) -> Vec<u8> {
        pdf_of(&[text], is_encrypted)
    }

    /// A PDF, written by hand: its texts are two-byte codes, and `ToUnicode` says what they are.
    fn pdf_of(pages: &[&str], is_encrypted: bool) -> Vec<u8> {
        let mut meanings = String::new();
        let mut contents = Vec::new();
        let mut count = 0;
        for page in pages {
            let mut codes = String::new();
            for char in page.chars() {
                count += 1;
                codes.push_str(&format!("{count:04x}"));
                meanings.push_str(&format!("<{count:04x}> <{:04x}>\n", u32::from(char)));
            }
            contents.push(format!("BT /F1 12 Tf 72 720 Td <{codes}> Tj ET"));
        }
        let map = format!(
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /A def\n\
             1 begincodespacerange <0000> <ffff> endcodespacerange\n\
             {count} beginbfchar\n{meanings}endbfchar endcmap end end"
        );
        let stream =
            |text: &str| format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len());
        let kids: Vec<String> = (0..pages.len())
            .map(|page| format!("{} 0 R", 8 + 2 * page))
            .collect();
        let mut objects = vec![
            "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
            format!("<< /Type /Pages /Kids [{}] /Count {} /MediaBox [0 0 612 792] >>", kids.join(" "), pages.len()),
            "<< /Type /Font /Subtype /Type0 /BaseFont /Any /Encoding /Identity-H /DescendantFonts [4 0 R] /ToUnicode 5 0 R >>".to_owned(),
            "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Any /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /DW 600 /FontDescriptor 6 0 R >>".to_owned(),
            stream(&map),
            "<< /Type /FontDescriptor /FontName /Any /Flags 4 /FontBBox [0 0 1000 1000] /ItalicAngle 0 /Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 >>".to_owned(),
            "<< /Filter /Standard /V 1 /R 2 /P -4 /O (12345678901234567890123456789012) /U (12345678901234567890123456789012) >>".to_owned(),
        ];
        for (page, content) in contents.iter().enumerate() {
            objects.push(format!(
                "<< /Type /Page /Parent 2 0 R /Contents {} 0 R /Resources << /Font << /F1 3 0 R >> >> >>",
                9 + 2 * page
            ));
            objects.push(stream(content));
        }
        let mut file = "%PDF-1.4\n".to_owned();
        let mut places = Vec::new();
        for (index, object) in objects.iter().enumerate() {
            places.push(file.len());
            file.push_str(&format!("{} 0 obj\n{object}\nendobj\n", index + 1));
        }
        let table = file.len();
        file.push_str(&format!(
            "xref\n0 {}\n0000000000 65535 f \n",
            objects.len() + 1
        ));
        for place in places {
            file.push_str(&format!("{place:010} 00000 n \n"));
        }
        let lock = if is_encrypted {
            " /Encrypt 7 0 R /ID [(1234567890123456) (1234567890123456)]"
        } else {
            ""
        };
        file.push_str(&format!(
            "trailer\n<< /Size {} /Root 1 0 R{lock} >>\nstartxref\n{table}\n%%EOF\n",
            objects.len() + 1
        ));
        file.into_bytes()
    }

    #[test]
    fn a_pdf_gives_its_words_in_any_script() {
        for text in ["Agreement on customs", "Ўзбекистон ва Қозоғистон"] {
            let Outcome::Words(found) = words("application/pdf", &pdf(text, false)) else {
                panic!("no words");
            };
            assert!(!found.is_partial);
            let spaced: Vec<&str> = found.text.split_whitespace().collect();
            assert_eq!(spaced.join(" "), text);
        }
    }

    #[test]
    fn a_pdf_without_words_and_one_that_is_encrypted_say_so() {
        assert_eq!(words("application/pdf", &pdf(" ", false)), Outcome::NoWords);
        let outcome = words("application/pdf", &pdf("secret", true));
        assert!(matches!(outcome, Outcome::Failed(_)), "{outcome:?}");
        assert!(matches!(
            words("application/pdf", b"no pdf"),
            Outcome::Failed(_)
        ));
    }

    #[test]
    fn plain_text_is_read_by_its_charset_or_mark() {
        let windows = [0xc4, 0xee, 0xe3, 0xee, 0xe2, 0xee, 0xf0];
        let utf_16 = [0xff, 0xfe, 0x14, 0x04, 0x3e, 0x04];
        for (media_type, bytes, expected) in [
            ("text/plain", "Договор".as_bytes(), "Договор"),
            ("text/plain", "\u{feff}Договор".as_bytes(), "Договор"),
            ("text/plain; charset=windows-1251", &windows[..], "Договор"),
            (
                "TEXT/PLAIN;format=flowed; Charset=\"UTF-16\"",
                &utf_16[..],
                "До",
            ),
            ("text/plain", &utf_16[..], "До"),
            ("text/plain", b"a\0b\x07\r\nc", "ab\nc"),
        ] {
            assert_eq!(
                words(media_type, bytes),
                Outcome::Words(Words {
                    text: expected.to_owned(),
                    is_partial: false
                })
            );
        }
        assert!(matches!(words("text/plain", &windows), Outcome::Failed(_)));
        assert_eq!(words("text/plain", b" \n-\n"), Outcome::NoWords);
        assert_eq!(
            words("text/plain; charset=none", b"a"),
            Outcome::NotSupported
        );
        assert_eq!(words("image/png", b"a"), Outcome::NotSupported);
    }

    #[test]
    fn the_words_of_a_file_are_bounded_and_it_says_whether_there_were_more() {
        for (content, is_partial) in [
            ("я".repeat(MAX_CHARS + 5), true),
            ("я".repeat(MAX_CHARS), false),
            ("я".repeat(MAX_CHARS) + " \n\0", false),
            ("я".repeat(MAX_CHARS) + " \nя", true),
        ] {
            let Outcome::Words(found) = words("text/plain", content.as_bytes()) else {
                panic!("no words");
            };
            assert_eq!(found.text.chars().count(), MAX_CHARS);
            assert_eq!(found.is_partial, is_partial);
        }
    }

    #[test]
    fn a_pdf_with_a_page_that_gives_no_words_says_that_there_may_be_more() {
        for (pages, is_partial) in [
            (&["Agreement", "on customs"][..], false),
            (&["Agreement", " "], true),
            (&["", "Agreement"], true),
        ] {
            let Outcome::Words(found) = words("application/pdf", &pdf_of(pages, false)) else {
                panic!("no words");
            };
            assert_eq!(found.is_partial, is_partial, "{pages:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// The library may panic, as the caller expects; it must end, and must not end the process.
        #[test]
        fn a_damaged_pdf_ends(at in any::<prop::sample::Index>(), byte in any::<u8>(), is_cut: bool) {
            let mut bytes = pdf("Agreement", false);
            let at = at.index(bytes.len());
            if is_cut {
                bytes.truncate(at);
            } else {
                bytes[at] = byte;
            }
            let ended = std::thread::spawn(move || words("application/pdf", &bytes)).join();
            if let Ok(outcome) = ended {
                prop_assert_ne!(outcome, Outcome::NotSupported);
            }
        }
    }
}
