/** A group of many with a device each, for measuring. */
import { randomBytes } from "node:crypto";
import { LIMITS } from "../../protocol/limits.ts";
import { groupConversation } from "../../protocol/names.ts";
import { Bill } from "./bill.ts";
import type { Device } from "./device.ts";
import type { Stand } from "./stand.ts";

const CONNECTS_AT_ONCE = 16;
const AUTHORS = 3;

export class Crowd {
  readonly devices: readonly Device[];
  readonly conversation: string;
  readonly #stand: Stand;
  readonly #absent: readonly string[];
  readonly #said = new Map<Device, number>();

  private constructor(
    stand: Stand,
    conversation: string,
    devices: readonly Device[],
    absent: readonly string[],
  ) {
    this.#stand = stand;
    this.conversation = conversation;
    this.devices = devices;
    this.#absent = absent;
  }

  /** So many members, `online` of them with a device that is there. */
  static async gather(stand: Stand, members: number, online = members): Promise<Crowd> {
    const users = Array.from({ length: members }, () => stand.newUser("member"));
    // Its owner, and those who are told of it last.
    const there = users.filter((_, index) => index === 0 || index > members - online);
    const devices: Device[] = [];
    for (let at = 0; at < online; at += CONNECTS_AT_ONCE) {
      const some = there.slice(at, at + CONNECTS_AT_ONCE);
      devices.push(...(await Promise.all(some.map((user) => stand.connect(user, "device-1")))));
    }
    const conversation = groupConversation(randomBytes(16).toString("base64url"));
    const away = users.filter((user) => !there.includes(user));
    const crowd = new Crowd(stand, conversation, devices, away);
    await crowd.#begin(users);
    return crowd;
  }

  get owner(): Device {
    const [owner] = this.devices;
    if (owner === undefined) throw new Error("nobody is there");
    return owner;
  }

  /** Of those who are away only so many are looked at. */
  bill(away = this.#absent.length): Bill {
    const users = [...this.devices.map(({ user }) => user), ...this.#absent.slice(0, away)];
    return new Bill(this.#stand, users, [this.conversation.slice("group:".length)]);
  }

  /** One of the first few says something. */
  speak(turn: number, count = 1): void {
    const author = this.devices[turn % AUTHORS];
    if (author === undefined) return;
    author.tell(this.conversation, { kind: "text", text: "measured" }, count);
    this.#said.set(author, (this.#said.get(author) ?? 0) + count);
  }

  /** Everybody has everything that others have said, and each author has an answer. */
  async untilThrough(): Promise<void> {
    const all = [...this.#said.values()].reduce((sum, count) => sum + count, 0);
    await Promise.all(
      this.devices.map(async (device) => {
        const others = all - (this.#said.get(device) ?? 0);
        await device.until(() => device.messages >= others, "messages");
        await device.until(() => device.accepted === device.counter, "accepted");
      }),
    );
  }

  async close(): Promise<void> {
    await Promise.all(this.devices.map((device) => device.close()));
  }

  async #begin(users: readonly string[]): Promise<void> {
    const { owner, conversation } = this;
    const others = users.slice(1);
    const first = others.slice(0, LIMITS.membersPerChange);
    owner.tell(conversation, { kind: "group-create", title: "Measured", members: [...first] });
    for (let at = first.length; at < others.length; at += LIMITS.membersPerChange) {
      const some = others.slice(at, at + LIMITS.membersPerChange);
      owner.tell(conversation, { kind: "members-add", users: [...some] });
    }
    await owner.until(() => owner.accepted === owner.counter, "accepted");
  }
}
