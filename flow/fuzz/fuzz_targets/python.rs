//! Any bytes, held to the law of `flow_fuzz::python`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| flow_fuzz::python::holds(data));
