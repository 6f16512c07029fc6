import { describe, expect, test, vi } from "vitest";
import { memoryStore } from "../../client/memory-store.ts";
import type { ConnectionState } from "../../client/model.ts";
import type { ClientStore } from "../../client/store.ts";
import { CLOSE, formatCloseReason } from "../../protocol/close-codes.ts";
import { FakeClock } from "../support/client/fake-clock.ts";
import { lab, TALK } from "../support/client/lab.ts";

type Lab = ReturnType<typeof lab>;

function kindOf({ client }: Pick<Lab, "client">): ConnectionState["kind"] {
  return client.connection.get().state.kind;
}

/** As a hidden tab's: a timer rings once a minute at best. */
class SluggishClock extends FakeClock {
  isHeldBack = false;

  override after(delayMs: number, call: () => void): () => void {
    return super.after(this.isHeldBack ? Math.max(delayMs, 60_000) : delayMs, call);
  }
}

function hellos({ server }: Pick<Lab, "server">): number {
  return server.frames.filter(({ t }) => t === "hello").length;
}

describe("tokens and tickets", () => {
  test("a reconnect takes the ticket of welcome, and no HTTP request", async () => {
    const parts = await lab().started();
    expect(parts.server.tickets).toBe(1);
    for (let round = 0; round < 5; round += 1) {
      parts.server.cut();
      await parts.clock.advance(20_000);
    }
    expect(kindOf(parts)).toBe("live");
    expect(parts.server.connects).toBe(6);
    expect(parts.server.tickets).toBe(1);
  });

  test("a refused ticket is replaced once by way of a fresh token", async () => {
    let asked = 0;
    const token = async () => {
      asked += 1;
      return `token ${asked}`;
    };
    const parts = await lab({ token }).started();
    parts.server.refuseTickets = true;
    const refused = parts.server.connects;
    parts.server.cut(CLOSE.unauthenticated.code);
    parts.server.refuseTickets = false;
    await parts.clock.advance(100);
    expect(kindOf(parts)).toBe("live");
    expect(parts.server.connects).toBe(refused + 1);
    expect(asked).toBe(2);
  });

  test("the connection and all questions share one call of the app's function", async () => {
    let asked = 0;
    const token = () => {
      asked += 1;
      return new Promise<string>((give) => parts.clock.after(50, () => give(`token ${asked}`)));
    };
    const parts = lab({ token });
    const answers = { "token 1": 401, "token 2": 200 };
    const body = { user: "alice" };
    parts.server.get = (_url, { authorization = "" }) => {
      const known = authorization.slice("Bearer ".length) as keyof typeof answers;
      return { response: Promise.resolve({ status: answers[known], body }), cancel() {} };
    };
    await parts.client.connect();
    const questions = [parts.client.profile(), parts.client.profile()];
    await parts.clock.advance(60);
    expect(kindOf(parts)).toBe("live");
    await parts.clock.advance(60);
    // Both were refused with the first token: one of them was the first to say so.
    await Promise.all(questions);
    expect(asked).toBe(2);
  });

  test("who connects again before all is closed is not held up by what has ended", async () => {
    let asked = 0;
    const token = () => {
      asked += 1;
      return new Promise<string>((give) => parts.clock.after(50, () => give(`token ${asked}`)));
    };
    const parts = lab({ token });
    const { client, clock, store } = parts;
    vi.spyOn(store, "close").mockImplementationOnce(
      () => new Promise((end) => clock.after(20, end)),
    );
    await client.connect();
    const closed = client.close();
    await Promise.all([client.connect(), closed, clock.advance(100)]);
    expect(kindOf(parts)).toBe("live");
    expect(asked).toBe(2);
  });

  test("refused twice running: the app is asked, nothing loops, and reconnect goes on", async () => {
    const parts = lab();
    parts.server.tokenStatus = 401;
    await parts.client.connect();
    await parts.clock.advance(600_000);
    expect(parts.client.connection.get()).toMatchObject({
      state: { kind: "needs-auth" },
      online: false,
    });
    expect(parts.server.tickets).toBe(2);
    parts.server.tokenStatus = 200;
    parts.client.reconnect();
    await parts.clock.advance(100);
    expect(kindOf(parts)).toBe("live");
  });

  test("a token function that hangs or throws is a failed attempt, not the end", async () => {
    let how: "hang" | "throw" | "work" = "hang";
    const token = () => {
      if (how === "throw") return Promise.reject(new Error("no network"));
      return how === "hang" ? new Promise<string>(() => {}) : Promise.resolve("token");
    };
    const parts = lab({ token });
    await parts.client.connect();
    await parts.clock.advance(10_100);
    expect(kindOf(parts)).toBe("backoff");
    how = "throw";
    await parts.clock.advance(20_000);
    how = "work";
    await parts.clock.advance(30_000);
    expect(kindOf(parts)).toBe("live");
  });

  test("a session is renewed at 80 % of its life, without a new connection", async () => {
    const parts = await lab().started();
    await parts.clock.advance(2_870_000);
    expect(parts.server.frames.some(({ t }) => t === "renew")).toBe(false);
    await parts.clock.advance(20_000);
    expect(parts.server.frames.filter(({ t }) => t === "renew")).toHaveLength(1);
    expect(parts.server.connects).toBe(1);
  });

  test("the store of one user is not used for another", async () => {
    const store = memoryStore();
    const first = await lab({ store }).started();
    await first.client.close();
    await expect(lab({ store, user: "bob" }).client.connect()).rejects.toMatchObject({
      code: "other-user",
    });
    const unnamed = lab({ store: memoryStore(), user: "bob" });
    await unnamed.client.connect();
    await unnamed.clock.advance(100);
    expect(unnamed.client.connection.get().state).toEqual({ kind: "closed", reason: "other-user" });
  });
});

