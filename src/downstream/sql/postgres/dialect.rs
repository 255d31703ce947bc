//! How PostgreSQL says things.

use super::super::catalogue::{self, Questions};
use super::super::dialect::{Affix, Dialect};

/// PostgreSQL.
#[derive(Debug)]
pub(in super::super) struct Postgres;

impl Dialect for Postgres {
    fn placeholder(&self, number: usize) -> String {
        format!("${number}")
    }

    fn one_of(&self, expression: &str, list: &str) -> String {
        format!("{expression} = ANY({list})")
    }

    /// A subquery is hashed; `<> ALL` compares each with each before PostgreSQL 15.
    fn none_of(&self, expression: &str, list: &str) -> String {
        format!("{} NOT IN (SELECT unnest(CAST({list} AS text[])))", self.as_text(expression))
    }

    /// Each connection has the zone.
    fn now(&self) -> Option<&'static str> {
        Some("CURRENT_TIMESTAMP")
    }

    fn without_collation(&self, expression: &str) -> String {
        format!("({expression} COLLATE \"default\")")
    }

    fn caseless(&self, expression: &str) -> String {
        format!("lower({expression})")
    }

    fn by_code_point(&self, expression: &str) -> String {
        format!("{expression} COLLATE \"C\"")
    }

    fn asks_for_both_spellings(&self) -> bool {
        true
    }

    fn matches_exactly(&self, expression: &str, _: Affix, placeholder: &str) -> String {
        format!("{expression} LIKE {placeholder} ESCAPE '\\'")
    }

    fn like_caseless(&self, expression: &str, pattern: &str) -> String {
        format!("lower({expression}) LIKE lower({pattern}) ESCAPE '\\'")
    }

    fn exact_takes_pattern(&self) -> bool {
        true
    }

    fn contains(&self, text: &str, part: &str) -> String {
        format!("strpos({text}, {part}) > 0")
    }

    fn merged(&self, column: &str, members: &str) -> String {
        let stored = format!("NULLIF(NULLIF({column}::text, ''), 'null')::jsonb");
        let members = format!("CAST({members} AS text)::jsonb");
        let gone = format!("ARRAY(SELECT key FROM jsonb_each({members}) WHERE value = 'null'::jsonb)");
        format!("(COALESCE({stored}, '{{}}'::jsonb) || {members}) - {gone}")
    }

    fn same(&self, left: &str, right: &str) -> String {
        format!("{left} IS NOT DISTINCT FROM {right}")
    }

    fn differs(&self, left: &str, right: &str) -> String {
        format!("{left} IS DISTINCT FROM {right}")
    }

    fn next_of(&self, sequence: &str) -> Option<String> {
        Some(format!("nextval('{}')", self.table(sequence).replace('\'', "''")))
    }

    fn fresh_uuid(&self) -> Option<&'static str> {
        Some("gen_random_uuid()")
    }

    fn row_lock(&self) -> &'static str {
        " FOR NO KEY UPDATE"
    }

    fn name_lock(&self) -> Option<&'static str> {
        Some("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))")
    }

    fn questions(&self) -> Option<&'static Questions> {
        Some(&catalogue::postgres::QUESTIONS)
    }

    fn names_have_case(&self) -> bool {
        true
    }
}
