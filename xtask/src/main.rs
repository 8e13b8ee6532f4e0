//! The commands of this repository: `cargo xtask run` and `cargo xtask test`.

fn main() {}
