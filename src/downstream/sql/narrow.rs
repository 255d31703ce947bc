//! Text of one code page: a column that does not have every character.
//!
//! The database would write `?` for a character that it does not have, or a similar one, without a
//! word; so such a value never gets there.

use std::sync::Arc;

use encoding_rs::Encoding;

/// What a column of text in a code page holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Narrow {
    /// At most so many bytes.
    pub(super) limit: Option<u32>,
    /// True when its own comparison ignores case.
    pub(super) ignores_case: bool,
    /// The name of its collation, which stands in statements.
    pub(super) collation: Arc<str>,
    /// The number of its code page.
    pub(super) page: u32,
}

/// UTF-8 as a code page.
const UTF_8: u32 = 65001;

impl Narrow {
    /// How many bytes the text takes; `None` when some character is not in the code page. Of a page
    /// that is not known here only ASCII is.
    pub(super) fn length(&self, text: &str) -> Option<usize> {
        if text.is_ascii() || self.page == UTF_8 {
            return Some(text.len());
        }
        let (bytes, _, unknown) = encoding(self.page)?.encode(text);
        (!unknown).then_some(bytes.len())
    }
}

fn encoding(page: u32) -> Option<&'static Encoding> {
    let label: &[u8] = match page {
        874 => b"windows-874",
        932 => b"shift_jis",
        936 => b"gbk",
        949 => b"euc-kr",
        950 => b"big5",
        1250 => b"windows-1250",
        1251 => b"windows-1251",
        1252 => b"windows-1252",
        1253 => b"windows-1253",
        1254 => b"windows-1254",
        1255 => b"windows-1255",
        1256 => b"windows-1256",
        1257 => b"windows-1257",
        1258 => b"windows-1258",
        _ => return None,
    };
    Encoding::for_label_no_replacement(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_page_knows_its_own_characters_only() {
        let length = |page, text| Narrow { limit: None, ignores_case: true, collation: "x".into(), page }.length(text);
        assert_eq!(length(1252, "Zoë"), Some(3));
        assert_eq!(length(1252, "Łukasz"), None);
        assert_eq!(length(1250, "Łukasz"), Some(6));
        assert_eq!(length(1251, "Жанна"), Some(5));
        assert_eq!(length(932, "山田"), Some(4));
        assert_eq!(length(65001, "山田"), Some(6));
        assert_eq!(length(437, "Zoë"), None);
        assert_eq!(length(437, "Zoe"), Some(3));
    }
}
