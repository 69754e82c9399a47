//! Any bytes, held to the law of `flow_fuzz::condition`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| flow_fuzz::condition::holds(data));
