#![no_main]

use libfuzzer_sys::fuzz_target;
use medley_fuzz::{files, without_abort};

fuzz_target!(init: without_abort(), |bytes: &[u8]| files::packed(bytes));
