//! The simplest TCP server: it sends back what it gets. It runs as a process of its own, and shows how much the
//! load program and the system can do here at most.

use anyhow::Result;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;
use tokio::task::spawn_blocking;

/// The buffer of each connection.
const BUFFER_BYTES: usize = 16 << 10;

/// Serves until the process is ended, on as many threads as there are processors, as the others do.
pub(crate) async fn serve(port: u16) -> Result<()> {
    spawn_blocking(move || {
        let runtime = Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(async {
            let listener = TcpListener::bind(("127.0.0.1", port)).await?;
            loop {
                let (stream, _) = listener.accept().await?;
                tokio::spawn(echo(stream));
            }
        })
    })
    .await?
}

async fn echo(mut stream: TcpStream) -> Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = vec![0; BUFFER_BYTES];
    loop {
        let read = stream.read(&mut buffer).await?;
        if read == 0 {
            return Ok(());
        }
        stream.write_all(&buffer[..read]).await?;
    }
}