describe("coming back", () => {
  test("after a cut, by itself, and says why; a short one is nobody's business", async () => {
    const parts = await lab().started();
    const shown: boolean[] = [];
    parts.client.on("connection", ({ connection }) => shown.push(connection.online));
    parts.server.cut();
    await parts.clock.advance(1_900);
    expect(kindOf(parts)).toBe("live");
    expect(shown).not.toContain(false);
    const hello = parts.server.frames.filter(({ t }) => t === "hello").at(-1);
    expect(hello).toMatchObject({ cause: "server-closed" });
  });

  test("a long one is shown after 2 s, with the time of the next try", async () => {
    const parts = await lab().started();
    parts.server.unreachable = true;
    parts.server.cut();
    await parts.clock.advance(2_100);
    const { online, state } = parts.client.connection.get();
    expect(online).toBe(false);
    if (state.kind !== "backoff") throw new Error(state.kind);
    expect(state.retryAt).toBeGreaterThan(parts.clock.now());
    expect(state.retryAt - parts.clock.now()).toBeLessThanOrEqual(12_000);
  });

  test("reconnect cuts a wait short", async () => {
    const parts = await lab().started();
    parts.server.unreachable = true;
    parts.server.cut();
    await parts.clock.advance(30_000);
    parts.server.unreachable = false;
    parts.client.reconnect();
    await parts.clock.advance(10);
    expect(kindOf(parts)).toBe("live");
  });

  test("the server's spread is obeyed", async () => {
    const parts = await lab().started();
    parts.server.cut(CLOSE.restart.code, formatCloseReason({ why: "restart", spreadMs: 60_000 }));
    await parts.clock.advance(29_000);
    expect(parts.server.connects).toBe(1);
    await parts.clock.advance(2_000);
    expect(parts.server.connects).toBe(2);
  });

  test.each([
    ["forbidden", CLOSE.forbidden.code],
    ["replaced", CLOSE.replaced.code],
    ["revoked", CLOSE.revoked.code],
    ["outdated", CLOSE.outdated.code],
  ])("%s is final", async (reason, code) => {
    const parts = await lab().started();
    parts.server.cut(code);
    await parts.clock.advance(600_000);
    expect(parts.client.connection.get().state).toEqual({ kind: "closed", reason });
    expect(parts.server.connects).toBe(1);
  });

  test("R19: what a replaced socket still says changes nothing", async () => {
    const parts = await lab().started();
    const [old] = parts.server.sockets;
    parts.server.cut();
    await parts.clock.advance(5_000);
    old?.events.onText('{"t":"welcome"}');
    old?.events.onClose(CLOSE.revoked.code, "");
    await parts.clock.advance(100);
    expect(kindOf(parts)).toBe("live");
    expect(parts.server.live).toHaveLength(1);
  });

  test("a token that comes after closing opens nothing", async () => {
    let give: (token: string) => void = () => {};
    const token = () =>
      new Promise<string>((resolve) => {
        give = resolve;
      });
    const parts = lab({ token });
    await parts.client.connect();
    await parts.clock.advance(10);
    await parts.client.close();
    give("late");
    await parts.clock.advance(1_000);
    expect(parts.server.connects).toBe(0);
    expect(parts.clock.pending).toBe(0);
  });

  test("an attempt that hangs is given up after 10 s", async () => {
    const parts = lab();
    parts.server.blackHole = true;
    await parts.client.connect();
    await parts.clock.advance(9_900);
    expect(kindOf(parts)).toBe("connecting");
    await parts.clock.advance(200);
    expect(kindOf(parts)).toBe("backoff");
  });

  test("mounting twice, as React's strict mode does, ends with one socket", async () => {
    const parts = lab();
    const first = parts.client.connect();
    const closing = parts.client.close();
    const second = parts.client.connect();
    await Promise.all([first, closing, second]);
    await parts.clock.advance(1_000);
    expect(kindOf(parts)).toBe("live");
    expect(parts.server.live).toHaveLength(1);
    await parts.client.connect();
    expect(parts.server.live).toHaveLength(1);
  });

  test("hundreds of reconnects leave no timer and no listener behind", async () => {
    const parts = await lab().started();
    const timers = parts.clock.pending;
    const { listeners } = parts.platform;
    for (let round = 0; round < 300; round += 1) {
      parts.server.cut();
      parts.client.reconnect();
      await parts.clock.advance(1);
    }
    await parts.clock.advance(30_000);
    expect(kindOf(parts)).toBe("live");
    expect(parts.clock.pending).toBeLessThanOrEqual(timers + 2);
    expect(parts.platform.listeners).toBe(listeners);
  });
});

