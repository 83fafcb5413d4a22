//! Tells cargo what else the program is made of: files it carries, which cargo can't see in the code.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
    // A debug build reads the site from its folder, so it need not be made again for it.
    if std::env::var_os("PROFILE").is_some_and(|it| it == "release") {
        println!("cargo:rerun-if-changed=target/site");
    }
}
