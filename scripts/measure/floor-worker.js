/**
 * The least that two objects can do for a message: the sender's inserts one row and calls the
 * recipient's, which inserts one row and pushes it to its hibernating sockets; then the sender is
 * told. No duplicates, order, receipts, retries or limits. It speaks just enough of the protocol for
 * the same device to drive it.
 */
import { DurableObject } from "cloudflare:workers";

export class UserObject extends DurableObject {
  #seq = 0;
  #number = 0;

  constructor(ctx, env) {
    super(ctx, env);
    ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS log (seq INTEGER PRIMARY KEY, body TEXT)");
    this.#seq = ctx.storage.sql.exec("SELECT max(seq) AS seq FROM log").one().seq ?? 0;
  }

  fetch() {
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    const headers = { "Sec-WebSocket-Protocol": "holdfast.v1" };
    return new Response(null, { status: 101, webSocket: client, headers });
  }

  async webSocketMessage(socket, text) {
    const frame = JSON.parse(text);
    if (frame.t === "hello") return this.#welcome(socket, frame);
    if (frame.t !== "submit") return;
    const { conversation } = frame.items[0];
    const me = this.ctx.id.name;
    const peer = conversation
      .slice(7)
      .split(",")
      .find((user) => user !== me);
    const entries = frame.items.map((item) => {
      this.#number += 1;
      const { counter, body } = item;
      const entry = { conversation, number: this.#number, id: `${me}:device:${counter}`, body };
      this.#insert(entry);
      return entry;
    });
    await this.env.USER.getByName(peer).replicate(entries);
    const results = frame.items.map(({ counter }) => ({ conversation, counter }));
    socket.send(JSON.stringify({ t: "accepted", results }));
  }

  webSocketClose(socket) {
    socket.close(1000);
  }

  replicate(entries) {
    this.#push(entries.map((entry) => this.#insert(entry)));
  }

  #welcome(socket, { cursor }) {
    const delays = { ackDelayMs: 0, ackMaxMs: 0 };
    socket.send(JSON.stringify({ t: "welcome", head: this.#seq, ticket: "none", ...delays }));
    for (let from = cursor + 1; from <= this.#seq; from += 300) {
      const rows = this.ctx.storage.sql.exec(
        "SELECT * FROM log WHERE seq >= ? ORDER BY seq LIMIT 300",
        from,
      );
      this.#push([...rows].map(({ seq, body }) => ({ seq, ...JSON.parse(body) })));
    }
  }

  #insert(entry) {
    this.#seq += 1;
    this.ctx.storage.sql.exec("INSERT INTO log VALUES (?, ?)", this.#seq, JSON.stringify(entry));
    return { seq: this.#seq, ...entry };
  }

  #push(entries) {
    const [first] = entries;
    const last = entries.at(-1);
    const run = { t: "entries", from: first.seq, to: last.seq, count: entries.length, entries };
    const text = JSON.stringify(run);
    for (const socket of this.ctx.getWebSockets()) socket.send(text);
  }
}

export class PolicyObject extends DurableObject {}
export class StatsObject extends DurableObject {}

export default {
  fetch(request, env) {
    const user = new URL(request.url).searchParams.get("user");
    return env.USER.getByName(user).fetch(request);
  },
};