describe("dead links", () => {
  async function timeToNotice(parts: Lab, limitMs: number): Promise<number> {
    parts.server.blackHole = true;
    const start = parts.clock.monotonic();
    while (kindOf(parts) === "live") {
      if (parts.clock.monotonic() - start > limitMs) return Number.POSITIVE_INFINITY;
      await parts.clock.advance(100);
    }
    return parts.clock.monotonic() - start;
  }

  async function quiet(kind: "page" | "headless", idleMs: number): Promise<Lab> {
    const parts = lab({ kind });
    await parts.client.connect();
    await parts.clock.advance(idleMs);
    return parts;
  }

  test("with a send unanswered: within 5 s", async () => {
    const parts = await quiet("page", 60_000);
    parts.client.send(TALK, "hello?");
    expect(await timeToNotice(parts, 60_000)).toBeLessThanOrEqual(5_100);
  });

  test("in use: within 9.5 s", async () => {
    const parts = await quiet("page", 10_000);
    expect(await timeToNotice(parts, 60_000)).toBeLessThanOrEqual(9_600);
  });

  test("visible: within 29 s", async () => {
    const parts = await quiet("page", 120_000);
    expect(await timeToNotice(parts, 60_000)).toBeLessThanOrEqual(29_100);
  });

  test("hidden desktop: within 100 s", async () => {
    const parts = await quiet("page", 10_000);
    parts.platform.live("hidden");
    await parts.clock.advance(1_800_000);
    expect(await timeToNotice(parts, 200_000)).toBeLessThanOrEqual(100_100);
  });

  test("headless: within 30 s", async () => {
    const parts = await quiet("headless", 120_000);
    expect(await timeToNotice(parts, 60_000)).toBeLessThanOrEqual(30_100);
  });

  test("on coming to the foreground or changing the network: within 2 s", async () => {
    for (const event of ["visible", "network"] as const) {
      const parts = await quiet("page", 120_000);
      parts.server.blackHole = true;
      if (event === "visible") parts.platform.live("visible");
      else parts.platform.net({ kind: "changed", to: "wifi" });
      expect(await timeToNotice(parts, 60_000)).toBeLessThanOrEqual(2_100);
    }
  });

  test("on waking over a dead link a second socket stands by after 1 s, and is live after 2 s", async () => {
    const parts = await quiet("page", 120_000);
    const { server, platform, clock } = parts;
    server.forget();
    platform.live("visible");
    await clock.advance(999);
    expect(server.connects).toBe(1);
    await clock.advance(1);
    expect(server.connects).toBe(2);
    expect(hellos(parts)).toBe(1);
    await clock.advance(999);
    expect(hellos(parts)).toBe(1);
    await clock.advance(1);
    expect(kindOf(parts)).toBe("live");
    expect(server.connects).toBe(2);
    expect(hellos(parts)).toBe(2);
  });

  test("a link that was only slow keeps its session, and the second socket goes", async () => {
    const parts = await quiet("page", 120_000);
    const { server, platform, clock, client } = parts;
    server.losesPings = true;
    platform.live("resume");
    platform.live("visible");
    await clock.advance(1_500);
    expect(server.live).toHaveLength(2);
    server.losesPings = false;
    server.text(TALK, "slow");
    await clock.advance(10_000);
    expect(server.live).toHaveLength(1);
    expect(hellos(parts)).toBe(1);
    expect(kindOf(parts)).toBe("live");
    server.cut();
    await clock.advance(5_000);
    expect(kindOf(parts)).toBe("live");
    expect(server.live).toHaveLength(1);
    await client.close();
    expect(clock.pending).toBe(0);
  });

  test("a socket that ends soon after the network has changed is a loss of our own", async () => {
    const parts = await quiet("page", 120_000);
    const { server, platform, clock } = parts;
    server.losesPings = true;
    platform.net({ kind: "changed", to: "wifi" });
    await clock.advance(20);
    server.cut();
    expect(kindOf(parts)).toBe("backoff");
    await clock.advance(250);
    expect(kindOf(parts)).toBe("live");
    expect(server.frames.findLast(({ t }) => t === "hello")).toMatchObject({
      cause: "network-change",
    });
  });

  test("a socket that ends while a second one stands by is followed by that one at once", async () => {
    const parts = await quiet("page", 120_000);
    const { server, platform, clock } = parts;
    server.losesPings = true;
    platform.live("visible");
    await clock.advance(1_500);
    const [old] = server.live;
    old?.events.onClose(1006, "");
    await clock.advance(0);
    expect(kindOf(parts)).toBe("live");
    expect(server.connects).toBe(2);
    expect(server.frames.findLast(({ t }) => t === "hello")).toMatchObject({ cause: "resume" });
  });

  test("an answer ends the doubt: what is lost after it is not our own loss", async () => {
    const parts = await quiet("page", 120_000);
    const { server, platform, clock } = parts;
    platform.net({ kind: "changed", to: "wifi" });
    await clock.advance(20);
    server.cut();
    await clock.advance(250);
    expect(kindOf(parts)).toBe("backoff");
    await clock.advance(1_500);
    expect(kindOf(parts)).toBe("live");
    expect(server.frames.findLast(({ t }) => t === "hello")).toMatchObject({
      cause: "server-closed",
    });
  });

  test("a second socket that can't be opened changes nothing", async () => {
    const parts = await quiet("page", 120_000);
    const { server, platform, clock } = parts;
    server.forget();
    server.unreachable = true;
    platform.net({ kind: "changed", to: "wifi" });
    await clock.advance(1_900);
    expect(kindOf(parts)).toBe("live");
    await clock.advance(200);
    expect(["backoff", "connecting"]).toContain(kindOf(parts));
    server.unreachable = false;
    await clock.advance(20_000);
    expect(kindOf(parts)).toBe("live");
  });

  test("a machine that slept does not take its own silence for the link's", async () => {
    const parts = await quiet("headless", 60_000);
    for (let night = 0; night < 5; night += 1) {
      await parts.clock.sleep(8 * 3_600_000);
      await parts.clock.advance(60_000);
    }
    expect(kindOf(parts)).toBe("live");
  });

  test("where timers are held back, what comes in says that it is time to be heard", async () => {
    const clock = new SluggishClock();
    const parts = lab({ kind: "page", clock });
    await parts.client.connect();
    await clock.advance(20_000);
    clock.isHeldBack = true;
    const { pings } = parts.server;
    for (let second = 0; second < 59; second += 1) {
      await clock.advance(1_000);
      parts.server.send({ t: "typing", conversation: TALK, user: "bob", on: true });
    }
    expect(parts.server.pings).toBe(pings + 1);
  });

  test("a jump of the wall clock is a reason to look, not to hang up", async () => {
    const parts = await quiet("headless", 60_000);
    const { pings } = parts.server;
    parts.clock.wallOffset += 86_400_000;
    await parts.clock.advance(30_000);
    expect(parts.server.pings - pings).toBeGreaterThanOrEqual(3);
    expect(kindOf(parts)).toBe("live");
  });

  test("the network goes and comes back: live at once", async () => {
    const parts = await quiet("page", 60_000);
    parts.platform.net({ kind: "offline" });
    expect(kindOf(parts)).toBe("offline");
    await parts.clock.advance(20_000);
    parts.platform.net({ kind: "online" });
    await parts.clock.advance(10);
    expect(kindOf(parts)).toBe("live");
  });

  test("started without a network: waits for it, and does not only believe what it is told", async () => {
    const parts = lab();
    parts.platform.network.online = () => false;
    await parts.client.connect();
    await parts.clock.advance(1_000);
    expect(kindOf(parts)).toBe("offline");
    await parts.clock.advance(60_000);
    expect(kindOf(parts)).toBe("live");
  });

  test("hidden for long on a phone: no connection, and back when shown", async () => {
    const parts = await quiet("page", 10_000);
    parts.platform.isSaving = true;
    parts.platform.live("hidden");
    await parts.clock.advance(420_000);
    expect(kindOf(parts)).toBe("hidden");
    expect(parts.server.live).toHaveLength(0);
    const { pings } = parts.server;
    await parts.clock.advance(3_600_000);
    expect(parts.server.pings).toBe(pings);
    parts.platform.live("visible");
    await parts.clock.advance(10);
    expect(kindOf(parts)).toBe("live");
  });

  test("put away by the browser: lock and socket are free, and it comes back", async () => {
    const parts = await quiet("page", 10_000);
    parts.platform.live("suspend");
    await parts.clock.advance(10);
    expect(parts.server.live).toHaveLength(0);
    parts.platform.live("resume");
    await parts.clock.advance(1_000);
    expect(kindOf(parts)).toBe("live");
  });
});

