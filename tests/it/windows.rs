//! Long lists: a page has one window of them, shows the counts of the whole list, and is small.

use std::time::{Duration, Instant};

use crate::support::{TestApp, seed};

/// The longest list.
const TODOS: usize = 10_000;

/// The todos of one window.
const WINDOW: usize = 200;

/// The largest size of a page of the longest list, with usual titles.
const PAGE_BYTES_MAX: usize = 400_000;

/// The longest time to make one, in a debug build while other tests run.
const PAGE_TIME_MAX: Duration = Duration::from_secs(2);

/// The text between two others.
fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    text.split_once(start)?.1.split_once(end).map(|(it, _)| it)
}

/// The tag of a page that has this in it.
fn tag<'a>(page: &'a str, part: &str) -> Option<&'a str> {
    page.split('<').find(|it| it.contains(part))?.split('>').next()
}

/// The titles of the rows on the page, in order.
fn titles(page: &str) -> Vec<&str> {
    let list = between(page, "class=\"todo-list\"", "</ul>").unwrap();
    let labels = list.split("<label ").skip(1);
    labels.map(|it| between(it, ">", "</label>").unwrap()).collect()
}

/// The links to other pages: their labels and addresses.
fn links(page: &str) -> Vec<(&str, &str)> {
    let pager = between(page, "<nav ", "</nav>").unwrap_or_default();
    let links = pager.split("<a href=\"").skip(1);
    links.map(|it| (between(it, ">", "<").unwrap(), it.split('"').next().unwrap())).collect()
}

/// The text with the number of the page.
fn place(page: &str) -> Option<&str> {
    between(between(page, "<nav ", "</nav>")?, "<span>", "</span>")
}

/// The titles of the seeded todos with these numbers.
fn todos(numbers: impl IntoIterator<Item = usize>) -> Vec<String> {
    numbers.into_iter().map(|n| format!("todo {n}")).collect()
}

/// The id of the seeded todo with this number.
fn id(n: usize) -> String {
    format!("018b0000-0000-7000-8000-{n:012x}")
}

async fn app_with(count: usize) -> TestApp {
    let app = TestApp::start().await;
    seed(&app.database(), count).await;
    app
}

/// Ticks the todos with these numbers, one after the other.
async fn complete(app: &TestApp, numbers: impl IntoIterator<Item = usize>) {
    for n in numbers {
        app.command("/api/todos/complete", &[("list", "home"), ("id", &id(n))]).await;
    }
}

#[tokio::test]
async fn a_page_of_the_longest_list_is_small_and_fast() {
    let app = app_with(TODOS).await;
    for path in ["/", "/?page=2", "/?page=50", "/active?page=50", "/completed", &format!("/?edit={}", id(TODOS))] {
        let since = Instant::now();
        let page = app.page(path).await;
        let time = since.elapsed();
        assert!(page.len() < PAGE_BYTES_MAX, "{path} has {} bytes", page.len());
        assert!(time < PAGE_TIME_MAX, "{path} took {time:?}");
        assert!(page.contains("<strong>10000</strong> items left"), "{path} counts the whole list");
        assert!(page.contains("</body></html>"), "{path} is whole");
    }
    assert_eq!(app.board("home").await.todos.len(), TODOS, "programs still get all of it");
}

#[tokio::test]
async fn the_windows_have_every_todo_once_and_in_order() {
    let app = app_with(2 * WINDOW + 50).await;
    complete(&app, (3..=3 * WINDOW).step_by(3).filter(|n| *n <= 2 * WINDOW + 50)).await;
    let all = 1..=2 * WINDOW + 50;
    for (path, shown, pages) in [
        ("/", todos(all.clone()), 3),
        ("/active", todos(all.clone().filter(|n| n % 3 != 0)), 2),
        ("/completed", todos(all.filter(|n| n % 3 == 0)), 1),
    ] {
        let (mut found, mut next) = (Vec::new(), Some(path.to_owned()));
        for page_number in 1..=pages {
            let page = app.page(&next.take().unwrap()).await;
            let titles = titles(&page);
            assert!(titles.len() <= WINDOW);
            found.extend(titles.into_iter().map(str::to_owned));
            assert_eq!(tag(&page, "class=\"pages\"").is_some_and(|it| it.contains("aria-label=\"Pages\"")), pages > 1);
            let said = (pages > 1).then(|| format!("Page {page_number} of {pages}"));
            assert_eq!(place(&page), said.as_deref(), "{path}");
            let links = links(&page);
            next = links.iter().find(|(word, _)| *word == "Next").map(|(_, to)| (*to).to_owned());
            let previous = links.iter().find(|(word, _)| *word == "Previous").map(|(_, to)| (*to).to_owned());
            let before = match page_number {
                1 => None,
                2 => Some(path.to_owned()),
                n => Some(format!("{path}?page={}", n - 1)),
            };
            assert_eq!(previous, before, "{path}");
        }
        assert_eq!(next, None, "{path}");
        assert_eq!(found, shown, "{path}");
    }
}

