// The half of `npm start` that runs wrangler; start.mjs starts it and speaks with it over IPC.
import { resolve } from "node:path";
import { argv, env } from "node:process";
import { unstable_startWorker as startWorker } from "wrangler";

const [, , port, persistTo] = argv;
const readyTimeoutMs = 80_000;

async function waitUntilServed(url) {
  const deadline = Date.now() + readyTimeoutMs;
  while (Date.now() < deadline) {
    const answered = await fetch(`${url}/v1/limits`, { signal: AbortSignal.timeout(5_000) }).then(
      (response) => response.arrayBuffer().then(() => response.status < 500),
      () => false,
    );
    if (answered) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`nothing answered at ${url} within ${readyTimeoutMs / 1_000} s.`);
}

/** @type {Awaited<ReturnType<typeof startWorker>> | undefined} */
let worker;

async function stop(exitCode) {
  // Whatever hangs: workerd ends with this process.
  setTimeout(() => process.exit(exitCode), 4_000).unref();
  await worker?.dispose().catch(() => {});
  process.exit(exitCode);
}

// Also when start.mjs is killed outright: no workerd stays behind and keeps the port.
process.once("disconnect", () => stop(0));
// Ctrl-C reaches start.mjs, which then disconnects.
process.on("SIGINT", () => {});

try {
  worker = await startWorker({
    config: resolve("wrangler.toml"),
    bindings: { DEV_SIGN_IN: { type: "plain_text", value: env.DEV_SIGN_IN ?? "off" } },
    dev: {
      server: { hostname: "localhost", port: Number(port), secure: false },
      persist: persistTo,
      inspector: false,
      remote: false,
      watch: true,
      logLevel: "warn",
    },
  });
  await worker.ready;
  await waitUntilServed(`http://localhost:${port}`);
  process.send?.("ready");
} catch (error) {
  console.error(`Holdfast cannot start: ${error instanceof Error ? error.message : error}`);
  await stop(1);
}
