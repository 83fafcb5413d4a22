//! Moving a todo without JavaScript: up, down and to another list, by the buttons beside the field for its title.

use crate::support::{TestApp, seed};

/// The todos of one page of a long list.
const WINDOW: usize = 200;

const HOSTILE: &str = "</select><script>window.x=1</script>\"'&amp;";

/// The text between two others.
fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    text.split_once(start)?.1.split_once(end).map(|(it, _)| it)
}

/// The form with the field for a title.
fn form(page: &str) -> &str {
    between(page, "class=\"edit-form\"", "</form>").unwrap_or_else(|| panic!("no form in {page}"))
}

/// The label of each button that moves the todo within its list, and the todo that it will stand behind.
fn steps(page: &str) -> Vec<(&str, &str)> {
    let buttons = form(page).split("formaction=\"/api/todos/move\"").skip(1);
    buttons.map(|it| (between(it, ">", "<").unwrap(), between(it, "value=\"", "\"").unwrap_or_default())).collect()
}

/// The lists that are offered: their ids and names.
fn offered(page: &str) -> Vec<(&str, &str)> {
    let choice = between(form(page), "<select ", "</select>").unwrap_or_default();
    let options = choice.split("<option value=\"").skip(1);
    options.map(|it| (it.split('"').next().unwrap(), between(it, ">", "</option>").unwrap())).collect()
}

/// The titles on the page, in order.
fn titles(page: &str) -> Vec<&str> {
    page.split("<label id=\"todo-").skip(1).map(|it| between(it, ">", "</label>").unwrap()).collect()
}

/// What the field for the title has in it.
fn typed(page: &str) -> &str {
    let field = form(page).split('<').find(|it| it.contains("class=\"edit\"")).unwrap();
    between(field, "value=\"", "\"").unwrap()
}

/// The id of the seeded todo with this number.
fn id(n: usize) -> String {
    format!("018b0000-0000-7000-8000-{n:012x}")
}

/// Presses a button that moves a todo, as a browser would, and returns the page that it leads to with its address.
async fn press(app: &TestApp, from: &str, label: &str) -> (String, String) {
    let page = app.page(from).await;
    let steps = steps(&page);
    let (_, after) = steps.iter().find(|(it, _)| *it == label).unwrap_or_else(|| panic!("no {label} in {steps:?}"));
    let hidden = |name: &str| between(form(&page), &format!("name=\"{name}\" value=\""), "\"").unwrap();
    let title = typed(&page);
    let fields =
        [("list", hidden("list")), ("id", hidden("id")), ("title", title), ("was", hidden("was")), ("after", *after)];
    let to = app.submit("/api/todos/move", &fields, from).await;
    let page = app.page(&to).await;
    (to, page)
}

#[tokio::test]
async fn a_todo_moves_by_one_and_stays_open_for_the_next_step() {
    let app = TestApp::start().await;
    let ids = [app.create("one").await, app.create("two").await, app.create("three").await];
    let (mut at, mut page) = (format!("/?edit={}", ids[0]), app.page(&format!("/?edit={}", ids[0])).await);
    assert_eq!(steps(&page), [("Move down", &*ids[1])], "the first one has no way up");
    for expected in [["two", "one", "three"], ["two", "three", "one"]] {
        (at, page) = press(&app, &at, "Move down").await;
        assert_eq!((&*at, titles(&page)), (&*format!("/?edit={}", ids[0]), expected.to_vec()));
    }
    assert_eq!(steps(&page), [("Move up", &*ids[1])], "the last one has no way down");
    for expected in [["two", "one", "three"], ["one", "two", "three"]] {
        (at, page) = press(&app, &at, "Move up").await;
        assert_eq!(titles(&page), expected);
    }
    assert_eq!(steps(&page), [("Move down", &*ids[1])]);
}

