//! Which method of which service answers a REST request: by the `google.api.http` rules of the contracts.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use http::{Method, Uri};
use percent_encoding::percent_decode_str;
use prost_reflect::{DescriptorPool, DynamicMessage, FieldDescriptor, MethodDescriptor, Value};

use super::{
    table::{Index, tables},
    template::{Segment, Template},
};

/// One rule: a method of a service under a path.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) verb: Method,
    pub(super) template: Template,
    pub(super) method: MethodDescriptor,
    /// Its path as gRPC has it.
    pub(super) path: Uri,
    /// Its messages in the tables.
    pub(super) input: Option<Index>,
    pub(super) output: Option<Index>,
    pub(super) body: Body,
    /// The field of the answer that is sent instead of all of it.
    pub(super) response_body: Option<FieldDescriptor>,
    /// Whether it is an additional binding.
    pub(super) is_additional: bool,
}

/// What the body of a request is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Body {
    /// There is none: everything else stands in the query.
    None,
    /// The request but for what the path gives.
    Whole,
    /// A field of the request; the rest stands in the query.
    Field(FieldDescriptor),
}

/// All rules.
#[derive(Debug, Default)]
pub(super) struct Routes {
    rules: Vec<Arc<Rule>>,
    root: Node,
}

/// Where paths part.
#[derive(Debug, Default)]
struct Node {
    literals: HashMap<String, Node>,
    one: Option<Box<Node>>,
    /// Rules that end here, by verb of the path: indexes.
    ends: Vec<(Option<String>, usize)>,
    /// Rules that take whatever follows.
    rests: Vec<(Option<String>, usize)>,
}

/// What was found for a path.
#[derive(Debug)]
pub(super) enum Found<'a> {
    /// A rule, and the fields that the path gives.
    Rule(&'a Arc<Rule>, Vec<(&'a str, String)>),
    /// The path is known with other HTTP methods.
    OtherMethods(BTreeSet<&'a str>),
    /// A part of the path is not percent-encoded UTF-8.
    BadPath,
    /// Nothing.
    Nothing,
}

impl Routes {
    /// Reads the rules of all services that `is_served` names.
    pub(super) fn of(pool: &DescriptorPool, is_served: impl Fn(&str) -> bool) -> Self {
        let mut routes = Self::default();
        for service in pool
            .services()
            .filter(|service| is_served(service.full_name()))
        {
            for method in service.methods() {
                routes.add_rules_of(pool, &method);
            }
        }
        routes
    }

    /// The rules, in the order of the contracts.
    pub(super) fn rules(&self) -> &[Arc<Rule>] {
        &self.rules
    }

    fn add_rules_of(&mut self, pool: &DescriptorPool, method: &MethodDescriptor) {
        let Some(extension) = pool.get_extension_by_name("google.api.http") else {
            return;
        };
        let options = method.options();
        if !options.has_extension(&extension) {
            return;
        }
        let value = options.get_extension(&extension);
        let Some(rule) = value.as_message() else {
            return;
        };
        self.add(method, rule, false);
        let more = rule.get_field_by_name("additional_bindings");
        let more = more
            .as_deref()
            .and_then(Value::as_list)
            .unwrap_or_default()
            .to_vec();
        for rule in more.iter().filter_map(Value::as_message) {
            self.add(method, rule, true);
        }
    }

