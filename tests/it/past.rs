//! The pages of a list's past: the trash with its way back, and what the trash and the history have in common.

use std::time::Duration;

use tokio::time::sleep;

use crate::support::{TestApp, past, sql, texts};

const HOME: (&str, &str) = ("list", "home");
const HOSTILE: &str = "</title></bdi><script>window.x=1</script>\"'&amp;<!--";

#[tokio::test]
async fn the_trash_shows_what_was_deleted_and_each_has_a_way_back_to_its_old_place() {
    let app = TestApp::start().await;
    let mut ids = Vec::new();
    for title in ["milk", "bread", "salt"] {
        ids.push(app.create(title).await);
    }
    app.command("/api/todos/complete", &[HOME, ("id", &ids[0])]).await;
    let page = app.page("/trash").await;
    assert!(page.contains("The trash is empty.") && page.contains("30 days") && past(&page).is_empty(), "{page}");
    assert!(page.contains("<title>Trash – Home · todoapp</title>"), "{page}");
    app.command("/api/todos/delete", &[HOME, ("id", &ids[1])]).await;
    sleep(Duration::from_millis(5)).await;
    app.command("/api/todos/delete", &[HOME, ("id", &ids[0]), ("id", &ids[2])]).await;
    let page = app.page("/trash").await;
    let found = past(&page);
    assert_eq!(texts(&found), ["milk", "salt", "bread"], "the last deleted first, those deleted together in order");
    assert!(found[0].when.starts_with("Done, deleted ") && found[1].when.starts_with("Deleted "), "{found:?}");
    assert!(found[0].when.ends_with(" UTC") && page.contains("<time datetime=\"2"), "{found:?}");
    assert!(!page.contains("wasm"), "nothing of the live page is loaded");

    let fields: Vec<_> = found[2].fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(app.submit("/api/todos/restore", &fields, "/trash").await, "/trash");
    assert_eq!(app.submit("/api/todos/restore", &[HOME, ("id", &ids[0])], "/trash").await, "/trash");
    assert_eq!(texts(&past(&app.page("/trash").await)), ["salt"]);
    let board = app.board("home").await;
    let there: Vec<_> = board.todos.iter().map(|it| (it.title.as_str(), it.completed)).collect();
    assert_eq!(there, [("milk", true), ("bread", false)]);
}

#[tokio::test]
async fn the_trash_has_only_what_this_list_lost_in_thirty_days() {
    let app = TestApp::start().await;
    let list = app.create_list("Garden").await;
    let (old, moved, new) = (app.create("old").await, app.create("moved").await, app.create("new").await);
    app.command("/api/todos/delete", &[HOME, ("id", &old)]).await;
    app.command("/api/todos/move_to", &[HOME, ("id", &moved), ("to", &list)]).await;
    app.command("/api/todos/delete", &[HOME, ("id", &new)]).await;
    let day_ms = 24 * 60 * 60 * 1000_i64;
    let age = format!("UPDATE todos SET deleted_ms = deleted_ms - {} WHERE id = '{old}'", 30 * day_ms + 60_000);
    sql(&app.database(), &age).await;
    assert_eq!(texts(&past(&app.page("/trash").await)), ["new"]);
    assert_eq!(texts(&past(&app.page("/lists/home/trash").await)), ["new"]);
    assert!(past(&app.page(&format!("/lists/{list}/trash")).await).is_empty());
}

#[tokio::test]
async fn a_long_trash_has_pages_and_a_form_comes_back_to_its_own() {
    let app = TestApp::start().await;
    app.create_many("home", 120).await;
    let ids: Vec<_> = app.board("home").await.todos.iter().map(|it| it.id.to_string()).collect();
    let fields: Vec<_> = std::iter::once(HOME).chain(ids.iter().map(|it| ("id", it.as_str()))).collect();
    app.command("/api/todos/delete", &fields).await;
    let (one, two) = (app.page("/trash").await, app.page("/trash?page=2").await);
    assert!(one.contains("Page 1 of 2") && one.contains("href=\"/trash?page=2\""), "{one}");
    let shown: Vec<_> = past(&one).into_iter().chain(past(&two)).collect();
    assert_eq!(past(&one).len(), 100);
    assert_eq!(shown.iter().filter_map(|it| it.field("id")).collect::<Vec<_>>(), ids);
    let last = [HOME, ("id", ids[119].as_str())];
    assert_eq!(app.submit("/api/todos/restore", &last, "/trash?page=2").await, "/trash?page=2");
    assert_eq!(past(&app.page("/trash?page=99").await).len(), 19, "the nearest page there is");
}