#[tokio::test]
async fn with_a_filter_up_and_down_are_among_the_todos_that_it_shows() {
    let app = TestApp::start().await;
    let mut ids = Vec::new();
    for title in ["one", "two", "three", "four"] {
        ids.push(app.create(title).await);
    }
    app.command("/api/todos/complete", &[("list", "home"), ("id", &ids[1])]).await;
    let (at, page) = press(&app, &format!("/active?edit={}", ids[0]), "Move down").await;
    assert_eq!(at, format!("/active?edit={}", ids[0]));
    assert_eq!(titles(&page), ["three", "one", "four"]);
    let (_, page) = press(&app, &format!("/active?edit={}", ids[3]), "Move up").await;
    assert_eq!(titles(&page), ["three", "four", "one"]);
    let page = app.page(&format!("/completed?edit={}", ids[1])).await;
    assert_eq!(steps(&page), [], "it is the only one there");
}

#[tokio::test]
async fn in_a_long_list_a_todo_moves_from_page_to_page() {
    let app = TestApp::start().await;
    seed(&app.database(), 2 * WINDOW + 50).await;
    for n in [WINDOW, WINDOW + 1, WINDOW + 2] {
        let page = app.page(&format!("/?page=2&edit={}", id(n))).await;
        assert_eq!(steps(&page), [("Move up", &*id(n - 2)), ("Move down", &*id(n + 1))], "{n}");
    }
    let (at, page) = press(&app, &format!("/?page=2&edit={}", id(WINDOW + 1)), "Move up").await;
    assert_eq!(at, format!("/?edit={}", id(WINDOW + 1)), "it is on the first page now");
    assert_eq!(titles(&page).last(), Some(&"todo 201"));
    let (at, page) = press(&app, &at, "Move down").await;
    assert_eq!(at, format!("/?edit={}&page=2", id(WINDOW + 1)));
    assert_eq!(titles(&page)[..2], ["todo 201", "todo 202"]);
    assert!(form(&page).contains("href=\"/?page=2\""), "Cancel stays on the page");
    let board = app.board("home").await;
    assert!(board.todos.iter().map(|it| it.id.to_string()).eq((1..=2 * WINDOW + 50).map(id)), "all as before");
    let (first, last) = (id(1), id(2 * WINDOW + 50));
    assert_eq!(steps(&app.page(&format!("/?edit={first}")).await), [("Move down", &*id(2))]);
    assert_eq!(steps(&app.page(&format!("/?edit={last}")).await), [("Move up", &*id(2 * WINDOW + 48))]);
}

#[tokio::test]
async fn a_todo_moves_to_another_list_that_is_offered_by_its_name() {
    let app = TestApp::start().await;
    let one = app.create("one").await;
    app.create("two").await;
    let edit = format!("/active?edit={one}");
    let page = app.page(&edit).await;
    assert!(!page.contains("/api/todos/move_to") && offered(&page).is_empty(), "there is no other list");
    let (garden, other) = (app.create_list("Garden").await, app.create_list(HOSTILE).await);
    let page = app.page(&edit).await;
    let name = HOSTILE.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    assert_eq!(offered(&page), [("", "Move to…"), (&*garden, "Garden"), (&*other, &*name)]);
    let fields = [("list", "home"), ("id", &*one), ("title", "one"), ("was", "one"), ("to", &garden)];
    assert_eq!(app.submit("/api/todos/move_to", &fields, &edit).await, "/active");
    assert_eq!(titles(&app.page("/active").await), ["two"]);
    assert_eq!(titles(&app.page(&format!("/lists/{garden}")).await), ["one"]);
    let page = app.page(&format!("/lists/{garden}?edit={one}")).await;
    assert_eq!(offered(&page)[1].1, "Home", "and the way back");
    assert_eq!(offered(&page).len(), 3);
}

#[tokio::test]
async fn a_title_that_was_typed_is_still_in_the_field_after_a_move() {
    let app = TestApp::start().await;
    let (one, two) = (app.create("one").await, app.create("two").await);
    let garden = app.create_list("Garden").await;
    let edit = format!("/?edit={one}");
    let long = "x".repeat(501);
    for title in ["uno & \"more\"", "", &long] {
        let fields = [("list", "home"), ("id", &*one), ("title", title), ("was", "one"), ("after", &two)];
        let to = app.submit("/api/todos/move", &fields, &edit).await;
        let page = app.page(&to).await;
        assert_eq!(typed(&page), title.replace('&', "&amp;").replace('"', "&quot;"));
        assert_eq!(titles(&page), ["two", "one"], "moved, and not renamed yet");
        app.command("/api/todos/move", &[("list", "home"), ("id", &one)]).await;
    }
    let fields = [("list", "home"), ("id", &*one), ("title", "uno"), ("was", "one"), ("to", &garden)];
    let to = app.submit("/api/todos/move_to", &fields, &edit).await;
    assert_eq!(to, format!("/lists/{garden}?edit={one}&text=uno"), "it goes where the todo has gone");
    assert_eq!(typed(&app.page(&to).await), "uno");
    let fields = [("list", &*garden), ("id", &*one), ("title", "uno"), ("was", "one")];
    assert_eq!(app.submit("/api/todos/rename", &fields, &to).await, format!("/lists/{garden}"));
    assert_eq!(titles(&app.page(&format!("/lists/{garden}")).await), ["uno"]);
}