    fn add(&mut self, method: &MethodDescriptor, rule: &DynamicMessage, is_additional: bool) {
        let text = |name: &str| {
            let value = rule.get_field_by_name(name);
            value
                .as_deref()
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let pattern = [
            ("get", Method::GET),
            ("put", Method::PUT),
            ("post", Method::POST),
            ("delete", Method::DELETE),
            ("patch", Method::PATCH),
        ]
        .into_iter()
        .map(|(name, verb)| (text(name), verb))
        .find(|(path, _)| !path.is_empty());
        let Some((path, verb)) = pattern else { return };
        let Ok(template) = Template::parse(&path) else {
            tracing::error!(path, "a path template of the contracts cannot be read");
            return;
        };
        let body = match text("body").as_str() {
            "" => Body::None,
            "*" => Body::Whole,
            field => method
                .input()
                .get_field_by_name(field)
                .map_or(Body::None, Body::Field),
        };
        let index = self.rules.len();
        self.root.add(&template, &template.segments, index);
        self.rules.push(Arc::new(Rule {
            verb,
            template,
            method: method.clone(),
            path: path_of(method),
            input: tables().index(&method.input()),
            output: tables().index(&method.output()),
            body,
            response_body: method.output().get_field_by_name(&text("response_body")),
            is_additional,
        }));
    }

    /// Finds what answers a path.
    pub(super) fn find(&self, verb: &Method, path: &str) -> Found<'_> {
        let Some(path) = path.strip_prefix('/') else {
            return Found::Nothing;
        };
        let mut found = Vec::new();
        // `:` stands before a verb, whatever the HTTP method; it is a part of the last segment only where there is no such verb.
        let (whole, last) = path.rsplit_once('/').unwrap_or(("", path));
        if let Some((last, end)) = last.rsplit_once(':') {
            let path = if whole.is_empty() {
                last.to_owned()
            } else {
                format!("{whole}/{last}")
            };
            self.root.find(&segments(&path), Some(end), &mut found);
        }
        if found.is_empty() {
            self.root.find(&segments(path), None, &mut found);
        }
        let rules = || found.iter().filter_map(|index| self.rules.get(*index));
        let Some(rule) = rules().find(|rule| rule.verb == *verb) else {
            let known: BTreeSet<&str> = rules().map(|rule| rule.verb.as_str()).collect();
            return if known.is_empty() {
                Found::Nothing
            } else {
                Found::OtherMethods(known)
            };
        };
        let path = match &rule.template.verb {
            Some(end) => path
                .strip_suffix(end.as_str())
                .and_then(|path| path.strip_suffix(':'))
                .unwrap_or(path),
            None => path,
        };
        match variables(&rule.template, &segments(path)) {
            Some(variables) => Found::Rule(rule, variables),
            None => Found::BadPath,
        }
    }
}

impl Node {
    fn add(&mut self, template: &Template, segments: &[Segment], rule: usize) {
        match segments.split_first() {
            None => self.ends.push((template.verb.clone(), rule)),
            Some((Segment::Rest, _)) => self.rests.push((template.verb.clone(), rule)),
            Some((Segment::One, rest)) => {
                self.one.get_or_insert_default().add(template, rest, rule);
            }
            Some((Segment::Literal(text), rest)) => {
                self.literals
                    .entry(text.clone())
                    .or_default()
                    .add(template, rest, rule);
            }
        }
    }

    /// Appends the rules that fit, those with literals first.
    fn find(&self, segments: &[&str], verb: Option<&str>, found: &mut Vec<usize>) {
        let of = |rules: &[(Option<String>, usize)], found: &mut Vec<usize>| {
            let fitting = rules.iter().filter(|(end, _)| end.as_deref() == verb);
            found.extend(fitting.map(|(_, rule)| *rule));
        };
        match segments.split_first() {
            None => of(&self.ends, found),
            Some((first, rest)) => {
                if let Some(node) = self.literals.get(*first) {
                    node.find(rest, verb, found);
                }
                if let Some(node) = self.one.as_ref().filter(|_| !first.is_empty()) {
                    node.find(rest, verb, found);
                }
                of(&self.rests, found);
            }
        }
    }
}

fn path_of(method: &MethodDescriptor) -> Uri {
    let service = method.parent_service();
    Uri::try_from(format!("/{}/{}", service.full_name(), method.name())).unwrap_or_default()
}

fn segments(path: &str) -> Vec<&str> {
    path.split('/').collect()
}

