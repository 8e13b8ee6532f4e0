//! What the page computes: plain Rust, free of leptos and web-sys, tested natively.
