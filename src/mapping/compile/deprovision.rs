//! `[X.deprovision]`: what the end of a resource does in the application.

use crate::diagnostic::{Code, Diagnostic, Problems, Span, Table, nearest};

use super::super::{Delete, Deprovision, Disable, Rule, Write};
use super::Stage;

pub(super) fn deprovision(stage: &Stage<'_>, rules: &[Rule], problems: &mut Problems) -> Deprovision {
    let Some(node) = stage.table.node("deprovision") else { return Deprovision::default() };
    let Some(table) = Table::open(node, &format!("[{}.deprovision]", stage.name), problems) else {
        return Deprovision::default();
    };
    if stage.downstream != Some("rest") {
        // The driver reads its own keys from the same table.
        for key in SQL_KEYS {
            table.node(key);
        }
    }
    let disable = table.string("disable", problems).map_or_else(Disable::default, |(word, span)| match word {
        "disable" => Disable::Disable,
        "acknowledge" => Disable::Acknowledge,
        _ => {
            let help = "`disable` writes the rule of `active`, `acknowledge` answers with success and writes nothing";
            let message = format!("`{word}` is no way to disable");
            problems.push(Diagnostic::error(Code::BAD_DEPROVISION, span, message).help(help));
            Disable::default()
        }
    });
    let delete = table
        .string("delete", problems)
        .map_or_else(Delete::default, |(word, span)| way_to_delete(word, span, problems));
    // A rule for `active` that was refused has its own problem.
    let tried = stage.table.node("attributes").is_some_and(|node| node.get("active").is_some());
    let rule = rules.iter().find(|rule| rule.slot.path.is("active"));
    let disables = rule.map_or(tried, |rule| !matches!(rule.write, Write::Never | Write::Constant(_)));
    let (needed, key) = match disable {
        Disable::Acknowledge => (true, "disable"),
        Disable::Disable => (delete == Delete::Disable, "delete"),
    };
    if needed && !disables {
        let problem = Diagnostic::error(Code::BAD_DEPROVISION, &table.span_of(key), "nothing says how to disable");
        problems.push(match rule {
            Some(_) => problem.help("the rule of `active` writes no field; let it, or choose `delete = \"delete\"`"),
            None => problem.help("add a rule for `active`, or choose `delete = \"delete\"`"),
        });
    }
    let elsewhere =
        |name: &str| SQL_KEYS.contains(&name).then(|| format!("`{name}` belongs to applications of `kind = \"sql\"`"));
    table.finish_with(&elsewhere, problems);
    Deprovision { delete, disable }
}

const SQL_KEYS: [&str; 3] = ["before_delete", "mark", "revive"];

const WAYS_TO_DELETE: [(&str, Delete); 4] = [
    ("delete", Delete::Delete),
    ("disable", Delete::Disable),
    ("acknowledge", Delete::Acknowledge),
    ("refuse", Delete::Refuse),
];

fn way_to_delete(word: &str, span: &Span, problems: &mut Problems) -> Delete {
    if let Some((_, way)) = WAYS_TO_DELETE.iter().find(|(have, _)| *have == word) {
        return *way;
    }
    let problem = Diagnostic::error(Code::BAD_DEPROVISION, span, format!("`{word}` is no way to delete"));
    problems.push(match nearest(word, WAYS_TO_DELETE.iter().map(|(have, _)| *have)) {
        Some(near) => problem.help(format!("did you mean `{near}`?")),
        None => problem.help("one of `delete`, `disable`, `acknowledge`, `refuse`"),
    });
    Delete::default()
}
