//! argv in, exit code out.

use std::process::ExitCode;

/// A request is made of some hundred small values that one thread makes and another lets go, which the
/// C library's allocator, and musl's even more so, is slow at.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    postern::cli::run()
}
