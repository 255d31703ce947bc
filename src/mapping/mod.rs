//! TOML text → [`Mapping`]: which SCIM attribute is which field of the application.
//!
//! A mapping that compiled cannot fail at request time, except where it says so: a required value
//! that is absent, a value that an expression cannot take.

use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, Document, Node, Problems, Span};
use crate::expr::{Expression, Inverse};
use crate::record::{FieldName, FieldPromise, FieldShape, RecordShape, TOKEN};
use crate::scim::{AttributeType, ResourceType, ResourceTypes};
use crate::value::Value;

mod advertise;
mod compile;
mod convert;
mod lookup;
mod nature;
mod open;
mod promise;
mod slot;
mod to_record;
mod to_resource;
mod token;

pub use compile::{Variables, compile};
pub use convert::convert;
pub use lookup::{Lookup, Missing};
pub use nature::{Class, Nature};
pub use open::{Bag, OpenRule};
pub use slot::{Selector, Slot, SlotFault, SlotProblem};
pub use to_record::{Chosen, Moment, attribute_names, to_record};
pub use to_resource::to_resource;
pub use token::{Access, TokenFormat, TokenHash, TokenSource, TokenText};

/// A compiled mapping file.
#[derive(Debug)]
pub struct Mapping {
    /// The application's name for people.
    pub application: String,
    /// The file; the driver reads its own tables from it.
    pub document: Document,
    /// The resource types with their whole schemas: what requests are parsed against.
    pub types: Arc<ResourceTypes>,
    /// In the order of the file.
    pub resources: Vec<Arc<ResourceMapping>>,
    /// What the application itself translates.
    pub lookups: Vec<Arc<Lookup>>,
    /// Where the application keeps bearer tokens, if it is asked for them.
    pub token: Option<TokenSource>,
    /// `:token.NAME` in statements of the mapping's own.
    pub token_parameters: Vec<TokenText>,
}

impl Mapping {
    /// The mapping of the resource type called `name`.
    #[must_use]
    pub fn resource(&self, name: &str) -> Option<&Arc<ResourceMapping>> {
        self.resources.iter().find(|resource| &*resource.kind.name == name)
    }

    /// Notes every matching attribute whose field the application cannot be asked for, as `finds`
    /// tells. A client looks each account up before it writes, and the gateway would have to read
    /// all records to answer.
    pub fn report_unsearchable(&self, finds: &dyn Fn(&str, &FieldName) -> bool, problems: &mut Problems) {
        for resource in &self.resources {
            let name = &resource.kind.name;
            for rule in resource.rules.iter().filter(|rule| rule.matching.is_some()) {
                let Some(field) = rule.field.as_ref().filter(|field| !finds(name, field)) else { continue };
                let message = format!("`{}` is matched, but no call looks `{field}` up", rule.slot);
                let quote = if rule.slot.to_string().contains(['.', '[', ':']) { "'" } else { "" };
                let help = format!("add `find.{quote}{}{quote} = {{ … }}` to `[{name}.calls]`", rule.slot);
                problems.push(Diagnostic::warning(Code::MATCH_NOT_SEARCHABLE, &rule.span, message).help(help));
            }
        }
    }

    /// What a driver is bound to: the shape of each resource, then of each lookup, then of the tokens,
    /// beside its table in the file.
    #[must_use]
    pub fn shapes(&self) -> Vec<(RecordShape, &Node)> {
        let root = &self.document.root;
        let resources = self.resources.iter();
        let resources = resources.filter_map(|resource| Some((resource.shape(), root.get(&resource.kind.name)?)));
        let lookups = self.lookups.iter();
        let lookups = lookups.filter_map(|lookup| Some((lookup.shape(), root.get("lookup")?.get(&lookup.name)?)));
        let token = self.token.iter().filter_map(|token| Some((token.shape(), root.get(TOKEN)?)));
        resources.chain(lookups).chain(token).collect()
    }

    /// Every text that a token's value stands in.
    pub fn token_texts(&self) -> impl Iterator<Item = &TokenText> {
        let writes = self.resources.iter().flat_map(|resource| resource.fields.iter().map(|rule| &rule.write));
        let texts = writes.filter_map(|write| if let Write::OfToken(text) = write { Some(text) } else { None });
        texts.chain(&self.token_parameters)
    }

    /// What is promised of the fields of each shape, in the order of [`Self::shapes`]; of lookups and
    /// tokens nothing is, since they are only read.
    #[must_use]
    pub fn promises(&self) -> Vec<Vec<FieldPromise>> {
        let resources = self.resources.iter().map(|resource| resource.promises());
        let looked_up = self.lookups.len() + usize::from(self.token.is_some());
        resources.chain((0..looked_up).map(|_| Vec::new())).collect()
    }
}

