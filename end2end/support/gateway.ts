// A proxy like those in front of servers and offices: it passes HTTP on, and handles sockets as a test wants.
import { type ClientRequest, createServer, type IncomingMessage, request, type Server as Listener } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Server } from './server.ts';

/**
 * What the proxy does with a request for a socket: it passes it on, refuses it, does not answer it, or passes
 * it on and cuts the connection after the first frame.
 */
type Upgrades = 'pass' | 'refuse' | 'hold' | 'cut';

/** Passes requests and answers on. */
export class Gateway {
  readonly #app: Server;
  readonly #listener: Listener;
  readonly #sockets = new Set<Duplex>();
  /** What the proxy does with requests for a socket from now on. */
  upgrades: Upgrades = 'pass';
  /** How many such requests there were. */
  asked = 0;

  private constructor(app: Server) {
    this.#app = app;
    this.#listener = createServer((from, to) => {
      const onward = this.#request(from);
      onward.on('response', (answer) => {
        to.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(to);
      });
      onward.on('error', () => to.destroy());
      from.pipe(onward);
    });
    this.#listener.on('upgrade', (from, socket, head) => this.#upgrade(from, socket, head));
  }

  /** Makes a proxy in front of a server. The server is restarted, to allow the proxy's address. */
  static async to(app: Server): Promise<Gateway> {
    const gateway = new Gateway(app);
    await new Promise<void>((resolve) => gateway.#listener.listen(0, '127.0.0.1', resolve));
    await app.stop();
    await app.start('--allowed-host', new URL(gateway.url).host);
    return gateway;
  }

  get url(): string {
    return `http://localhost:${(this.#listener.address() as AddressInfo).port}`;
  }

  /** Ends all sockets that are open now. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  remove(): void {
    this.cut();
    this.#listener.closeAllConnections();
    this.#listener.close();
  }

  #request(from: IncomingMessage): ClientRequest {
    const { method, url, headers } = from;
    return request({ host: '127.0.0.1', port: this.#app.port, method, path: url, headers });
  }

  #upgrade(from: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.asked++;
    this.#keep(socket);
    if (this.upgrades === 'hold') return;
    if (this.upgrades === 'refuse') {
      socket.end('HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    const onward: Socket = connect(this.#app.port, '127.0.0.1');
    this.#keep(onward);
    const lines = from.rawHeaders.flatMap((it, at, all) => (at % 2 === 0 ? [`${it}: ${all[at + 1]}`] : []));
    onward.write(`GET ${from.url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
    onward.write(head);
    socket.pipe(onward);
    if (this.upgrades === 'pass') {
      onward.pipe(socket);
    } else {
      this.#passFirstFrame(onward, socket);
    }
    socket.on('close', () => onward.destroy());
    onward.on('close', () => socket.destroy());
  }

  /** The first frame comes after the head of the answer, perhaps in the same piece. */
  #passFirstFrame(onward: Socket, socket: Duplex): void {
    let bytes = Buffer.alloc(0);
    onward.on('data', (piece: Buffer) => {
      bytes = Buffer.concat([bytes, piece]);
      const end = bytes.indexOf('\r\n\r\n');
      if (end >= 0 && bytes.length > end + 4) socket.end(bytes);
    });
  }

  #keep(socket: Duplex): void {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
  }
}
