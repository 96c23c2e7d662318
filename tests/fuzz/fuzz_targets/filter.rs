//! Runs `accord_fuzz_targets::filter` on what the fuzzer makes.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| accord_fuzz_targets::filter(data));