/// The mapping of one resource type.
#[derive(Debug)]
pub struct ResourceMapping {
    /// The resource type, whole schemas.
    pub kind: Arc<ResourceType>,
    /// The rules in the order of the file.
    pub rules: Vec<Rule>,
    /// The rules of open schemas, whose attributes clients name.
    pub open: Vec<OpenRule>,
    /// Fields that no attribute feeds.
    pub fields: Vec<FieldRule>,
    /// The resource types that can be members; empty when the resource has none.
    pub members: Vec<Arc<str>>,
    /// True when members of other types are left out, where a request that names one is else refused.
    pub ignores_other_members: bool,
    /// What the end of a resource does.
    pub deprovision: Deprovision,
    /// What to do with attributes that no rule maps.
    pub unmapped: Unmapped,
    /// True when a POST takes over the one account that its matching attributes fit.
    pub adopt: bool,
}

/// One attribute, one field, both directions.
#[derive(Debug)]
pub struct Rule {
    /// The attribute.
    pub slot: Slot,
    /// Where the rule stands in the file.
    pub span: Span,
    /// The field; none for constants and for what is only computed when read.
    pub field: Option<FieldName>,
    /// The list that the field is in, for the sub-attributes of a multi-valued attribute.
    pub list: Option<FieldName>,
    /// How the field gets its value.
    pub write: Write,
    /// How the attribute gets its value.
    pub read: Read,
    /// When the field is written.
    pub apply: Apply,
    /// What becomes of a change of what is written on creation only.
    pub late: Late,
    /// The value when the client names none or clears it.
    pub default: Option<Value>,
    /// True when a create or replace without a value is refused.
    pub required: bool,
    /// True when that is so only when the record is made: a replacement without a value keeps it.
    pub required_once: bool,
    /// The values that are accepted, when there is such a list.
    pub one_of: Vec<String>,
    /// Most characters, when there is a bound.
    pub max_length: Option<u64>,
    /// True when the application tells `A` from `a`.
    pub case_exact: bool,
    /// True when no two records may hold the same value.
    pub unique: bool,
    /// Precedence as a matching attribute, from 1.
    pub matching: Option<u64>,
    /// The attributes whose fields may hold what this one is asked for, so that a record is found by
    /// them as well; each has a rule with a field of its own.
    pub also: Vec<Slot>,
    /// The resource type that the value is an id of (`manager.value`).
    pub references: Option<Arc<str>>,
    /// What translates the value in the application; the rule itself is then a direct one.
    pub lookup: Option<Arc<Lookup>>,
    /// What separates values that a client sends as one text.
    pub split: Option<Arc<str>>,
    /// True when the gateway keeps what the client sent beside what the application stores.
    pub shadow: bool,
}

/// How a field gets its value.
#[derive(Debug)]
pub enum Write {
    /// It does not: the attribute is readOnly.
    Never,
    /// The attribute's value.
    Direct,
    /// Always the same.
    Constant(Value),
    /// Always the same for one token.
    OfToken(TokenText),
    /// Computed from attributes.
    Expression(Box<Computed>),
}

impl Write {
    /// Among how many candidates the value is selected.
    pub(crate) fn candidates(&self) -> usize {
        match self {
            Self::Expression(computed) => computed.expression.candidates(),
            _ => 1,
        }
    }

    /// True when computing the value may take long.
    pub(crate) fn is_slow(&self) -> bool {
        matches!(self, Self::Expression(computed) if computed.expression.is_slow())
    }
}

/// An expression and where its references point.
#[derive(Debug)]
pub struct Computed {
    /// The expression.
    pub expression: Expression,
    /// The attribute of each reference.
    pub slots: Vec<Slot>,
}

/// How an attribute gets its value.
#[derive(Debug)]
pub enum Read {
    /// It does not: the attribute is writeOnly.
    Never,
    /// The field's value.
    Direct,
    /// Always the same; inside a multi-valued attribute only where the element exists.
    Constant(Value),
    /// Computed from fields.
    Expression {
        /// The expression.
        expression: Box<Expression>,
        /// The field of each reference.
        fields: Vec<FieldName>,
    },
    /// The written expression, solved for the attributes that it came from.
    Inverse {
        /// The inverse.
        inverse: Box<Inverse>,
        /// The attribute of each reference.
        slots: Vec<Slot>,
    },
}

/// When a field is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Apply {
    /// On every change.
    #[default]
    Always,
    /// When the record is made.
    Create,
}

/// What becomes of a value that comes when the record is there, for what is written when it is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Late {
    /// It is written where there was none; another one is refused.
    #[default]
    Filled,
    /// It is refused, also where there was none: nothing could write it.
    Refused,
    /// It is left out.
    Ignored,
}

/// A field that no attribute feeds.
#[derive(Debug)]
pub struct FieldRule {
    /// The field.
    pub field: FieldName,
    /// Its value.
    pub write: Write,
    /// When it is written.
    pub apply: Apply,
    /// The attributes in its expression that are never read back (`password`). Where a change does
    /// not bring them, nobody knows them, and the field stays as it is.
    pub unread: Vec<Slot>,
}

/// What the end of a resource does in the application.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Deprovision {
    /// What DELETE does.
    pub delete: Delete,
    /// What `active = false` does.
    pub disable: Disable,
}

