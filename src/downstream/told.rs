//! What a client is told of a refusal of the application's own, in the mapping's words
//! (`answer = { status = 422, detail = "no licence seat is free" }`). The application's own words may
//! name what a client must not see, and never take their place. And which attribute a rule of `errors`
//! speaks of, for every kind of application.

use crate::diagnostic::{Code, Diagnostic, Node, Problems, Table, nearest};
use crate::record::RecordShape;

/// A status, a keyword and a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The status: one of a request that cannot be fulfilled as it is.
    pub status: u16,
    /// The keyword, with 400 and 409 only.
    pub keyword: Option<&'static str>,
    /// The sentence.
    pub detail: String,
}

impl Told {
    /// Reads `answer` and notes every problem in it.
    pub(super) fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        let table = Table::open(node, "`answer`", problems)?;
        let status = table.required("status", "the status that the client gets: `status = 422`", problems);
        let status = status.and_then(|node| match node.value {
            crate::diagnostic::NodeValue::Integer(status) => {
                let known = STATUSES.iter().find(|known| i64::from(**known) == status).copied();
                if known.is_none() {
                    let message = format!("{status} is no status for what the application refuses");
                    problems.push(
                        Diagnostic::error(Code::BAD_CALL, &node.span, message).help(
                            "400, 403, 409 or 422: clients stop over 401, and take 404 for a record that is gone",
                        ),
                    );
                }
                known
            }
            _ => {
                let message = format!("`status` is {}", node.kind());
                problems
                    .push(Diagnostic::error(Code::WRONG_TYPE, &node.span, message).label("expected a whole number"));
                None
            }
        });
        let keyword = keyword(&table, status, problems);
        let detail = table.required_string("detail", "a sentence for the administrator of the client", problems);
        table.finish(problems);
        let (detail, span) = detail?;
        if detail.trim().is_empty() || detail.len() > 512 || detail.chars().any(char::is_control) {
            problems.push(
                Diagnostic::error(Code::BAD_CALL, span, "`detail` is no sentence").help("one line, at most 512 bytes"),
            );
            return None;
        }
        Some(Self { status: status?, keyword, detail: detail.to_owned() })
    }
}

/// `attribute` of a rule of `errors`; one that no rule of the mapping is about is noted.
pub(super) fn attribute(table: &Table<'_>, shape: &RecordShape, problems: &mut Problems) -> Option<String> {
    let (label, span) = table.string("attribute", problems)?;
    let known = shape.fields.iter().map(|field| &*field.label);
    if !known.clone().any(|have| have.eq_ignore_ascii_case(label)) {
        let problem = Diagnostic::error(Code::BAD_CALL, span, format!("no rule maps `{label}`"));
        problems.push(match nearest(label, known) {
            Some(near) => problem.help(format!("did you mean `{near}`?")),
            None => problem,
        });
    }
    Some(label.to_owned())
}

/// `scim_type`: RFC 7644 §3.12 has keywords for 400 and 409.
fn keyword(table: &Table<'_>, status: Option<u16>, problems: &mut Problems) -> Option<&'static str> {
    let (word, span) = table.string("scim_type", problems)?;
    let Some((keyword, fits)) = KEYWORDS.iter().find(|(keyword, _)| *keyword == word) else {
        let names = || KEYWORDS.iter().map(|(name, _)| *name);
        let problem = Diagnostic::error(Code::BAD_CALL, span, format!("`{word}` is no keyword of an error"));
        problems.push(match nearest(word, names()) {
            Some(near) => problem.help(format!("did you mean `{near}`?")),
            None => problem.help(format!("one of {}", names().collect::<Vec<_>>().join(", "))),
        });
        return None;
    };
    if status.is_some_and(|status| status != *fits) {
        let message = format!("`{keyword}` goes with {fits}");
        problems.push(
            Diagnostic::error(Code::BAD_CALL, span, message)
                .help("RFC 7644 has keywords for 400 and 409; leave it out"),
        );
    }
    Some(keyword)
}

const STATUSES: [u16; 4] = [400, 403, 409, 422];
const KEYWORDS: &[(&str, u16)] =
    &[("invalidValue", 400), ("mutability", 400), ("noTarget", 400), ("tooMany", 400), ("uniqueness", 409)];
