//! Any bytes, held to the law of `flow_fuzz::json`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| flow_fuzz::json::holds(data));
