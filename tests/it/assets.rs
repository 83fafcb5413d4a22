//! The files of the site: their types, and that no file is sent again to a browser that has it.

use reqwest::Response;

use crate::support::{TestApp, site_is_built};

/// Asks for a file with these headers.
async fn file(app: &TestApp, path: &str, headers: &[(&str, &str)]) -> Response {
    let request = headers.iter().fold(app.http.get(app.url(path)), |it, (name, value)| it.header(*name, *value));
    request.send().await.unwrap()
}

fn header<'a>(answer: &'a Response, name: &str) -> Option<&'a str> {
    answer.headers().get(name).map(|it| it.to_str().unwrap())
}

#[tokio::test]
async fn a_file_has_its_type_and_must_be_asked_for_again() {
    if !site_is_built() {
        return;
    }
    let app = TestApp::start().await;
    for (path, kind) in [("/favicon.svg", "image/svg+xml"), ("/robots.txt", "text/plain; charset=utf-8")] {
        let answer = file(&app, path, &[]).await;
        assert_eq!(answer.status(), 200, "{path}");
        assert_eq!(header(&answer, "content-type"), Some(kind), "{path}");
        assert_eq!(header(&answer, "cache-control"), Some("no-cache"), "{path}");
        assert!(header(&answer, "etag").is_some_and(|it| it.starts_with('"') && it.ends_with('"')), "{path}");
        let expected = std::fs::read(format!("public{path}")).unwrap();
        assert_eq!(answer.bytes().await.unwrap(), expected, "{path}");
    }
}

#[tokio::test]
async fn a_file_that_the_browser_has_is_not_sent_again() {
    if !site_is_built() {
        return;
    }
    let app = TestApp::start().await;
    let mut tags = Vec::new();
    for encoding in ["identity", "gzip", "br"] {
        let accepted = ("accept-encoding", encoding);
        let first = file(&app, "/favicon.svg", &[accepted]).await;
        assert_eq!(header(&first, "content-encoding").unwrap_or("identity"), encoding);
        let tag = header(&first, "etag").unwrap().to_owned();
        for known in
            [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}"), format!("\"x\",W/{tag}"), "*".to_owned()]
        {
            let again = file(&app, "/favicon.svg", &[accepted, ("if-none-match", &known)]).await;
            assert_eq!(again.status(), 304, "{known} as {encoding}");
            for name in ["etag", "cache-control", "vary"] {
                assert_eq!(header(&again, name), header(&first, name), "{name} is the same as in the whole answer");
            }
            assert_eq!((header(&again, "content-length"), header(&again, "content-encoding")), (None, None));
            assert!(again.bytes().await.unwrap().is_empty());
        }
        for unknown in ["\"x\"", "", &tag[1..], "W/*", &tag.replace('"', "'")] {
            let again = file(&app, "/favicon.svg", &[accepted, ("if-none-match", unknown)]).await;
            assert_eq!(again.status(), 200, "{unknown:?} as {encoding}");
        }
        tags.push(tag);
    }
    // Each compressed form has its own tag, so a browser never confuses two cached forms.
    let other = file(&app, "/favicon.svg", &[("accept-encoding", "br"), ("if-none-match", &tags[1])]).await;
    assert_eq!((other.status().as_u16(), header(&other, "content-encoding")), (200, Some("br")));
    tags.dedup();
    assert_eq!(tags.len(), 3, "{tags:?}");
}
