//! JSON bodies with slots (`{ user = "{record}" }`): a slot is replaced by a JSON value, never by
//! text, so no value can leave its place.
//!
//! The member `"*"` of an object stands for the members of its value:
//! `{ id = "{key}", "*" = "{changes}" }`.

use serde_json::{Map, Value as Json};

use super::context::Context;
use super::template::{Place, Refused, Slot, Template, Texts, next_slot};
use crate::diagnostic::{Code, Diagnostic, Node, NodeValue, Problems, nearest};

/// A body with slots.
#[derive(Debug, Clone)]
pub(super) enum Body {
    /// A value without slots.
    Literal(Json),
    /// `"{record}"`
    Whole(Whole),
    /// `"{key}"`, `"{member}"`, `"{value}"`: the value in its own type.
    Single(Slot),
    /// `"{credential}"` or `"{credential.NAME}"`: left open until the request is sent, so that nothing
    /// else sees it.
    Credential(String),
    /// A text with slots inside.
    Text(Template),
    /// A list.
    List(Vec<Self>),
    /// An object.
    Object(Vec<(String, Self)>),
}

/// What a slot that is the whole of a string can hold beside a [`Slot`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whole {
    /// Every field.
    Record,
    /// The fields that change.
    Changes,
    /// The keys of all members.
    Members,
}

/// A place in a filled body that a credential takes when the request is sent.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Hole {
    way: Vec<Step>,
    /// The credential's name, empty for the only one.
    pub(super) name: String,
}

#[derive(Debug, Clone, PartialEq)]
enum Step {
    Member(String),
    Item(usize),
}

impl Hole {
    /// Puts the text in its place; `None` where a field of the record has taken what is around it.
    pub(super) fn fill(&self, body: &mut Json, text: &str) -> Option<()> {
        let place = self.way.iter().try_fold(body, |at, step| match step {
            Step::Member(name) => at.as_object_mut().map(|members| members.entry(name.as_str()).or_insert(Json::Null)),
            Step::Item(index) => at.get_mut(index),
        });
        *place? = text.into();
        Some(())
    }
}

/// What is shown in the place of a credential.
const HIDDEN: &str = "…";

/// The values for the slots of a body.
#[derive(Debug, Clone, Default)]
pub(super) struct Parts {
    /// For `"{record}"`.
    pub(super) record: Json,
    /// For `"{changes}"`.
    pub(super) changes: Json,
    /// For `"{members}"`.
    pub(super) members: Json,
    /// For `"{key}"`.
    pub(super) key: Json,
    /// For `"{member}"`.
    pub(super) member: Json,
    /// For `"{member.key}"`.
    pub(super) member_key: Json,
    /// For `"{value}"`.
    pub(super) value: Json,
    /// For `"{version}"`, and for the slot in texts; null where there is none.
    pub(super) version: Json,
}

const WHOLES: &[(&str, Whole)] = &[("record", Whole::Record), ("changes", Whole::Changes), ("members", Whole::Members)];

impl Body {
    /// Reads a body from the mapping. Notes slots that are unknown or have no value here.
    pub(super) fn read(
        node: &Node,
        allowed: (&[Slot], &[Whole]),
        context: &Context<'_>,
        problems: &mut Problems,
    ) -> Option<Self> {
        let mut inner = |node: &Node| Self::read(node, allowed, context, problems);
        match &node.value {
            NodeValue::Array(items) => {
                let read: Vec<_> = items.iter().map(&mut inner).collect();
                read.into_iter().collect::<Option<Vec<_>>>().map(Self::List)
            }
            NodeValue::Table(entries) => {
                let read: Vec<_> = entries.iter().map(|(key, node)| Some((key.name.clone(), inner(node)?))).collect();
                read.into_iter().collect::<Option<Vec<_>>>().map(Self::Object)
            }
            NodeValue::Integer(i) => Some(Self::Literal((*i).into())),
            NodeValue::Float(f) => Some(Self::Literal((*f).into())),
            NodeValue::Boolean(b) => Some(Self::Literal((*b).into())),
            NodeValue::Datetime(at) => Some(Self::Literal(at.clone().into())),
            NodeValue::String(text) => Self::read_text(text, node, allowed, context, problems),
        }
    }

