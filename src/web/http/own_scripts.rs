//! Names the scripts inside a page for its content policy: by their hashes, so that only they can run, and the same
//! page may be sent to everyone.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// The sources for `script-src`, each after a space: one for each script in the page that is no file of its own. Texts
/// in a page are escaped, so nothing else begins like a script.
pub(super) fn sources(page: &[u8]) -> String {
    let page = String::from_utf8_lossy(page);
    let mut sources = String::new();
    for script in page.split("<script").skip(1) {
        let Some((attributes, text)) = script.split_once('>') else { continue };
        let Some((text, _)) = text.split_once("</script>") else { continue };
        if !attributes.contains(" src=") {
            // Writing to a text can't fail.
            let _ = write!(sources, " 'sha256-{}'", STANDARD.encode(Sha256::digest(text)));
        }
    }
    sources
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_script_inside_the_page_is_named_and_no_file() {
        let page = b"<script src=\"/a.js\"></script><p>&lt;script></p><script>alert('a')</script>\
                     <script type=\"module\"></script>";
        let named = sources(page);
        // As `printf %s "alert('a')" | openssl dgst -sha256 -binary | base64` says, and the same for no text.
        let (alert, none) =
            ("jGpCY/NKkGjstzhpT5ehfokZ/ucM1tD5DofTAVFoZNg=", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
        assert_eq!(named, format!(" 'sha256-{alert}' 'sha256-{none}'"));
    }
}
