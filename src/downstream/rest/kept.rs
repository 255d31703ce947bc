//! `[Group.members] on = "user"`: each member's own record tells the groups that it is in, as a list
//! (`field = "$.groups[*]"`) or as the one group that it can have (`field = "$.role"`). What the mapping
//! says, and how such a record changes. Pure.

use serde_json::{Map, Value as Json};

use super::answer::key_of;
use super::apart::Apart;
use super::keys::{one_of, path};
use super::naming::Naming;
use super::path::JsonPath;
use crate::diagnostic::{Code, Diagnostic, Node, NodeValue, Problems, Table};

/// Where a member's record tells its groups.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    /// How a group is called there, when not by its key.
    pub(super) naming: Option<Naming>,
    /// What becomes of memberships when a group is deleted.
    pub(super) removes_first: bool,
    place: JsonPath,
    how: How,
}

#[derive(Debug, Clone)]
enum How {
    /// A list.
    List(Elements),
    /// One group.
    One {
        /// True when a further group takes the place of the one that is there.
        replaces: bool,
        /// What stands there when there is none.
        nobody: Json,
    },
}

/// The elements of a list that are groups.
#[derive(Debug, Clone)]
struct Elements {
    /// Leads to the group within an element.
    inside: JsonPath,
    /// What they hold; new ones get it.
    apart: Vec<Apart>,
    /// What is no group.
    except: Vec<Apart>,
}

/// What has to be written.
#[derive(Debug, PartialEq)]
pub(super) enum Change {
    /// Nothing: it is as it should be.
    Nothing,
    /// This, at the place.
    Write(Json),
    /// Nothing may be written: another group is there.
    Taken,
}

impl Kept {
    /// Reads the keys beside `on = "user"`. `None` when something is wrong, which is noted.
    pub(super) fn read(table: &Table<'_>, naming: Option<Naming>, problems: &mut Problems) -> Option<Self> {
        let on = table.string("on", problems);
        if let Some((text, span)) = on.filter(|(text, _)| *text != "user") {
            let message = format!("`{text}` is nothing that memberships can be kept on");
            problems.push(Diagnostic::error(Code::BAD_MEMBERS, span, message).help("write `on = \"user\"`"));
        }
        for key in ["add", "remove", "replace"].into_iter().filter(|key| table.node(key).is_some()) {
            let message = format!("`{key}` has nothing to do beside `on`");
            let problem = Diagnostic::error(Code::CONFLICTING_KEYS, &table.span_of(key), message);
            problems.push(problem.help("leave it out: members are changed by the `update` of users"));
        }
        let help = "where the user's record tells its groups: `field = \"$.groups[*]\"`";
        table.required("field", help, problems);
        let deletes = one_of(table, "on_delete", &[("remove", true), ("nothing", false)], problems);
        let further = one_of(table, "further", &[("replace", true), ("refuse", false)], problems);
        let nobody = table.node("nobody").map(|node| constant(node, problems));
        let field = path(table, "field", problems)?;
        let unwritable = || {
            Diagnostic::error(Code::BAD_MEMBERS, &table.span_of("field"), "`field` cannot be written")
                .help("a path of names with one `[*]` at most: `$.groups[*]`, `$.groups[*].id`, `$.role`")
        };
        let (place, how) = match field.split_list() {
            Some((place, inside)) => {
                let told = |key: &str, problems: &mut Problems| match table.node(key) {
                    Some(node) => Apart::read_all(node, Some(&place), problems),
                    None => Some(Vec::new()),
                };
                let (apart, except) = (told("where", problems), told("except", problems));
                for key in ["further", "nobody"].into_iter().filter(|key| table.node(key).is_some()) {
                    let message = format!("`{key}` is for a user who can be in one group only");
                    let problem = Diagnostic::error(Code::BAD_MEMBERS, &table.span_of(key), message);
                    problems.push(problem.help("leave it out: `field` is a list"));
                }
                (place, How::List(Elements { inside, apart: apart?, except: except? }))
            }
            None => {
                for key in ["where", "except"].into_iter().filter(|key| table.node(key).is_some()) {
                    let message = format!("`{key}` tells the groups of a list apart, and `field` is one group");
                    let problem = Diagnostic::error(Code::BAD_MEMBERS, &table.span_of(key), message);
                    problems.push(problem.help("leave it out"));
                }
                if table.node("further").is_none() {
                    let help = "what becomes of one who is in another group: `further = \"replace\"` or `\"refuse\"`";
                    table.missing("further", help, problems);
                }
                (field, How::One { replaces: further?, nobody: nobody.unwrap_or(Some(Json::Null))? })
            }
        };
        let inside = match &how {
            How::List(elements) => {
                let inside = &elements.inside;
                (inside.steps().is_some_and(<[_]>::is_empty) || inside.is_writable())
                    && elements.apart.iter().all(Apart::is_writable)
            }
            How::One { .. } => true,
        };
        if !place.is_writable() || !inside {
            problems.push(unwritable());
            return None;
        }
        Some(Self { naming, removes_first: deletes.unwrap_or(true), place, how })
    }

