//! One flat object of JSON.

use std::borrow::Cow;

/// Returns the names and values of an object, in their order; numbers as they are written, null as an empty
/// text. Nothing when it is no JSON, or not flat.
pub(super) fn fields(object: &[u8]) -> Option<Vec<(String, String)>> {
    let mut rest = object.trim_ascii().strip_prefix(b"{")?.trim_ascii_start();
    let mut fields = Vec::new();
    if rest == b"}" {
        return Some(fields);
    }
    loop {
        let name = text(&mut rest)?;
        rest = rest.trim_ascii_start().strip_prefix(b":")?;
        let value = value(&mut rest)?;
        fields.push((name, value));
        rest = rest.trim_ascii_start();
        if rest == b"}" {
            return Some(fields);
        }
        rest = rest.strip_prefix(b",")?;
    }
}

fn value(rest: &mut &[u8]) -> Option<String> {
    *rest = rest.trim_ascii_start();
    if rest.first() == Some(&b'"') {
        return text(rest);
    }
    let is_end = |byte: &u8| matches!(byte, b',' | b'}') || byte.is_ascii_whitespace();
    let length = rest.iter().position(is_end)?;
    let (word, behind) = rest.split_at_checked(length)?;
    *rest = behind;
    match word {
        b"null" => Some(String::new()),
        b"true" | b"false" => String::from_utf8(word.to_vec()).ok(),
        _ => {
            serde_json::from_slice::<f64>(word).ok()?;
            String::from_utf8(word.to_vec()).ok()
        }
    }
}

/// Reads a text in quotes.
fn text(rest: &mut &[u8]) -> Option<String> {
    *rest = rest.trim_ascii_start();
    let mut is_escaped = false;
    let inside = rest.strip_prefix(b"\"")?;
    let length = inside.iter().position(|byte| {
        let is_end = *byte == b'"' && !is_escaped;
        is_escaped = *byte == b'\\' && !is_escaped;
        is_end
    })?;
    // With both quotes.
    let (quoted, behind) = rest.split_at_checked(length + 2)?;
    *rest = behind;
    serde_json::from_slice::<Cow<'_, str>>(quoted)
        .ok()
        .map(Cow::into_owned)
}
