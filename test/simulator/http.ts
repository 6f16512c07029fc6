import type { Http, HttpCall, HttpResponse } from "../../client/ports.ts";
import { statusOf } from "../../worker/core/http-status.ts";
import type { GroupAnswer } from "../../worker/group-requests.ts";
import type { SimDevice } from "./device.ts";

/** A page of a group's log, as a member asks for it. */
export interface LogQuestion {
  readonly user: string;
  readonly conversation: `group:${string}`;
  readonly after: number;
  readonly limit: number;
}

const LOG_ROUTE = /^https:\/\/sim\.example\/v1\/groups\/([^/]+)\/log\?after=(\d+)&limit=(\d+)$/;
const UNAUTHENTICATED: HttpResponse = { status: 401, body: undefined };

/** What a device asks over HTTP. `run` calls a tab back, while it lives and is awake. */
export function httpOf(device: SimDevice, run: (call: () => void) => void): Http {
  return {
    ...NO_ROUTES,
    post: (_url, headers) => ticketFor(device, tokenIn(headers), run),
    get: (url, headers) => readLog(device, url, tokenIn(headers), run),
  };
}

function tokenIn(headers: Readonly<Record<string, string>>): string {
  return (headers["authorization"] ?? "").replace("Bearer ", "");
}

function ticketFor(device: SimDevice, token: string, run: (call: () => void) => void): HttpCall {
  const { id, world } = device;
  const { clock, edge, faults, network } = world;
  return cancellable((isCancelled, resolve, reject) => {
    clock.after(2 * network.latency(`http ${id}`), () =>
      run(() => {
        const ticket = edge.ticket(token, id);
        if (isCancelled() || faults.hit("connect-fails", `http ${id}`)) {
          return reject(new Error("no network"));
        }
        resolve(ticket === undefined ? UNAUTHENTICATED : { status: 200, body: { ticket } });
      }),
    );
  });
}

/** The question may be lost, and so may the answer. */
function readLog(
  device: SimDevice,
  url: string,
  token: string,
  run: (call: () => void) => void,
): HttpCall {
  const [, group, after, limit] = LOG_ROUTE.exec(url) ?? [];
  if (group === undefined) return noRoute();
  const { clock, faults, network } = device.world;
  const link = `log ${device.id}`;
  return cancellable((isCancelled, resolve, reject) => {
    const fail = () => run(() => reject(new Error("no network")));
    const arrive = () => {
      if (isCancelled() || faults.hit("connect-fails", link)) return fail();
      const question = { group, after: Number(after), limit: Number(limit) };
      const answer = answerTo(device, token, question);
      const lost = faults.hit("connect-fails", `${link} answer`);
      clock.after(network.latency(link), () => (lost ? fail() : run(() => resolve(answer))));
    };
    clock.after(network.latency(link), arrive);
  });
}

/** As worker/routes/groups.ts does: whose token it is, says the Worker; what they may see, the group. */
function answerTo(
  { world }: SimDevice,
  token: string,
  { group, after, limit }: { group: string; after: number; limit: number },
): HttpResponse {
  const user = world.edge.userOf(token);
  if (user === undefined) return UNAUTHENTICATED;
  const answer = world.readLog({ user, conversation: `group:${group}`, after, limit });
  return structuredClone(responseOf(answer));
}

function responseOf(answer: GroupAnswer): HttpResponse {
  if (answer.ok) return { status: 200, body: answer.value };
  return { status: statusOf(answer.code), body: { error: { code: answer.code } } };
}

function cancellable(
  ask: (
    isCancelled: () => boolean,
    resolve: (response: HttpResponse) => void,
    reject: (error: Error) => void,
  ) => void,
): HttpCall {
  let isCancelled = false;
  return {
    response: new Promise((resolve, reject) => ask(() => isCancelled, resolve, reject)),
    cancel: () => {
      isCancelled = true;
    },
  };
}

const noRoute = (): HttpCall => ({
  response: Promise.reject(new Error("no route")),
  cancel: () => {},
});
/** There is no Worker here that answers. */
const NO_ROUTES = { put: noRoute, delete: noRoute };
