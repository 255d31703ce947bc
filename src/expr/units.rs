//! Lengths and places in UTF-16 units, as .NET counts them, without ever cutting a pair in two.

/// How many units `text` has.
pub(super) fn length(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().map(char::len_utf16).sum() }
}

/// `count` units of `text` from `start` (from 0). A pair that does not fit whole is left out.
pub(super) fn slice(text: &str, start: usize, count: usize) -> &str {
    let end = start.saturating_add(count);
    if text.is_ascii() {
        return &text[start.min(text.len())..end.min(text.len())];
    }
    let (mut unit, mut from, mut to) = (0, None, 0);
    for (at, c) in text.char_indices() {
        let next = unit + c.len_utf16();
        if unit >= start && next <= end {
            from.get_or_insert(at);
            to = at + c.len_utf8();
        }
        unit = next;
    }
    from.map_or("", |from| &text[from..to])
}

/// Where the byte at `at` is, in units.
pub(super) fn position(text: &str, at: usize) -> usize {
    length(&text[..at])
}
