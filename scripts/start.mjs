// `npm start [-- --port P --persist-to DIR]`: the whole of Holdfast on this machine, for development.
// The only place that turns the sign-in without a password on.
import { fork } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { buildPage } from "./build-page.mjs";
import { offline } from "./offline.mjs";

const usage = "Usage: npm start -- [--port 8787] [--persist-to .holdfast]";

/** @param {string} message @returns {never} */
function refuse(message) {
  console.error(`${message}\n${usage}`);
  process.exit(2);
}

/** @param {string} why @returns {never} */
function fail(why) {
  console.error(`Holdfast cannot start: ${why}`);
  process.exit(1);
}

function readArguments() {
  let values;
  try {
    ({ values } = parseArgs({
      options: {
        port: { type: "string", default: "8787" },
        "persist-to": { type: "string", default: ".holdfast" },
      },
    }));
  } catch (error) {
    refuse(error.message.split("\n")[0]);
  }
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port < 1 || port > 65_535) {
    refuse(`--port takes a number from 1 to 65535, not "${values.port}".`);
  }
  if (values["persist-to"] === "") refuse("--persist-to takes a directory.");
  return { port, persistTo: resolve(values["persist-to"]) };
}

/** Wrangler would wait for ever on a port that somebody else has. */
async function ensureFree(port) {
  for (const host of ["127.0.0.1", "::1"]) {
    const code = await new Promise((done) => {
      const probe = createServer();
      probe.once("error", (error) => done(error.code));
      probe.listen({ port, host }, () => probe.close(() => done(undefined)));
    });
    if (code === "EADDRINUSE") {
      fail(`port ${port} is in use; choose another one: npm start -- --port ${port + 1}`);
    }
    if (code === "EACCES") fail(`port ${port} is not allowed to this user; choose one over 1023.`);
  }
}

function parentOf(pid) {
  try {
    // "pid (name) state parent …": the name may hold anything, so read behind its last bracket.
    return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").pop()?.split(" ")[1];
  } catch {
    return undefined;
  }
}

/**
 * npm puts a shell between itself and this process, and neither passes on that it was killed:
 * a server nobody can see any more would keep the port.
 */
function onAbandoned(stop) {
  if (process.env.npm_lifecycle_event !== "start") return;
  const line = () => `${process.ppid} ${parentOf(process.ppid)}`;
  const before = line();
  setInterval(() => line() === before || stop(), 500).unref();
}

const { port, persistTo } = readArguments();
await ensureFree(port);
if (!buildPage()) fail("the page does not build; the message is above.");

const server = fork(
  fileURLToPath(new URL("serve.mjs", import.meta.url)),
  [String(port), persistTo],
  // A group of its own, so that what is left of it can be ended as a whole.
  { detached: true, env: { ...process.env, ...offline, DEV_SIGN_IN: "on" } },
);

let stopping = false;

function killGroup() {
  try {
    process.kill(process.platform === "win32" ? server.pid : -server.pid, "SIGKILL");
  } catch {
    // All of it has ended already.
  }
}

function stop() {
  if (stopping) return;
  stopping = true;
  if (server.connected) server.disconnect();
  setTimeout(killGroup, 5_000).unref();
}

server.on("message", () => {
  const url = `http://localhost:${port}`;
  console.log(
    `Holdfast is ready: open ${url} and see two people side by side, or sign in as anyone.`,
  );
});
server.on("exit", (code) => {
  killGroup();
  if (!stopping && code === null) console.error("Holdfast has ended: its server was killed.");
  process.exit(stopping ? 0 : (code ?? 1));
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, stop);
onAbandoned(stop);