    /// Where the groups are, as written.
    pub(super) fn source(&self) -> &str {
        self.place.as_str()
    }

    /// True when the document speaks of its groups.
    pub(super) fn is_answered_by(&self, document: &Json) -> bool {
        self.place.is_answered_by(document)
    }

    /// What the groups are called that a document names, with the text around it.
    ///
    /// # Errors
    /// What is not as it should be.
    pub(super) fn names(&self, document: &Json) -> Result<Vec<String>, String> {
        let value = self.place.first(document).unwrap_or(&Json::Null);
        let text = |value: &Json| key_of(value).map(|key| key.as_str().to_owned());
        match (&self.how, value) {
            (_, Json::Null) => Ok(Vec::new()),
            (How::One { nobody, .. }, value) if value == nobody || value.as_str() == Some("") => Ok(Vec::new()),
            (How::One { .. }, value) => {
                text(value).map(|one| vec![one]).ok_or_else(|| format!("`{}` is no group", self.place.as_str()))
            }
            (How::List(elements), Json::Array(items)) => {
                let groups = items.iter().filter(|item| elements.is_group(item));
                let each = groups.map(|item| elements.inside.first(item).and_then(text));
                let each: Option<Vec<_>> = each.collect();
                each.ok_or_else(|| format!("an element under `{}` is no group", self.place.as_str()))
            }
            (How::List(_), _) => Err(format!("`{}` is no list", self.place.as_str())),
        }
    }

    /// What to write so that the group is there.
    ///
    /// # Errors
    /// What is not as it should be.
    pub(super) fn with(&self, document: &Json, group: &Json) -> Result<Change, String> {
        let names = self.names(document)?;
        if names.contains(&text_of(group)) {
            return Ok(Change::Nothing);
        }
        Ok(match &self.how {
            How::One { replaces: false, .. } if !names.is_empty() => Change::Taken,
            How::One { .. } => Change::Write(group.clone()),
            How::List(elements) => {
                let mut element = Json::Object(Map::new());
                elements.apart.iter().for_each(|apart| apart.write(&mut element));
                elements.inside.write(&mut element, group.clone());
                let mut items = self.items(document);
                items.push(element);
                Change::Write(items.into())
            }
        })
    }

    /// What to write so that the group is not there.
    ///
    /// # Errors
    /// What is not as it should be.
    pub(super) fn without(&self, document: &Json, group: &Json) -> Result<Change, String> {
        let group = text_of(group);
        if !self.names(document)?.contains(&group) {
            return Ok(Change::Nothing);
        }
        Ok(match &self.how {
            How::One { nobody, .. } => Change::Write(nobody.clone()),
            How::List(elements) => {
                let mut items = self.items(document);
                let goes = |item: &Json| elements.inside.first(item).is_some_and(|have| text_of(have) == group);
                items.retain(|item| !elements.is_group(item) || !goes(item));
                Change::Write(items.into())
            }
        })
    }

    /// What to write so that the group is called by its new name, in the place of the former one.
    ///
    /// # Errors
    /// What is not as it should be.
    pub(super) fn renamed(&self, document: &Json, former: &Json, name: &Json) -> Result<Change, String> {
        let names = self.names(document)?;
        let former_text = text_of(former);
        if !names.contains(&former_text) {
            return Ok(Change::Nothing);
        }
        if names.contains(&text_of(name)) {
            return self.without(document, former);
        }
        Ok(match &self.how {
            How::One { .. } => Change::Write(name.clone()),
            How::List(elements) => {
                let mut items = self.items(document);
                let is_it = |item: &&mut Json| {
                    elements.is_group(item)
                        && elements.inside.first(item).is_some_and(|have| text_of(have) == former_text)
                };
                items.iter_mut().filter(is_it).for_each(|item| elements.inside.write(item, name.clone()));
                Change::Write(items.into())
            }
        })
    }

    /// Puts a value at the place.
    pub(super) fn write(&self, document: &mut Json, value: Json) {
        self.place.write(document, value);
    }

    fn items(&self, document: &Json) -> Vec<Json> {
        self.place.first(document).and_then(Json::as_array).cloned().unwrap_or_default()
    }
}

impl Elements {
    /// True when the element is a group of the mapping's.
    fn is_group(&self, element: &Json) -> bool {
        self.apart.iter().all(|apart| apart.holds(element)) && !self.except.iter().any(|apart| apart.holds(element))
    }
}

fn text_of(value: &Json) -> String {
    key_of(value).map_or_else(|| value.to_string(), |key| key.as_str().to_owned())
}

fn constant(node: &Node, problems: &mut Problems) -> Option<Json> {
    match &node.value {
        NodeValue::String(text) => Some(text.as_str().into()),
        NodeValue::Integer(number) => Some((*number).into()),
        _ => {
            let message = format!("`nobody` is {}", node.kind());
            let problem = Diagnostic::error(Code::WRONG_TYPE, &node.span, message);
            problems.push(problem.label("expected a string or a whole number"));
            None
        }
    }
}
