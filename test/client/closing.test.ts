/** After `close()` nothing is left: no timer, no listener, no socket, whatever was going on. */
import { describe, expect, test } from "vitest";
import { CLOSE } from "../../protocol/close-codes.ts";
import { FakeTabs } from "../support/client/fake-platform.ts";
import { type LabOptions, lab, TALK } from "../support/client/lab.ts";

type Lab = ReturnType<typeof lab>;

interface Moment {
  readonly options?: LabOptions;
  /** Brings the client there; a message waits in its outbox already. */
  readonly reach: (parts: Lab) => Promise<void>;
}

const connect = async ({ client, clock }: Lab) => {
  await client.connect();
  await clock.advance(10);
};

/** Not to the end: what was begun is under way. */
async function someTurns(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) await Promise.resolve();
}

const MOMENTS: Record<string, Moment> = {
  "before connect": { reach: async () => {} },
  "while the store opens": { reach: async ({ client }) => void client.connect() },
  "while the app looks for a token": {
    options: { token: () => new Promise<string>(() => {}) },
    reach: connect,
  },
  "while a ticket is asked for": {
    reach: (parts) => {
      parts.server.blackHole = true;
      return connect(parts);
    },
  },
  "while hello is unanswered": {
    reach: (parts) => {
      parts.server.rule = () => "swallow";
      return connect(parts);
    },
  },
  "while a message is unanswered": {
    reach: (parts) => {
      parts.server.rule = (frame) => (frame.t === "submit" ? "deaf" : undefined);
      return connect(parts);
    },
  },
  "while an answer is being stored": {
    reach: async (parts) => {
      await connect(parts);
      parts.client.send(TALK, "one");
      await someTurns();
    },
  },
  "while a message is being dropped": {
    reach: async (parts) => {
      parts.server.rule = (frame) => (frame.t === "submit" ? "swallow" : undefined);
      await connect(parts);
      const { key, queued } = parts.client.send(TALK, "one");
      await queued;
      await parts.clock.advance(10);
      parts.client.drop(key).catch(() => {});
      await someTurns();
    },
  },
  "while live": { reach: connect },
  "while a second socket stands by": {
    reach: async (parts) => {
      await connect(parts);
      parts.server.losesPings = true;
      parts.platform.net({ kind: "changed" });
      await parts.clock.advance(1_500);
      expect(parts.server.live).toHaveLength(2);
    },
  },
  "while the handler refuses": {
    reach: async (parts) => {
      parts.client.onMessage(() => {
        throw new Error("not now");
      });
      await connect(parts);
      parts.server.text(TALK, "no");
      await parts.clock.advance(10);
    },
  },
  "while an ack waits": {
    reach: async (parts) => {
      await connect(parts);
      parts.server.text(TALK, "hi");
      await parts.clock.advance(1);
    },
  },
  "while the token is renewed": {
    reach: async (parts) => {
      parts.server.rule = (frame) => (frame.t === "renew" ? "swallow" : undefined);
      await connect(parts);
      await parts.clock.advance(2_881_000);
    },
  },
  "in backoff": {
    reach: async (parts) => {
      await connect(parts);
      parts.server.unreachable = true;
      parts.server.cut();
      await parts.clock.advance(5_000);
    },
  },
  "without a network": {
    reach: async (parts) => {
      await connect(parts);
      parts.platform.net({ kind: "offline" });
      await parts.clock.advance(100);
    },
  },
  "hidden and given up": {
    options: { kind: "page" },
    reach: async (parts) => {
      parts.platform.isSaving = true;
      await connect(parts);
      parts.platform.live("hidden");
      await parts.clock.advance(600_000);
    },
  },
  "when the token is refused": {
    reach: async (parts) => {
      parts.server.tokenStatus = 401;
      await connect(parts);
    },
  },
  "when another process has taken over": {
    reach: async (parts) => {
      await connect(parts);
      parts.server.cut(CLOSE.replaced.code);
    },
  },
  "in a leading tab": { options: { kind: "page", tabs: new FakeTabs().tab() }, reach: connect },
  "in the page cache": {
    options: { kind: "page", tabs: new FakeTabs().tab() },
    reach: async (parts) => {
      await connect(parts);
      parts.platform.live("suspend");
    },
  },
};

describe("closing", () => {
  for (const [name, { options, reach }] of Object.entries(MOMENTS)) {
    test(name, async () => {
      const parts = lab(options);
      const { client, clock, platform, server } = parts;
      const handle = client.send(TALK, "in the outbox");
      await reach(parts);
      await client.close();
      await clock.advance(0);
      expect(clock.pending).toBe(0);
      expect(platform.listeners).toBe(0);
      expect(server.live).toHaveLength(0);
      expect(client.connection.get().state).toEqual({ kind: "closed", reason: "closed" });
      const settled = handle.accepted.then(
        () => "settled",
        () => "settled",
      );
      expect(await Promise.race([settled, clock.advance(0)])).toBe("settled");
      const { connects } = server;
      await clock.advance(7_200_000);
      expect(server.connects).toBe(connects);
    });
  }
});
