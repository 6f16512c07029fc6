/** What a connection costs, and what is said on it before anything else. */
import { describe, expect, test, vi } from "vitest";
import { CLOSE, formatCloseReason } from "../../protocol/close-codes.ts";
import { lab, TALK } from "../support/client/lab.ts";

const spoken = (frames: readonly { readonly t: string }[]) => frames.map(({ t }) => t);

describe("a session", () => {
  test("nothing is said before hello is answered", async () => {
    const { client, server, clock } = lab();
    server.rule = () => "swallow";
    client.send(TALK, "early");
    await client.connect();
    client.send(TALK, "later");
    const read = client.markRead(TALK, 1);
    await clock.advance(9_000);
    expect(spoken(server.frames)).toEqual(["hello"]);
    expect(server.pings).toBe(0);
    await Promise.all([read, client.close()]);
  });

  test("what waits goes out and what was missed comes in with one round trip", async () => {
    const { client, server, clock } = await lab().started();
    server.unreachable = true;
    server.cut();
    client.send(TALK, "waited");
    await clock.advance(30_000);
    server.text(TALK, "missed");
    server.unreachable = false;
    server.frames.length = 0;
    client.reconnect();
    // No time passes: each answer follows its question at once, and nothing waits for a timer.
    await clock.advance(0);
    expect(spoken(server.frames)).toEqual(["hello", "submit"]);
    expect(server.log(TALK)).toEqual(["missed", "waited"]);
    expect(server.live[0]?.sent).toBe(2);
    expect(client.connection.get().state.kind).toBe("live");
  });

  test("no address has a token or a ticket in it", async () => {
    const parts = lab({ token: async () => "secret-token" });
    const { platform, server, clock, client } = parts;
    const addresses: string[] = [];
    const { open } = server.platformSockets;
    server.platformSockets.open = (url, ...rest) => {
      addresses.push(url);
      return open(url, ...rest);
    };
    const { post } = platform.http;
    server.platformHttp.post = (url, ...rest) => {
      addresses.push(url);
      return post(url, ...rest);
    };
    await client.connect();
    await clock.advance(10);
    server.cut();
    await clock.advance(20_000);
    expect(addresses).toEqual([
      "https://chat.test/v1/tickets",
      "wss://chat.test/v1/socket",
      "wss://chat.test/v1/socket",
    ]);
  });

  test("says how often it will be heard when that changes with the page", async () => {
    const { client, server, platform, clock } = lab({ kind: "page" });
    await client.connect();
    await clock.advance(60_000);
    expect(spoken(server.frames)).not.toContain("pace");
    platform.live("hidden");
    expect(server.frames.at(-1)).toEqual({ t: "pace", heartbeatMs: 60_000 });
    platform.live("visible");
    expect(server.frames.at(-1)).toEqual({ t: "pace", heartbeatMs: 7_000 });
  });
});

describe("the token", () => {
  const HOUR_MS = 3_600_000;

  function jwt(fromMs: number): string {
    const seconds = Math.floor(fromMs / 1_000);
    const claims = { sub: "alice", iat: seconds, exp: seconds + HOUR_MS / 1_000 };
    return `e30.${btoa(JSON.stringify(claims))}.x`;
  }

  test("is asked for once per expiry, not once per reconnect", async () => {
    let asked = 0;
    const parts = lab({
      token: async () => {
        asked += 1;
        return jwt(parts.clock.now());
      },
    });
    const { client, server, clock } = parts;
    await client.connect();
    for (let round = 0; round < 30; round += 1) {
      await clock.advance(60_000);
      server.cut();
    }
    expect(asked).toBe(1);
    expect(server.connects).toBe(30);
    await clock.advance(HOUR_MS);
    expect(asked).toBe(2);
  });

  test("is asked for once by all questions that wait for it", async () => {
    let asked = 0;
    let give: (token: string) => void = () => {};
    const token = () => {
      asked += 1;
      return new Promise<string>((resolve) => {
        give = resolve;
      });
    };
    const { client, server } = lab({ token });
    server.get = () => ({
      response: Promise.resolve({ status: 200, body: { hits: [] } }),
      cancel: () => {},
    });
    const searches = [client.search("a"), client.search("b")];
    await vi.waitFor(() => expect(asked).toBe(1));
    give("token");
    expect(await Promise.all(searches)).toMatchObject([{ hits: [] }, { hits: [] }]);
    await client.search("c");
    expect(asked).toBe(1);
  });
});

describe("how long a client waits", () => {
  test.each(["restart", "tooSlow", "rate"] as const)("%s: as the server says", async (why) => {
    const { server, clock } = await lab().started();
    server.cut(CLOSE[why].code, formatCloseReason({ why, spreadMs: 60_000 }));
    await clock.advance(29_000);
    expect(server.connects).toBe(1);
    await clock.advance(2_000);
    expect(server.connects).toBe(2);
  });

  test("a question without an answer ends, and the link is looked at", async () => {
    const { client, server, clock } = await lab({ requestTimeoutMs: 5_000 }).started();
    server.text(TALK, "a");
    await clock.advance(60_000);
    server.rule = ({ t }) => (t === "hello" || t === "ack" ? undefined : "swallow");
    const page = client.history(TALK, { before: 1_000, limit: 10 }).catch((error) => error);
    await clock.advance(4_990);
    const { pings } = server;
    await clock.advance(20);
    expect(await page).toMatchObject({ code: "timeout" });
    expect(server.pings).toBe(pings + 1);
  });
});
