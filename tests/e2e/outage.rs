//! An application that is away.
