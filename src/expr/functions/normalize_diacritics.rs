//! `NormalizeDiacritics`: letters without their marks.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::value::Value;

pub(super) struct NormalizeDiacritics;

impl Function for NormalizeDiacritics {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        let Some(source) = arguments.text(0)? else { return Ok(Value::Null) };
        Ok(Value::String(plain(&source)))
    }
}

fn plain(source: &str) -> String {
    let (mut kept, mut latin) = (String::with_capacity(source.len()), false);
    for c in source.nfd() {
        if !is_combining_mark(c) {
            latin = is_latin(c);
        } else if latin {
            continue;
        }
        match c {
            'æ' => kept.push_str("ae"),
            'Æ' => kept.push_str("AE"),
            'ø' | 'œ' => kept.push_str("oe"),
            'Ø' | 'Œ' => kept.push_str("OE"),
            'ß' => kept.push_str("ss"),
            'ẞ' => kept.push_str("SS"),
            'ł' => kept.push('l'),
            'Ł' => kept.push('L'),
            'ı' => kept.push('i'),
            other => kept.push(other),
        }
    }
    kept.nfc().collect()
}

fn is_latin(c: char) -> bool {
    c.is_ascii_alphabetic()
        || c.is_alphabetic() && matches!(c, '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' | '\u{2c60}'..='\u{2c7f}')
}

static SIGNATURE: Signature = Signature {
    name: "NormalizeDiacritics",
    summary: "Takes the marks off Latin letters: `é` becomes `e`, `ü` `u`, `ø` `oe`, `æ` `ae`, `ß` `ss`. Other \
              scripts stay.",
    parameters: &[Parameter::new("source", Kind::Text)],
    required: 1,
    each: true,
    lost: "the marks of the letters are lost",
    examples: &[
        Example {
            expression: "NormalizeDiacritics([name])",
            given: r#"{"name": "Łukasz Żółć"}"#,
            gives: r#""Lukasz Zolc""#,
        },
        Example { expression: r#"NormalizeDiacritics("Straße")"#, given: "{}", gives: r#""Strasse""# },
    ],
    ..Signature::PLAIN
};
