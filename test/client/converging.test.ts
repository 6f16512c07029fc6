/** Two devices that want this and that, on networks that come and go, end with the same. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { CoreClient } from "../../client/client.ts";
import { memoryStore } from "../../client/memory-store.ts";
import { FakeClock } from "../support/client/fake-clock.ts";
import { FakeServer } from "../support/client/fake-server.ts";
import { lab, OTHER_TALK, TALK } from "../support/client/lab.ts";

const TALKS = [TALK, OTHER_TALK] as const;

type Step =
  | { readonly do: "pin" | "archive" | "unread"; readonly on: boolean; readonly talk: number }
  | { readonly do: "draft"; readonly text: string; readonly talk: number }
  | { readonly do: "send" | "read" | "arrive" | "folders"; readonly talk: number }
  | { readonly do: "cut" | "restart" | "deaf" | "heal"; readonly talk: number }
  | { readonly do: "wait"; readonly ms: number; readonly talk: number };

const talk = fc.nat(1);
const step: fc.Arbitrary<Step & { readonly device: number }> = fc
  .tuple(
    fc.oneof(
      fc.record({ do: fc.constantFrom("pin", "archive", "unread"), on: fc.boolean(), talk }),
      fc.record({
        do: fc.constant("draft" as const),
        text: fc.constantFrom("", "a", "ab", "abc"),
        talk,
      }),
      fc.record({ do: fc.constantFrom("send", "read", "arrive", "folders"), talk }),
      fc.record({ do: fc.constantFrom("cut", "restart", "deaf", "heal"), talk }),
      fc.record({ do: fc.constant("wait" as const), ms: fc.constantFrom(0, 50, 3_000), talk }),
    ),
    fc.nat(1),
  )
  .map(([one, device]) => ({ ...one, device }));

class Household {
  readonly clock = new FakeClock();
  readonly server = new FakeServer("alice", () => this.clock.now());
  readonly #labs = ["phone000", "desk0000"].map((device) =>
    lab({ server: this.server, clock: this.clock, device, store: memoryStore() }),
  );
  readonly clients: CoreClient[] = this.#labs.map(({ client }) => client);
  readonly sent: string[] = [];
  #made = 0;

  async start(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.connect()));
    await this.clock.advance(100);
  }

  async do(one: Step & { readonly device: number }): Promise<void> {
    const { server, clock } = this;
    const conversation = TALKS[one.talk] ?? TALK;
    const client = this.clients[one.device];
    if (client === undefined) throw new Error("no such device");
    switch (one.do) {
      case "pin":
        return client.pin(conversation, one.on);
      case "archive":
        return client.archive(conversation, one.on);
      case "unread":
        return client.markUnread(conversation, one.on);
      case "folders":
        this.#made += 1;
        return client.setFolders([{ id: `f${this.#made}`, name: "x" }]);
      case "draft":
        return client.saveDraft(conversation, one.text);
      case "send":
        return this.#send(client, conversation);
      case "read": {
        const head = client.conversations.get().find(({ id }) => id === conversation)?.head ?? 0;
        return client.markRead(conversation, head);
      }
      case "arrive":
        server.text(conversation, "hi");
        return;
      case "wait":
        return clock.advance(one.ms);
      case "restart":
        return this.#restart(one.device);
      case "cut":
        server.unreachable = true;
        return server.cut();
      case "deaf":
        server.rule = (frame) =>
          frame.t === "draft" || frame.t === "arrange" ? "deaf" : undefined;
        return;
      case "heal":
        return this.heal();
    }
  }

  heal(): void {
    this.server.unreachable = false;
    this.server.rule = () => undefined;
  }

  /** Drafts have texts of their own, so that what was sent is known again. */
  async #send(client: CoreClient, conversation: string): Promise<void> {
    this.#made += 1;
    const text = `sent ${this.#made}`;
    await client.saveDraft(conversation, text);
    await client.send(conversation, text, { fromDraft: true }).queued;
    this.sent.push(text);
  }

  async #restart(index: number): Promise<void> {
    await this.clients[index]?.close();
    const made = this.#labs[index]?.make();
    if (made === undefined) throw new Error("no such device");
    this.clients[index] = made;
    await made.connect();
  }
}

function shown(client: CoreClient) {
  return {
    folders: client.folders.get(),
    conversations: client.conversations
      .get()
      .map(({ id, head, unread, read, pinned, archived, markedUnread, draft }) => {
        return { id, head, unread, read, pinned, archived, markedUnread, draft };
      }),
  };
}

test("R21 two devices converge, and what was sent is no draft any more", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async (steps) => {
      const household = new Household();
      await household.start();
      for (const one of steps) await household.do(one);
      household.heal();
      await household.clock.advance(120_000);
      const [phone, desk] = household.clients.map(shown);
      expect(phone).toEqual(desk);
      for (const conversation of TALKS) {
        const { arrangement } = household.server.stateOf(conversation);
        const one = phone?.conversations.find(({ id }) => id === conversation);
        if (one !== undefined) expect(one.pinned).toBe(arrangement?.pinned ?? false);
      }
      const drafts = phone?.conversations.map(({ draft }) => draft?.text ?? "") ?? [];
      expect(drafts.filter((text) => household.sent.includes(text))).toEqual([]);
      for (const text of household.sent) {
        const all = TALKS.flatMap((talk) => household.server.log(talk));
        expect(all.filter((one) => one === text)).toEqual([text]);
      }
      await Promise.all(household.clients.map((client) => client.close()));
    }),
    { numRuns: 150 },
  );
}, 60_000);
