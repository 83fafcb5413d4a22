//! Random input: no parser and no request makes the program fail, and only accepted commands change
//! anything.

use proptest::prelude::*;
use todoapp::domain::{Event, EventId, ListId, OpId, ShortText, TodoId};
use todoapp::protocol::Push;
use todoapp::sync::PendingCommand;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Duration, timeout};

use crate::support::{Chance, TestApp, note};

/// How many random inputs one server gets.
const FRAMES: usize = 300;
const FORMS: usize = 400;
const FORMS_PER_RIGHT_ONE: usize = 20;

/// How long to wait for a socket's answer to random bytes, if there is any.
const ANSWER_WAIT: Duration = Duration::from_millis(30);

/// Text made of the characters of ids and tokens, so that some of it is almost valid.
fn nearly() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[0-9]{0,20}-[0-9a-fA-F]{0,18}",
        "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        "[0-9a-fA-F{}-]{30,40}",
        "[a-z0-9]{0,34}",
        "[ \\t\\n\u{2028}\u{200b}a👋]{0,8}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_parser_reads_back_what_it_accepted_and_never_panics(text in nearly()) {
        if let Ok(id) = text.parse::<EventId>() {
            prop_assert_eq!(id.to_string(), text.clone());
        }
        if let Ok(id) = text.parse::<ListId>() {
            prop_assert_eq!(id.as_str(), &text);
        }
        if let Ok(id) = text.parse::<TodoId>() {
            prop_assert_eq!(id.to_string(), text.to_lowercase());
            prop_assert_eq!(id.to_string().parse(), Ok(id));
        }
        if let Ok(op) = text.parse::<OpId>() {
            prop_assert_eq!(op.to_string().parse(), Ok(op));
        }
        if let Ok(title) = ShortText::parse(&text) {
            prop_assert_eq!(title.as_str(), text.trim());
            prop_assert_eq!(ShortText::parse(title.as_str()), Ok(title.clone()));
            prop_assert!((1..=500).contains(&title.as_str().chars().count()));
        }
    }

    #[test]
    fn an_event_id_is_read_back_as_it_was_written(seq in 1..=i64::MAX, tag: u64) {
        let id = EventId { seq, tag };
        prop_assert_eq!(id.to_string().parse(), Ok(id));
    }

    #[test]
    fn json_that_is_not_a_frame_is_an_error_and_no_panic(text in r#"[{}\[\]":,a-z0-9 -]{0,80}"#) {
        prop_assert!(serde_json::from_str::<Event>(&text).is_err());
        prop_assert!(serde_json::from_str::<Push>(&text).is_err());
        prop_assert!(serde_json::from_str::<PendingCommand>(&text).is_err());
    }
}

#[tokio::test]
async fn random_bytes_after_a_good_handshake_end_at_most_their_own_socket() {
    let mut chance = seeded();
    let app = TestApp::start().await;
    app.create("Buy milk").await;
    let before = app.board("home").await;
    let mut witness = app.socket("?list=home").await;
    witness.head().await;
    for n in 0..FRAMES {
        let query = if n % 2 == 0 { "" } else { "?list=home&after=0" };
        let mut socket = app.socket(query).await;
        let noise = noise(&mut chance);
        let stream = socket.ws.get_mut();
        // It may be closed already, which is also allowed.
        let _ = stream.write_all(&noise).await;
        let mut answer = [0; 1024];
        let _ = timeout(ANSWER_WAIT, stream.read(&mut answer)).await;
        if n % 20 == 0 {
            witness.say("still there?").await;
            assert!(witness.text().await.ends_with("still there?"), "{}", noise.escape_ascii());
        }
    }
    app.stands_as(&before).await;
}

/// Frames of any kind with any content: some valid, some almost valid, some not at all.
fn noise(chance: &mut Chance) -> Vec<u8> {
    let mut bytes = Vec::new();
    for _ in 0..chance.within(1..6) {
        if chance.once_in(4) {
            let count = usize::try_from(chance.within(0..60)).unwrap();
            bytes.extend(chance.bytes(count));
            continue;
        }
        let kind = *chance.one_of(&[0x80, 0x00, 0x81, 0x01, 0x82, 0x88, 0x89, 0x8a, 0xc1, 0x83, 0x8f]);
        let length = chance.within(0..130);
        let mask = if chance.once_in(8) { 0 } else { 0x80 };
        bytes.push(kind);
        match u8::try_from(length) {
            Ok(short) if short < 126 => bytes.push(mask | short),
            _ => {
                bytes.push(mask | 0x7e);
                bytes.extend(u16::try_from(length).unwrap().to_be_bytes());
            }
        }
        let count = usize::try_from(length).unwrap() + if mask == 0 { 0 } else { 4 };
        bytes.extend(chance.bytes(count));
    }
    bytes
}

#[tokio::test]
async fn random_forms_change_nothing_unless_they_are_accepted() {
    let mut chance = seeded();
    let app = TestApp::start().await;
    let id = app.create("Buy milk").await;
    let mut before = app.board("home").await;
    let mut accepted = 0;
    for turn in 0..FORMS {
        // Chance alone can go for a whole run without one right form.
        let right = turn % FORMS_PER_RIGHT_ONE == 0;
        let path = *chance.one_of(&[
            "todos/create",
            "todos/rename",
            "todos/complete",
            "todos/reopen",
            "todos/delete",
            "todos/complete_all",
            "todos/reopen_all",
            "todos/clear_completed",
            "lists/create",
            "board",
            "nothing",
        ]);
        let body = form(&mut chance, &id);
        let (path, body) = if right { ("todos/create", b"list=home&title=Buy+bread".to_vec()) } else { (path, body) };
        let request = app.http.post(app.url(&format!("/api/{path}")));
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(body.clone());
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let answer = answer.text().await.unwrap();
        let what = format!("{path} {}: {status} {answer}", body.escape_ascii());
        let after = app.board("home").await;
        assert!(!right || status == 200, "{what}");
        if status == 200 {
            accepted += 1;
            before = after;
        } else {
            assert!((400..500).contains(&status), "{what}");
            assert_eq!(after, before, "{what}");
        }
    }
    note(&format!("{accepted} of {FORMS} forms were accepted"));
    let log = app.log("home").await;
    assert_eq!(i64::try_from(log.len()), Ok(before.seq()));
    app.stands_as(&before).await;
}

/// Fields that may be right, wrong, missing, given twice, or not fields at all.
fn form(chance: &mut Chance, id: &str) -> Vec<u8> {
    let mut body = Vec::new();
    for _ in 0..chance.within(0..6) {
        let name = *chance.one_of(&["list", "list", "title", "id", "op", "name", "x"]);
        let value = *chance.one_of(&[
            "home",
            "home",
            "home",
            id,
            "Buy+bread",
            "%00",
            "%ff",
            "%",
            "%zz",
            "",
            "+",
            "a&b=",
            "%E2%80%A8",
            "=&=",
        ]);
        body.extend(format!("{name}={value}&").into_bytes());
    }
    if chance.once_in(5) {
        let count = usize::try_from(chance.within(0..40)).unwrap();
        body.extend(chance.bytes(count));
    }
    body
}

fn seeded() -> Chance {
    let seed = Chance::seed();
    note(&format!("TODOAPP_SEED={seed} repeats this"));
    Chance::new(seed)
}
