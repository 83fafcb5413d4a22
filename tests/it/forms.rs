//! The page without JavaScript: every action is a plain form, and leads back to its page.

use crate::support::TestApp;

const HOSTILE: &str = "</title></textarea><script>window.x=1</script>\"'&amp;";

/// The text between two others.
fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    text.split_once(start)?.1.split_once(end).map(|(it, _)| it)
}

/// A tag of the page that has this in it.
fn tag<'a>(page: &'a str, part: &str) -> &'a str {
    page.split('<').find(|it| it.contains(part)).unwrap_or_else(|| panic!("no {part} in {page}"))
}

#[tokio::test]
async fn every_action_leads_back_to_the_page_it_came_from() {
    let app = TestApp::start().await;
    let id = app.create("Buy milk").await;
    let list = app.create_list("Shopping").await;
    let one = [("list", "home"), ("id", id.as_str()), ("title", "Buy oat milk")];
    for (path, fields) in [
        ("create", &[("list", "home"), ("title", "Buy bread")][..]),
        ("rename", &one[..]),
        ("complete", &one[..2]),
        ("reopen", &one[..2]),
        ("complete_all", &one[..1]),
        ("reopen_all", &one[..1]),
        ("clear_completed", &one[..1]),
        ("delete", &one[..2]),
    ] {
        let seq = app.board("home").await.seq();
        for (from, to) in [
            ("/", "/"),
            ("/active", "/active"),
            ("/completed?edit=x&refused=y", "/completed"),
            (&*format!("/lists/{list}/active"), &*format!("/lists/{list}/active")),
        ] {
            assert_eq!(app.submit(&format!("/api/todos/{path}"), fields, from).await, to, "{path} from {from}");
        }
        let moved = app.board("home").await.seq() - seq;
        // A create makes a new todo each time, but the other commands change something only once.
        assert!(moved > 0 || path == "clear_completed", "{path} was accepted");
    }
}

#[tokio::test]
async fn a_new_list_leads_to_its_page() {
    let app = TestApp::start().await;
    let to = app.submit("/api/lists/create", &[("name", "Shopping")], "/active").await;
    let list = to.strip_prefix("/lists/").unwrap_or_else(|| panic!("{to}"));
    assert_eq!(app.board(list).await.list.name.as_str(), "Shopping");
    assert!(app.page(&to).await.contains(">Shopping</h1>"));
}

#[tokio::test]
async fn a_foreign_referer_or_none_leads_to_the_list_of_the_form() {
    let app = TestApp::start().await;
    let list = app.create_list("Shopping").await;
    let fields = [("list", list.as_str()), ("title", "Buy milk")];
    let port = app.port;
    for referer in [
        None,
        Some("http://evil.example/lists/x".to_owned()),
        Some(format!("http://localhost:{port}@evil.example/")),
        Some(format!("http://localhost:{port}.evil.example/")),
        Some(format!("https://localhost:{port}/active")),
        Some("/active".to_owned()),
        Some("not an address".to_owned()),
        Some(format!("http://localhost:{port}//evil.example/")),
        Some(format!("http://localhost:{port}/api/board")),
    ] {
        let to = app.submit_from("/api/todos/create", &fields, referer.as_deref()).await;
        // From the seventh on, the new todo is not in sight at the top.
        assert_eq!(to.split('#').next(), Some(&*format!("/lists/{list}")), "{referer:?}");
    }
    for list in ["//evil.example", "http://evil.example", "nosuchlist\r\nx: y"] {
        let to = app.submit_from("/api/todos/create", &[("list", list), ("title", "x")], None).await;
        assert_eq!(to, "/?refused=list_not_found&text=x", "{list:?}");
    }
}

