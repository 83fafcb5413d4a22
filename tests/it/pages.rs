//! Pages: complete without a script, safe with any title, and strict about what a browser may do.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::support::{TestApp, site_is_built};

const HOSTILE: &str = "</title></textarea><script>window.x=1</script>\"'&amp;<!--";

/// The titles of the rows on the page, in order.
fn labels(page: &str) -> Vec<&str> {
    let list = page.split_once("class=\"todo-list\"").and_then(|(_, it)| it.split_once("</ul>")).unwrap().0;
    let labels = list.split("<label ").skip(1);
    labels.map(|it| it.split_once('>').unwrap().1.split_once("</label>").unwrap().0).collect()
}

#[tokio::test]
async fn each_filter_shows_its_todos_without_any_script() {
    let app = TestApp::start().await;
    let list = app.create_list("Shopping").await;
    for base in [String::new(), format!("/lists/{list}")] {
        let id = if base.is_empty() { "home" } else { list.as_str() };
        for title in ["milk", "bread", "salt"] {
            app.command("/api/todos/create", &[("list", id), ("title", title)]).await;
        }
        let bread = app.board(id).await.todos[1].id.to_string();
        app.command("/api/todos/complete", &[("list", id), ("id", &bread)]).await;
        for (path, shown, label) in [
            ("", &["milk", "bread", "salt"][..], "All"),
            ("/active", &["milk", "salt"], "Active"),
            ("/completed", &["bread"], "Completed"),
        ] {
            let path = format!("{base}{path}");
            let path = if path.is_empty() { "/" } else { &path };
            let page = app.page(path).await;
            assert_eq!(labels(&page), shown, "{path}");
            assert!(page.contains("<strong>2</strong> items left"), "{path}");
            assert!(
                page.contains(&format!("href=\"{path}\" aria-current=\"page\" class=\"selected\">{label}</a>")),
                "{page}"
            );
            assert_eq!(
                page.matches("<li class=\"completed\"").count(),
                shown.iter().filter(|it| **it == "bread").count()
            );
            assert!(page.contains("</body></html>"), "{path} is whole");
        }
    }
}

#[tokio::test]
async fn an_address_that_does_not_exist_is_a_page_with_status_404() {
    let app = TestApp::start().await;
    for path in [
        "/lists/nosuchlist",
        "/lists/nosuchlist/active",
        "/lists/HOME",
        "/nothing",
        "/active/",
        "/lists/",
        "/favicon.ico",
    ] {
        let answer = app.get(path).await;
        assert_eq!(answer.status(), 404, "{path}");
        assert_eq!(answer.headers()["content-type"], "text/html; charset=utf-8", "{path}");
        let page = answer.text().await.unwrap();
        assert!(page.contains("<h1>Not found</h1>") && page.contains("<a href=\"/\">"), "{path}");
    }
    assert_eq!(app.get("/lists/home").await.status(), 200, "the home list can also be reached by its id");
}

#[tokio::test]
async fn edit_in_the_address_opens_the_row_as_a_form() {
    let app = TestApp::start().await;
    let (milk, bread) = (app.create("milk").await, app.create("bread").await);
    let page = app.page(&format!("/?edit={bread}")).await;
    assert_eq!(page.matches("action=\"/api/todos/rename\"").count(), 1);
    let form = page.split_once("action=\"/api/todos/rename\"").unwrap().1.split_once("</form>").unwrap().0;
    assert!(form.contains(&format!("name=\"id\" value=\"{bread}\"")) && form.contains("value=\"bread\""), "{form}");
    assert!(page.contains(&format!("href=\"/?edit={milk}\"")), "the other row has a link for editing");
    assert!(!app.page("/?edit=01890000-0000-7000-8000-00000000000f").await.contains("/api/todos/rename"));
}

#[tokio::test]
async fn no_title_or_name_becomes_markup() {
    let app = TestApp::start().await;
    let list = app.create_list(HOSTILE).await;
    app.command("/api/todos/create", &[("list", &list), ("title", HOSTILE)]).await;
    let id = app.board(&list).await.todos[0].id;
    for path in [format!("/lists/{list}"), format!("/lists/{list}?edit={id}")] {
        let page = app.page(&path).await;
        let escaped = "&lt;/title&gt;&lt;/textarea&gt;&lt;script&gt;window.x=1&lt;/script&gt;";
        assert!(page.contains(&format!("<title>{escaped}")), "the list's name is the page's title");
        assert!(labels(&page)[0].starts_with(escaped), "{page}");
        for raw in ["<script>window", "</textarea>", "</title></", "<!--"] {
            assert!(!page.contains(raw), "{raw} in {path}: {page}");
        }
        // The data inside a script neither begins nor ends one.
        assert_eq!(page.matches("<script").count(), page.matches("</script>").count());
        assert!(page.contains("\\u003cscript>window.x=1"), "the data for the script is escaped");
        assert!(!page.contains("&amp;amp;amp;") && page.contains("&amp;amp;"), "it is escaped only once");
    }
}

