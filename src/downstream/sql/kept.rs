//! `[Group.members] on = "user"`: a column of the member's own row tells the group that it is in, or all of
//! them (`field = "groups[*]"`). Reads what the mapping says of it, and holds that against the rest. No SQL.

use std::sync::Arc;

use super::cells::Cells;
use super::layout::{Layout, Membership, Place, Scope};
use super::tables::{Variables, constant};
use crate::diagnostic::{Code, Diagnostic, Problems, Span, Table};
use crate::value::Value;

/// How memberships stand in the rows of the members.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    /// The column of the group's own row with what it is called there; its key, when none.
    pub(super) named: Option<String>,
    /// True when a further group takes the place of the one that is there.
    pub(super) replaces: bool,
    /// What stands there of one who is in no group.
    pub(super) nobody: Value,
    /// True when a group that is deleted is taken out of its members' rows first.
    pub(super) clears: bool,
    /// How several groups stand there; one does, when none.
    pub(super) cells: Option<Cells>,
}

/// The tables in which a membership is described: one for its type, where there is one, and the one
/// for all types.
#[derive(Clone, Copy)]
pub(super) struct Said<'t, 'n> {
    pub(super) own: Option<&'t Table<'n>>,
    pub(super) all: &'t Table<'n>,
}

impl<'t, 'n> Said<'t, 'n> {
    /// The table that has the key, the type's own before the other.
    fn table(self, key: &str) -> Option<&'t Table<'n>> {
        let all = self.all.node(key).map(|_| self.all);
        self.own.filter(|own| own.node(key).is_some()).or(all)
    }

    fn string(self, key: &str, problems: &mut Problems) -> Option<(&'n str, &'n Span)> {
        self.table(key)?.string(key, problems)
    }

    /// One of these words under the key.
    fn word<T: Copy>(self, key: &str, words: &[(&str, T)], problems: &mut Problems) -> Option<T> {
        let (text, span) = self.string(key, problems)?;
        let found = words.iter().find(|(word, _)| *word == text);
        if found.is_none() {
            let all: Vec<_> = words.iter().map(|(word, _)| format!("`\"{word}\"`")).collect();
            let message = format!("`{key}` cannot be `{text}`");
            problems
                .push(Diagnostic::error(Code::WRONG_TYPE, span, message).help(format!("write {}", all.join(" or "))));
        }
        found.map(|(_, value)| *value)
    }

    /// True when memberships are kept on the members.
    pub(super) fn is_kept(self) -> bool {
        self.table("on").is_some()
    }

    /// Reads a membership that is; the members' table is filled in by [`settle`]. `None` when
    /// something is wrong, which is noted.
    pub(super) fn kept(
        self,
        resource: &Arc<str>,
        variables: Variables<'_>,
        problems: &mut Problems,
    ) -> Option<Membership> {
        if let Some((text, span)) = self.string("on", problems).filter(|(text, _)| *text != "user") {
            let message = format!("`{text}` is nothing that memberships can be kept on");
            problems.push(Diagnostic::error(Code::BAD_MEMBERS, span, message).help("write `on = \"user\"`"));
        }
        self.report_keys_of_rows(problems);
        let field = self.string("field", problems);
        let list = field.is_some_and(|(name, _)| name.ends_with("[*]"));
        let field = field.and_then(|(name, span)| {
            let name = name.strip_suffix("[*]").unwrap_or(name);
            self.bare("the column of the user's row that tells the group", (name, span), problems)
        });
        if self.table("field").is_none() {
            let help = "the column of the user's row that tells the group: `field = \"group_id\"`";
            self.own.unwrap_or(self.all).missing("field", help, problems);
        }
        let named = self.column("named", "the column of the group's row with its name there", problems);
        if list {
            self.report_keys_of_one(problems);
        }
        let separator = self.separator(list, problems);
        let further = self.word("further", &[("replace", true), ("refuse", false)], problems);
        if !list && self.table("further").is_none() {
            let help = "what becomes of one who is in another group: `further = \"replace\"` or `\"refuse\"`";
            self.own.unwrap_or(self.all).missing("further", help, problems);
        }
        let nobody = self.table("nobody").and_then(|table| table.node("nobody"));
        let nobody = nobody.map(|node| constant(node, variables, problems));
        let clears = self.word("on_delete", &[("remove", true), ("nothing", false)], problems).unwrap_or(true);
        let display = self.string("display", problems).map(|(name, _)| name.to_owned());
        let cells = list.then_some(Cells { separator });
        let replaces = if list { true } else { further? };
        let kept = Kept { named, replaces, nobody: nobody.unwrap_or(Some(Value::Null))?, clears, cells };
        Some(Membership {
            resource: Arc::clone(resource),
            table: String::new(),
            group: field?,
            member: String::new(),
            key: None,
            add: None,
            remove: None,
            fields: Vec::new(),
            scope: Scope::default(),
            display,
            shared: false,
            kept: Some(kept),
        })
    }

    /// A column's bare name.
    fn column(self, key: &str, what: &str, problems: &mut Problems) -> Option<String> {
        let said = self.string(key, problems)?;
        self.bare(what, said, problems)
    }

