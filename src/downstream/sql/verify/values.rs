//! What the rules give fits the types and lengths of the columns.

use super::super::column::{ColumnType, Types};
use super::super::layout::Column;
use super::{Check, misfit};
use crate::diagnostic::{Severity, Span};
use crate::record::FieldPromise;
use crate::value::Value;

impl Check<'_> {
    /// Notes values that their columns would refuse.
    pub(super) fn values(&mut self, types: &Types) {
        for column in self.layout.columns.iter().filter(|column| column.written && !column.presence) {
            let table = self.layout.table_of(column.place);
            if self.column(table, &column.name).is_none() {
                continue;
            }
            let span = self.span_of(column, column.place);
            for promise in self.promises_of(column) {
                self.value(table, column, types.of(table, &column.name), promise, &span);
            }
        }
        self.scopes(types);
    }

    fn value(&mut self, table: &str, column: &Column, what: &ColumnType, promise: &FieldPromise, span: &Span) {
        let (label, zone) = (&promise.label, &self.model.zone);
        let declared = self.column(table, &column.name).map_or("", |facts| &*facts.declared);
        let refused = promise.examples.iter().find_map(|example| what.parameter(example, zone).err());
        if let Some(reason) = refused {
            let message = format!("what `{label}` is given {reason}: `{table}.{}` is `{declared}`", column.name);
            self.found.push(misfit(Severity::Error, span, message));
            return;
        }
        if !promise.any_text {
            return;
        }
        if what.parameter(&Value::from("text"), zone).is_err() && !matches!(what, ColumnType::Text(_)) {
            let message = format!("`{label}` is text, but `{table}.{}` is `{declared}`", column.name);
            let help = "values that do not fit are refused with 400; a rule with `write = '…'` could translate them";
            self.found.push(misfit(Severity::Warning, span, message).help(help));
            return;
        }
        let Some(length) = self.column(table, &column.name).and_then(super::super::catalogue::ColumnFacts::length)
        else {
            return;
        };
        match promise.max_length {
            Some(most) if most <= length => {}
            Some(most) => {
                let message = format!("`{label}` takes {most} characters, `{table}.{}` holds {length}", column.name);
                let help = format!("write `max_length = {length}`");
                self.found.push(misfit(Severity::Warning, span, message).help(help));
            }
            None => {
                let message = format!("`{table}.{}` holds {length} characters of `{label}`", column.name);
                let help = format!("`max_length = {length}` in the rule tells clients so before anything is sent");
                self.found.push(misfit(Severity::Note, span, message).help(help));
            }
        }
    }

    fn scopes(&mut self, types: &Types) {
        for (column, value) in self.layout.scope.iter() {
            let reason = types.of(&self.layout.table, column).parameter(value, &self.model.zone).err();
            if let Some(reason) = reason {
                let message = format!("the value of `{column}` in `where` {reason}");
                self.found.push(misfit(Severity::Error, &self.place(&["where"]), message));
            }
        }
    }
}
