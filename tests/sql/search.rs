//! What the database finds is what a plain evaluation of the predicate finds.