    /// True when the body has this slot somewhere.
    pub(super) fn has_slot(&self, slot: Slot) -> bool {
        match self {
            Self::Single(have) => *have == slot,
            Self::Text(template) => template.has(slot),
            Self::List(items) => items.iter().any(|item| item.has_slot(slot)),
            Self::Object(members) => members.iter().any(|(_, value)| value.has_slot(slot)),
            Self::Literal(_) | Self::Whole(_) | Self::Credential(_) => false,
        }
    }

    /// True when the body has this slot somewhere.
    pub(super) fn has(&self, whole: Whole) -> bool {
        match self {
            Self::Whole(have) => *have == whole,
            Self::List(items) => items.iter().any(|item| item.has(whole)),
            Self::Object(members) => members.iter().any(|(_, value)| value.has(whole)),
            Self::Literal(_) | Self::Single(_) | Self::Text(_) | Self::Credential(_) => false,
        }
    }

    /// Where the filled body is still open for a credential.
    pub(super) fn holes(&self) -> Vec<Hole> {
        let mut holes = Vec::new();
        self.find_holes(&mut Vec::new(), &mut holes);
        holes
    }

    fn find_holes(&self, way: &mut Vec<Step>, holes: &mut Vec<Hole>) {
        let mut inner = |step: Option<Step>, body: &Self| {
            let depth = way.len();
            way.extend(step);
            body.find_holes(way, holes);
            way.truncate(depth);
        };
        match self {
            Self::Credential(name) => holes.push(Hole { way: way.clone(), name: name.clone() }),
            Self::List(items) => items.iter().enumerate().for_each(|(at, item)| inner(Some(Step::Item(at)), item)),
            Self::Object(members) => members.iter().for_each(|(name, value)| {
                // What is spread stands among the members of the object itself.
                let is_spread = name == "*" && matches!(value, Self::Object(_));
                inner((!is_spread).then(|| Step::Member(name.clone())), value);
            }),
            Self::Literal(_) | Self::Whole(_) | Self::Single(_) | Self::Text(_) => (),
        }
    }

    /// True when the body names fields of the record: `"{record.login}"`.
    pub(super) fn names_fields(&self) -> bool {
        match self {
            Self::Text(template) => template.names_fields(),
            Self::List(items) => items.iter().any(Self::names_fields),
            Self::Object(members) => members.iter().any(|(_, value)| value.names_fields()),
            Self::Literal(_) | Self::Single(_) | Self::Whole(_) | Self::Credential(_) => false,
        }
    }

    /// The body with its slots filled.
    ///
    /// # Errors
    /// A slot without a value.
    pub(super) fn fill(&self, parts: &Parts, texts: &Texts<'_>) -> Result<Json, Refused> {
        Ok(match self {
            Self::Literal(value) => value.clone(),
            Self::Whole(Whole::Record) => parts.record.clone(),
            Self::Whole(Whole::Changes) => parts.changes.clone(),
            Self::Whole(Whole::Members) => parts.members.clone(),
            Self::Single(Slot::Key) => parts.key.clone(),
            Self::Single(Slot::Member) => parts.member.clone(),
            Self::Single(Slot::MemberKey) => parts.member_key.clone(),
            Self::Single(Slot::Value) => parts.value.clone(),
            Self::Single(Slot::Version) if parts.version != Json::Null => parts.version.clone(),
            Self::Single(slot) => texts.get(*slot).ok_or(Refused(*slot))?.into(),
            Self::Text(template) => template.fill(texts)?.into(),
            Self::Credential(_) => HIDDEN.into(),
            Self::List(items) => {
                items.iter().map(|item| item.fill(parts, texts)).collect::<Result<Vec<_>, _>>()?.into()
            }
            Self::Object(members) => {
                let mut map = Map::new();
                for (name, value) in members {
                    match (name.as_str(), value.fill(parts, texts)?) {
                        ("*", Json::Object(spread)) => map.extend(spread),
                        (_, value) => drop(map.insert(name.clone(), value)),
                    }
                }
                Json::Object(map)
            }
        })
    }

