//! `PadLeft`: a text made as wide as wanted. Ours, not Entra's.

use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Example, Function, Signature};
use crate::expr::invert::Undone;
use crate::expr::node::Node;
use crate::value::Value;

use super::pad::{self, Side};

pub(super) struct PadLeft;

impl Function for PadLeft {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        pad::padded(arguments, Side::Left)
    }

    fn invert(&self, arguments: &[Node]) -> Result<Undone, String> {
        pad::unpadded(arguments, Side::Left)
    }
}

static SIGNATURE: Signature = Signature {
    name: "PadLeft",
    summary: "Puts the fill (a blank unless said) in front the text until it is `width` characters wide; a longer text \
              stays as it is.",
    parameters: pad::PARAMETERS,
    required: 2,
    each: true,
    portable: false,
    examples: &[
        Example { expression: r#"PadLeft([number], 6, "0")"#, given: r#"{"number": 417}"#, gives: r#""000417""# },
        Example { expression: "PadLeft([code], 3)", given: r#"{"code": "A"}"#, gives: r#""  A""# },
    ],
    ..Signature::PLAIN
};
