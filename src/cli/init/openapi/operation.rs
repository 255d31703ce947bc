//! One operation: a method at a path, what it takes and what it answers. Pure.

use serde_json::Value as Json;

use super::document::{Document, NOTHING, is, list, text};
use super::schema::Schema;

/// An operation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Operation<'a> {
    document: &'a Document,
    /// As a call of a mapping writes it: `get`.
    pub(super) method: &'static str,
    item: &'a Json,
    node: &'a Json,
}

/// A parameter of the query.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parameter<'a> {
    pub(super) name: &'a str,
    pub(super) schema: Schema<'a>,
    pub(super) required: bool,
    /// `filter[name]=value`: the properties of its schema are parameters.
    pub(super) is_deep: bool,
    example: Option<&'a Json>,
}

/// The body that an operation takes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Body<'a> {
    pub(super) schema: Schema<'a>,
    /// True when it is taken as a web form only.
    pub(super) is_form: bool,
}

impl<'a> Operation<'a> {
    /// The operation, when there is one.
    pub(super) fn at(document: &'a Document, item: &'a Json, method: &'static str) -> Option<Self> {
        let node = item.get(method)?;
        node.is_object().then_some(Self { document, method, item, node })
    }

    pub(super) fn tags(self) -> impl Iterator<Item = &'a str> {
        list(self.node, "tags").iter().filter_map(Json::as_str)
    }

    pub(super) fn is_deprecated(self) -> bool {
        is(self.node, "deprecated")
    }

    /// The schemes of credentials that it names; `None` when it names none of its own.
    pub(super) fn security(self) -> Option<&'a Json> {
        self.node.get("security")
    }

    /// The parameters of the query: its own, then those of its path.
    pub(super) fn query(self) -> Vec<Parameter<'a>> {
        let own = [self.node, self.item].into_iter().flat_map(|node| list(node, "parameters"));
        let mut found: Vec<Parameter<'a>> = Vec::new();
        for node in own.map(|node| self.document.follow(node)).filter(|node| text(node, "in") == Some("query")) {
            let Some(name) = text(node, "name").filter(|name| is_parameter(name)) else { continue };
            if !found.iter().any(|have| have.name == name) {
                found.push(self.parameter(name, node));
            }
        }
        found
    }

    fn parameter(self, name: &'a str, node: &'a Json) -> Parameter<'a> {
        let schema = Schema::new(self.document, node.get("schema").unwrap_or(&NOTHING));
        let example = node.get("example").or_else(|| schema.default());
        Parameter {
            name,
            schema,
            required: is(node, "required"),
            is_deep: text(node, "style") == Some("deepObject"),
            example,
        }
    }

    /// The body, when it takes one; JSON where there is a choice.
    pub(super) fn body(self) -> Option<Body<'a>> {
        let body = self.document.follow(self.node.get("requestBody")?);
        let content = body.get("content")?.as_object()?;
        let json = content.iter().find(|(media, _)| is_json(media));
        let (is_form, (_, media)) = match json {
            Some(json) => (false, json),
            None => (true, content.iter().find(|(media, _)| media.contains("form"))?),
        };
        Some(Body { schema: Schema::new(self.document, media.get("schema")?), is_form })
    }

    /// What it answers when all goes well.
    fn success(self) -> Option<&'a Json> {
        let responses = self.node.get("responses")?.as_object()?;
        let named = |wanted: &dyn Fn(&str) -> bool| responses.iter().find(|(status, _)| wanted(status));
        let found = named(&|status| status == "200" || status == "201")
            .or_else(|| named(&|status| status.starts_with('2')))
            .or_else(|| named(&|status| status == "default"))?;
        Some(self.document.follow(found.1))
    }

    /// The schema of what it answers; `None` when there is no JSON in it.
    pub(super) fn answer(self) -> Option<Schema<'a>> {
        let content = self.success()?.get("content")?.as_object()?;
        let (_, media) = content.iter().find(|(media, _)| is_json(media))?;
        Some(Schema::new(self.document, media.get("schema")?)).filter(|schema| !schema.is_empty())
    }

    /// The header of the answer whose name is one of these.
    pub(super) fn header(self, names: &[&str]) -> Option<&'a str> {
        let headers = self.success()?.get("headers")?.as_object()?;
        let found = |wanted: &&str| headers.keys().find(|name| name.eq_ignore_ascii_case(wanted));
        names.iter().find_map(found).map(String::as_str)
    }

    /// True when the document says that it answers with this status.
    pub(super) fn may_answer(self, status: &str) -> bool {
        self.node.get("responses").is_some_and(|responses| responses.get(status).is_some())
    }
}

impl Parameter<'_> {
    /// A value that may be sent when one must be.
    pub(super) fn sample(&self) -> Option<String> {
        let plain = |text: &str| text.len() <= 100 && !text.contains(['{', '}']) && !text.contains(char::is_control);
        let of = |value: &Json| match value {
            Json::String(text) => Some(text.clone()),
            Json::Bool(_) | Json::Number(_) => Some(value.to_string()),
            _ => None,
        };
        let word = || self.schema.words().first().map(|word| (*word).to_owned());
        self.example.and_then(of).or_else(word).filter(|text| plain(text))
    }
}

fn is_json(media: &str) -> bool {
    media == "*/*" || media.split(';').next().is_some_and(|media| media.ends_with("json"))
}

/// True for a name of a parameter that can be written as it is.
fn is_parameter(name: &str) -> bool {
    !name.is_empty() && name.len() <= 100 && name.chars().all(|c| c.is_alphanumeric() || "_-.$[]@:".contains(c))
}