#[tokio::test]
async fn whoever_sends_a_form_of_the_history_comes_back_to_it_and_is_told_why_not() {
    let app = TestApp::start().await;
    let list = app.create_list("Garden").await;
    let home = format!("/lists/{list}/history");
    let here = ("list", list.as_str());
    app.command("/api/todos/create", &[here, ("title", "A")]).await;
    let stale = past(&app.page(&home).await);
    let fields: Vec<_> = stale[0].fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let id = app.board(&list).await.todos[0].id.to_string();
    let done = app.command("/api/todos/complete", &[here, ("id", &id)]).await;
    let to = app.submit("/api/events/undo", &fields, &format!("{home}?before=5")).await;
    assert_eq!(to, format!("{home}?refused=changed_since&before=5"));
    assert!(app.page(&to).await.contains("class=\"refused\">That can't be undone: it was changed since."));
    app.command("/api/events/undo", &[here, ("event", &done.event.to_string())]).await;
    // Sent twice it counts once, and nobody is told that it failed.
    for _ in 0..2 {
        assert_eq!(app.submit("/api/events/undo", &fields, &home).await, home);
    }
    assert!(app.board(&list).await.todos.is_empty());
    assert_eq!(past(&app.page(&home).await)[0].text, "Undone: “A” was added");
}

#[tokio::test]
async fn no_title_or_name_becomes_markup_on_the_pages_of_the_past() {
    let app = TestApp::start().await;
    let list = app.create_list(HOSTILE).await;
    let here = ("list", list.as_str());
    app.command("/api/todos/create", &[here, ("title", HOSTILE)]).await;
    let id = app.board(&list).await.todos[0].id.to_string();
    let twice = format!("{HOSTILE}{HOSTILE}");
    app.command("/api/todos/rename", &[here, ("id", &id), ("title", &twice)]).await;
    app.command("/api/todos/delete", &[here, ("id", &id)]).await;
    sql(&app.database(), "UPDATE events SET actor = '<script>window.y=1</script>'").await;
    for page in ["trash", "history"] {
        let page = app.page(&format!("/lists/{list}/{page}")).await;
        for raw in ["<script>window", "</bdi><script", "<!--", "</title></bdi>"] {
            assert!(!page.contains(raw), "{raw}: {page}");
        }
        assert_eq!((page.matches("<script").count(), page.matches("</script>").count()), (3, 3));
        assert!(page.contains("&lt;/title&gt;&lt;/bdi&gt;&lt;script&gt;window.x=1"), "{page}");
        assert!(!page.contains("&amp;amp;amp;") && page.contains("&amp;amp;"), "escaped once");
    }
}

#[tokio::test]
async fn the_pages_of_the_past_are_found_where_their_list_is_and_nowhere_else() {
    let app = TestApp::start().await;
    let list = app.create_list("Garden").await;
    for path in ["/trash", "/history", &format!("/lists/{list}/trash"), &format!("/lists/{list}/history")] {
        let answer = app.get(path).await;
        assert_eq!(answer.status(), 200, "{path}");
        let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(
            (header("cache-control"), header("content-type")),
            ("no-cache".into(), "text/html; charset=utf-8".into())
        );
        let policy = header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self';") && !policy.contains("wasm"), "{policy}");
        let page = answer.text().await.unwrap();
        assert!(!page.contains(" style=") && !page.contains(" onclick=") && page.ends_with("</html>"), "{page}");
        let answer = app.http.head(app.url(path)).send().await.unwrap();
        assert_eq!((answer.status().as_u16(), answer.text().await.unwrap().len()), (200, 0), "{path}");
    }
    for path in
        ["/lists/nosuchlist/trash", "/lists/nosuchlist/history", "/lists/A/trash", "/trash/", "/lists/index/history"]
    {
        let answer = app.get(path).await;
        assert_eq!(answer.status(), 404, "{path}");
        assert!(answer.text().await.unwrap().contains("<h1>Not found</h1>"), "{path}");
    }
    assert_eq!(app.http.post(app.url("/trash")).send().await.unwrap().status(), 405);
    // The way there and back.
    for (from, paths) in [
        ("/".to_owned(), ["/history".to_owned(), "/trash".to_owned()]),
        (format!("/lists/{list}/active"), [format!("/lists/{list}/history"), format!("/lists/{list}/trash")]),
    ] {
        let page = app.page(&from).await;
        for path in paths {
            assert!(page.contains(&format!("<a href=\"{path}\">")), "{path} of {from}");
            let back = from.trim_end_matches("/active");
            let page = app.page(&path).await;
            assert!(page.contains(&format!("<a href=\"{back}\" class=\"back\">")), "{page}");
            assert!(page.contains(&format!("<a href=\"{path}\" aria-current=\"page\">")), "{page}");
        }
    }
}
