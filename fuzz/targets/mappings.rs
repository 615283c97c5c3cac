#![no_main]

use libfuzzer_sys::fuzz_target;
use medley_fuzz::{mappings, without_abort};

fuzz_target!(init: without_abort(), |bytes: &[u8]| mappings::mapping(bytes));
