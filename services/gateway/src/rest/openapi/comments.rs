//! The comments of the contracts, by what they stand above.

use std::collections::HashMap;

use prost_reflect::{
    DescriptorPool, EnumDescriptor, EnumValueDescriptor, FieldDescriptor, MessageDescriptor,
    MethodDescriptor, ServiceDescriptor,
};

/// Every comment, by file and path.
#[derive(Debug, Default)]
pub(super) struct Comments {
    texts: HashMap<(String, Vec<i32>), String>,
}

impl Comments {
    pub(super) fn of(pool: &DescriptorPool) -> Self {
        let mut comments = Self::default();
        for file in pool.file_descriptor_protos() {
            let locations = file.source_code_info.iter().flat_map(|info| &info.location);
            for location in locations {
                if let Some(text) = &location.leading_comments {
                    let key = (file.name().to_owned(), location.path.clone());
                    comments.texts.insert(key, tidy(text));
                }
            }
        }
        comments
    }

    fn at(&self, file: &str, path: &[i32]) -> String {
        let key = (file.to_owned(), path.to_vec());
        self.texts.get(&key).cloned().unwrap_or_default()
    }

    pub(super) fn of_service(&self, service: &ServiceDescriptor) -> String {
        self.at(service.parent_file().name(), service.path())
    }

    pub(super) fn of_method(&self, method: &MethodDescriptor) -> String {
        self.at(method.parent_service().parent_file().name(), method.path())
    }

    pub(super) fn of_message(&self, message: &MessageDescriptor) -> String {
        self.at(message.parent_file().name(), message.path())
    }

    pub(super) fn of_field(&self, field: &FieldDescriptor) -> String {
        self.at(field.parent_message().parent_file().name(), field.path())
    }

    pub(super) fn of_enum(&self, kind: &EnumDescriptor) -> String {
        self.at(kind.parent_file().name(), kind.path())
    }

    pub(super) fn of_value(&self, value: &EnumValueDescriptor) -> String {
        self.at(value.parent_enum().parent_file().name(), value.path())
    }
}

/// Lines of a paragraph become one; an empty line parts paragraphs.
fn tidy(text: &str) -> String {
    let mut paragraphs: Vec<String> = vec![String::new()];
    for line in text.lines().map(str::trim) {
        match paragraphs.last_mut() {
            _ if line.is_empty() => paragraphs.push(String::new()),
            // A list keeps its lines.
            Some(last) if !last.is_empty() && line.starts_with("- ") => {
                last.push('\n');
                last.push_str(line);
            }
            Some(last) => {
                if !last.is_empty() {
                    last.push(' ');
                }
                last.push_str(line);
            }
            None => {}
        }
    }
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    paragraphs.join("\n\n")
}
