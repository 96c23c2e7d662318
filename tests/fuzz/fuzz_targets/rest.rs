//! Runs `accord_fuzz_targets::rest` on what the fuzzer makes.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| accord_fuzz_targets::rest(data));