describe("a store that fails", () => {
  function failing(times: () => number): ClientStore {
    const inner = memoryStore();
    let failures = 0;
    return new Proxy(inner, {
      get(target, name) {
        const call: unknown = Reflect.get(target, name);
        if (typeof call !== "function" || name === "close") return call;
        return async (...args: unknown[]) => {
          if (failures < times()) {
            failures += 1;
            throw new Error("Connection to Indexed Database server lost");
          }
          return call.apply(target, args);
        };
      },
    });
  }

  test("once: is opened again, and nobody notices", async () => {
    let broken = 0;
    const parts = await lab({ store: failing(() => broken) }).started();
    const degraded: unknown[] = [];
    parts.client.on("degraded", ({ cause }) => degraded.push(cause));
    broken = 1;
    await parts.client.send(TALK, "kept").queued;
    await parts.clock.advance(100);
    expect(parts.server.log(TALK)).toEqual(["kept"]);
    expect(degraded).toEqual([]);
  });

  test("once for several calls at a time: opened again once", async () => {
    let broken = 0;
    const parts = await lab({ store: failing(() => broken) }).started();
    const degraded: unknown[] = [];
    parts.client.on("degraded", ({ cause }) => degraded.push(cause));
    broken = 4;
    const texts = ["a", "b", "c", "d"];
    await Promise.all(texts.map((text) => parts.client.send(TALK, text).queued));
    await parts.clock.advance(100);
    expect(parts.server.log(TALK)).toEqual(texts);
    expect(degraded).toEqual([]);
  });

  test("while a refused message is sent anew: it is still sent, and once", async () => {
    let broken = 0;
    const parts = await lab({ store: failing(() => broken) }).started();
    const { client, clock, server } = parts;
    server.judge = ({ body }) => (body.kind === "text" ? { code: "not-allowed" } : undefined);
    const again = client.send(TALK, "again");
    client.setTtl(TALK, 60);
    await clock.advance(10_000);
    server.judge = () => undefined;
    broken = 1;
    await client.resend(again.key);
    await clock.advance(100);
    expect(server.log(TALK)).toEqual(["ttl", "again"]);
    expect(client.connection.get().waiting).toBe(0);
  });

  test("for good: goes on in memory, and says so", async () => {
    let broken = 0;
    const parts = await lab({ store: failing(() => broken) }).started();
    const degraded: unknown[] = [];
    parts.client.on("degraded", ({ cause }) => degraded.push(cause));
    parts.client.send(TALK, "before");
    await parts.clock.advance(100);
    broken = Number.POSITIVE_INFINITY;
    parts.client.send(TALK, "in memory");
    await parts.clock.advance(100);
    expect(parts.server.log(TALK)).toEqual(["before", "in memory"]);
    expect(degraded).toHaveLength(1);
    expect(kindOf(parts)).toBe("live");
  });
});
