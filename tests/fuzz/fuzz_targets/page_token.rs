//! Runs `accord_fuzz_targets::page_token` on what the fuzzer makes.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| accord_fuzz_targets::page_token(data));
