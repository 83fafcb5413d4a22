// Several servers on one PostgreSQL, behind nginx with the file that people are given for it.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, listening } from './ports.ts';
import type { Postgres } from './postgres.ts';
import { Server } from './server.ts';

const SERVERS = 3;

/** Far longer than nginx takes to start. */
const START_MS_MAX = 10_000;

const CONFIGURATION = join(import.meta.dirname, '../../docs/nginx.conf');

export class Cluster {
  readonly servers: Server[];
  readonly #port: number;
  readonly #folder = mkdtempSync(join(tmpdir(), 'todoapp-nginx-'));
  #nginx: ChildProcess | undefined;

  private constructor(servers: Server[], port: number) {
    this.servers = servers;
    this.#port = port;
  }

  static async start(postgres: Postgres): Promise<Cluster> {
    const [database, port] = [postgres.newDatabase(), await freePort()];
    const cluster = new Cluster(Array.from({ length: SERVERS }, () => new Server(database)), port);
    // One after the other: the first one makes the tables.
    for (const server of cluster.servers) await cluster.begin(server);
    await cluster.#balance();
    return cluster;
  }

  /** Where nginx is, in front of all servers. */
  get url(): string {
    return `http://localhost:${this.#port}`;
  }

  /** Starts one of the servers, also again. */
  begin(server: Server): Promise<void> {
    return server.start('--allowed-host', `localhost:${this.#port}`, '--proxy', '127.0.0.1');
  }

  async #balance(): Promise<void> {
    const program = process.env.NGINX_PROGRAM;
    if (!program) throw new Error('There is no nginx: install it, or name it with NGINX_PROGRAM');
    const file = (name: string) => join(this.#folder, name);
    const upstream = this.servers.map((it) => `server 127.0.0.1:${it.port} fail_timeout=1s;`).join('\n');
    let site = readFileSync(CONFIGURATION, 'utf8');
    for (const [from, to] of [
      ['server 127.0.0.1:3000 fail_timeout=1s;', upstream],
      ['listen 80;', `listen 127.0.0.1:${this.#port};`],
      ['server_name todos.example.com;', 'server_name localhost;'],
    ] as const) {
      if (site.split(from).length !== 2) throw new Error(`${CONFIGURATION} has not one “${from}”`);
      site = site.replace(from, to);
    }
    writeFileSync(file('site.conf'), site);
    // What a system sets outside of that file. One process, so that nothing is left when it is killed.
    const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((it) => `${it}_temp_path ${file(it)};`).join(' ');
    writeFileSync(file('nginx.conf'), `daemon off; master_process off; pid ${file('pid')}; error_log ${file('error.log')};
      events {} http { access_log off; ${paths} include ${file('site.conf')}; }`);
    this.#nginx = spawn(program, ['-c', file('nginx.conf'), '-e', file('error.log')], { stdio: 'ignore' });
    await listening(this.#port, START_MS_MAX);
  }

  async remove(): Promise<void> {
    const nginx = this.#nginx;
    if (nginx && nginx.exitCode === null) {
      const ended = new Promise((resolve) => nginx.once('exit', resolve));
      nginx.kill('SIGTERM');
      await ended;
    }
    rmSync(this.#folder, { recursive: true, force: true });
    for (const server of this.servers) await server.remove();
  }
}
