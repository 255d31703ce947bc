//! argv in, exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    postern::cli::run()
}
