//! `version`: where an answer tells which version of a record it holds, so that a change can say which
//! one it was made for (`If-Match`, RFC 9110 §13.1.1). No I/O.

use http::HeaderMap;
use serde_json::Value as Json;

use super::answer::key_of;
use super::call::Call;
use super::members::Members;
use super::paging::Place;
use super::resource::Calls;
use super::template::Slot;
use crate::diagnostic::{Code, Diagnostic, Node, Problems};

/// Where the version is.
#[derive(Debug)]
pub(super) struct Version {
    place: Place,
}

/// What is put into a call for `{version}` when there is none to show yet.
pub(super) const SHOWN: &str = "VERSION";

impl Version {
    /// Reads `version = { header = "ETag" }` or `version = "$.revision"`; the inner `None` is one that
    /// cannot be used, which was noted.
    pub(super) fn read(node: &Node, problems: &mut Problems) -> Option<Option<Self>> {
        let place = node.get("version")?;
        Some(Place::read(place, "`version`", problems).map(|place| Self { place }))
    }

    /// What was read, with the calls that send it. Notes a version that no call sends and nothing shows,
    /// and calls that send one which is not said.
    pub(super) fn checked(
        read: Option<Option<Self>>,
        node: &Node,
        (calls, members): (&Calls, &[Members]),
        problems: &mut Problems,
    ) -> Option<Option<Self>> {
        let span = |key: &str| node.get(key).map_or(&node.span, |part| &part.span);
        let sends =
            calls.changing().chain(members.iter().flat_map(Members::changing)).find(|call| call.sends(Slot::Version));
        match (&read, sends) {
            (None, Some(call)) => {
                let message = format!("{} sends `{{version}}`, and nothing says where that is", call.name);
                let problem = Diagnostic::error(Code::BAD_CALL, span("calls"), message);
                problems.push(problem.help("write `version = { header = \"ETag\" }`, or its path in the record"));
                None
            }
            (Some(Some(Self { place: Place::Header(_) })), None) => {
                let problem = Diagnostic::warning(Code::BAD_CALL, span("version"), "no call sends the version");
                problems.push(problem.help("`headers = { If-Match = \"{version}\" }` in `update` and the like"));
                Some(read.flatten())
            }
            (None, None) => Some(None),
            (Some(_), _) => read.flatten().map(Some),
        }
    }

    /// True when records tell it themselves, in lists as well as alone.
    pub(super) const fn is_in_record(&self) -> bool {
        matches!(self.place, Place::Body(_))
    }

    /// True when the document tells it, if documents do.
    pub(super) fn is_answered_by(&self, document: &Json) -> bool {
        match &self.place {
            Place::Body(path) => path.is_answered_by(document),
            Place::Header(_) => true,
        }
    }

    /// The version of a document; `None` where it tells none.
    ///
    /// # Errors
    /// What cannot be sent back.
    pub(super) fn of(&self, headers: &HeaderMap, document: &Json) -> Result<Option<String>, String> {
        let found = match &self.place {
            Place::Body(path) => path.first(document).and_then(key_of).map(|version| version.to_string()),
            Place::Header(_) => self.place.find(headers, None).filter(|version| !version.is_empty()),
        };
        match found {
            Some(version) if version.len() > LONGEST || !version.bytes().all(|byte| matches!(byte, b' '..=b'~')) => {
                Err("the record's version is no version that could be sent back".to_owned())
            }
            found => Ok(found),
        }
    }

    /// The version as bodies name it: a whole number as a number.
    pub(super) fn to_json(&self, version: &str) -> Json {
        match version.parse::<i64>() {
            Ok(number) if self.is_in_record() && number.to_string() == version => number.into(),
            _ => version.into(),
        }
    }
}

impl Calls {
    /// The calls that change a record which is there.
    fn changing(&self) -> impl Iterator<Item = &Call> {
        let steps = self.steps.create.iter().chain(&self.steps.update).chain(&self.steps.delete);
        let undo = self.steps.create.iter().filter_map(|step| step.undo.as_deref());
        self.update.iter().chain(&self.delete).chain(steps).chain(undo)
    }
}

impl Members {
    /// The calls that change members.
    fn changing(&self) -> impl Iterator<Item = &Call> {
        self.add.iter().chain(&self.remove).chain(&self.replace)
    }
}

/// Characters; ETags have no bound of their own, headers do.
const LONGEST: usize = 512;