/// The values of the fields that a path gives; nothing if a part is no UTF-8.
fn variables<'a>(template: &'a Template, segments: &[&str]) -> Option<Vec<(&'a str, String)>> {
    let mut values = Vec::with_capacity(template.variables.len());
    for variable in &template.variables {
        let end = variable.end.min(segments.len());
        let parts = segments.get(variable.first..end)?;
        let mut value = String::new();
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                value.push('/');
            }
            let decoded = percent_decode_str(part).decode_utf8().ok()?;
            // RFC 6570's reserved expansion: what would part the path anew stays encoded.
            if variable.is_long && decoded.contains('/') {
                value.push_str(part);
            } else {
                value.push_str(&decoded);
            }
        }
        values.push((variable.field.as_str(), value));
    }
    Some(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routes() -> Routes {
        Routes::of(accord_proto::descriptors(), |name| {
            name.starts_with("accord.")
        })
    }

    fn found(verb: &Method, path: &str) -> String {
        match routes().find(verb, path) {
            Found::Rule(rule, variables) => {
                let variables: Vec<String> = variables
                    .iter()
                    .map(|(field, value)| format!("{field}={value}"))
                    .collect();
                format!("{} {}", rule.method.name(), variables.join(" "))
            }
            Found::OtherMethods(methods) => format!("{methods:?}"),
            Found::BadPath => "bad path".to_owned(),
            Found::Nothing => "nothing".to_owned(),
        }
    }

    #[test]
    fn paths_lead_to_methods_with_their_fields() {
        for (verb, path, expected) in [
            (
                Method::GET,
                "/documents/v1/partnerships/uz-kz",
                "GetPartnership name=partnerships/uz-kz",
            ),
            (
                Method::GET,
                "/documents/v1/partnerships",
                "ListPartnerships ",
            ),
            (
                Method::GET,
                "/documents/v1/partnerships/a/documents:search",
                "SearchDocuments parent=partnerships/a",
            ),
            (
                Method::POST,
                "/documents/v1/partnerships/a/documents/b:undelete",
                "UndeleteDocument name=partnerships/a/documents/b",
            ),
            (
                Method::PATCH,
                "/documents/v1/partnerships/a/documents/b",
                "UpdateDocument document.name=partnerships/a/documents/b",
            ),
            (
                Method::POST,
                "/documents/v1/partnerships/a/documents/b::undelete",
                "UndeleteDocument name=partnerships/a/documents/b:",
            ),
            (
                Method::GET,
                "/documents/v1/partnerships/a%2Fb",
                "GetPartnership name=partnerships/a%2Fb",
            ),
            (
                Method::GET,
                "/documents/v1/partnerships/%D1%8F",
                "GetPartnership name=partnerships/я",
            ),
            (Method::GET, "/documents/v1/partnerships/%FF", "bad path"),
            (
                Method::PUT,
                "/documents/v1/partnerships",
                "{\"GET\", \"POST\"}",
            ),
            (
                Method::PUT,
                "/documents/v1/partnerships/a/documents/b:undelete",
                "{\"POST\"}",
            ),
            (
                Method::GET,
                "/documents/v1/partnerships/a/documents/b:undelete",
                "{\"POST\"}",
            ),
            (Method::GET, "/documents/v1/partnerships/", "nothing"),
            (
                Method::GET,
                "/documents/v1/partnerships/a/documents:unknown",
                "nothing",
            ),
            (Method::GET, "/", "nothing"),
            (
                Method::GET,
                "/ledger/v1/logs/trade:watchChanges",
                "WatchChanges parent=logs/trade",
            ),
        ] {
            assert_eq!(found(&verb, path), expected, "{verb} {path}");
        }
    }

    #[test]
    fn every_method_that_takes_one_message_has_a_path_of_its_own() {
        let routes = routes();
        let mut seen = BTreeSet::new();
        for rule in routes.rules() {
            assert!(
                seen.insert(format!("{} {:?}", rule.verb, rule.template)),
                "{} stands twice",
                rule.method.full_name()
            );
        }
        for service in accord_proto::descriptors().services() {
            for method in service
                .methods()
                .filter(|method| !method.is_client_streaming())
            {
                if !service.full_name().starts_with("accord.") {
                    continue;
                }
                let has = routes.rules().iter().any(|rule| rule.method == method);
                assert!(has, "{} has no path", method.full_name());
            }
        }
    }
}
