/** A real server on an empty disk, for one measurement, and ways to people it with devices. */
import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SettingsPatch } from "../../protocol/settings.ts";
import { changeSettings, signIn, socketUrlOf, ticketFor } from "../../test/support/accounts.ts";
import { startServer, type TestServer } from "../../test/support/server.ts";
import { buildPage } from "../build-page.mjs";
import { offline } from "../offline.mjs";
import { Device, type DeviceOptions } from "./device.ts";

const BUILD = "dist/measure";

/** Builds the Worker of these sources, apart from what tests and deploys use, and its page. */
export function buildWorker(): string {
  if (!buildPage()) throw new Error("The page does not build; the message is above.");
  const args = ["deploy", "--dry-run", "--outdir", BUILD];
  const env = { ...process.env, ...offline };
  const build = spawnSync("wrangler", args, { encoding: "utf8", env });
  if (build.status !== 0) throw new Error(`The Worker does not build:\n${build.stderr}`);
  return `${BUILD}/index.js`;
}

export class Stand {
  readonly server: TestServer;
  readonly #directory: string;
  #people = 0;
  #operator: Promise<string> | undefined;

  private constructor(server: TestServer, directory: string) {
    this.server = server;
    this.#directory = directory;
  }

  /** `entry`: the built Worker. Default: what `npm run dry-run` leaves. */
  static async open(entry?: string): Promise<Stand> {
    Object.assign(process.env, offline);
    const persistTo = await mkdtemp(join(tmpdir(), "holdfast-measure-"));
    const vars = { DEV_SIGN_IN: "on" };
    const server = await startServer({
      persistTo,
      vars,
      ...(entry === undefined ? {} : { entry }),
    });
    return new Stand(server, persistTo);
  }

  /** Settings that differ from the defaults, in force when this resolves. */
  change(patch: SettingsPatch): Promise<void> {
    return changeSettings(this.server.url, patch);
  }

  /** An operator's token, taken while the server has little to do. */
  operator(): Promise<string> {
    this.#operator ??= signIn(this.server.url, "operator", { role: "operator" });
    return this.#operator;
  }

  /** A user id that nobody else has here. */
  newUser(name: string): string {
    this.#people += 1;
    return `${name}${this.#people}`;
  }

  async connect(
    user: string,
    device: string,
    options: Omit<DeviceOptions, "socketUrl" | "user" | "ticket"> = {},
  ): Promise<Device> {
    const token = await signIn(this.server.url, user);
    const ticket = await ticketFor(this.server.url, token, device);
    return this.reconnect(user, ticket, options);
  }

  reconnect(
    user: string,
    ticket: string,
    options: Omit<DeviceOptions, "socketUrl" | "user" | "ticket"> = {},
  ): Promise<Device> {
    return Device.connect({ socketUrl: socketUrlOf(this.server.url), user, ticket, ...options });
  }

  async close(): Promise<void> {
    await this.server.stop();
    await rm(this.#directory, { recursive: true, force: true });
  }
}
