#![no_main]

use libfuzzer_sys::fuzz_target;
use medley_fuzz::{specs, without_abort};

fuzz_target!(init: without_abort(), |bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes) {
        specs::spec(text);
    }
});
