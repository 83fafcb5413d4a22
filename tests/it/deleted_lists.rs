//! Deleted lists: the trash shows them, their own pages say where they are, and each can be restored. And the side
//! bar on these pages, which is where lists are deleted.

use std::time::Duration;

use tokio::time::sleep;

use crate::support::{TestApp, deleted_lists, past, sql, texts};

const HOSTILE: &str = "</title></bdi><script>window.x=1</script>\"'&amp;<!--";
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

async fn delete(app: &TestApp, list: &str) {
    app.command("/api/lists/delete", &[("list", list)]).await;
}

/// The side bar of a page, from its beginning to its end.
fn side_bar(page: &str) -> &str {
    page.split_once("class=\"side-bar\"").and_then(|(_, it)| it.split_once("</nav>")).unwrap().0
}

#[tokio::test]
async fn every_trash_shows_the_deleted_lists_and_whoever_restores_one_lands_on_it() {
    let app = TestApp::start().await;
    let (shed, garden) = (app.create_list("Shed").await, app.create_list("Garden").await);
    let (empty, other) = (app.create_list("Empty").await, app.create_list("Other").await);
    assert!(!app.page("/trash").await.contains("Deleted lists"), "none yet");
    app.create_many(&garden, 3).await;
    app.create_many(&shed, 1).await;
    let before = app.board(&garden).await;
    for list in [&shed, &garden, &empty] {
        delete(&app, list).await;
        sleep(Duration::from_millis(5)).await;
    }
    for path in ["/trash", &format!("/lists/{other}/trash")] {
        let page = app.page(path).await;
        let shown = deleted_lists(&page);
        assert_eq!(texts(&shown), ["Empty", "Garden", "Shed"], "the last deleted first");
        let held: Vec<_> = shown.iter().map(|it| it.when.split_once(", deleted ").unwrap().0).collect();
        assert_eq!(held, ["No todos", "3 todos", "1 todo"]);
        assert!(shown[0].when.ends_with(" UTC") && page.contains("aria-label=\"Restore the list Garden\""), "{page}");
        assert!(past(&page).is_empty() && page.contains("No todo of this list is in the trash."), "{page}");
        assert_eq!(shown[1].field("list"), Some(garden.as_str()));
    }
    let restore = async |list: &str, from: &str| app.submit("/api/lists/restore", &[("list", list)], from).await;
    assert_eq!(restore(&garden, "/trash").await, format!("/lists/{garden}"));
    assert_eq!(app.board(&garden).await, before);
    assert_eq!(restore(&garden, "/trash").await, format!("/lists/{garden}"), "someone else was faster");
    assert_eq!(restore(&empty, &format!("/lists/{other}/trash")).await, format!("/lists/{empty}"));
    assert_eq!(texts(&deleted_lists(&app.page("/trash").await)), ["Shed"]);
    // Gone for good meanwhile: who pressed the button is told, on the same pages of the trash.
    sql(&app.database(), &format!("UPDATE lists SET deleted_ms = 0 WHERE id = '{shed}'")).await;
    let to = restore(&shed, "/trash?page=2&lists=3").await;
    assert_eq!(to, "/trash?refused=list_not_found&page=2&lists=3");
    let page = app.page(&to).await;
    assert!(
        page.contains("role=\"alert\" class=\"refused\">There is no such list:") && deleted_lists(&page).is_empty()
    );
}

