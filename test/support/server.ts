import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { unstable_getMiniflareWorkerOptions, unstable_readConfig } from "wrangler";

export interface ServerOptions {
  /** Default: a free port. The server keeps it when workerd is killed. */
  readonly port?: number;
  /** Directory of the objects' rows and alarms; made if it is missing, never removed. */
  readonly persistTo: string;
  /** On top of the `vars` of wrangler.toml. `.dev.vars` is not read: a test must not depend on it. */
  readonly vars?: Readonly<Record<string, string>>;
  /** Built script to run; default: what `npm run dry-run` leaves. */
  readonly entry?: string;
}

export interface TestServer {
  /** Without a slash at the end, e.g. `http://127.0.0.1:41234`. */
  readonly url: string;
  readonly port: number;
  /** What the Worker and workerd have printed, one line each. */
  readonly logs: readonly string[];
  workerdPid(): number;
  /** SIGKILL, nothing less; resolves when another workerd serves on the same port. */
  killWorkerd(): Promise<void>;
  /** Another build takes over rows and port; all sockets are closed, as by a deploy. */
  deploy(entry: string): Promise<void>;
  /** Takes an object out of memory at once, as idleness does; its sockets stay open. */
  hibernate(className: string, object: string): Promise<void>;
  stop(): Promise<void>;
}

/** What `npm run dry-run` leaves. */
export const BUILT = "dist/worker/index.js";

const readyTimeoutMs = 60_000;

/** Runs the built Worker, with the bindings of wrangler.toml, on a real workerd with rows on disk. */
export async function startServer(options: ServerOptions): Promise<TestServer> {
  const port = options.port ?? (await freePort());
  const logs: string[] = [];
  const miniflare = new Miniflare(miniflareOptions(options, port, logs));
  await miniflare.ready;

  const url = `http://127.0.0.1:${port}`;
  const workerdPid = () => {
    const pid = findWorkerd(port);
    if (pid === undefined) throw new Error(`No workerd listens on port ${port}.`);
    return pid;
  };
  return {
    url,
    port,
    logs,
    workerdPid,
    async killWorkerd() {
      const killed = workerdPid();
      process.kill(killed, "SIGKILL");
      await serves(url, () => (findWorkerd(port) ?? killed) !== killed);
    },
    async deploy(entry) {
      await miniflare.setOptions(miniflareOptions({ ...options, entry }, port, logs));
      await serves(url, () => true);
    },
    async hibernate(className, object) {
      const whom = { name: object, webSockets: "hibernate" } as const;
      try {
        await miniflare.unsafeEvictDurableObject(workerName(), className, whom);
      } catch (error) {
        // Whoever sleeps already can't be put to sleep, and need not.
        if (!String(error).includes("not currently running")) throw error;
      }
    },
    stop: () => miniflare.dispose(),
  };
}

const workerName = () => readConfig().name ?? "holdfast";

function readConfig() {
  return unstable_readConfig({ config: resolve("wrangler.toml") });
}

function miniflareOptions(options: ServerOptions, port: number, logs: string[]) {
  const configPath = resolve("wrangler.toml");
  const config = readConfig();
  // Wrangler refuses a missing directory; a server without the page is fine here.
  if (config.assets?.directory) mkdirSync(config.assets.directory, { recursive: true });
  // The script is one built file: rules for finding modules are gone from Miniflare 5.
  const { modulesRules: _, ...worker } =
    unstable_getMiniflareWorkerOptions(configPath).workerOptions;
  const entry = resolve(options.entry ?? BUILT);
  return {
    ...convertV4MiniflareOptions({
      ...worker,
      name: workerName(),
      modules: true,
      script: readFileSync(entry, "utf8"),
      scriptPath: entry,
      bindings: { ...config.vars, ...options.vars },
      host: "127.0.0.1",
      port,
      cf: false,
      handleStructuredLogs: ({ level, message }) => logs.push(`${level}: ${message}`),
    }),
    // Has to be set on the converted options: the old persist options are ignored without a word.
    resourcePersistencePath: resolve(options.persistTo),
  };
}

/** Any answer will do: what counts is that the new process takes requests. */
async function serves(url: string, isNew: () => boolean): Promise<void> {
  const deadline = Date.now() + readyTimeoutMs;
  while (Date.now() < deadline) {
    if (isNew()) {
      if (await answers(url)) return;
    }
    await delay(10);
  }
  throw new Error(`workerd did not come back at ${url} within ${readyTimeoutMs} ms.`);
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/v1/`, { signal: AbortSignal.timeout(2_000) });
    // The body too: it may be cut off by the very end that is waited for.
    await response.arrayBuffer();
    return response.status < 500;
  } catch {
    return false;
  }
}

/** The workerd among this process's children that listens on the port: its command line says so. */
function findWorkerd(port: number): number | undefined {
  const listens = `--socket-addr=entry=127.0.0.1:${port}`;
  return children().find(({ command }) => command.includes(listens))?.pid;
}

function children(): { pid: number; command: string }[] {
  return process.platform === "linux" ? childrenFromProc() : childrenFromPs();
}

function childrenFromProc() {
  const self = `/proc/${process.pid}/task`;
  return readdirSync(self)
    .flatMap((task) => readOrEmpty(`${self}/${task}/children`).split(" "))
    .filter(Boolean)
    .map((pid) => ({
      pid: Number(pid),
      command: readOrEmpty(`/proc/${pid}/cmdline`).replaceAll("\0", " "),
    }));
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // The process ended between listing and reading.
  }
}

function childrenFromPs() {
  const { stdout } = spawnSync("ps", ["-A", "-o", "pid=,ppid=,command="], { encoding: "utf8" });
  return stdout.split("\n").flatMap((line) => {
    const [, pid, parent, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return Number(parent) === process.pid ? [{ pid: Number(pid), command: command ?? "" }] : [];
  });
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, "127.0.0.1", done));
  const { port } = probe.address() as AddressInfo;
  await new Promise((done) => probe.close(done));
  return port;
}
