//! The `medley` command.

use std::process::ExitCode;

/// glibc gives the big activation buffers of a training step back to the system and maps them anew
/// at the next one; this allocator keeps them (see `docs/PERFORMANCE.md` for what it gains).
#[cfg(not(feature = "system-allocator"))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    medley::cli::run()
}