#[tokio::test]
async fn a_list_that_fits_has_no_pages() {
    let app = app_with(WINDOW).await;
    for path in ["/", "/?page=2", "/active", "/completed"] {
        let page = app.page(path).await;
        assert!(!page.contains("class=\"pages\""), "{path}");
        assert!(!page.contains("?page="), "{path}");
    }
    assert_eq!(titles(&app.page("/?page=2").await), todos(1..=WINDOW));
    app.create("one more").await;
    let page = app.page("/").await;
    assert_eq!(
        (titles(&page), place(&page)),
        (todos(1..=WINDOW).iter().map(|it| &**it).collect(), Some("Page 1 of 2"))
    );
    assert_eq!(titles(&app.page("/?page=2").await), ["one more"]);
}

#[tokio::test]
async fn a_page_shows_the_counts_of_the_whole_list() {
    let app = app_with(WINDOW + 100).await;
    let checked = |page: &str| tag(page, "id=\"toggle-all\"").unwrap().contains(" checked");
    let clears = |page: &str| !tag(page, "class=\"clear-completed\"").unwrap().contains(" hidden");
    let stands = async |open: usize, is_all_done: bool, has_done: bool| {
        for path in ["/", "/?page=2", "/active", "/active?page=2", "/completed", "/completed?page=2"] {
            let page = app.page(path).await;
            assert_eq!(between(&page, "<strong>", "</strong>"), Some(&*open.to_string()), "{path}");
            assert_eq!(checked(&page), is_all_done, "{path}");
            assert_eq!(clears(&page), has_done, "{path}");
            let act = if is_all_done { "reopen_all" } else { "complete_all" };
            assert!(page.contains(&format!("formaction=\"/api/todos/{act}\"")), "{path}");
            assert!(!tag(&page, "class=\"main\"").unwrap().contains("hidden"), "{path}");
        }
    };
    stands(WINDOW + 100, false, false).await;
    complete(&app, [WINDOW + 50]).await;
    stands(WINDOW + 99, false, true).await;
    app.command("/api/todos/complete_all", &[("list", "home")]).await;
    stands(0, true, true).await;
    app.command("/api/todos/reopen", &[("list", "home"), ("id", &id(1))]).await;
    stands(1, false, true).await;
}

#[tokio::test]
async fn the_page_with_the_todo_to_be_edited_is_shown_whatever_page_is_asked_for() {
    let app = app_with(3 * WINDOW).await;
    complete(&app, [1, 450]).await;
    let editing = |page: &str| tag(page, "class=\"edit\"").map(|it| between(it, "value=\"", "\"").unwrap().to_owned());
    for (path, n, said) in [
        ("/", WINDOW, Some("Page 1 of 3")),
        ("/", WINDOW + 1, Some("Page 2 of 3")),
        ("/?page=1", 3 * WINDOW, Some("Page 3 of 3")),
        ("/active", WINDOW + 1, Some("Page 1 of 3")),
        ("/active", WINDOW + 2, Some("Page 2 of 3")),
        // The filter would hide it, but it is still shown in order, as in a short list.
        ("/active?page=3", 450, Some("Page 3 of 3")),
        ("/completed", 300, None),
    ] {
        let separator = if path.contains('?') { '&' } else { '?' };
        let page = app.page(&format!("{path}{separator}edit={}", id(n))).await;
        assert_eq!(editing(&page), Some(format!("todo {n}")), "{path} {n}");
        assert_eq!(place(&page), said, "{path} {n}");
        assert!(titles(&page).len() <= WINDOW);
    }
    assert_eq!(titles(&app.page(&format!("/completed?edit={}", id(300))).await), todos([1, 300, 450]));
    let page = app.page(&format!("/?page=2&edit={}", id(9_999))).await;
    assert_eq!((editing(&page), place(&page)), (None, Some("Page 2 of 3")), "a todo that does not exist");
    assert!(page.contains(&format!("href=\"/?page=2&amp;edit={}\"", id(300))), "the links to edit keep the page");
}

