//! Todos go to another list: gone here and there in one transaction, and back by one undo from either side.

use todoapp::domain::{Board, Change};

use crate::support::TestApp;

const HOME: (&str, &str) = ("list", "home");

fn titles(board: &Board) -> Vec<(&str, bool)> {
    board.todos.iter().map(|it| (it.title.as_str(), it.completed)).collect()
}

#[tokio::test]
async fn todos_move_to_the_end_of_another_list_and_back_to_their_places() {
    let app = TestApp::start().await;
    let other = app.create_list("Other").await;
    let there = app.command("/api/todos/create", &[("list", &other), ("title", "there")]).await;
    let (one, _, three) = (app.create("one").await, app.create("two").await, app.create("three").await);
    app.command("/api/todos/complete", &[HOME, ("id", &three)]).await;
    let (before, before_there) = (app.board("home").await, app.board(&other).await);
    let fields = [HOME, ("id", &one), ("id", &three), ("to", &other)];
    let moved = app.command("/api/todos/move_to", &fields).await;
    let (home, elsewhere) = (app.board("home").await, app.board(&other).await);
    assert_eq!(titles(&home), [("two", false)]);
    assert_eq!(titles(&elsewhere), [("there", false), ("one", false), ("three", true)]);
    assert_eq!((moved.list.as_str(), moved.event, elsewhere.seq()), ("home", home.head.0, there.seq + 1));
    // What went away is in no trash of this list.
    assert_eq!(app.refused(404, "/api/todos/restore", &[HOME, ("id", &one)]).await, "todo_not_found");
    for (list, event) in [("home", home.head.0), (other.as_str(), elsewhere.head.0)] {
        let again = app.command("/api/events/undo", &[("list", list), ("event", &event.to_string())]).await;
        assert_eq!(titles(&app.board("home").await), titles(&before), "undone from {list}");
        assert_eq!(titles(&app.board(&other).await), titles(&before_there), "undone from {list}");
        app.command("/api/events/undo", &[("list", list), ("event", &again.event.to_string())]).await;
        assert_eq!(app.board(&other).await.todos.len(), 3, "and done again");
    }
    let log = app.log(&other).await;
    assert!(matches!(&log[2].change, Change::Restored { todos, from: Some(_) } if todos.len() == 2));
}

#[tokio::test]
async fn a_move_that_was_touched_in_the_other_list_cannot_be_undone_from_either() {
    let app = TestApp::start().await;
    let other = app.create_list("Other").await;
    let one = app.create("one").await;
    app.command("/api/todos/move_to", &[HOME, ("id", &one), ("to", &other)]).await;
    let (home, elsewhere) = (app.board("home").await, app.board(&other).await);
    app.command("/api/todos/complete", &[("list", &other), ("id", &one)]).await;
    let touched = app.board(&other).await;
    for (list, event) in [("home", home.head.0), (other.as_str(), elsewhere.head.0)] {
        let fields = [("list", list), ("event", &event.to_string())];
        assert_eq!(app.refused(409, "/api/events/undo", &fields).await, "changed_since", "{list}");
    }
    app.stands_as(&home).await;
    assert_eq!(app.board(&other).await, touched);
}

#[tokio::test]
async fn a_move_that_one_of_the_lists_rejects_changes_neither() {
    let app = TestApp::start().await;
    let other = app.create_list("Other").await;
    let (one, op) = (app.create("one").await, "01890000-0000-7000-8000-0000000000aa");
    app.command("/api/todos/create", &[("list", &other), ("title", "there"), ("op", op)]).await;
    let (home, elsewhere) = (app.board("home").await, app.board(&other).await);
    for (to, op, status, code) in [
        ("nowhere", "01890000-0000-7000-8000-0000000000ab", 404, "list_not_found"),
        ("index", "01890000-0000-7000-8000-0000000000ac", 404, "list_not_found"),
        (other.as_str(), op, 409, "op_reused"),
    ] {
        let fields = [HOME, ("id", &one), ("to", to), ("op", op)];
        assert_eq!(app.refused(status, "/api/todos/move_to", &fields).await, code, "{to}");
    }
    // A todo with this id is in the other list already.
    app.command("/api/todos/create", &[("list", &other), ("id", &one), ("title", "same id")]).await;
    let fields = [HOME, ("id", one.as_str()), ("to", &other)];
    assert_eq!(app.refused(409, "/api/todos/move_to", &fields).await, "todo_exists");
    app.stands_as(&home).await;
    assert_eq!(app.board(&other).await.seq(), elsewhere.seq() + 1);
    let stays = app.command("/api/todos/move_to", &[HOME, ("id", &one), ("to", "home")]).await;
    assert_eq!(stays.event, home.head.0, "to where it is already: nothing to do");
}
