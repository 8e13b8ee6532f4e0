//! The binary `crosstalk`.

fn main() {}
