//! Values that look like SQL stay values.
