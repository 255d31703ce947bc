//! `RandomString`: a random text with so many characters of each kind at least.

use crate::expr::Kind;
use crate::expr::eval::Stop;
use crate::expr::function::{Arguments, Depends, Example, Function, Parameter, Signature};
use crate::expr::random::Random;
use crate::value::Value;

pub(super) struct RandomString;

/// The longest text that Entra makes.
const MAX_LENGTH: usize = 256;

/// The kinds of characters, in the order of the parameters.
const ALPHABETS: [&str; 4] =
    ["0123456789", "!@#$%^&*()-_=+[]{};:,.<>?/~|", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"];

impl Function for RandomString {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &Arguments<'_>) -> Result<Value, Stop> {
        let length = count(arguments, 0)?;
        let minimums = [count(arguments, 1)?, count(arguments, 2)?, count(arguments, 3)?, count(arguments, 4)?];
        if minimums.iter().sum::<usize>() > length {
            return Err(arguments.fail("the minimums exceed the length"));
        }
        let avoided = arguments.text(5)?.unwrap_or_default();
        let alphabets = ALPHABETS.map(|letters| letters.chars().filter(|c| !avoided.contains(*c)).collect::<Vec<_>>());
        let filler = filler(&alphabets, minimums);
        let mut random = arguments.random();
        let mut drawn = Vec::with_capacity(length);
        for (alphabet, minimum) in alphabets.iter().zip(minimums) {
            draw(alphabet, minimum, &mut random, &mut drawn).ok_or_else(|| none_left(arguments))?;
        }
        let rest = length - drawn.len();
        draw(&filler, rest, &mut random, &mut drawn).ok_or_else(|| none_left(arguments))?;
        shuffle(&mut drawn, &mut random);
        Ok(Value::String(drawn.into_iter().collect()))
    }
}

fn count(arguments: &Arguments<'_>, index: usize) -> Result<usize, Stop> {
    let given = usize::try_from(arguments.required_integer(index)?).ok();
    given.filter(|count| *count <= MAX_LENGTH).ok_or_else(|| arguments.fail_at(index, "not between 0 and 256"))
}

fn none_left(arguments: &Arguments<'_>) -> Stop {
    arguments.fail("all characters of a wanted kind are avoided")
}

/// What fills the text up: the kinds that are wanted at all; digits and letters when none is.
fn filler(alphabets: &[Vec<char>; 4], minimums: [usize; 4]) -> Vec<char> {
    let wanted = minimums.map(|minimum| minimum > 0);
    let wanted = if wanted.contains(&true) { wanted } else { [true, false, true, true] };
    alphabets.iter().zip(wanted).filter(|(_, wanted)| *wanted).flat_map(|(letters, _)| letters).copied().collect()
}

fn draw(alphabet: &[char], count: usize, random: &mut Random, drawn: &mut Vec<char>) -> Option<()> {
    if alphabet.is_empty() && count > 0 {
        return None;
    }
    drawn.extend((0..count).map(|_| alphabet[random.below(alphabet.len())]));
    Some(())
}

/// Fisher and Yates.
fn shuffle(drawn: &mut [char], random: &mut Random) {
    for last in (1..drawn.len()).rev() {
        drawn.swap(last, random.below(last + 1));
    }
}

static SIGNATURE: Signature = Signature {
    name: "RandomString",
    summary: "Gives a random text of `length` (at most 256) with at least so many digits, special characters, capitals \
              and small letters; none of the characters in `charactersToAvoid`. Use it on creation only, inside \
              `Redact` for a password.",
    parameters: &[
        Parameter::new("length", Kind::Number),
        Parameter::new("minimumNumbers", Kind::Number),
        Parameter::new("minimumSpecialCharacters", Kind::Number),
        Parameter::new("minimumCapital", Kind::Number),
        Parameter::new("minimumLowerCase", Kind::Number),
        Parameter::new("charactersToAvoid", Kind::Text).optional(),
    ],
    required: 5,
    depends: Depends::Randomness,
    lost: "it reads no attribute",
    examples: &[Example { expression: "Len(RandomString(16, 1, 1, 1, 1))", given: "{}", gives: "16" }],
    ..Signature::PLAIN
};
