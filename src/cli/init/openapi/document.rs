//! An OpenAPI 3.0 or 3.1 document: JSON or YAML in, and its parts by reference. It comes from outside, so
//! every walk through it is bounded. Pure.
//!
//! Facts: <https://spec.openapis.org/oas/v3.1.1.html>, <https://spec.openapis.org/oas/v3.0.4.html>

use percent_encoding::percent_decode_str;
use serde_json::Value as Json;

/// How many references may lead to one another.
const HOPS: usize = 32;
/// The most paths; a thousand times as many as an API of people has.
const MOST_PATHS: usize = 50_000;
/// The most nodes of a YAML document; those of the largest public ones are half a million.
const MOST_NODES: usize = 4_000_000;
/// The longest reason of the YAML reader that is repeated, in characters.
const LONGEST: usize = 200;

pub(super) static NOTHING: Json = Json::Null;

/// A document.
#[derive(Debug)]
pub(super) struct Document {
    root: Json,
}

impl Document {
    /// Reads a document.
    ///
    /// # Errors
    /// A sentence that says what the file is instead, or where it stops to be one.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, String> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let text = std::str::from_utf8(bytes).map_err(|_| "neither JSON nor YAML: it is no UTF-8 text".to_owned())?;
        let root = match text.trim_start().chars().next() {
            None => return Err("the file is empty".to_owned()),
            Some('{' | '[') => serde_json::from_str(text).map_err(|error| format!("no JSON: {error}"))?,
            Some('<') => {
                return Err("neither JSON nor YAML, but markup: perhaps a page that asks to sign in".to_owned());
            }
            Some(_) => yaml(text)?,
        };
        let document = Self { root };
        document.is_what_it_should_be()?;
        Ok(document)
    }

    fn is_what_it_should_be(&self) -> Result<(), String> {
        let version = |key: &str| self.root.get(key).map(|version| version.as_str().unwrap_or_default());
        match (version("openapi"), version("swagger")) {
            (Some(three), _) if three.starts_with("3.") => {}
            (Some(other), _) => {
                return Err(format!("OpenAPI {}, which is not known here: 3.0 or 3.1 is", plain(other)));
            }
            (None, Some(_)) => {
                return Err(
                    "OpenAPI 2 (Swagger): convert it first, such as with `npx swagger2openapi FILE -o FILE3` or \
                            \"Convert to OpenAPI 3\" of editor.swagger.io"
                        .to_owned(),
                );
            }
            (None, None) => return Err("no OpenAPI document: it has no `openapi`".to_owned()),
        }
        match self.root.get("paths").and_then(Json::as_object).map(serde_json::Map::len) {
            None | Some(0) => Err("an OpenAPI document without `paths`, so without calls".to_owned()),
            Some(count) if count > MOST_PATHS => {
                Err(format!("it has {count} paths; more than {MOST_PATHS} are no API that one maps"))
            }
            Some(_) => Ok(()),
        }
    }

    /// The member of the root; null when there is none.
    pub(super) fn root(&self, name: &str) -> &Json {
        self.root.get(name).unwrap_or(&NOTHING)
    }

    /// The paths with what can be done there.
    pub(super) fn paths(&self) -> impl Iterator<Item = (&str, &Json)> {
        let paths = self.root("paths").as_object();
        paths.into_iter().flatten().map(|(path, item)| (path.as_str(), self.follow(item)))
    }

    /// What can be done at a path; null when the document has no such path.
    pub(super) fn path(&self, path: &str) -> &Json {
        self.root("paths").get(path).map_or(&NOTHING, |item| self.follow(item))
    }

    /// What a node refers to, or the node itself. Null where a reference leads nowhere, out of the document,
    /// or in a circle.
    pub(super) fn follow<'a>(&'a self, mut node: &'a Json) -> &'a Json {
        for _ in 0..HOPS {
            let Some(reference) = reference_of(node) else { return node };
            let Some(found) = self.at(reference) else { return &NOTHING };
            node = found;
        }
        &NOTHING
    }

    fn at(&self, reference: &str) -> Option<&Json> {
        let pointer = percent_decode_str(reference.strip_prefix('#')?).decode_utf8().ok()?;
        self.root.pointer(&pointer)
    }
}

/// What a node refers to.
pub(super) fn reference_of(node: &Json) -> Option<&str> {
    node.get("$ref")?.as_str()
}

/// The elements of a list that stands under a name; none when there is no list.
pub(super) fn list<'a>(node: &'a Json, name: &str) -> &'a [Json] {
    node.get(name).and_then(Json::as_array).map_or(&[], Vec::as_slice)
}

/// The text that stands under a name.
pub(super) fn text<'a>(node: &'a Json, name: &str) -> Option<&'a str> {
    node.get(name)?.as_str()
}

/// True when `true` stands under a name.
pub(super) fn is(node: &Json, name: &str) -> bool {
    node.get(name).and_then(Json::as_bool) == Some(true)
}

fn yaml(text: &str) -> Result<Json, String> {
    let budget = serde_saphyr::budget! { max_nodes: MOST_NODES, max_events: 2 * MOST_NODES, max_documents: 1 };
    let options = serde_saphyr::options! { budget: budget, with_snippet: false, strict_booleans: true };
    serde_saphyr::from_str_with_options(text, options)
        .map_err(|error| format!("no YAML: {}", plain(&error.to_string())))
}

/// The first line, and not endless.
fn plain(text: &str) -> String {
    text.lines().next().unwrap_or_default().chars().filter(|c| !c.is_control()).take(LONGEST).collect()
}
