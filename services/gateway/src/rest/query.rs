//! Query parameters as fields of a request: `page_size=20`, `measurement.reporter=UZ`, `sectors=energy&sectors=trade`.

use std::borrow::Cow;

use aip::Violations;
use percent_encoding::percent_decode_str;
use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};
use serde_json::{Map, Value, json};

/// The reason of a parameter that is no field, or has no value of one.
const REASON: &str = "MESSAGE_MALFORMED";

/// Puts the parameters of a query into the JSON of a request. `is_taken` names fields that path or body give.
pub(super) fn put(
    request: &mut Map<String, Value>,
    message: &MessageDescriptor,
    query: &str,
    is_taken: impl Fn(&str) -> bool,
    violations: &mut Violations,
) {
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, text) = pair.split_once('=').unwrap_or((pair, ""));
        let (Some(name), Some(text)) = (decoded(name), decoded(text)) else {
            let name = decoded(name).unwrap_or(Cow::Borrowed(name));
            violations.push(name, REASON, "is not percent-encoded UTF-8");
            continue;
        };
        let first = name.split('.').next().unwrap_or_default();
        let taken = field(message, first).is_some_and(|field| is_taken(field.name()));
        if taken {
            violations.push(&*name, REASON, "is given by the path or the body");
        } else if let Err(why) = put_one(request, message, &name, &text) {
            violations.push(&*name, REASON, why);
        }
    }
}

/// A part of a query as it is meant; nothing if a `%` begins no byte, or the bytes are no UTF-8.
fn decoded(part: &str) -> Option<Cow<'_, str>> {
    let mut after = part.split('%').skip(1);
    let is_byte = |text: &str| {
        let digits = text.as_bytes().get(..2);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    };
    if !after.all(is_byte) {
        return None;
    }
    if part.contains('+') {
        let spaced = part.replace('+', " ");
        let text = percent_decode_str(&spaced).decode_utf8().ok()?;
        return Some(Cow::Owned(text.into_owned()));
    }
    percent_decode_str(part).decode_utf8().ok()
}

/// Puts one value at the path of a field, such as `document.name`.
pub(super) fn put_one(
    request: &mut Map<String, Value>,
    message: &MessageDescriptor,
    path: &str,
    text: &str,
) -> Result<(), String> {
    let unknown = || format!("the request has no field `{path}`");
    let mut message = message.clone();
    let mut at = request;
    let mut names = path.split('.').peekable();
    while let Some(name) = names.next() {
        let found = field(&message, name).ok_or_else(unknown)?;
        let key = found.json_name().to_owned();
        if names.peek().is_none() {
            return put_leaf(at, &found, key, text);
        }
        let Kind::Message(inner) = found.kind() else {
            return Err(unknown());
        };
        if found.is_list() || found.is_map() {
            return Err(
                "is within a list, which a query cannot give: send it in a body".to_owned(),
            );
        }
        message = inner;
        let next = at.entry(key).or_insert_with(|| Value::Object(Map::new()));
        at = next
            .as_object_mut()
            .ok_or("is given twice, in different ways")?;
    }
    Err(unknown())
}

/// A field by its name in the contract, or in JSON.
pub(super) fn field(message: &MessageDescriptor, name: &str) -> Option<FieldDescriptor> {
    message
        .get_field_by_name(name)
        .or_else(|| message.get_field_by_json_name(name))
}

fn put_leaf(
    at: &mut Map<String, Value>,
    field: &FieldDescriptor,
    key: String,
    text: &str,
) -> Result<(), String> {
    if field.is_map() {
        return Err("is a map, which a query cannot give".to_owned());
    }
    let value = leaf(&field.kind(), text)?;
    if field.is_list() {
        let list = at.entry(key).or_insert_with(|| Value::Array(Vec::new()));
        list.as_array_mut()
            .ok_or("is given twice, in different ways")?
            .push(value);
        return Ok(());
    }
    match at.insert(key, value) {
        None => Ok(()),
        Some(_) => Err("is given twice".to_owned()),
    }
}

/// A value as JSON has it.
fn leaf(kind: &Kind, text: &str) -> Result<Value, String> {
    let number = |what: &str| format!("\"{text}\" is no {what}");
    Ok(match kind {
        Kind::Bool => match text {
            "true" => json!(true),
            "false" => json!(false),
            _ => return Err("must be true or false".to_owned()),
        },
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => {
            json!(
                text.parse::<i32>()
                    .map_err(|_| number("whole number of 32 bits"))?
            )
        }
        Kind::Uint32 | Kind::Fixed32 => {
            json!(
                text.parse::<u32>()
                    .map_err(|_| number("whole number of 32 bits without a sign"))?
            )
        }
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => {
            json!(
                text.parse::<i64>()
                    .map_err(|_| number("whole number of 64 bits"))?
            )
        }
        Kind::Uint64 | Kind::Fixed64 => {
            json!(
                text.parse::<u64>()
                    .map_err(|_| number("whole number of 64 bits without a sign"))?
            )
        }
        Kind::Float | Kind::Double => match text {
            "NaN" | "Infinity" | "-Infinity" => json!(text),
            _ => json!(text.parse::<f64>().map_err(|_| number("number"))?),
        },
        Kind::String | Kind::Bytes => json!(text),
        Kind::Enum(_) => match text.parse::<i32>() {
            Ok(number) => json!(number),
            Err(_) => json!(text),
        },
        Kind::Message(message) => return of_message(message, text),
    })
}