#[tokio::test]
async fn a_move_that_is_refused_leads_back_to_the_todo_with_a_sentence_and_changes_nothing() {
    let app = TestApp::start().await;
    let garden = app.create_list("Garden").await;
    seed(&app.database(), 10_000).await;
    app.command("/api/todos/create", &[("list", &garden), ("title", "one")]).await;
    let one = app.board(&garden).await.todos[0].id.to_string();
    let (home, there) = (app.board("home").await, app.board(&garden).await);
    let edit = format!("/lists/{garden}?edit={one}");
    let gone = app.create_list("Gone").await;
    app.command("/api/lists/delete", &[("list", &gone)]).await;
    for (to, code, sentence) in [
        ("home", "list_full", "That list is full: it holds 10000 todos."),
        (&*gone, "list_not_found", "There is no such list: it may have been deleted."),
        ("", "list_not_found", "There is no such list"),
        ("//evil.example", "list_not_found", "There is no such list"),
    ] {
        for (title, text) in [("one", ""), ("uno", "&text=uno")] {
            let fields = [("list", &*garden), ("id", &*one), ("title", title), ("was", "one"), ("to", to)];
            let back = app.submit("/api/todos/move_to", &fields, &edit).await;
            assert_eq!(back, format!("/lists/{garden}?refused={code}&edit={one}{text}"));
            let page = app.page(&back).await;
            assert!(between(&page, "class=\"refused\">", "</p>").unwrap().contains(sentence), "{page}");
            assert_eq!(typed(&page), title);
        }
    }
    let elsewhere = id(7);
    let fields = [("list", &*garden), ("id", &*one), ("title", "uno"), ("was", "one"), ("after", &elsewhere)];
    let back = app.submit("/api/todos/move", &fields, &edit).await;
    assert_eq!(back, format!("/lists/{garden}?refused=todo_not_found&edit={one}&text=uno"));
    app.stands_as(&home).await;
    app.stands_as(&there).await;
}

#[tokio::test]
async fn a_title_typed_for_a_todo_that_is_gone_is_offered_as_a_new_one() {
    let app = TestApp::start().await;
    let (one, two) = (app.create("one").await, app.create("two").await);
    app.command("/api/todos/delete", &[("list", "home"), ("id", &one)]).await;
    let fields = [("list", "home"), ("id", &*one), ("title", "uno"), ("was", "one"), ("after", &two)];
    let to = app.submit("/api/todos/move", &fields, &format!("/?edit={one}")).await;
    let page = app.page(&to).await;
    assert!(page.contains("That todo is not there any more."));
    let field = page.split('<').find(|it| it.contains("class=\"new-todo\"")).unwrap();
    assert_eq!(between(field, "value=\"", "\""), Some("uno"));
}

#[tokio::test]
async fn several_todos_that_a_form_moves_lead_back_to_its_page() {
    let app = TestApp::start().await;
    let garden = app.create_list("Garden").await;
    let (one, two) = (app.create("one").await, app.create("two").await);
    let fields = [("list", "home"), ("id", &*one), ("id", &two), ("title", "x"), ("was", "y"), ("to", &garden)];
    assert_eq!(app.submit("/api/todos/move_to", &fields, "/active").await, "/active");
    assert_eq!(app.board(&garden).await.todos.len(), 2);
    assert_eq!(app.submit("/api/todos/move_to", &fields, "/active").await, "/active?refused=todo_not_found");
}
