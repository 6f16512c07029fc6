/** Adds up what objects say they have cost, over all of their lives. */
import { setTimeout as delay } from "node:timers/promises";
import { type Usage, usdPerMillion } from "../../protocol/prices.ts";
import type { Reading } from "../../worker/meter.ts";
import type { Stand } from "./stand.ts";

const POLL_MS = 100;
const READ_AT_ONCE = 16;
const DECIMALS = 4;

export interface Spent extends Usage {
  /** Rows of the statistics, which `rowsWritten` contains. */
  readonly statsRows: number;
}

export interface Costs extends Spent {
  readonly usdPerMillion: number;
}

const NOTHING: Spent = {
  rowsWritten: 0,
  statsRows: 0,
  rowsRead: 0,
  requests: 0,
  alarms: 0,
  frames: 0,
  activeSeconds: 0,
};

export class Bill {
  readonly #stand: Stand;
  /** Of objects: `user=alice`, `group=…`. */
  readonly #queries: readonly string[];
  /** By object and life: counts start anew when an object wakes. */
  readonly #lives = new Map<string, Reading>();
  #start = NOTHING;

  constructor(stand: Stand, users: readonly string[], groups: readonly string[] = []) {
    this.#stand = stand;
    this.#queries = [
      ...users.map((user) => `user=${user}`),
      ...groups.map((group) => `group=${group}`),
    ];
  }

  /** What follows is counted from here on. */
  async start(): Promise<void> {
    await this.#read();
    this.#start = this.#total();
  }

  /**
   * What was spent since the start, once nothing has moved for `quietMs`: an alarm, a receipt and
   * a repeated hand-off may still be to come when the last frame has been answered.
   */
  async settle(quietMs: number): Promise<Spent> {
    let quietSince = Date.now();
    while (Date.now() - quietSince < quietMs) {
      const before = JSON.stringify(this.#total());
      await delay(POLL_MS);
      await this.#read();
      if (JSON.stringify(this.#total()) !== before) quietSince = Date.now();
    }
    return combine(this.#total(), this.#start, (now, then) => now - then);
  }

  async #read(): Promise<void> {
    for (let at = 0; at < this.#queries.length; at += READ_AT_ONCE) {
      const some = this.#queries.slice(at, at + READ_AT_ONCE);
      await Promise.all(some.map((query) => this.#readOne(query)));
    }
  }

  async #readOne(query: string): Promise<void> {
    const headers = { Authorization: `Bearer ${await this.#stand.operator()}` };
    const response = await fetch(`${this.#stand.server.url}/v1/dev/meter?${query}`, { headers });
    if (!response.ok) throw new Error(`no meter: ${response.status} ${await response.text()}`);
    const { objects } = (await response.json()) as { objects: Reading[] };
    for (const reading of objects) {
      this.#lives.set(`${reading.object} ${reading.since}`, reading);
    }
  }

  #total(): Spent {
    const spent = [...this.#lives.values()].map(spentBy);
    return spent.reduce((sum, one) => combine(sum, one, (a, b) => a + b), NOTHING);
  }
}

function spentBy({ activeMs, ...counts }: Reading): Spent {
  const statsRows = counts.object.startsWith("stats:") ? counts.rowsWritten : 0;
  return { ...counts, statsRows, activeSeconds: activeMs / 1_000 };
}

/** What so many messages have cost, per message. */
export function perUnit(spent: Spent, units: number): Costs {
  return priced(combine(spent, NOTHING, (a) => a / units));
}

/** What one costs more than the other, per unit; noise may make it negative. */
export function difference(a: Spent, b: Spent, units: number): Costs {
  return priced(combine(a, b, (x, y) => (x - y) / units));
}

function priced(spent: Spent): Costs {
  return { ...combine(spent, NOTHING, rounded), usdPerMillion: rounded(usdPerMillion(spent)) };
}

function rounded(figure: number): number {
  return Number(figure.toFixed(DECIMALS));
}

function combine(a: Spent, b: Spent, by: (a: number, b: number) => number): Spent {
  return {
    rowsWritten: by(a.rowsWritten, b.rowsWritten),
    statsRows: by(a.statsRows, b.statsRows),
    rowsRead: by(a.rowsRead, b.rowsRead),
    requests: by(a.requests, b.requests),
    alarms: by(a.alarms, b.alarms),
    frames: by(a.frames, b.frames),
    activeSeconds: by(a.activeSeconds, b.activeSeconds),
  };
}
