//! Tells cargo which other files the program includes, because cargo can't see that in the code.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
    // A debug build reads the site from its folder, so it need not be built again when the site changes.
    if std::env::var_os("PROFILE").is_some_and(|it| it == "release") {
        println!("cargo:rerun-if-changed=target/site");
    }
}
