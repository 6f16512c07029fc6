/** Calls between objects that fail: the callee's half is replaced for this test file alone. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import type { HandOff, HandOffReply } from "../../protocol/hand-offs.ts";
import { GroupObject } from "../../worker/group-object.ts";
import { UserObject } from "../../worker/user-object.ts";

/**
 * `before`: the call never arrives. `after`: it is committed, and the reply is lost.
 */
export type CallFault = "before" | "after";

const faults = new Map<string, CallFault>();
const held = new Map<string, Promise<void>>();
const calls: { readonly to: string; readonly call: HandOff }[] = [];

for (const { prototype } of [UserObject, GroupObject]) {
  const { handOff } = prototype;
  prototype.handOff = function (this: UserObject & GroupObject, call: HandOff): HandOffReply {
    const to = nameOf(this);
    calls.push({ to, call });
    const fault = faults.get(to);
    if (fault === "before") throw new Error("the call did not arrive");
    const reply = handOff.call(this, call);
    if (fault === "after") throw new Error("the reply got lost");
    const isOver = held.get(to);
    // A reply over a call may be a promise; it is one only while it is held.
    return isOver === undefined ? reply : (isOver.then(() => reply) as unknown as HandOffReply);
  };
}

function nameOf(object: UserObject | GroupObject): string {
  return (object as unknown as { readonly ctx: DurableObjectState }).ctx.id.name ?? "";
}

/** From now on calls to this user's, or group's, object end like this; undefined: they work. */
export function breakCallsTo(user: string, fault: CallFault | undefined): void {
  if (fault === undefined) faults.delete(user);
  else faults.set(user, fault);
}

/** What arrived at this user's object, or would have. */
export function callsTo(user: string): HandOff[] {
  return calls.filter(({ to }) => to === user).map(({ call }) => call);
}

/** Calls to this user's object are answered, and the replies are under way until this is called. */
export function holdRepliesOf(user: string): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  held.set(user, promise);
  return async () => {
    held.delete(user);
    // What waits in an object goes on in that object.
    await runInDurableObject(env.USER.getByName(user), () => resolve());
  };
}