    /// `"{record}"` and the like, or a text with slots inside.
    fn read_text(
        text: &str,
        node: &Node,
        (slots, wholes): (&[Slot], &[Whole]),
        context: &Context<'_>,
        problems: &mut Problems,
    ) -> Option<Self> {
        let lone = next_slot(text).filter(|(before, _, after)| before.is_empty() && after.is_empty());
        let named = |name| WHOLES.iter().find(|(known, _)| *known == name).map(|(_, whole)| *whole);
        if let Some(whole) = lone.and_then(|(_, name, _)| named(name)) {
            if wholes.contains(&whole) {
                return Some(Self::Whole(whole));
            }
            let message = format!("`{text}` has no value in this call");
            problems.push(Diagnostic::error(Code::BAD_CALL, &node.span, message));
            return None;
        }
        if let Some(name) = lone.and_then(|(_, name, _)| credential_of(name)) {
            return match context.credentials.iter().any(|known| known == name) {
                true => Some(Self::Credential(name.to_owned())),
                false => {
                    problems.push(no_credential(text, name, node, context));
                    None
                }
            };
        }
        let names = wholes_named(wholes);
        if let Some((_, name, _)) = lone
            && !name.starts_with("tenant.")
            && let Some(near) = nearest(name, names.iter().copied())
            && !slots.iter().any(|slot| slot.name() == name)
        {
            let problem = Diagnostic::error(Code::BAD_CALL, &node.span, format!("`{{{name}}}` is no slot"));
            problems.push(problem.help(format!("did you mean `{{{near}}}`?")));
            return None;
        }
        let template = Template::parse(text, &node.span, Place::Json, slots, context, problems)?;
        let single = lone
            .filter(|(_, name, _)| !name.contains(':'))
            .and_then(|_| slots.iter().find(|slot| template.has(**slot)));
        Some(match (single, next_slot(text)) {
            (Some(slot), _) => Self::Single(*slot),
            (None, Some(_)) => Self::Text(template),
            (None, None) => Self::Literal(text.into()),
        })
    }
}

/// What `credential` and `credential.NAME` name: the empty name and `NAME`.
pub(super) fn credential_of(slot: &str) -> Option<&str> {
    let rest = slot.strip_prefix("credential")?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix('.') }
}

fn no_credential(text: &str, name: &str, node: &Node, context: &Context<'_>) -> Diagnostic {
    let problem = Diagnostic::error(Code::BAD_CALL, &node.span, format!("`{text}` has no value in this call"));
    let known = || context.credentials.iter().map(String::as_str).filter(|known| !known.is_empty());
    match nearest(name, known()) {
        Some(near) => problem.help(format!("did you mean `{{credential.{near}}}`?")),
        None if context.credentials.is_empty() => problem.help(
            "credentials that go in the body: `[downstream.credentials]` with `kind = \"body\"`, or `send = \"body\"` \
             where a token is asked for",
        ),
        None => {
            let slots: Vec<_> = context.credentials.iter().map(|name| format!("`{}`", slot_of(name))).collect();
            problem.help(format!("what `[downstream.credentials]` gives: {}", slots.join(", ")))
        }
    }
}

/// How a mapping writes the slot of a credential.
pub(super) fn slot_of(name: &str) -> String {
    if name.is_empty() { "{credential}".to_owned() } else { format!("{{credential.{name}}}") }
}

fn wholes_named(wholes: &[Whole]) -> Vec<&'static str> {
    WHOLES.iter().filter(|(_, whole)| wholes.contains(whole)).map(|(name, _)| *name).collect()
}
