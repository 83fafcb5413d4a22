// The PostgreSQL of the tests: a cluster of its own that is thrown away, or the one that TEST_POSTGRES_URL names. If
// there is none, the tests that need it fail.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './ports.ts';

/** Where Debian puts the programs. */
const DEBIAN = '/usr/lib/postgresql';

/** How long the cluster may take to start. */
const START_MS_MAX = 20_000;

/** What runs it until the tests end, however they end. */
const RUN = join(import.meta.dirname, '../../scripts/postgres.sh');

/** A cluster. */
export class Postgres {
  readonly #url: string;
  readonly #shell: ChildProcess | undefined;

  private constructor(url: string, shell?: ChildProcess) {
    this.#url = url;
    this.#shell = shell;
  }

  static async start(): Promise<Postgres> {
    const given = process.env.TEST_POSTGRES_URL;
    if (given) return new Postgres(given.replace(/\/+$/, ''));
    const folder = mkdtempSync(join(tmpdir(), 'todoapp-postgres-'));
    chmodSync(folder, 0o755);
    const port = await freePort();
    const env = { ...process.env, BIN: programs(), FOLDER: folder, PORT: String(port) };
    // In a group of its own, so that Ctrl+C reaches only the tests, whose end then ends it.
    const shell = spawn('sh', [RUN, '-c', 'fsync=off'], { env, stdio: ['pipe', 'ignore', 'inherit'], detached: true });
    const until = Date.now() + START_MS_MAX;
    // It writes this file when it takes connections.
    const ready = join(folder, 'data/postmaster.pid');
    while (!(existsSync(ready) && readFileSync(ready, 'utf8').includes('ready'))) {
      if (Date.now() > until || shell.exitCode !== null) {
        const log = join(folder, 'log');
        throw new Error(`PostgreSQL did not start: ${existsSync(log) ? readFileSync(log, 'utf8') : ''}`);
      }
      await sleep(20);
    }
    return new Postgres(`postgres://postgres@127.0.0.1:${port}`, shell);
  }

  /** Makes an empty database, and returns its address. */
  newDatabase(): string {
    const name = `e2e_${randomUUID()}`;
    execFileSync(join(programs(), 'createdb'), ['--maintenance-db', `${this.#url}/postgres`, name]);
    return `${this.#url}/${name}`;
  }

  async remove(): Promise<void> {
    const shell = this.#shell;
    if (!shell || shell.exitCode !== null) return;
    const ended = new Promise((resolve) => shell.once('exit', resolve));
    shell.stdin?.end();
    await ended;
  }
}

/** The folder with PostgreSQL's programs: the newest of Debian, or where `createdb` is found. */
function programs(): string {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [...versions.map((it) => join(DEBIAN, it, 'bin')), ...(process.env.PATH ?? '').split(delimiter)];
  const folder = folders.find((it) => existsSync(join(it, 'createdb')));
  if (!folder) throw new Error('There is no PostgreSQL: install it, or name one with TEST_POSTGRES_URL that tests may use');
  return folder;
}