/// Messages that stand for one value.
fn of_message(message: &MessageDescriptor, text: &str) -> Result<Value, String> {
    match message.full_name() {
        "google.protobuf.Timestamp" | "google.protobuf.Duration" => Ok(json!(text)),
        "google.protobuf.FieldMask" => Ok(json!(camel(text))),
        "google.type.Date" => {
            date(text).ok_or_else(|| format!("\"{text}\" is no day such as 2021-12-06"))
        }
        name if name.starts_with("google.protobuf.") && name.ends_with("Value") => {
            let inner = message.get_field_by_name("value");
            let inner = inner.ok_or("is no value that a query can give")?;
            leaf(&inner.kind(), text)
        }
        _ => {
            Err("is a message: its fields are given one by one, such as `field.part=…`".to_owned())
        }
    }
}

/// A mask as JSON has it: a query may name fields as the contract does.
fn camel(mask: &str) -> String {
    let mut name = String::with_capacity(mask.len());
    let mut up = false;
    for sign in mask.chars() {
        match sign {
            '_' => up = true,
            sign if up => {
                name.extend(sign.to_uppercase());
                up = false;
            }
            sign => name.push(sign),
        }
    }
    name
}

/// A day as text, which is shorter than its three fields; a year alone or a month too, as the type allows.
fn date(text: &str) -> Option<Value> {
    let parts: Vec<&str> = text.split('-').collect();
    let number = |index: usize, digits: usize| match parts.get(index) {
        None => Some(0),
        Some(part) if part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit()) => {
            part.parse::<i32>().ok()
        }
        Some(_) => None,
    };
    if parts.len() > 3 {
        return None;
    }
    let (year, month, day) = (number(0, 4)?, number(1, 2)?, number(2, 2)?);
    Some(json!({ "year": year, "month": month, "day": day }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(message: &str, query: &str) -> (Value, Vec<(String, String)>) {
        let message = accord_proto::descriptors()
            .get_message_by_name(message)
            .unwrap();
        let mut request = Map::new();
        let mut violations = Violations::new();
        put(
            &mut request,
            &message,
            query,
            |name| name == "parent",
            &mut violations,
        );
        let told = violations
            .iter()
            .map(|one| (one.field.clone(), one.description.clone()))
            .collect();
        (Value::Object(request), told)
    }

    #[test]
    fn parameters_become_fields_of_their_types() {
        let (request, told) = read(
            "accord.documents.v1.ListDocumentsRequest",
            "pageSize=20&show_deleted=true&filter=sectors%3A%22energy%22&order_by=signature_date+desc",
        );
        assert_eq!(told, []);
        assert_eq!(
            request,
            json!({"pageSize": 20, "showDeleted": true, "filter": "sectors:\"energy\"", "orderBy": "signature_date desc"})
        );
        let (request, told) = read(
            "accord.documents.v1.GetDocumentStatusRequest",
            "effective_date=2023-01-31&known_time=2022-01-01T00:00:00Z",
        );
        assert_eq!(told, []);
        assert_eq!(
            request,
            json!({"effectiveDate": {"year": 2023, "month": 1, "day": 31}, "knownTime": "2022-01-01T00:00:00Z"})
        );
        let (request, _) = read(
            "accord.documents.v1.UpdateDocumentRequest",
            "update_mask=signature_date,titles&document.type=2",
        );
        assert_eq!(
            request,
            json!({"updateMask": "signatureDate,titles", "document": {"type": 2}})
        );
        let (request, _) = read(
            "accord.documents.v1.BatchGetDocumentsRequest",
            "names=a&names=b",
        );
        assert_eq!(request, json!({"names": ["a", "b"]}));
    }

    #[test]
    fn every_parameter_that_is_wrong_is_told() {
        let (_, told) = read(
            "accord.documents.v1.ListDocumentsRequest",
            "page_size=x&colour=red&show_deleted=1&parent=a&filter=a&filter=b&page_size.x=1",
        );
        let fields: Vec<&str> = told.iter().map(|(field, _)| field.as_str()).collect();
        assert_eq!(
            fields,
            [
                "page_size",
                "colour",
                "show_deleted",
                "parent",
                "filter",
                "page_size.x"
            ]
        );
        let (_, told) = read(
            "accord.documents.v1.GetDocumentStatusRequest",
            "effective_date=31.01.2023",
        );
        assert_eq!(told[0].1, "\"31.01.2023\" is no day such as 2021-12-06");
        let (request, told) = read(
            "accord.documents.v1.ListDocumentsRequest",
            "filter=%ff&orderBy=%zz&page_token=100%&page_size=%32&view=%2",
        );
        let fields: Vec<&str> = told.iter().map(|(field, _)| field.as_str()).collect();
        assert_eq!(fields, ["filter", "orderBy", "page_token", "view"]);
        assert_eq!(told[0].1, "is not percent-encoded UTF-8");
        assert_eq!(request, json!({"pageSize": 2}));
    }
}
