//! The REST driver against an application that answers, against one that answers wrongly, and
//! against mappings that cannot be bound. The number of calls is part of what is promised.

mod application;
mod operations;
mod support;