#[tokio::test]
async fn a_page_allows_its_own_scripts_by_their_hashes_and_no_others() {
    let app = TestApp::start().await;
    app.create(HOSTILE).await;
    for path in ["/", "/active"] {
        let answer = app.get(path).await;
        let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
        let page = answer.text().await.unwrap();
        let mut inside = 0;
        for script in page.split("<script").skip(1) {
            let (start, rest) = script.split_once('>').unwrap();
            if ["page", "offline"].iter().any(|it| start.contains(&format!("src=\"/{it}.js\""))) {
                continue;
            }
            let text = rest.split_once("</script>").unwrap().0;
            let hash = STANDARD.encode(Sha256::digest(text));
            assert!(policy.contains(&format!(" 'sha256-{hash}'")), "{script}");
            inside += 1;
        }
        assert!(inside > 0 && policy.matches("'sha256-").count() == inside, "{policy}");
        assert!(policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{policy}");
        assert!(!page.contains(" style=") && !page.contains(" onclick="), "nothing that the policy would stop");
        assert!(!page.contains("nonce"), "a page that many get has no secret");
    }
}

#[tokio::test]
async fn every_answer_has_the_headers_that_keep_other_sites_out() {
    let app = TestApp::start().await;
    for path in [
        "/",
        "/active",
        "/nothing",
        "/api/board?list=home",
        "/api/board",
        "/api/nothing",
        "/ws",
        "/healthz",
        "/robots.txt",
    ] {
        let answer = app.get(path).await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            let actual = answer.headers().get(name).and_then(|it| it.to_str().ok());
            assert_eq!(actual, Some(value), "{name} of {path}");
        }
    }
}

#[tokio::test]
async fn pages_are_asked_for_again_and_versioned_files_are_cached_for_ever() {
    let app = TestApp::start().await;
    let answer = app.get("/").await;
    assert_eq!(answer.headers()["cache-control"], "no-cache");
    let page = answer.text().await.unwrap();
    let style = page.split('"').find(|it| it.starts_with("/pkg/") && it.ends_with("/todoapp.css")).unwrap();
    if !site_is_built() {
        return;
    }
    for (encoding, expected) in [("identity", None), ("gzip", Some("gzip")), ("gzip, br", Some("br")), ("br;q=0", None)]
    {
        let answer = app.http.get(app.url(style)).header("accept-encoding", encoding).send().await.unwrap();
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["content-type"]),
            (200, &"text/css; charset=utf-8".parse().unwrap())
        );
        assert_eq!(answer.headers()["cache-control"], "public, max-age=31536000, immutable");
        assert_eq!(answer.headers().get("content-encoding").map(|it| it.to_str().unwrap()), expected, "{encoding}");
        assert_eq!(answer.headers()["vary"], "accept-encoding");
    }
    for path in ["/pkg/todoapp.css", "/pkg/0123456789abcdef/todoapp.css", &format!("{style}.br")] {
        assert_eq!(app.get(path).await.status(), 404, "{path}: only files of this version exist");
    }
}

#[tokio::test]
async fn a_page_is_compressed_if_the_browser_accepts_it() {
    let app = TestApp::start().await;
    for (accepted, expected) in [("gzip", Some("gzip")), ("br, gzip", Some("br")), ("identity", None)] {
        let answer = app.http.get(app.url("/")).header("accept-encoding", accepted).send().await.unwrap();
        let encoding = answer.headers().get("content-encoding").map(|it| it.to_str().unwrap());
        assert_eq!(encoding, expected, "{accepted}");
        assert!(answer.headers()["vary"].to_str().unwrap().contains("accept-encoding"), "{accepted}");
    }
}

#[tokio::test]
async fn no_path_leads_out_of_the_site() {
    let app = TestApp::start().await;
    for path in
        ["/../Cargo.toml", "/pkg/../../../Cargo.toml", "/%2e%2e/Cargo.toml", "/..%2fCargo.toml", "//etc/passwd", "/%00"]
    {
        let answer = app.request(&format!("GET {path}"), &[("Host", &format!("localhost:{}", app.port))], "").await;
        assert!([400, 404].contains(&answer.status()), "{path}: {answer:?}");
        assert!(!answer.0.contains("[package]") && !answer.0.contains("root:"), "{path}");
    }
}
