import type { CloseName } from "../../protocol/close-codes.ts";
import type { Address, HandOff, HandOffReply } from "../../protocol/hand-offs.ts";
import { directConversation } from "../../protocol/ids.ts";
import { DeviceChecks } from "./checks/device.ts";
import { Findings } from "./checks/findings.ts";
import { RowChecks } from "./checks/rows.ts";
import { Truth } from "./checks/truth.ts";
import { WakeChecks } from "./checks/wake.ts";
import { WireChecks } from "./checks/wire.ts";
import { EPOCH_MS, SimClock } from "./clock.ts";
import { SimDevice } from "./device.ts";
import { Edge } from "./edge.ts";
import { Faults } from "./faults.ts";
import type { Journal } from "./journal.ts";
import { type Connection, Network } from "./network.ts";
import { SimObject, type Surroundings, type Witness } from "./object.ts";
import { SimSql } from "./object-sql.ts";
import type { DeviceParams, Plan } from "./plan.ts";
import { Counters } from "./sometimes.ts";

const USERS = ["alice", "bob", "carol", "dave"];
/** Databases outlive a run: opening one costs more than many turns. */
const databases: SimSql[] = [];

/** Everything there is in one run. */
export class World {
  readonly plan: Plan;
  readonly journal: Journal;
  readonly clock = new SimClock();
  readonly faults: Faults;
  readonly counters = new Counters();
  readonly network: Network;
  readonly edge: Edge;
  readonly findings: Findings;
  readonly truth = new Truth();
  readonly rows: RowChecks;
  readonly wire: WireChecks;
  readonly wake: WakeChecks;
  readonly objects: readonly SimObject[];
  /** By user; revoked ones are no longer here. */
  readonly devices: SimDevice[][];
  /** Texts made so far. */
  texts = 0;
  /** A call into the SDK was made: its promises want to run before the next event. */
  isStirred = false;
  #devicesMade = 0;
  /** Devices too old to ack, revoked ones included. */
  readonly #old = new Set<string>();

  constructor(plan: Plan, journal: Journal) {
    this.plan = plan;
    this.journal = journal;
    const { params } = plan;
    this.faults = new Faults(plan);
    this.network = new Network(this.clock, this.faults, params.latencyMs, journal);
    this.edge = new Edge(this.clock, params.tokenMs);
    this.findings = new Findings(() => this.clock.now - EPOCH_MS);
    const { handOffTtlMs } = params.settings;
    this.rows = new RowChecks(this.findings, this.truth, this.counters, handOffTtlMs);
    this.wire = new WireChecks(
      this.findings,
      this.truth,
      this.rows,
      this.counters,
      params.settings,
      ({ device }) => !this.#old.has(device),
    );
    this.objects = params.users.map((_, index) => this.#makeObject(index));
    this.wake = new WakeChecks(this);
    this.devices = params.users.map(() => []);
    for (const [user, devices] of params.users.entries()) {
      for (const device of devices) this.addDevice(user, device);
    }
  }

  user(index: number): string {
    const name = USERS[index];
    if (name === undefined) throw new Error(`there is no user ${index}`);
    return name;
  }

  object(user: number): SimObject {
    const object = this.objects[user];
    if (object === undefined) throw new Error(`there is no object ${user}`);
    return object;
  }

  objectAt(address: Address): SimObject | undefined {
    return this.objects.find((object) => object.address === address);
  }

  conversation(user: number, peer: number): string {
    return directConversation(this.user(user), this.user(peer));
  }

  /** The device that an operation means; there may be none by then. */
  device(user: number, device: number): SimDevice | undefined {
    const all = this.devices[user] ?? [];
    return all[device % Math.max(1, all.length)];
  }

  allDevices(): SimDevice[] {
    return this.devices.flat();
  }

  addDevice(user: number, params: DeviceParams): SimDevice {
    this.#devicesMade += 1;
    const names = { user: this.user(user), device: `${this.user(user)}-d${this.#devicesMade}` };
    const padded = { ...names, device: names.device.padEnd(8, "0") };
    const checks = new DeviceChecks(this.findings, this.truth, this.counters, padded);
    const device = new SimDevice(padded, params, this.#deviceWorld(), checks);
    checks.subject = device;
    if (params.old) this.#old.add(device.id);
    this.devices[user]?.push(device);
    device.start();
    return device;
  }

  revoke(user: number, device: SimDevice): void {
    const others = this.devices[user] ?? [];
    this.devices[user] = others.filter((one) => one !== device);
    try {
      this.object(user).request({ kind: "revoke", device: device.id });
    } catch {
      // The object died on it, and nobody knows whether before or after: the device is put away.
      device.stop();
    }
  }

  stir(): void {
    this.isStirred = true;
  }

  get turns(): number {
    return this.objects.reduce((sum, object) => sum + object.turns, 0);
  }

  #deviceWorld() {
    const { clock, faults, network, edge } = this;
    return {
      clock,
      faults,
      network,
      edge,
      storeMs: this.plan.params.storeMs,
      object: (user: string) => {
        const object = this.objectAt(`user:${user}`);
        if (object === undefined) throw new Error(`there is no object of ${user}`);
        return object;
      },
      stirred: () => this.stir(),
      crashed: (device: SimDevice) => {
        // Somebody starts the app again.
        const delayMs = 100 + this.faults.unit(`restart ${device.id}`) * 3_000;
        this.clock.after(delayMs, () => device.start());
      },
    };
  }

  #makeObject(index: number): SimObject {
    const sql = databases[index] ?? new SimSql();
    databases[index] = sql;
    return new SimObject(this.user(index), sql, this.#surroundings());
  }

  #surroundings(): Surroundings {
    const { clock, faults, counters, network, edge } = this;
    return {
      clock,
      faults,
      counters,
      witness: this.#witness(),
      journal: this.journal,
      settings: this.plan.params.settings,
      object: (address) => this.objectAt(address),
      renew: (user, device, token) => edge.renew(user, device, token),
      latency: (link) => network.latency(link),
    };
  }

  #witness(): Witness {
    return {
      committed: (object) => this.rows.committed(object),
      rested: (object) => this.wake.rested(object),
      sent: (object, connection: Connection, text: string) =>
        this.wire.sent(object, connection, text),
      obeyed: (session, text) => this.wire.obeyed(session, text),
      late: (object) => this.wake.late(object),
      afterLate: (object) => this.wake.afterLate(object),
      died: (object, sessions) => this.wake.died(object, sessions),
      called: (object, to, call: HandOff) => this.wire.called(object, to, call, this.objectAt(to)),
      arrived: (object, call) => this.wire.arrived(object, call),
      replied: (object, to, reply: HandOffReply) => this.wire.replied(object, to, reply),
      heard: (object, from) => this.rows.heard(object, from, this.clock.now),
      ended: (_object, _connection, name: CloseName) => this.wire.ended(name),
      threw: (object, event, error) => {
        const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
        this.findings.add("S1", "unexpected", `${object.user} threw at ${event}: ${text}`);
      },
    };
  }
}