#[tokio::test]
async fn a_refused_title_comes_back_with_the_reason() {
    let app = TestApp::start().await;
    let before = app.board("home").await;
    let long = "é".repeat(501);
    for (title, code, sentence) in [
        ("", "text_empty", "Write something first"),
        (" \u{200b} ", "text_empty", "Write something first"),
        ("a\nb", "text_control", "line break or a control character"),
        (&*long, "text_too_long", "longer than 500 characters"),
    ] {
        let to = app.submit("/api/todos/create", &[("list", "home"), ("title", title)], "/active").await;
        assert!(to.starts_with(&format!("/active?refused={code}")), "{to}");
        let page = app.page(&to).await;
        assert!(between(&page, "class=\"refused\">", "</p>").unwrap().contains(sentence), "{page}");
        if title == long {
            assert!(tag(&page, "class=\"new-todo\"").contains(&format!("value=\"{long}\"")), "what was typed is there");
        }
    }
    app.stands_as(&before).await;
}

#[tokio::test]
async fn a_refused_new_title_comes_back_in_its_row() {
    let app = TestApp::start().await;
    let id = app.create("Buy milk").await;
    let other = app.create("Buy bread").await;
    let typed = format!("{}{HOSTILE}", "x".repeat(500));
    let fields = [("list", "home"), ("id", id.as_str()), ("title", typed.as_str())];
    let to = app.submit("/api/todos/rename", &fields, "/").await;
    assert!(to.starts_with("/?refused=text_too_long&edit="), "{to}");
    let page = app.page(&to).await;
    let escaped = typed.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    assert!(tag(&page, "class=\"edit\"").contains(&escaped), "{page}");
    assert_eq!(page.matches("class=\"edit\"").count(), 1, "the other row, {other}, is left alone");
    assert!(!tag(&page, "class=\"new-todo\"").contains("value="), "the field for a new todo is left alone");
    assert!(page.contains("longer than 500 characters") && !page.contains("<script>window"));
}

#[tokio::test]
async fn a_refused_list_name_comes_back_in_its_own_field() {
    let app = TestApp::start().await;
    let name = "y".repeat(501);
    let to = app.submit("/api/lists/create", &[("name", &name)], "/").await;
    let page = app.page(&to).await;
    assert!(page.contains("longer than 500 characters"));
    assert!(!tag(&page, "class=\"new-todo\"").contains(&name), "it is not a todo");
    assert!(tag(&page, "placeholder=\"Name of a new list\"").contains(&name), "{page}");
}

#[tokio::test]
async fn a_refused_new_name_of_a_list_comes_back_in_its_open_menu() {
    let app = TestApp::start().await;
    let list = app.create_list("Shopping").await;
    let (own, long) = (format!("/lists/{list}"), format!("{}{HOSTILE}", "y".repeat(500)));
    for (name, code, sentence) in [
        ("", "text_empty", "Write something first"),
        ("a\tb", "text_control", "line break or a control character"),
        (&*long, "text_too_long", "longer than 500 characters"),
    ] {
        let to = app.submit("/api/lists/rename", &[("list", &list), ("name", name)], &own).await;
        assert!(to.starts_with(&format!("{own}?refused={code}&list_name=")) && to.ends_with("#lists"), "{to}");
        let page = app.page(&to).await;
        assert!(between(&page, "id=\"list-name-refused\"", "</p>").unwrap().contains(sentence), "{page}");
        assert_eq!(page.matches(sentence).count(), 1, "and nowhere else");
        assert!(tag(&page, "class=\"list-menu\"").contains(" open"), "the menu is open");
        let field = tag(&page, "aria-label=\"Name of this list\"");
        let escaped = name.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
        assert!(field.contains(&format!("value=\"{escaped}\"")), "what was typed is there: {field}");
        assert!(field.contains("aria-invalid=\"true\"") && field.contains("aria-describedby=\"list-name-refused\""));
        assert!(!tag(&page, "placeholder=\"Name of a new list\"").contains("value="), "that field is left alone");
    }
    assert_eq!(app.board(&list).await.list.name.as_str(), "Shopping");
    let page = app.page(&own).await;
    assert!(!tag(&page, "class=\"list-menu\"").contains(" open"), "without a refusal it is closed");
    assert!(!tag(&page, "aria-label=\"Name of this list\"").contains("aria-invalid"));
}

