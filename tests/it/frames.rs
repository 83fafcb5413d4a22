//! Frames that are too long, not text or not the protocol: each closes only its own socket, with a code.

use tokio::io::AsyncWriteExt;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::coding::Data;

use crate::support::{TestApp, frame};

/// The longest message that is accepted.
const MESSAGE_BYTES_MAX: usize = 64 << 10;

/// Not UTF-8: a byte that never occurs, an overlong slash, half of a surrogate pair, and a character cut short.
const NOT_UTF8: [&[u8]; 4] = [b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"abc\xf0\x9f\x92"];

#[tokio::test]
async fn a_message_over_64_kib_closes_the_socket_with_1009() {
    let app = TestApp::start().await;
    let before = app.board("home").await;
    for message in [
        Message::text("x".repeat(MESSAGE_BYTES_MAX + 1)),
        Message::binary(vec![b'x'; MESSAGE_BYTES_MAX + 1]),
        Message::text("ä".repeat(MESSAGE_BYTES_MAX)),
    ] {
        let mut socket = app.socket("?list=home").await;
        socket.head().await;
        socket.send(message).await;
        assert_eq!(socket.close_code().await, 1009);
        app.stands_as(&before).await;
    }
}

#[tokio::test]
async fn the_server_does_not_wait_for_a_frame_that_claims_to_be_too_long() {
    let app = TestApp::start().await;
    let before = app.board("home").await;
    for length in [u64::try_from(MESSAGE_BYTES_MAX).unwrap() + 1, 16 << 20, u64::MAX >> 1] {
        let mut socket = app.socket("").await;
        let mut head = vec![0x81, 0xff];
        head.extend(length.to_be_bytes());
        head.extend([1, 2, 3, 4]);
        socket.ws.get_mut().write_all(&head).await.unwrap();
        assert_eq!(socket.close_code().await, 1009, "{length}");
    }
    app.stands_as(&before).await;
}

#[tokio::test]
async fn too_many_fragments_close_the_socket_with_1009() {
    let app = TestApp::start().await;
    let before = app.board("home").await;
    let mut socket = app.socket("").await;
    socket.send(frame(&[b'x'; 4096], Data::Text, false)).await;
    for _ in 0..40 {
        socket.send(frame(&[b'x'; 4096], Data::Continue, false)).await;
    }
    assert_eq!(socket.close_code().await, 1009);
    app.stands_as(&before).await;
}

#[tokio::test]
async fn bytes_that_are_not_text_close_the_socket_with_1007() {
    let app = TestApp::start().await;
    let before = app.board("home").await;
    for bytes in NOT_UTF8 {
        for kind in [Data::Binary, Data::Text] {
            let mut socket = app.socket("").await;
            socket.say("first").await;
            socket.send(frame(bytes, kind, true)).await;
            assert!(socket.text().await.ends_with("first"), "what came before is still answered");
            assert_eq!(socket.close_code().await, 1007, "{bytes:?} as {kind}");
            assert!(socket.next().await.is_none(), "nothing comes after the close");
        }
    }
    app.stands_as(&before).await;
}

#[tokio::test]
async fn what_is_not_the_protocol_closes_the_socket_with_1002() {
    let app = TestApp::start().await;
    let before = app.board("home").await;
    let long_ping = &[b"\x89\xfe\x00\x7e\x01\x02\x03\x04".as_slice(), &[0; 126]].concat();
    for (what, bytes) in [
        ("an unmasked frame", &b"\x81\x02hi"[..]),
        ("a reserved bit", b"\xc1\x80\x01\x02\x03\x04"),
        ("a reserved opcode", b"\x83\x80\x01\x02\x03\x04"),
        ("a control frame in pieces", b"\x09\x80\x01\x02\x03\x04"),
        ("a continuation of nothing", b"\x80\x80\x01\x02\x03\x04"),
        ("a long ping", long_ping),
        ("a close of one byte", b"\x88\x81\x00\x00\x00\x00\x03"),
        ("plain HTTP", b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
    ] {
        let mut socket = app.socket("").await;
        socket.ws.get_mut().write_all(bytes).await.unwrap();
        assert_eq!(socket.close_code().await, 1002, "{what}");
    }
    app.stands_as(&before).await;
}

#[tokio::test]
async fn one_bad_socket_does_not_disturb_another() {
    let app = TestApp::start().await;
    let mut good = app.socket("?list=home").await;
    good.head().await;
    for bytes in NOT_UTF8 {
        let mut bad = app.socket("?list=home").await;
        bad.send(frame(bytes, Data::Binary, true)).await;
        assert_eq!(bad.close_code().await, 1007);
        let receipt = app.command("/api/todos/create", &[("list", "home"), ("title", "Buy milk")]).await;
        assert_eq!(good.event().await.id, receipt.event);
    }
}
