//! The addresses in a title, as links.

use crate::ui::page::escaped;

/// How an address begins. Others, as `javascript:`, are only text.
const SCHEMES: [&str; 2] = ["https://", "http://"];

/// The title as the content of an element. The page that a link leads to is not told which list it was in.
pub(crate) fn linked(title: &str) -> String {
    let mut html = String::new();
    let mut rest = title;
    while let Some((at, address)) = first_address(rest) {
        let shown = escaped(address);
        html += &escaped(&rest[..at]);
        html += &[r#"<a href=""#, &shown, r#"" target="_blank" rel="noreferrer nofollow">"#, &shown, "</a>"].concat();
        rest = &rest[at + address.len()..];
    }
    html + &escaped(rest)
}

/// The first address in a text, and where it begins.
fn first_address(text: &str) -> Option<(usize, &str)> {
    let is_begin = |at: usize| at == 0 || !text.as_bytes()[at - 1].is_ascii_alphanumeric();
    let mut places = text.char_indices().filter(|it| it.1 == 'h' && is_begin(it.0));
    places.find_map(|(at, _)| Some((at, address(&text[at..])?)))
}

/// The address that a text begins with.
fn address(text: &str) -> Option<&str> {
    let scheme = SCHEMES.iter().find(|it| text.starts_with(**it))?;
    let ends = |it: char| it.is_whitespace() || it.is_control() || matches!(it, '<' | '>' | '"' | '“' | '”');
    let mut address = &text[..text.find(ends).unwrap_or(text.len())];
    // What ends a sentence belongs to it, and so does a bracket that was opened before the address.
    while let Some(last) = address.chars().next_back() {
        let count = |bracket: char| address.matches(bracket).count();
        let is_of_sentence = match last {
            ')' => count(')') > count('('),
            ']' => count(']') > count('['),
            it => matches!(it, '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '’' | '»'),
        };
        if !is_of_sentence {
            break;
        }
        address = &address[..address.len() - last.len_utf8()];
    }
    (address.len() > scheme.len()).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(text: &str) -> Vec<String> {
        linked(text).split("<a href=\"").skip(1).map(|it| it[..it.find('"').unwrap()].to_owned()).collect()
    }

    #[test]
    fn addresses_are_found_where_a_person_sees_them() {
        assert_eq!(addresses("Read https://example.org/a?b=c&d today"), ["https://example.org/a?b=c&amp;d"]);
        assert_eq!(addresses("http://a.example, (https://b.example/x)."), ["http://a.example", "https://b.example/x"]);
        assert_eq!(
            addresses("see https://en.example/wiki/Rust_(language)"),
            ["https://en.example/wiki/Rust_(language)"]
        );
        assert_eq!(addresses("“https://a.example”"), ["https://a.example"]);
    }

    #[test]
    fn what_is_no_address_stays_a_text() {
        for text in ["http", "https://", "xhttp://a.example", "javascript:alert(1)", "HTTP is old", "http://.", ""] {
            assert_eq!(addresses(text), [""; 0], "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn the_text_stays_the_same_and_never_becomes_other_markup(title in "(https?://|[ -~“”ä]){0,20}") {
            let html = linked(&title);
            let mut text = String::new();
            for piece in html.split('<') {
                let shown = piece.split_once('>').map_or(piece, |(tag, shown)| {
                    assert!(tag == "/a" || tag.starts_with("a href=\"http"), "{tag}");
                    assert_eq!(tag.matches('"').count() % 6, 0, "{tag}");
                    shown
                });
                text += shown;
            }
            let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
            proptest::prop_assert_eq!(text, title);
        }
    }
}