#[tokio::test]
async fn after_a_list_was_deleted_the_page_offers_to_take_that_back() {
    let app = TestApp::start().await;
    let list = app.create_list("Shopping").await;
    let to = app.submit("/api/lists/delete", &[("list", &list)], &format!("/lists/{list}")).await;
    let page = app.page(&to).await;
    let offer = between(&page, "class=\"undo\"", "</form>").unwrap();
    assert!(offer.contains("The list was deleted"), "{offer}");
    assert!(tag(&page, "class=\"undo\"").contains("action=\"/api/lists/restore\""), "{page}");
    assert!(tag(offer, "name=\"list\"").contains(&format!("value=\"{list}\"")), "{offer}");
    assert!(!tag(&page, "class=\"undo\"").contains("hidden"), "it can be seen");
    assert_eq!(app.submit("/api/lists/restore", &[("list", &list)], &to).await, "/");
    for path in [&*to, "/", "/?deleted=home", "/?deleted=..%2Fx", "/?deleted="] {
        let page = app.page(path).await;
        assert!(tag(&page, "class=\"undo\"").contains("hidden"), "{path} offers nothing: the list is there");
        assert!(!page.contains("The list was deleted"), "{path}");
    }
}

#[tokio::test]
async fn a_text_that_is_far_too_long_also_leads_back_to_the_page() {
    let app = TestApp::start().await;
    let before = app.board("home").await;
    for (text, code) in [
        ("x".repeat(20_000), "text_too_long"),
        ("👋".repeat(2_600), "text_too_long"),
        ("x".repeat(40_000), "too_large"),
    ] {
        let to = app.submit("/api/todos/create", &[("list", "home"), ("title", &text)], "/active").await;
        assert!(to.starts_with(&format!("/active?refused={code}")), "{}", &to[..40]);
        let page = app.page(&to).await;
        assert!(page.contains("class=\"refused\">"), "{code}");
    }
    app.stands_as(&before).await;
}

#[tokio::test]
async fn the_page_says_that_a_todo_is_gone() {
    let app = TestApp::start().await;
    let id = "01890000-0000-7000-8000-000000000001";
    let to = app.submit("/api/todos/complete", &[("list", "home"), ("id", id)], "/").await;
    assert_eq!(to, "/?refused=todo_not_found");
    assert!(app.page(&to).await.contains("That todo is not there any more."));
}

#[tokio::test]
async fn a_form_that_is_sent_twice_counts_once() {
    let app = TestApp::start().await;
    let page = app.page("/").await;
    let op = between(&page, "name=\"op\" value=\"", "\"").expect("the form for a new todo names its command");
    for _ in 0..2 {
        app.submit("/api/todos/create", &[("list", "home"), ("op", op), ("title", "Buy milk")], "/").await;
    }
    assert_eq!(app.board("home").await.todos.len(), 1);
    app.submit("/api/todos/create", &[("list", "home"), ("op", op), ("title", "Buy bread")], "/").await;
    assert_eq!(app.board("home").await.todos.len(), 2, "sent again with another text, as after Back");
    assert_ne!(between(&app.page("/").await, "name=\"op\" value=\"", "\""), Some(op), "the next page has another");
}

#[tokio::test]
async fn a_forged_address_can_choose_a_sentence_but_not_write_one() {
    let app = TestApp::start().await;
    let query =
        format!("refused={HOSTILE}&text={HOSTILE}").replace('<', "%3C").replace('&', "%26").replace("%26text", "&text");
    for query in
        [query.as_str(), "refused=nonsense", "edit=%00", "text=%ff", "refused=text_empty&refused=text_empty", "%"]
    {
        let page = app.page(&format!("/?{query}")).await;
        assert!(!page.contains("<script>window") && !page.contains("nonsense</"), "{query}");
    }
}