#[tokio::test]
async fn many_deleted_lists_have_pages_of_their_own_and_only_those_of_thirty_days_are_shown() {
    let app = TestApp::start().await;
    let list = app.create_list("Garden").await;
    delete(&app, &list).await;
    app.create_many("home", 120).await;
    let ids: Vec<_> = app.board("home").await.todos.iter().map(|it| it.id.to_string()).collect();
    let fields: Vec<_> = std::iter::once(("list", "home")).chain(ids.iter().map(|it| ("id", it.as_str()))).collect();
    app.command("/api/todos/delete", &fields).await;
    let each = "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 119) ";
    let deleted = format!("(SELECT deleted_ms FROM lists WHERE id = '{list}')");
    let streams =
        format!("{each} INSERT INTO streams (id, kind, head, created_ms) SELECT 'l' || i, 'list', 0, 0 FROM n");
    let lists = format!(
        "{each} INSERT INTO lists (id, name, size, open, position, op, deleted_ms) \
         SELECT 'l' || i, 'List ' || i, i, 0, '6' || i || '1', 'op ' || i, {deleted} - i FROM n"
    );
    let old = format!("UPDATE lists SET deleted_ms = {deleted} - {} WHERE id = 'l60'", 30 * DAY_MS + 60_000);
    sql(&app.database(), &format!("{streams}; {lists}; {old}")).await;
    let mut shown = Vec::new();
    for (path, count) in [("/trash", 50), ("/trash?lists=2", 50), ("/trash?lists=3", 19)] {
        let page = app.page(path).await;
        assert_eq!((deleted_lists(&page).len(), past(&page).len()), (count, 100), "{path}");
        shown.extend(deleted_lists(&page).into_iter().map(|it| it.text));
    }
    let expected: Vec<_> = (1..120).filter(|n| *n != 60).map(|n| format!("List {n}")).collect();
    assert_eq!((shown[0].as_str(), &shown[1..]), ("Garden", &expected[..]));
    let page = app.page("/trash?page=2&lists=2").await;
    assert_eq!((past(&page).len(), deleted_lists(&page).len()), (20, 50));
    for link in ["\"/trash?lists=2\"", "\"/trash?page=2#deleted-lists\"", "\"/trash?page=2&amp;lists=3#deleted-lists\""]
    {
        assert!(
            page.contains(&format!("href={link}")) || page.contains(&format!("href={}", link.replace("&amp;", "&")))
        );
    }
    assert_eq!(deleted_lists(&app.page("/trash?lists=99").await).len(), 19, "the nearest page there is");
    assert_eq!(deleted_lists(&app.page("/trash?lists=-1").await).len(), 50);
}

#[tokio::test]
async fn the_pages_of_a_deleted_list_are_not_found_but_say_where_it_is_and_restore_it() {
    let app = TestApp::start().await;
    let list = app.create_list(HOSTILE).await;
    app.create_many(&list, 2).await;
    let before = app.board(&list).await;
    delete(&app, &list).await;
    let form = format!("action=\"/api/lists/restore\"><input type=\"hidden\" name=\"list\" value=\"{list}\"");
    for path in ["", "/active", "/trash", "/history", "?edit=x"] {
        let answer = app.get(&format!("/lists/{list}{path}")).await;
        assert_eq!(answer.status(), 404, "{path}");
        assert_eq!(answer.headers()["cache-control"], "no-cache");
        assert!(answer.headers()["content-security-policy"].to_str().unwrap().contains("script-src 'self';"));
        let page = answer.text().await.unwrap();
        assert!(page.contains("<h1>Not found</h1>") && page.contains(&form), "{page}");
        assert!(page.contains("<a href=\"/trash\">") && page.contains("<a href=\"/\">"), "{page}");
        for raw in ["<script>window", "</bdi><script", "<!--", "wasm"] {
            assert!(!page.contains(raw), "{raw}: {page}");
        }
    }
    let restore = async |from: &str| app.submit("/api/lists/restore", &[("list", &list)], from).await;
    let own = format!("/lists/{list}");
    for (from, to) in [("/history", "/history"), ("/active", "/active"), ("/trash", ""), ("", "")] {
        assert_eq!(restore(&format!("{own}{from}")).await, format!("{own}{to}"), "{from}");
        assert_eq!(app.board(&list).await, before);
        delete(&app, &list).await;
    }
    let page = app.get(&format!("{own}?refused=lists_full")).await.text().await.unwrap();
    assert!(page.contains("role=\"alert\" class=\"refused\">There are 10000 lists already"), "{page}");
    let age = format!("UPDATE lists SET deleted_ms = deleted_ms - {}", 30 * DAY_MS + 60_000);
    sql(&app.database(), &age).await;
    for path in [own.as_str(), "/lists/nosuchlist", "/nothing"] {
        let page = app.get(path).await.text().await.unwrap();
        assert!(!page.contains("restore") && page.contains("There is no such page or list."), "{page}");
        assert!(page.contains("<a href=\"/trash\">"), "{page}");
    }
}