    /// What stands between the groups of a list in text.
    fn separator(self, list: bool, problems: &mut Problems) -> Option<String> {
        let (text, span) = self.string("separator", problems)?;
        if !list || text.trim().is_empty() {
            let message = if list { "a separator of nothing but spaces" } else { "`separator` is for a list" };
            let problem = Diagnostic::error(Code::BAD_MEMBERS, span, message);
            problems.push(problem.help("write `field = \"groups[*]\"` and `separator = \",\"`"));
        }
        Some(text.to_owned())
    }

    /// Notes what has nothing to do where a user can be in several groups.
    fn report_keys_of_one(self, problems: &mut Problems) {
        for key in ["further", "nobody"] {
            if let Some(table) = self.table(key) {
                let message = format!("`{key}` is for a user who can be in one group only");
                let problem = Diagnostic::error(Code::BAD_MEMBERS, &table.span_of(key), message);
                problems.push(problem.help("leave it out: `field` is a list"));
            }
        }
    }

    fn bare(self, what: &str, (name, span): (&str, &Span), problems: &mut Problems) -> Option<String> {
        if name.is_empty() || name.contains(['$', '.', '[', '{']) {
            let message = format!("`{name}` is no column of a row");
            problems.push(Diagnostic::error(Code::BAD_MEMBERS, span, message).help(format!("name {what}")));
            return None;
        }
        Some(name.to_owned())
    }

    /// Notes keys that say something of a column of the members' rows where nothing says that there is one.
    pub(super) fn report_keys_of_column(self, problems: &mut Problems) {
        for key in ["field", "named", "separator", "further", "nobody", "on_delete"] {
            let table = self.own.unwrap_or(self.all);
            if self.table(key).is_some() && table.node(key).is_some() {
                let message = format!("`{key}` has nothing to do without `on`");
                let problem = Diagnostic::error(Code::CONFLICTING_KEYS, &table.span_of(key), message);
                problems.push(problem.help("where a column of the user's row tells the group, write `on = \"user\"`"));
            }
        }
    }

    /// What describes rows of a table of memberships has nothing to do here.
    fn report_keys_of_rows(self, problems: &mut Problems) {
        const KEYS: &[&str] =
            &["table", "group", "member", "where", "except", "fields", "key", "key_from", "add", "remove"];
        let beside = self.own.filter(|own| own.node("on").is_none());
        let table = self.table("on").into_iter().chain(beside);
        for (table, key) in table.flat_map(|table| KEYS.iter().map(move |key| (table, *key))) {
            if table.node(key).is_some() {
                let message = format!("`{key}` has nothing to do beside `on`");
                let problem = Diagnostic::error(Code::CONFLICTING_KEYS, &table.span_of(key), message);
                problems.push(problem.help("leave it out: there are no rows for memberships, `field` tells the group"));
            }
        }
    }
}

/// Fills in where the members are, once every resource has been read.
pub(super) fn settle(layouts: &mut [Layout]) {
    let places: Vec<_> = layouts
        .iter()
        .map(|one| (Arc::clone(&one.resource), one.table.clone(), one.key.clone(), one.scope.clone()))
        .collect();
    let kept = layouts.iter_mut().flat_map(|layout| &mut layout.memberships).filter(|one| one.kept.is_some());
    for membership in kept {
        let Some((_, table, key, scope)) = places.iter().find(|(name, ..)| *name == membership.resource) else {
            continue;
        };
        membership.table.clone_from(table);
        membership.member.clone_from(key);
        membership.scope.clone_from(scope);
    }
}

/// Notes what the column cannot be; `place` says where a key stands.
pub(super) fn report(
    layouts: &[Layout],
    group: &Layout,
    membership: &Membership,
    place: &dyn Fn(&str) -> Span,
    problems: &mut Problems,
) {
    let (Some(kept), Some(member)) =
        (&membership.kept, layouts.iter().find(|layout| layout.resource == membership.resource))
    else {
        return;
    };
    let (kind, column) = (&membership.resource, &membership.group);
    let mut wrong = |code: Code, key: &str, message: String, help: &str| {
        problems.push(Diagnostic::error(code, &place(key), message).help(help));
    };
    if *column == member.key {
        let message = format!("`{column}` is the key of [{kind}]");
        wrong(Code::BAD_MEMBERS, "field", message, "name the column that tells the group");
    }
    if member.columns_in(Place::Main).any(|have| have.written && have.name == *column) {
        let message = format!("a rule of [{kind}] writes the column `{column}` already");
        wrong(Code::FIELD_FED_TWICE, "field", message, "leave that rule out, or make it `read_only = true`");
    }
    if member.scope.columns().any(|have| have == column) {
        let message =
            format!("the `where` of [{kind}] looks at `{column}`: who joins or leaves would be no record any more");
        wrong(Code::FIELD_FED_TWICE, "field", message, "name another column, or another `where`");
    }
    if kept.named.is_some() && group.table == member.table {
        let message =
            format!("[{}] and [{kind}] are rows of one table, where groups are called by their keys", group.resource);
        wrong(Code::BAD_MEMBERS, "named", message, "leave `named` out");
    }
}
