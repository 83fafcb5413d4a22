//! A network between client and server that can be broken and repaired while it is in use.

use std::io::{Error, Result};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How many bytes are passed on at once.
const CHUNK_BYTES: usize = 4096;

/// What is wrong with the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing.
    Healthy,
    /// Every piece takes this long.
    Slow(Duration),
    /// A connection ends after this many more bytes from the server, even within a frame.
    CutAfter(usize),
    /// Nothing is passed on and nobody is told, as when a laptop is closed.
    Frozen,
    /// Every byte is passed on by itself.
    ByteByByte,
    /// What the client sends is lost. A connection that has lost bytes never works again.
    DeafServer,
    /// What the server sends is lost, in the same way.
    DeafClient,
    /// Connections are reset, and new ones too.
    Reset,
}

/// The network: listens instead of the server, and passes on what it gets.
pub(crate) struct Proxy {
    /// Where clients connect to. They still send the server's own port in `Host`.
    pub(crate) port: u16,
    fault: watch::Sender<Fault>,
    task: JoinHandle<()>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Proxy {
    /// A working network in front of the server at this port, whether the server runs or not.
    pub(crate) async fn before(server_port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (fault, faults) = watch::channel(Fault::Healthy);
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(carry(client, server_port, faults.clone()));
            }
        });
        Self { port, fault, task }
    }

    /// Makes this the only fault of the network from now on.
    pub(crate) fn set(&self, fault: Fault) {
        self.fault.send_replace(fault);
    }

    /// Repairs the network.
    pub(crate) fn heal(&self) {
        self.set(Fault::Healthy);
    }
}

/// Passes on one connection until it ends. When the proxy is dropped, all its connections end.
async fn carry(mut client: TcpStream, server_port: u16, mut faults: watch::Receiver<Fault>) {
    let Ok(mut server) = TcpStream::connect(("127.0.0.1", server_port)).await else { return };
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let (mut up, mut down) = (Carrier::new(&faults, Fault::DeafServer), Carrier::new(&faults, Fault::DeafClient));
    let is_reset = {
        let (mut from_client, mut to_client) = client.split();
        let (mut from_server, mut to_server) = server.split();
        let both = async {
            tokio::try_join!(up.run(&mut from_client, &mut to_server), down.run(&mut from_server, &mut to_client))
        };
        tokio::select! {
            _ = both => false,
            it = faults.wait_for(|it| *it == Fault::Reset) => it.is_ok(),
        }
    };
    if is_reset {
        // With this setting, dropping a connection resets it instead of closing it.
        let _ = (client.set_zero_linger(), server.set_zero_linger());
    }
}

/// One direction of a connection.
struct Carrier {
    faults: watch::Receiver<Fault>,
    /// The fault that makes this direction lose everything.
    hole: Fault,
    has_lost: bool,
    /// How many bytes were passed on since the fault was set.
    bytes: usize,
}

impl Carrier {
    fn new(faults: &watch::Receiver<Fault>, hole: Fault) -> Self {
        Self { faults: faults.clone(), hole, has_lost: false, bytes: 0 }
    }

    async fn run(&mut self, from: &mut ReadHalf<'_>, to: &mut WriteHalf<'_>) -> Result<()> {
        let mut chunk = [0; CHUNK_BYTES];
        loop {
            while *self.faults.borrow_and_update() == Fault::Frozen {
                self.faults.changed().await.map_err(Error::other)?;
            }
            tokio::select! {
                biased;
                changed = self.faults.changed() => {
                    changed.map_err(Error::other)?;
                    self.bytes = 0;
                }
                read = from.read(&mut chunk) => match read? {
                    0 if self.has_lost => std::future::pending().await,
                    0 => return to.shutdown().await,
                    bytes => self.pass(&chunk[..bytes], to).await?,
                },
            }
        }
    }

    async fn pass(&mut self, piece: &[u8], to: &mut WriteHalf<'_>) -> Result<()> {
        let fault = *self.faults.borrow();
        self.has_lost |= fault == self.hole;
        if self.has_lost {
            return Ok(());
        }
        match fault {
            Fault::Slow(delay) => tokio::time::sleep(delay).await,
            Fault::ByteByByte => {
                for byte in piece {
                    to.write_all(&[*byte]).await?;
                    tokio::task::yield_now().await;
                }
                return Ok(());
            }
            Fault::CutAfter(most) if self.hole == Fault::DeafClient => {
                let rest = most.saturating_sub(self.bytes);
                self.bytes += piece.len();
                if piece.len() >= rest {
                    to.write_all(&piece[..rest]).await?;
                    return Err(Error::other("cut"));
                }
            }
            _ => {}
        }
        to.write_all(piece).await
    }
}