#[tokio::test]
async fn the_pages_of_the_past_have_the_side_bar_with_all_lists_and_forms_that_lead_back() {
    let app = TestApp::start().await;
    let (list, full) = (app.create_list("Garden").await, app.create_list("Full").await);
    app.create_many(&full, 3).await;
    let done = app.board(&full).await.todos[0].id.to_string();
    app.command("/api/todos/complete", &[("list", &full), ("id", &done)]).await;
    for path in ["trash", "history"] {
        let own = format!("/lists/{list}/{path}");
        let page = app.page(&own).await;
        let bar = side_bar(&page);
        let names: Vec<_> = bar.split("<bdi>").skip(1).map(|it| it.split_once("</bdi>").unwrap().0).collect();
        assert_eq!(names, ["Home", "Garden", "Full"]);
        assert!(bar.contains(&format!("<a href=\"/lists/{list}\" aria-current=\"true\">")), "{bar}");
        assert_eq!(bar.matches("aria-current").count(), 1);
        assert!(bar.contains("<span aria-label=\"2 items left\" class=\"list-open\">2</span>"), "{bar}");
        assert_eq!((bar.matches("items left").count(), bar.matches("items left\" hidden").count()), (3, 2), "{bar}");
        for action in ["create", "rename", "move", "delete"] {
            assert!(bar.contains(&format!("action=\"/api/lists/{action}\"")), "{action}: {bar}");
        }
        assert!(page.contains("<a class=\"open-lists\" href=\"#lists\"") && page.contains("id=\"top\""), "{page}");
        assert!(!page.contains("wasm") && page.matches("<script").count() == 3, "{page}");

        let name = format!("{}{HOSTILE}", "y".repeat(500));
        let to = app.submit("/api/lists/create", &[("name", &name)], &own).await;
        assert!(to.starts_with(&format!("{own}?refused=text_too_long&name=yyy")), "{to}");
        let page = app.page(&to).await;
        let field = page.split('<').find(|it| it.contains("placeholder=\"Name of a new list\"")).unwrap();
        assert!(field.contains(&"y".repeat(500)) && field.contains("&quot;"), "{field}");
        assert_eq!(page.matches("longer than 500 characters").count(), 1, "said once, where it was typed");
        assert!(side_bar(&page).contains("longer than 500 characters") && !page.contains("<script>window"));

        let fields = [("list", list.as_str()), ("name", "Garden"), ("after", &full)];
        assert_eq!(app.submit("/api/lists/move", &[fields[0], fields[2]], &own).await, own);
        assert_eq!(app.submit("/api/lists/move", &[fields[0], ("after", "home")], &own).await, own);
        assert_eq!(app.submit("/api/lists/rename", &fields[..2], &own).await, own);
        assert_eq!(app.submit("/api/lists/delete", &[("list", &full)], &own).await, format!("{own}?deleted={full}"));
        assert!(!side_bar(&app.page(&own).await).contains("Full"));
        assert_eq!(app.submit("/api/lists/restore", &[("list", &full)], "/").await, "/");
        let to = app.submit("/api/lists/delete", &fields[..1], &own).await;
        assert_eq!(to, format!("/?deleted={list}"), "that page is gone");
        app.command("/api/lists/restore", &fields[..1]).await;
    }
    assert!(!side_bar(&app.page("/trash").await).contains("Delete this list"), "home stays");
}
