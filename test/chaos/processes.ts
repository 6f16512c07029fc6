/** The client's process dies: what it had reported as queued arrives all the same, once. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { directConversation } from "../../protocol/names.ts";
import type { History } from "../support/history.ts";
import type { Stage } from "../support/stage.ts";
import { type ChaosCase, SETTLE_MS, upTo } from "./chaos-case.ts";
import type { ProcessCommand, ProcessOrder, ProcessReport } from "./client-process.ts";

const SCRIPT = fileURLToPath(new URL("client-process.ts", import.meta.url));

type ListReport = Extract<ProcessReport, { kind: "list" }>;

/** One device through all of its processes. */
class ProcessDevice {
  readonly #order: ProcessOrder;
  readonly #history: History;
  readonly #said = new Set<string>();
  #process: ChildProcess | undefined;

  constructor(order: ProcessOrder, history: History) {
    this.#order = order;
    this.#history = history;
  }

  get name(): string {
    return this.#order.user;
  }

  /** Resolves when the client has its store open. */
  async start(): Promise<void> {
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

const killedClients: ChaosCase = {
  name: "client processes killed",
  run: async (stage, plan) => {
    const people = ["process-alice", "process-bob"] as const;
    const conversation = directConversation(...people);
    const devices = people.map((user) => {
      stage.history.addDevice(user, [conversation]);
      const order = { url: stage.server.url, user, file: stage.file(`${user}.db`), conversation };
      return new ProcessDevice(order, stage.history);
    });
    try {
      await Promise.all(devices.map((device) => device.start()));
      const rounds = upTo(plan, 4, 60);
      await Promise.all(
        devices.map(async (device) => {
          for (let round = 0; round < rounds; round += 1) {
            device.tell({ kind: "chat" });
            await delay(plan.dice.between(`life-${device.name}`, 50, 600));
            const heal = stage.history.fault();
            await device.kill();
            await device.start();
            heal();
          }
        }),
      );
      return await judge(stage, devices, conversation);
    } finally {
      await Promise.all(devices.map((device) => device.kill()));
    }
  },
};

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
