// A network cable between a page and the server, which a test can cut and mend.
import { type AddressInfo, connect, createServer, type Server as Listener, type Socket } from 'node:net';
import type { Server } from './server.ts';

/** Passes bytes on while it is whole. A page that is loaded through it also follows the list through it. */
export class Wire {
  readonly #sockets = new Map<Socket, Socket>();
  readonly #listener: Listener;
  #isWhole = true;

  private constructor(app: Server) {
    this.#listener = createServer((from) => {
      if (!this.#isWhole) {
        from.resetAndDestroy();
        return;
      }
      const to = connect(app.port, '127.0.0.1');
      for (const [one, other] of [[from, to], [to, from]] as const) {
        this.#sockets.set(one, other);
        one.pipe(other);
        one.on('error', () => other.destroy());
        one.on('close', () => {
          this.#sockets.delete(one);
          other.destroy();
        });
      }
    });
  }

  /** Makes a cable to a server. The server is restarted, to allow the cable's address. */
  static async to(app: Server): Promise<Wire> {
    const wire = new Wire(app);
    await new Promise<void>((resolve) => wire.#listener.listen(0, '127.0.0.1', resolve));
    await app.stop();
    await app.start('--allowed-host', new URL(wire.url).host);
    return wire;
  }

  get url(): string {
    return `http://localhost:${(this.#listener.address() as AddressInfo).port}`;
  }

  /** Breaks all connections, and lets no new ones through. */
  cut(): void {
    this.#isWhole = false;
    for (const socket of this.#sockets.keys()) socket.resetAndDestroy();
  }

  mend(): void {
    this.#isWhole = true;
  }

  /** The open connections lose everything from now on, as if a router forgot them; new connections work. */
  swallow(): void {
    for (const [from, to] of this.#sockets) from.unpipe(to).resume();
  }

  remove(): void {
    this.cut();
    this.#listener.close();
  }
}
