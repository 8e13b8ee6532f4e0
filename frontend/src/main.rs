//! What Trunk builds: it starts the page, see `lib.rs`.

fn main() {
    crosstalk_frontend::start();
}
