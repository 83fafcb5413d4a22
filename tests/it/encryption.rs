//! Encrypted connections to PostgreSQL: everything goes through them, and one that can't be had as it was asked for is
//! refused with a sentence.

use tempfile::tempdir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::support::{Encrypted, TestApp, make_certificates, start_fails, tool_at};

/// Fails if a connection is not encrypted.
const ALL_ARE_ENCRYPTED: &str = "DO $$ BEGIN IF EXISTS (SELECT FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) \
                                 WHERE backend_type = 'client backend' AND NOT ssl) THEN RAISE 'not encrypted'; \
                                 END IF; END $$";

/// The sentence with which the program refuses this database.
async fn refused(url: &str) -> String {
    let sentence = start_fails(&["--listen", "127.0.0.1:0", "--database-url", url]).await;
    // The tools open a database in another way.
    assert_eq!(start_fails(&["check", "--database-url", url]).await, sentence);
    sentence
}

#[tokio::test]
async fn servers_their_notices_and_tools_use_encrypted_connections_whose_certificate_is_checked() {
    let Some(database) = Encrypted::start().await else { return };
    let with_authority = |mode: &str| format!("sslmode={mode}&sslrootcert={}", database.authority.display());
    let checked = database.url(&with_authority("verify-full"));
    let one = TestApp::start_at(&checked, &[]).await;
    let two = TestApp::start_at(&checked, &[]).await;
    let mut socket = two.socket("?list=home&after=0").await;
    socket.head().await;
    one.create("Milk").await;
    assert_eq!(socket.event().await.seq, 1);
    one.on_database(ALL_ARE_ENCRYPTED).await;
    one.console_shows("the address without its parameters", |it| it.ends_with("/postgres")).await;
    drop((one, two));

    let file = tempdir().unwrap();
    tool_at(&checked, &["copy", &checked, &format!("sqlite:{}", file.path().join("copy.db").display())]).await;
    // Whoever it is; and if its authority is right, under any name.
    for url in [database.url(""), database.url("sslmode=require"), database.by_other_name(&with_authority("verify-ca"))]
    {
        tool_at(&url, &["check"]).await;
    }

    let said = refused(&database.by_other_name(&with_authority("verify-full"))).await;
    assert!(said.contains("for another name") && said.ends_with(": localhost"), "{said}");
    let folder = tempdir().unwrap();
    let foreign = format!("&sslrootcert={}", make_certificates(folder.path(), "localhost").display());
    for authority in ["", &foreign] {
        let said = refused(&database.url(&format!("sslmode=verify-full{authority}"))).await;
        assert!(said.contains("not trusted here") && said.contains("sslrootcert=FILE"), "{said}");
    }
}

#[tokio::test]
async fn a_server_without_encryption_is_refused_where_it_was_asked_for() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("postgres://me:secret@{}/todoapp", listener.local_addr().unwrap());
    // What PostgreSQL answers to the question for encryption, if it has none.
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let _ = client.read_exact(&mut [0; 8]).await;
            let _ = client.write_all(b"N").await;
        }
    });
    for mode in ["require", "verify-ca", "verify-full"] {
        let said = refused(&format!("{url}?sslmode={mode}")).await;
        assert!(said.contains("it does not encrypt") && !said.contains("secret"), "{said}");
    }
    let said = refused(&format!("{url}?sslmode=on")).await;
    assert!(said.contains("sslmode must be"), "{said}");
}
