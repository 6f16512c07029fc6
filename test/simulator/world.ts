import type { CloseName } from "../../protocol/close-codes.ts";
import type { Address } from "../../protocol/hand-offs.ts";
import { directConversation } from "../../protocol/ids.ts";
import { isGroup } from "../../worker/core/home.ts";
import type { GroupAnswer, LogPage } from "../../worker/group-requests.ts";
import { DeviceChecks } from "./checks/device.ts";
import { Findings } from "./checks/findings.ts";
import { GroupChecks } from "./checks/groups.ts";
import { LargeChecks } from "./checks/large.ts";
import { PersonalChecks } from "./checks/personal.ts";
import { RowChecks } from "./checks/rows.ts";
import { Truth } from "./checks/truth.ts";
import { WakeChecks } from "./checks/wake.ts";
import { WireChecks } from "./checks/wire.ts";
import { EPOCH_MS, SimClock } from "./clock.ts";
import { SimDevice } from "./device.ts";
import { Edge } from "./edge.ts";
import { Faults } from "./faults.ts";
import { SimGroup } from "./group.ts";
import type { SimHost } from "./host.ts";
import type { LogQuestion } from "./http.ts";
import type { Journal } from "./journal.ts";
import { type Connection, Network } from "./network.ts";
import { SimObject, type Surroundings, type Witness } from "./object.ts";
import { Crash, SimSql, StatementRefused } from "./object-sql.ts";
import { type DeviceParams, FIRST_GROUP, type Plan } from "./plan.ts";
import { Counters } from "./sometimes.ts";

const USERS = ["alice", "bob", "carol", "dave"];
/** Databases outlive a run: opening one costs more than many turns. */
const databases: SimSql[] = [];
const groupDatabases: SimSql[] = [];

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
  readonly groups: readonly SimGroup[];
  readonly groupChecks: GroupChecks;
  readonly large: LargeChecks;
  readonly personal: PersonalChecks;
  /** By user; revoked ones are no longer here. */
  readonly devices: SimDevice[][];
  /** Who may tell nobody what they have read. */
  readonly hidesReads = new Set<string>();
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
    this.groupChecks = new GroupChecks(this);
    this.large = new LargeChecks(this);
    this.personal = new PersonalChecks(this);
    this.rows = new RowChecks(
      this.findings,
      this.truth,
      this.counters,
      handOffTtlMs,
      this.groupChecks,
    );
    this.wire = new WireChecks(
      this.findings,
      this.truth,
      this.rows,
      this.counters,
      params.settings,
      ({ device }) => !this.#old.has(device),
    );
    this.objects = params.users.map((_, index) => this.#makeObject(index));
    this.groups = Array.from({ length: params.groups ?? 0 }, (_, index) => this.#makeGroup(index));
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

  /** Users and groups alike. */
  hostAt(address: Address): SimHost | undefined {
    return [...this.objects, ...this.groups].find((host) => host.address === address);
  }

  objectAt(address: Address): SimObject | undefined {
    return this.objects.find((object) => object.address === address);
  }

  conversation(user: number, peer: number): string {
    if (peer >= FIRST_GROUP) return groupConversation(peer - FIRST_GROUP);
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
    const checks = new DeviceChecks(
      this.findings,
      this.truth,
      this.counters,
      padded,
      (id) => (isGroup(id) ? this.rows.headOf(padded.user, id) : this.truth.head(id)),
      (id) => this.large.member(padded.user, id)?.from ?? 1,
    );
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

  hideReads(user: number): void {
    this.hidesReads.add(this.user(user));
    try {
      this.object(user).request({ kind: "prefer", patch: { readReceipts: false } });
    } catch (error) {
      // The object died on it, and nobody knows whether before or after.
      if (!(error instanceof Crash || error instanceof StatementRefused)) throw error;
    }
  }

  stir(): void {
    this.isStirred = true;
  }

  get turns(): number {
    return [...this.objects, ...this.groups].reduce((sum, { turns }) => sum + turns, 0);
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
      readLog: (question: LogQuestion) => this.#readLog(question),
      stirred: () => this.stir(),
      crashed: (device: SimDevice) => {
        // Somebody starts the app again.
        const delayMs = 100 + this.faults.unit(`restart ${device.id}`) * 3_000;
        this.clock.after(delayMs, () => device.start());
      },
    };
  }

  /** As worker/ask-user.ts: who meets a dying object asks again, once. */
  #readLog(question: LogQuestion): GroupAnswer {
    const { user, conversation, after, limit } = question;
    const group = this.groups.find((one) => one.conversation === conversation);
    if (group === undefined) return { ok: false, code: "not-found" };
    for (let asked = 0; asked < 2; asked += 1) {
      try {
        const answer = group.request({ kind: "log", user, after, limit });
        this.groupChecks.answered(group, user, answer);
        if (answer.ok) this.large.answered(question, answer.value as LogPage);
        return answer;
      } catch (error) {
        if (error instanceof StatementRefused) break;
        if (!(error instanceof Crash)) throw error;
      }
    }
    return { ok: false, code: "busy" };
  }

  #makeObject(index: number): SimObject {
    const sql = databases[index] ?? new SimSql();
    databases[index] = sql;
    return new SimObject(this.user(index), sql, this.#surroundings());
  }

  #makeGroup(index: number): SimGroup {
    const sql = groupDatabases[index] ?? new SimSql();
    groupDatabases[index] = sql;
    return new SimGroup(groupConversation(index), sql, this.#surroundings());
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
      object: (address) => this.hostAt(address),
      renew: (user, device, token) => edge.renew(user, device, token),
      latency: (link) => network.latency(link),
    };
  }

  #witness(): Witness {
    const { rows, wire, groupChecks } = this;
    return {
      committed: (host) => {
        if (host instanceof SimObject) rows.committed(host);
        if (host instanceof SimGroup) groupChecks.committed(host);
      },
      rested: (host) => {
        if (host instanceof SimObject) this.wake.rested(host);
        if (host instanceof SimGroup) groupChecks.rested(host);
      },
      called: (host, to, call) => {
        if (host instanceof SimObject) wire.called(host, to, call, this.hostAt(to));
        if (host instanceof SimGroup) groupChecks.called(host, to, call);
      },
      replied: (host, to, reply) => {
        if (host instanceof SimObject) wire.replied(host, to, reply);
        if (host instanceof SimGroup) groupChecks.replied(host, to, reply);
      },
      arrived: (host, call) => wire.arrived(host, call),
      heard: (host, from) => rows.heard(host, from, this.clock.now),
      sent: (object, connection: Connection, text: string) => {
        wire.sent(object, connection, text);
        this.large.sent(object, text);
      },
      obeyed: (session, text) => wire.obeyed(session, text),
      late: (object) => this.wake.late(object),
      afterLate: (object) => this.wake.afterLate(object),
      died: (object, sessions) => this.wake.died(object, sessions),
      ended: (_object, _connection, name: CloseName) => wire.ended(name),
      threw: (host, event, error) => {
        const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
        this.findings.add("S1", "unexpected", `${host.name} threw at ${event}: ${text}`);
      },
    };
  }
}

/** Its id has the length of one that a client makes. */
function groupConversation(index: number): `group:${string}` {
  return `group:simulated${String(index).padStart(13, "0")}`;
}
