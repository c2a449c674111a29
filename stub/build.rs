//! What the linker is told, and the target's name for the list that the bundler reads.
//!
//! ELF: a note section, whose program header is the room in which the bundler puts the payload's segment.

fn main() {
    let os = std::env::var("CARGO_CFG_TARGET_OS").unwrap_or_default();
    if os == "linux" {
        // Any content will do; a fixed one keeps builds the same. Some linkers leave the note out by default.
        println!("cargo:rustc-link-arg-bins=-Wl,--build-id=0x667265657a65");
    }
    if os == "windows" {
        // Linkers give the main thread less than Python code is used to.
        println!("cargo:rustc-link-arg-bins=-Wl,--stack,8388608");
        // Remote desktops: the program leaves the system's folders and registry alone, as CPython's says of itself.
        println!("cargo:rustc-link-arg-bins=-Wl,--tsaware");
    }
    println!("cargo:rustc-env=FREEZE_TARGET={}", std::env::var("TARGET").unwrap_or_default());
    println!("cargo:rerun-if-changed=build.rs");
}