#[tokio::test]
async fn every_action_on_lists_leads_back_and_after_a_delete_not_to_what_is_gone() {
    let app = TestApp::start().await;
    let (list, other) = (app.create_list("Shopping").await, app.create_list("Garden").await);
    let (own, active) = (format!("/lists/{list}"), format!("/lists/{list}/active"));
    let fields = [("list", list.as_str()), ("name", "Groceries"), ("after", other.as_str())];
    for (verb, fields) in [("rename", &fields[..2]), ("move", &[fields[0], fields[2]]), ("restore", &fields[..1])] {
        for from in ["/", "/completed", &own, &active] {
            assert_eq!(app.submit(&format!("/api/lists/{verb}"), fields, from).await, from, "{verb} from {from}");
        }
    }
    assert_eq!(app.board(&list).await.list.name.as_str(), "Groceries");
    let undo = async |from: &str| {
        let event = app.log("index").await.pop().unwrap().id.to_string();
        app.submit("/api/events/undo", &[("list", "index"), ("event", &event)], from).await
    };
    let offered = format!("?deleted={list}");
    let to = app.submit("/api/lists/delete", &fields[..1], &active).await;
    assert_eq!(to, format!("/{offered}"), "that page is gone");
    assert_eq!(undo("/active").await, "/active");
    let to = app.submit("/api/lists/delete", &fields[..1], "/active").await;
    assert_eq!(to, format!("/active{offered}"));
    assert_eq!(app.submit("/api/lists/restore", &fields[..1], &to).await, "/active");
    assert_eq!(app.submit_from("/api/lists/delete", &fields[..1], None).await, format!("/{offered}"));
    assert_eq!(app.submit("/api/lists/delete", &[("list", "home")], "/active").await, "/active?refused=home_stays");
    let page = app.page("/active?refused=home_stays").await;
    assert!(page.contains("The list Home can't be deleted.") || page.contains("The list Home can&#x27;t be deleted."));
    let to = app.submit("/api/lists/rename", &[("list", &other), ("name", "")], "/").await;
    assert_eq!(to, "/?refused=text_empty");
}

#[tokio::test]
async fn after_a_form_the_page_is_at_the_row_it_was_about_unless_that_is_in_sight_anyway() {
    let app = TestApp::start().await;
    app.create_many("home", 12).await;
    let ids: Vec<_> = app.board("home").await.todos.iter().map(|it| it.id.to_string()).collect();
    let at = |n: usize| format!("#todo-{}", ids[n]);
    let send = async |verb: &str, n: usize, from: &str| {
        let fields = [("list", "home"), ("id", &*ids[n]), ("title", "x")];
        app.submit(&format!("/api/todos/{verb}"), if verb == "rename" { &fields } else { &fields[..2] }, from).await
    };
    assert_eq!(send("complete", 2, "/").await, "/", "it is seen at the top");
    assert_eq!(send("complete", 8, "/").await, format!("/{}", at(8)));
    assert_eq!(send("rename", 9, "/").await, format!("/{}", at(9)));
    assert_eq!(send("delete", 7, "/").await, format!("/{}", at(8)), "the next one is where it was");
    assert_eq!(send("reopen", 8, "/completed").await, "/completed", "only one is left there");
    assert_eq!(send("complete", 10, "/active").await, format!("/active{}", at(11)), "the filter hides it now");
    assert_eq!(send("delete", 11, "/active").await, format!("/active{}", at(9)), "it was the last one");
    let to = app.submit("/api/todos/create", &[("list", "home"), ("title", "new")], "/").await;
    let new = app.board("home").await.todos.last().unwrap().id;
    assert_eq!(to, format!("/#todo-{new}"));
    assert_eq!(send("complete", 11, "/").await, "/?refused=todo_not_found");
}

#[tokio::test]
async fn a_form_for_a_list_sent_again_with_another_name_is_another_command() {
    let app = TestApp::start().await;
    let op = ("op", "01890000-0000-7000-8000-00000000000a");
    let first = app.submit("/api/lists/create", &[("name", "Shopping"), op], "/").await;
    assert_eq!(app.submit("/api/lists/create", &[("name", "Shopping"), op], "/").await, first, "once");
    let other = app.submit("/api/lists/create", &[("name", "Garden"), op], "/").await;
    assert!(other.starts_with("/lists/") && other != first, "as after Back: {other}");
}
