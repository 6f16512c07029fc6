/** The client's process dies: what it had reported as queued arrives all the same, once. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { directConversation } from "../../protocol/names.ts";
import { FaultProxy } from "../proxy/fault-proxy.ts";
import { passAll, seeded } from "../proxy/rules.ts";
import type { History } from "../support/history.ts";
import type { Stage } from "../support/stage.ts";
import { type ChaosCase, type ChaosPlan, SETTLE_MS, upTo } from "./chaos-case.ts";
import type { ProcessCommand, ProcessOrder, ProcessReport } from "./client-process.ts";

const SCRIPT = fileURLToPath(new URL("client-process.ts", import.meta.url));

type ListReport = Extract<ProcessReport, { kind: "list" }>;

/** One device through all of its processes. */
class ProcessDevice {
  readonly #order: ProcessOrder;
  readonly #history: History;
  readonly #said = new Set<string>();
  #process: ChildProcess | undefined;
  #isOver = false;

  constructor(order: ProcessOrder, history: History) {
    this.#order = order;
    this.#history = history;
  }

  get name(): string {
    return this.#order.user;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Resolves when the client has its store open. */
  async start(): Promise<void> {
    if (this.#isOver) throw new Error(`the case of ${this.name} is over`);
    const child = fork(SCRIPT, [JSON.stringify(this.#order)]);
    this.#process = child;
    child.on("message", (report: ProcessReport) => this.#hear(report));
    await once(child, "message", { signal: AbortSignal.timeout(SETTLE_MS) });
  }

  tell(command: ProcessCommand): void {
    this.#process?.send(command);
  }

  async kill(): Promise<void> {
    const child = this.#process;
    if (child === undefined) return;
    this.#process = undefined;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  }

  /** For good: a life that still goes on elsewhere begins no other process. */
  end(): Promise<void> {
    this.#isOver = true;
    return this.kill();
  }

  async list(): Promise<ListReport> {
    const child = this.#process;
    if (child === undefined) throw new Error(`${this.name} is not running`);
    const answer = once(child, "message", { signal: AbortSignal.timeout(SETTLE_MS) });
    this.tell({ kind: "list" });
    const [report] = (await answer) as [ProcessReport];
    return report.kind === "list" ? report : this.list();
  }

  said(text: string): boolean {
    return this.#said.has(text);
  }

  #hear(report: ProcessReport): void {
    const { conversation } = this.#order;
    if (report.kind === "saying") this.#said.add(report.text);
    if (report.kind === "sent") this.#history.sent(report.id, conversation, report.text);
    if (report.kind === "accepted") this.#history.accepted(report.id, report.number);
  }
}

const RATES = { reset: 0.01, fin: 0.01, duplicate: 0.05, delay: 0.2, maxDelayMs: 30 };

/** Clients die, their links break, and now and then the server dies as well. */
const killedClients: ChaosCase = {
  name: "client processes killed, behind bad links",
  run: async (stage, plan) => {
    const people = ["process-alice", "process-bob"] as const;
    const conversation = directConversation(...people);
    const proxies: FaultProxy[] = [];
    const devices: ProcessDevice[] = [];
    for (const user of people) {
      const rule = seeded(plan.dice.seed, user, RATES);
      const proxy = await FaultProxy.listen({ upstreamPort: () => stage.server.port, rule });
      proxies.push(proxy);
      stage.history.addDevice(user, [conversation]);
      const order = { url: proxy.url, user, file: stage.file(`${user}.db`), conversation };
      devices.push(new ProcessDevice(order, stage.history));
    }
    try {
      await Promise.all(devices.map((device) => device.start()));
      const rounds = upTo(plan, 2, 60);
      await Promise.all([
        ...devices.map((device) => liveAndDie(device, stage, plan, rounds)),
        killNowAndThen(stage, devices, plan, Math.ceil(rounds / 4)),
      ]);
      for (const proxy of proxies) proxy.rule = passAll;
      return await judge(stage, devices, conversation);
    } finally {
      await Promise.all(devices.map((device) => device.end()));
      await Promise.all(proxies.map((proxy) => proxy.close()));
    }
  },
};

async function liveAndDie(device: ProcessDevice, stage: Stage, plan: ChaosPlan, rounds: number) {
  for (let round = 0; round < rounds; round += 1) {
    device.tell({ kind: "chat" });
    await delay(plan.dice.between(`life-${device.name}`, 50, 600));
    const heal = stage.history.fault();
    await device.kill();
    await device.start();
    heal();
  }
}

async function killNowAndThen(
  stage: Stage,
  devices: readonly ProcessDevice[],
  plan: ChaosPlan,
  times: number,
): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    await delay(plan.dice.between("server-life", 200, 4_000));
    if (devices.some(({ isOver }) => isOver)) return;
    await stage.kill();
  }
}

/** Nobody speaks any more: once both lists are equal and nothing waits, they are final. */
async function judge(stage: Stage, devices: readonly ProcessDevice[], conversation: string) {
  const deadline = Date.now() + SETTLE_MS;
  let lists: ListReport[] = [];
  do {
    await delay(200);
    lists = await Promise.all(devices.map((device) => device.list()));
  } while (!areFinal(lists) && Date.now() < deadline);
  const { history } = stage;
  const wasSaid = (text: string) => devices.some((device) => device.said(text));
  for (const { id, text } of lists.flatMap(({ messages }) => messages)) {
    // Killed between the row's commit and its report: the message counts all the same.
    if (!history.knows(id) && wasSaid(text)) history.sent(id, conversation, text);
  }
  // Queued was promised, and the process that would have heard the answer may be dead.
  for (const id of history.unanswered()) history.accepted(id, null);
  for (const [index, device] of devices.entries()) {
    for (const message of lists[index]?.messages ?? []) {
      history.stored(device.name, { conversation, ...message });
    }
  }
  return history.verdict();
}

function areFinal(lists: readonly ListReport[]): boolean {
  const [first, ...others] = lists.map(({ messages }) => JSON.stringify(messages));
  return lists.every(({ waiting }) => waiting === 0) && others.every((other) => other === first);
}

export const PROCESSES: readonly ChaosCase[] = [killedClients];
