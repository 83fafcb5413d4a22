//! A network between client and server that can be made bad, and good again, while it is in use.

use std::io::{Error, Result};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How much is carried at once.
const CHUNK_BYTES: usize = 4096;

/// What is wrong with the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing.
    Healthy,
    /// Every piece takes this long.
    Slow(Duration),
    /// A connection ends, wherever a frame may be, after so many more bytes from the server.
    CutAfter(usize),
    /// Nothing moves, and nobody is told: a lid is closed.
    Frozen,
    /// Every byte comes by itself.
    ByteByByte,
    /// What the client says vanishes: a one-way hole. A connection that lost bytes never heals.
    DeafServer,
    /// What the server says vanishes, likewise.
    DeafClient,
    /// Connections are reset, and so is everyone who comes.
    Reset,
}

/// The network: listens in the server's place, and carries what is said to it.
pub(crate) struct Proxy {
    /// Where clients connect to. They still name the server's own port in `Host`.
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
    /// A healthy network in front of the server at this port, whether it is up or not.
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

    /// Makes this the network's only fault from now on.
    pub(crate) fn set(&self, fault: Fault) {
        self.fault.send_replace(fault);
    }

    /// Makes it good again.
    pub(crate) fn heal(&self) {
        self.set(Fault::Healthy);
    }
}

/// Carries one connection to its end. With the proxy gone, everything it carries ends.
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
        // Dropped like this, a connection is reset and not closed.
        let _ = (client.set_zero_linger(), server.set_zero_linger());
    }
}

/// One way of a connection.
struct Carrier {
    faults: watch::Receiver<Fault>,
    /// The fault by which this way loses what it carries.
    hole: Fault,
    has_lost: bool,
    /// What has been carried since the fault was set.
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
