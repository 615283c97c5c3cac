//! The `medley` command with one more adapter: `adapter.best-worst = {}`.

use custom_adapter as _; // linking it is all that it takes

fn main() -> std::process::ExitCode {
    medley::cli::run()
}
