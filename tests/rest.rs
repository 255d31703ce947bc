//! The REST driver against an application that answers, against one that answers wrongly, and
//! against mappings that cannot be bound. The number of calls is part of what is promised.

mod application;
mod calls;
mod csrf;
mod doorkeeper;
mod faults;
mod flags;
mod forms;
mod habits;
mod hostile;
mod idempotent;
mod kept;
mod line;
mod lists;
mod literal;
mod lookups;
mod memberships;
mod names;
mod open;
mod operations;
mod own_types;
mod pages;
mod problems;
mod quoting;
mod rate;
mod refused;
mod resumed;
mod scripted;
mod several;
mod shapes;
mod slots;
mod steps;
mod support;
mod tls;
mod xml;
