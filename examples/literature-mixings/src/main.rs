//! The `medley` command with three more ways of mixing.

use literature_mixings as _; // linking it is all that it takes

fn main() -> std::process::ExitCode {
    medley::cli::run()
}
