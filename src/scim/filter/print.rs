//! `Filter` → text that parses back to the same filter.

use std::fmt::{self, Display, Formatter};

use crate::value::Value;

use super::{AttributePath, Filter};

impl Display for Filter {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        print(self, false, f)
    }
}

fn print(filter: &Filter, inside: bool, f: &mut Formatter<'_>) -> fmt::Result {
    match filter {
        Filter::And(parts) => list(parts, " and ", inside, f),
        Filter::Or(parts) => list(parts, " or ", inside, f),
        Filter::Not(part) => {
            f.write_str("not (")?;
            print(part, inside, f)?;
            f.write_str(")")
        }
        Filter::Present(path) => {
            name(path, inside, f)?;
            f.write_str(" pr")
        }
        Filter::Compare { path, op, value } => {
            name(path, inside, f)?;
            write!(f, " {} {}", op.as_str(), literal(value))
        }
        Filter::Element { path, filter } => {
            write!(f, "{path}[")?;
            print(filter, true, f)?;
            f.write_str("]")
        }
    }
}

/// Parentheses around every list in a list: they cost nothing and keep the tree as it was.
fn list(parts: &[Filter], word: &str, inside: bool, f: &mut Formatter<'_>) -> fmt::Result {
    for (i, part) in parts.iter().enumerate() {
        if i > 0 {
            f.write_str(word)?;
        }
        let nested = matches!(part, Filter::And(_) | Filter::Or(_));
        f.write_str(if nested { "(" } else { "" })?;
        print(part, inside, f)?;
        f.write_str(if nested { ")" } else { "" })?;
    }
    Ok(())
}

/// Inside brackets a path is its sub-attribute alone; see `value` in the parser.
fn name(path: &AttributePath, inside: bool, f: &mut Formatter<'_>) -> fmt::Result {
    if inside { f.write_str(path.sub.as_deref().unwrap_or("value")) } else { write!(f, "{path}") }
}

fn literal(value: &Value) -> String {
    value.to_json()
}
