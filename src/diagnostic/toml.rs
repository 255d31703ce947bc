//! A TOML file as nodes that know their place.
//!
//! `toml` parses; this keeps the spans, so that a stage far from the file (an expression, a
//! driver) can still point at a column.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use toml::de::{DeTable, DeValue};

use super::{Code, Diagnostic, Problems, SourceFile, Span};

/// A parsed file.
#[derive(Debug, Clone)]
pub struct Document {
    /// The file.
    pub file: Arc<SourceFile>,
    /// The folder that relative paths in the file start from.
    pub folder: PathBuf,
    /// The whole table.
    pub root: Node,
}

/// A value and its place.
#[derive(Debug, Clone)]
pub struct Node {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub value: NodeValue,
}

/// A key and its place.
#[derive(Debug, Clone)]
pub struct Key {
    /// The key, unquoted.
    pub name: String,
    /// Where it stands.
    pub span: Span,
}

/// What a TOML value can be.
#[derive(Debug, Clone)]
pub enum NodeValue {
    /// `"text"`
    String(String),
    /// `42`
    Integer(i64),
    /// `4.2`
    Float(f64),
    /// `true`
    Boolean(bool),
    /// `2027-05-01`, as written
    Datetime(String),
    /// `[…]`
    Array(Vec<Node>),
    /// `{…}` or `[table]`, in the order of the file
    Table(Vec<(Key, Node)>),
}

impl Document {
    /// Parses a file. All syntax errors are noted; `None` when nothing useful remains.
    pub fn parse(file: &Arc<SourceFile>, problems: &mut Problems) -> Option<Self> {
        let (table, errors) = DeTable::parse_recoverable(&file.text);
        for error in &errors {
            let span = Span::new(file, error.span().unwrap_or(0..0));
            let message = error.message().to_lowercase();
            let (line, _) = span.line_and_column();
            let has_selector = file.text.lines().nth(line - 1).is_some_and(|line| line.contains(" eq "));
            let help = if message.starts_with("duplicate") {
                "a key is written once in a table"
            } else if has_selector {
                "a path with a selector stands in single quotation marks: `'emails[type eq \"work\"].value'`"
            } else {
                "texts stand in quotation marks, and so do keys with dots, brackets or blanks"
            };
            problems.push(Diagnostic::error(Code::TOML_SYNTAX, &span, message).help(help));
        }
        if !errors.is_empty() {
            return None;
        }
        let span = Span::new(file, table.span());
        let root = Node { value: table_of(file, table.into_inner()), span };
        let folder = Path::new(&file.name).parent().map(Path::to_path_buf).unwrap_or_default();
        Some(Self { file: Arc::clone(file), folder, root })
    }
}

impl Node {
    /// What kind of value this is, in words for messages.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match &self.value {
            NodeValue::String(_) => "a string",
            NodeValue::Integer(_) => "an integer",
            NodeValue::Float(_) => "a number",
            NodeValue::Boolean(_) => "a boolean",
            NodeValue::Datetime(_) => "a date",
            NodeValue::Array(_) => "a list",
            NodeValue::Table(_) => "a table",
        }
    }

    /// The tables within this one that are named after something of the file's own, in their order.
    /// A name with a capital is meant as such, known or not: no key of the language begins so.
    pub fn named_tables(&self, is_known: impl Fn(&str) -> bool) -> Vec<(&Key, &Self)> {
        let capital = |name: &str| name.starts_with(|first: char| first.is_ascii_uppercase());
        let meant =
            |(key, node): &&(Key, Self)| node.as_table().is_some() && (is_known(&key.name) || capital(&key.name));
        self.as_table().unwrap_or_default().iter().filter(meant).map(|(key, node)| (key, node)).collect()
    }

    /// The text of a string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            NodeValue::String(text) => Some(text),
            _ => None,
        }
    }

    /// The entries of a table.
    #[must_use]
    pub fn as_table(&self) -> Option<&[(Key, Self)]> {
        match &self.value {
            NodeValue::Table(entries) => Some(entries),
            _ => None,
        }
    }

    /// Where `name` is written in or below this node: as a key, as a text, or between the brackets
    /// of an expression.
    #[must_use]
    pub fn place_of(&self, name: &str) -> Option<Span> {
        self.place_within(name, PLACE_DEPTH)
    }

    fn place_within(&self, name: &str, depth: usize) -> Option<Span> {
        let depth = depth.checked_sub(1)?;
        match &self.value {
            NodeValue::String(text) if text == name => Some(self.span.clone()),
            NodeValue::String(text) => {
                let at = text.find(&format!("[{name}]"))?;
                Some(self.span.inside_string(text, at..at + name.len() + 2))
            }
            NodeValue::Array(items) => items.iter().find_map(|item| item.place_within(name, depth)),
            NodeValue::Table(entries) => entries.iter().find_map(|(key, node)| {
                (key.name == name).then(|| key.span.clone()).or_else(|| node.place_within(name, depth))
            }),
            _ => None,
        }
    }

    /// The value under a key of a table.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.as_table()?.iter().find(|(have, _)| have.name == key).map(|(_, node)| node)
    }
}

fn table_of(file: &Arc<SourceFile>, table: DeTable<'_>) -> NodeValue {
    let entries = table.into_iter().map(|(key, value)| {
        let span = Span::new(file, key.span());
        (Key { name: key.into_inner().into_owned(), span }, node_of(file, value))
    });
    let mut entries: Vec<_> = entries.collect();
    entries.sort_by_key(|(key, _)| key.span.start);
    NodeValue::Table(entries)
}

fn node_of(file: &Arc<SourceFile>, value: toml::Spanned<DeValue<'_>>) -> Node {
    let span = Span::new(file, value.span());
    let value = match value.into_inner() {
        DeValue::String(text) => NodeValue::String(text.into_owned()),
        DeValue::Integer(i) => i64::from_str_radix(i.as_str(), i.radix())
            .map_or_else(|_| NodeValue::Float(f64::INFINITY), NodeValue::Integer),
        DeValue::Float(f) => NodeValue::Float(f.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Boolean(b) => NodeValue::Boolean(b),
        DeValue::Datetime(at) => NodeValue::Datetime(at.to_string()),
        DeValue::Array(items) => NodeValue::Array(items.into_iter().map(|item| node_of(file, item)).collect()),
        DeValue::Table(table) => table_of(file, table),
    };
    Node { span, value }
}

/// Deeper than any table of a mapping that names a field.
const PLACE_DEPTH: usize = 8;
