//! `RegexMatch`: whether a text matches a pattern. Ours, not Entra's.

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Parameter, Signature};
use crate::expr::node::{Node, Prepared};
use crate::expr::pattern::Pattern;
use crate::value::Value;

pub(super) struct RegexMatch;

impl Function for RegexMatch {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        let Some(source) = arguments.text(0)? else { return Ok(Value::Boolean(false)) };
        let matches = match arguments.prepared() {
            Prepared::Pattern(pattern) => pattern.first(&source, "0"),
            _ => {
                let pattern = arguments.text(1)?.unwrap_or_default();
                Pattern::new(&pattern).and_then(|pattern| Ok(pattern.first(&source, "0")?.map(|_| "")))
            }
        };
        Ok(Value::Boolean(matches.map_err(|reason| arguments.fail_at(1, reason))?.is_some()))
    }

    fn prepare(&self, arguments: &[Node]) -> Result<Prepared, (usize, String)> {
        let Some(pattern) = arguments.get(1).and_then(Node::literal_text) else { return Ok(Prepared::Nothing) };
        Pattern::new(pattern).map(|pattern| Prepared::Pattern(Box::new(pattern))).map_err(|reason| (1, reason))
    }
}

static SIGNATURE: Signature = Signature {
    name: "RegexMatch",
    summary: "True when a part of the source matches the pattern, in `Replace`'s dialect; `^` and `$` tie it to the \
              ends. False for null.",
    parameters: &[Parameter::new("source", Kind::Text), Parameter::new("regexPattern", Kind::Text)],
    required: 2,
    result: Kind::Boolean,
    portable: false,
    lost: "only the answer is left",
    examples: &[
        Example { expression: r#"RegexMatch([id], "^\d{6}$")"#, given: r#"{"id": "004170"}"#, gives: "true" },
        Example { expression: r#"RegexMatch([id], "(?i)^adm-")"#, given: r#"{"id": "x-adm"}"#, gives: "false" },
    ],
    ..Signature::PLAIN
};
