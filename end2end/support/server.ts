// The program under test as a person runs it: a real process on a free port with its own database.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const binary = process.env.TODOAPP_BIN ?? join(import.meta.dirname, '../../target/release/todoapp');

/** Far longer than a start takes. A start that takes longer has failed. */
const START_MS_MAX = 10_000;

/** The most commands in one request. */
const COMMANDS_MAX = 100;

export interface Todo {
  id: string;
  title: string;
  completed: boolean;
}

export interface Board {
  list: { id: string; name: string };
  head: { seq: number; id: string };
  todos: Todo[];
}

export interface Receipt {
  list: string;
  seq: number;
  event: string;
}

/** One server. After `kill` or `stop` it can be started again, at the same address and with the same data. */
export class Server {
  readonly folder = mkdtempSync(join(tmpdir(), 'todoapp-e2e-'));
  /** Its file, unless the data is somewhere else. */
  readonly database = join(this.folder, 'todos.db');
  readonly #databaseUrl: string;
  #port = 0;
  #child: ChildProcess | undefined;
  #lines: string[] = [];
  #log = '';

  constructor(databaseUrl?: string) {
    this.#databaseUrl = databaseUrl ?? `sqlite:${this.database}`;
  }

  get url(): string {
    return `http://localhost:${this.#port}`;
  }

  get port(): number {
    return this.#port;
  }

  /** What it has written to its console so far, over all starts. */
  console(): string[] {
    return this.#lines;
  }

  /** What it has logged so far, for the report of a failed test. */
  log(): string {
    return this.#log;
  }

  async start(...more: string[]): Promise<void> {
    const child = spawn(binary, [
      '--listen', `127.0.0.1:${this.#port}`, '--database-url', this.#databaseUrl, ...more,
    ], { cwd: this.folder, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    child.stderr.setEncoding('utf8').on('data', (text: string) => { this.#log += text; });
    await new Promise<void>((resolve, reject) => {
      const fail = (why: string) => reject(new Error(`${binary} did not start: ${why}\n${this.#log}`));
      const timer = setTimeout(fail, START_MS_MAX, 'it said no address in time');
      child.once('error', (error) => fail(error.message));
      child.once('exit', (code) => fail(`it ended with status ${code}`));
      let rest = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        const lines = (rest + text).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) {
          this.#lines.push(line);
          const port = /^todoapp is at http:\/\/localhost:(\d+)$/.exec(line)?.[1];
          if (port !== undefined) {
            this.#port = Number(port);
            clearTimeout(timer);
            resolve();
          }
        }
      });
    });
  }

  /** Ends it as a power cut would: SIGKILL. */
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  /** Stops it properly: SIGTERM. */
  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    await new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
      child.kill(signal);
    });
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Sends a command, as a script elsewhere would. */
  async post(path: string, fields: Record<string, string>): Promise<Receipt> {
    const answer = await fetch(`${this.url}/api/${path}`, { method: 'POST', body: new URLSearchParams(fields) });
    if (!answer.ok) throw new Error(`${path} was refused: ${answer.status} ${await answer.text()}`);
    return await answer.json() as Receipt;
  }

  /** Puts a todo on a list, and returns its id. */
  async create(title: string, list = 'home'): Promise<string> {
    await this.post('todos/create', { list, title });
    const todo = (await this.board(list)).todos.findLast((it) => it.title === title.trim());
    if (!todo) throw new Error(`“${title}” is not on the list that took it`);
    return todo.id;
  }

  /** Puts this many todos on a list: `todo 0` and so on, or with other titles. */
  async createMany(count: number, list = 'home', title = (n: number) => `todo ${n}`): Promise<void> {
    for (let from = 0; from < count; from += COMMANDS_MAX) {
      const commands = Array.from({ length: Math.min(COMMANDS_MAX, count - from) }, (_, at) => (
        { list, command: { create: { id: randomUUID(), title: title(from + at) } } }
      ));
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`${this.url}/api/commands`, { method: 'POST', headers, body: JSON.stringify({ commands }) });
      const { results } = await answer.json() as { results: { error?: unknown }[] };
      const refused = results.find((it) => it.error);
      if (refused) throw new Error(`a todo was refused: ${JSON.stringify(refused)}`);
    }
  }

  async createList(name: string): Promise<string> {
    return (await this.post('lists/create', { name })).list;
  }

  async board(list = 'home'): Promise<Board> {
    const answer = await fetch(`${this.url}/api/board?list=${list}`);
    return await answer.json() as Board;
  }
}
