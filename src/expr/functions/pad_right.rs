//! `PadRight`: a text made as wide as wanted. Ours, not Entra's.

use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Signature};
use crate::expr::invert::Undone;
use crate::expr::node::Node;
use crate::value::Value;

use super::pad::{self, Side};

pub(super) struct PadRight;

impl Function for PadRight {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        pad::padded(arguments, Side::Right)
    }

    fn invert(&self, arguments: &[Node]) -> Result<Undone, String> {
        pad::unpadded(arguments, Side::Right)
    }
}

static SIGNATURE: Signature = Signature {
    name: "PadRight",
    summary: "Puts the fill (a blank unless said) behind the text until it is `width` characters wide; a longer text \
              stays as it is.",
    parameters: pad::PARAMETERS,
    required: 2,
    each: true,
    portable: false,
    examples: &[
        Example { expression: r#"PadRight([code], 5, "-")"#, given: r#"{"code": "AB"}"#, gives: r#""AB---""# },
        Example { expression: "PadRight([code], 1)", given: r#"{"code": "AB"}"#, gives: r#""AB""# },
    ],
    ..Signature::PLAIN
};