#[tokio::test]
async fn for_a_page_that_does_not_exist_the_nearest_one_is_shown() {
    let app = app_with(2 * WINDOW + 1).await;
    for (asked, said) in [
        ("1", 1),
        ("0", 1),
        ("-1", 1),
        ("", 1),
        ("x", 1),
        ("2.5", 1),
        ("%00", 1),
        ("1e9", 1),
        ("2", 2),
        ("002", 2),
        ("3", 3),
        ("4", 3),
        ("4294967296", 3),
        ("99999999999999999999999999", 3),
        ("2&page=3", 1),
    ] {
        let page = app.page(&format!("/?page={asked}")).await;
        assert_eq!(place(&page), Some(&*format!("Page {said} of 3")), "{asked:?}");
    }
    assert_eq!(titles(&app.page("/completed?page=7").await), [""; 0]);
}

/// An address without the row that it leads to.
fn without_fragment(address: &str) -> &str {
    address.split('#').next().unwrap_or_default()
}

#[tokio::test]
async fn forms_lead_back_to_the_page_they_were_sent_from() {
    let app = app_with(3 * WINDOW).await;
    let fields = [("list", "home"), ("id", &*id(450)), ("title", "Buy milk")];
    let edit = format!("/active?page=3&edit={}", id(450));
    for (path, fields) in [
        ("rename", &fields[..]),
        ("complete", &fields[..2]),
        ("reopen", &fields[..2]),
        ("complete_all", &fields[..1]),
        ("reopen_all", &fields[..1]),
        ("clear_completed", &fields[..1]),
        ("delete", &fields[..2]),
    ] {
        for (from, to) in [
            ("/?page=3", "/?page=3"),
            ("/active?page=2", "/active?page=2"),
            (&*edit, "/active?page=3"),
            ("/?page=1", "/"),
            ("/?page=nonsense", "/"),
            ("/?page=%0d%0ax", "/"),
        ] {
            let led = app.submit(&format!("/api/todos/{path}"), fields, from).await;
            assert_eq!(without_fragment(&led), to, "{path} from {from}");
        }
    }
    let to = app.submit("/api/lists/create", &[("name", "Shopping")], "/?page=3").await;
    assert!(to.starts_with("/lists/") && !to.contains('?'), "{to}");
}

#[tokio::test]
async fn a_refused_form_leads_back_to_its_page_with_what_was_typed() {
    let app = app_with(3 * WINDOW).await;
    let long = "x".repeat(501);
    let to = app.submit("/api/todos/create", &[("list", "home"), ("title", &long)], "/?page=2").await;
    assert!(to.starts_with("/?refused=text_too_long&") && to.ends_with("&page=2"), "{to}");
    let page = app.page(&to).await;
    assert_eq!(place(&page), Some("Page 2 of 3"));
    assert!(page.contains(&format!("value=\"{long}\"")));
    let fields = [("list", "home"), ("id", &*id(250)), ("title", &*long)];
    let to = app.submit("/api/todos/rename", &fields, &format!("/?page=2&edit={}", id(250))).await;
    let page = app.page(&to).await;
    assert_eq!(place(&page), Some("Page 2 of 3"));
    assert!(tag(&page, "class=\"edit\"").unwrap().contains(&long), "{to}");
}

#[tokio::test]
async fn a_new_todo_leads_to_the_page_it_is_on() {
    let app = app_with(2 * WINDOW).await;
    let create = async |title: &str, from: &str| {
        app.submit("/api/todos/create", &[("list", "home"), ("title", title)], from).await
    };
    assert_eq!(create("one", "/?page=2").await, "/?page=3");
    assert_eq!(titles(&app.page("/?page=3").await), ["one"]);
    complete(&app, [1, 2]).await;
    let to = create("two", "/active").await;
    assert_eq!(without_fragment(&to), "/active?page=2", "two are done, so two more fit");
    assert_eq!(titles(&app.page("/active?page=2").await).last(), Some(&"two"));
    assert_eq!(create("three", "/completed").await, "/completed", "it is on no page of the completed ones");
    let list = app.create_list("Shopping").await;
    let to = app.submit("/api/todos/create", &[("list", &list), ("title", "salt")], &format!("/lists/{list}")).await;
    assert_eq!(to, format!("/lists/{list}"), "a list that fits has one page");
}

#[tokio::test]
async fn the_form_of_a_long_list_sent_twice_leads_to_the_same_page() {
    let app = app_with(2 * WINDOW).await;
    let page = app.page("/").await;
    let op = between(&page, "name=\"op\" value=\"", "\"").unwrap();
    for _ in 0..2 {
        let fields = [("list", "home"), ("op", op), ("title", "Buy milk")];
        assert_eq!(app.submit("/api/todos/create", &fields, "/").await, "/?page=3");
    }
    assert_eq!(app.board("home").await.todos.len(), 2 * WINDOW + 1);
}
