//! What tests and benchmarks start for themselves.
