//! One step of a load, read from a file and checked against the contracts before anything is sent.

use prost_reflect::DynamicMessage;
use serde::Deserialize;

use super::request_id;
use super::source::{CallFile, Folder};
use crate::contract::Method;
use crate::error::Error;

/// One step of a load.
#[derive(Debug)]
pub struct Step {
    /// Where the step stands: file and position, for messages.
    pub place: String,
    /// Whose token it is sent with: a party's code, or `operator`.
    pub party: Option<String>,
    /// What it does.
    pub action: Action,
}

/// What a step does.
#[derive(Debug)]
pub enum Action {
    /// Calls a method once.
    Call(Box<Call>),
    /// Streams the rows of a file into a release.
    Import(Import),
}

/// A unary call.
#[derive(Debug)]
pub struct Call {
    /// The method.
    pub method: Method,
    /// The request, complete with its request id.
    pub request: DynamicMessage,
    /// The request id, if the method takes one.
    pub request_id: Option<String>,
}

/// An import of observations.
#[derive(Debug)]
pub struct Import {
    /// The release's name.
    pub release: String,
    /// The file's name beside the calls.
    pub file: String,
    /// Where the file is.
    pub folder: Folder,
    /// Whether bad rows are left out instead of refusing the import.
    pub skip_bad_rows: bool,
}

impl Step {
    /// What the step is about, for messages: the method and the resource, or the file.
    #[must_use]
    pub fn subject(&self) -> String {
        match &self.action {
            Action::Import(import) => format!("import {} into {}", import.file, import.release),
            Action::Call(call) => {
                let named = ["name", "parent"].into_iter().find_map(|field| {
                    let value = call.request.get_field_by_name(field)?;
                    value
                        .as_str()
                        .filter(|text| !text.is_empty())
                        .map(str::to_owned)
                });
                match named {
                    Some(resource) => format!("{} {resource}", call.method.name()),
                    None => call.method.name().to_owned(),
                }
            }
        }
    }
}

/// An item as it stands in a file.
#[derive(Deserialize)]
#[serde(untagged)]
enum Item {
    Call(CallItem),
    Import(ImportItem),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CallItem {
    #[serde(rename = "as")]
    party: Option<String>,
    call: String,
    #[serde(default)]
    request: serde_json::Value,
    #[serde(rename = "note")]
    _note: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ImportItem {
    #[serde(rename = "as")]
    party: Option<String>,
    import: String,
    file: String,
    #[serde(default)]
    skip_bad_rows: bool,
    #[serde(rename = "note")]
    _note: Option<String>,
}

/// Reads the steps of one file: an array of items, or a single item.
pub fn read(file: &CallFile) -> Result<Vec<Step>, Error> {
    let text = file.text.trim_start_matches('\u{feff}');
    let value: serde_json::Value =
        serde_json::from_str(text).map_err(|error| Error::file(&file.label, error))?;
    let items = match value {
        serde_json::Value::Array(items) => items,
        single => vec![single],
    };
    items
        .into_iter()
        .enumerate()
        .map(|(index, item)| read_item(file, &format!("{}[{index}]", file.label), item))
        .collect()
}

fn read_item(file: &CallFile, place: &str, item: serde_json::Value) -> Result<Step, Error> {
    let is_import = item.get("import").is_some();
    let item = if is_import {
        serde_json::from_value(item).map(Item::Import)
    } else {
        serde_json::from_value(item).map(Item::Call)
    };
    match item.map_err(|error| Error::file(place, error))? {
        Item::Import(item) => Ok(Step {
            place: place.to_owned(),
            party: item.party,
            action: Action::Import(Import {
                release: item.import,
                file: item.file,
                folder: file.folder.clone(),
                skip_bad_rows: item.skip_bad_rows,
            }),
        }),
        Item::Call(item) => Ok(Step {
            place: place.to_owned(),
            action: Action::Call(Box::new(read_call(place, &item)?)),
            party: item.party,
        }),
    }
}

fn read_call(place: &str, item: &CallItem) -> Result<Call, Error> {
    let method =
        Method::find(&item.call).map_err(|error| Error::file(format!("{place}.call"), error))?;
    if !method.is_unary() {
        return Err(Error::file(
            format!("{place}.call"),
            format!(
                "{} streams; only unary methods can be called from a file",
                method.name()
            ),
        ));
    }
    let mut request = read_request(&method, &item.request).map_err(|(path, cause)| {
        let path = if path == "." {
            String::new()
        } else {
            format!(".{path}")
        };
        Error::file(format!("{place}.request{path}"), cause)
    })?;
    let request_id = request_id::fill(&mut request, &method, item.party.as_deref(), &item.request);
    Ok(Call {
        method,
        request,
        request_id,
    })
}

/// Reads a request by its descriptor; a failure names the path within the request.
fn read_request(
    method: &Method,
    value: &serde_json::Value,
) -> Result<DynamicMessage, (String, String)> {
    let empty = serde_json::Value::Object(serde_json::Map::new());
    let value = if value.is_null() { &empty } else { value };
    let mut track = serde_path_to_error::Track::new();
    let tracked = serde_path_to_error::Deserializer::new(value, &mut track);
    DynamicMessage::deserialize(method.input(), tracked)
        .map_err(|error| (track.path().to_string(), error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> CallFile {
        CallFile {
            label: "calls.json".into(),
            text: text.into(),
            folder: Folder::Disk(".".into()),
        }
    }

    fn error(text: &str) -> String {
        read(&file(text)).unwrap_err().to_string()
    }

    #[test]
    fn a_call_becomes_a_request_with_a_request_id() {
        let text = r#"{"as": "UZ", "call": "accord.documents.v1.PartnershipService/CreatePartnership",
            "request": {"partnershipId": "xa-xb", "partnership": {}}}"#;
        let steps = read(&file(text)).unwrap();
        let Action::Call(call) = &steps[0].action else {
            panic!("a call")
        };
        assert_eq!(steps[0].party.as_deref(), Some("UZ"));
        assert!(call.request_id.is_some());
        let again = read(&file(text)).unwrap();
        let Action::Call(again) = &again[0].action else {
            panic!("a call")
        };
        assert_eq!(call.request_id, again.request_id);
    }

    #[test]
    fn errors_name_file_position_and_path() {
        let text = r#"[{"call": "accord.documents.v1.PartnershipService/CreatePartnership",
            "request": {"partnership": {"nam": "x"}}}]"#;
        let said = error(text);
        assert!(
            said.starts_with("calls.json[0].request.partnership"),
            "{said}"
        );
        assert!(said.contains("nam"), "{said}");
    }

    #[test]
    fn unknown_members_and_methods_are_refused() {
        assert!(error(r#"[{"call": "x", "requests": {}}]"#).contains("requests"));
        assert!(error(r#"[{"call": "x", "request": {}}]"#).starts_with("calls.json[0].call"));
        assert!(error("[{]").starts_with("calls.json: "));
    }

    #[test]
    fn an_import_names_its_release_and_file() {
        let steps = read(&file(
            r#"{"as": "KZ", "import": "partnerships/xa-xb/releases/r", "file": "r.csv"}"#,
        ))
        .unwrap();
        assert_eq!(
            steps[0].subject(),
            "import r.csv into partnerships/xa-xb/releases/r"
        );
    }
}
