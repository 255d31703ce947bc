//! The lines of a mapping: `key = value`, their equals signs and comments in columns. Pure.
//!
//! What comes from outside gets here through `quoted`, `key_of` and `harmless`, none of which lets a
//! text end the string, key or comment that it stands in.

/// The column at which comments begin, where lines are short enough.
const MARGIN: usize = 72;
/// The most of a text from outside that a comment repeats, in characters.
const LONGEST: usize = 300;

/// A line of the mapping: `key = value`, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) key: String,
    pub(super) value: String,
    pub(super) note: String,
}

pub(super) fn line(key: impl Into<String>, value: impl Into<String>, note: impl Into<String>) -> Line {
    Line { key: key.into(), value: value.into(), note: note.into() }
}

/// A text as TOML writes it.
pub(in crate::cli) fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// A key as TOML writes it: bare where it may be.
pub(in crate::cli) fn key_of(text: &str) -> String {
    let bare = !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if bare { text.to_owned() } else { quoted(text) }
}

/// `{ get = "/users", items = "$[*]" }`: the values as TOML writes them.
pub(super) fn inline(parts: &[(&str, String)]) -> String {
    let parts: Vec<_> = parts.iter().map(|(key, value)| format!("{} = {value}", key_of(key))).collect();
    format!("{{ {} }}", parts.join(", "))
}

/// A text from outside in a comment: one line, not endless, and in the order that it is read in.
pub(in crate::cli) fn harmless(text: &str) -> String {
    // Marks that turn the direction of writing would show a line as it is not.
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    let plain = text.chars().map(|c| if breaks(c) || turns(c) { ' ' } else { c });
    let mut short: String = plain.clone().take(LONGEST).collect();
    if plain.count() > LONGEST {
        short.push('…');
    }
    short
}

/// Writes lines, their equals signs and comments in columns.
pub(super) fn put(text: &mut String, lines: &[Line]) {
    let width = lines.iter().map(|line| line.key.len()).max().unwrap_or(0);
    for line in lines {
        let rule = format!("{:<width$} = {}", line.key, line.value);
        if line.note.is_empty() {
            text.push_str(&format!("{rule}\n"));
        } else {
            text.push_str(&format!("{rule:<MARGIN$} # guess: {}\n", line.note));
        }
    }
}
