//! Compiles helloworld.proto with protox, which needs no protoc, and writes the descriptor set for server reflection.

use std::{env, fs, path::PathBuf};

use prost::Message as _;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let descriptors = protox::compile(["proto/helloworld.proto"], ["proto"])?;
    fs::write(out.join("helloworld.bin"), descriptors.encode_to_vec())?;
    tonic_prost_build::configure()
        .build_transport(false)
        .server_mod_attribute(".", "#[cfg(feature = \"server\")]")
        .compile_fds(descriptors)?;
    println!("cargo:rerun-if-changed=proto/helloworld.proto");
    Ok(())
}
