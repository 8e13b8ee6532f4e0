//! End-to-end tests in a headless browser: see `tests/`.