/// What `active = false` does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Disable {
    /// What the rule of `active` says is written.
    #[default]
    Disable,
    /// Nothing in the application; clients read what they said.
    Acknowledge,
}

/// What DELETE does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Delete {
    /// The record is deleted.
    #[default]
    Delete,
    /// The record is disabled, as `active = false` does, and its id is given up.
    Disable,
    /// Nothing in the application; the id is given up.
    Acknowledge,
    /// It is refused.
    Refuse,
}

/// What to do with attributes that no rule maps.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Unmapped {
    /// Drop and count them.
    #[default]
    Ignore,
    /// 400 `invalidValue`, except for these.
    Reject(Vec<String>),
}

impl Rule {
    /// True when a change of the attribute reaches the application.
    #[must_use]
    pub fn follows_changes(&self) -> bool {
        self.field.is_some() && self.apply == Apply::Always && !matches!(self.write, Write::Never | Write::Constant(_))
    }

    /// True when the field holds what clients say, not a key in its place.
    #[must_use]
    pub const fn is_stored_as_said(&self) -> bool {
        self.references.is_none() && self.lookup.is_none()
    }

    /// True when what clients send for the attribute is written and never answered.
    #[must_use]
    pub const fn is_never_shown(&self) -> bool {
        matches!(self.read, Read::Never) && matches!(self.write, Write::Direct | Write::Expression(_))
    }
}

impl ResourceMapping {
    /// The rule whose attribute is `attribute` of the base schema (`active`, `externalId`).
    #[must_use]
    pub fn rule(&self, attribute: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.slot.selector.is_none() && rule.slot.path.is(attribute))
    }

    /// True when the client's own id is kept in a field of the application.
    #[must_use]
    pub fn stores_external_id(&self) -> bool {
        self.rule("externalId").is_some_and(|rule| rule.field.is_some())
    }

    /// True when the schema lets resources have members and the mapping says where they are.
    #[must_use]
    pub fn has_members(&self) -> bool {
        !self.members.is_empty()
    }

    /// The fields whose value is selected among candidates, and how many candidates each has.
    pub fn selected_fields(&self) -> impl Iterator<Item = (&FieldName, usize)> {
        let rules = self.rules.iter().filter(|rule| rule.list.is_none());
        let rules = rules.filter_map(|rule| Some((rule.field.as_ref()?, rule.write.candidates())));
        let fields = self.fields.iter().map(|rule| (&rule.field, rule.write.candidates()));
        rules.chain(fields).filter(|(_, candidates)| *candidates > 1)
    }

    /// True when making or changing a record may take long before the application is asked: a
    /// password is hashed.
    #[must_use]
    pub fn is_slow(&self) -> bool {
        let writes = self.rules.iter().map(|rule| &rule.write).chain(self.fields.iter().map(|rule| &rule.write));
        writes.into_iter().any(Write::is_slow)
    }

    /// What the driver must know.
    #[must_use]
    pub fn shape(&self) -> RecordShape {
        let mut fields: Vec<FieldShape> = Vec::new();
        let rules = self.rules.iter().flat_map(|rule| {
            let label: Arc<str> = rule.slot.to_string().into();
            let own = rule.field.iter().map({
                let label = Arc::clone(&label);
                move |field| FieldShape {
                    name: field.clone(),
                    list: rule.list.clone(),
                    label: Arc::clone(&label),
                    read: matches!(rule.read, Read::Direct | Read::Inverse { .. }),
                    written: !matches!(rule.write, Write::Never),
                    once: rule.apply == Apply::Create,
                }
            });
            let others: &[FieldName] = match &rule.read {
                Read::Expression { fields, .. } => fields,
                _ => &[],
            };
            own.chain(others.iter().map(move |field| FieldShape {
                name: field.clone(),
                list: rule.list.clone(),
                label: Arc::clone(&label),
                read: true,
                written: false,
                once: false,
            }))
        });
        let extra = self.fields.iter().map(|rule| FieldShape {
            name: rule.field.clone(),
            list: None,
            label: rule.field.as_str().into(),
            read: false,
            written: true,
            once: rule.apply == Apply::Create,
        });
        let open = self.open.iter().flat_map(OpenRule::shapes);
        for shape in rules.chain(open).chain(extra) {
            match fields.iter_mut().find(|have| have.name == shape.name && have.list == shape.list) {
                Some(have) => {
                    have.read |= shape.read;
                    have.once = shape.once && shape.written || have.once && !shape.written;
                    if shape.written && !have.written {
                        have.written = true;
                        have.label = shape.label;
                    }
                }
                None => fields.push(shape),
            }
        }
        RecordShape { resource: Arc::clone(&self.kind.name), fields, members: self.members.clone(), looked_up: false }
    }
}

/// Whether values of this type are compared as text without case when `caseExact` is false.
#[must_use]
pub const fn is_text(kind: AttributeType) -> bool {
    matches!(kind, AttributeType::String | AttributeType::Reference | AttributeType::Binary)
}
