/**
 * Ends objects of one group at a chosen point of what is done there: both halves of the calls between
 * the group's object and those of its members are replaced, for a test file alone.
 */
import type { HandOff, HandOffReply } from "../../../protocol/hand-offs.ts";
import { GroupObject } from "../../../worker/group-object.ts";
import { UserObject } from "../../../worker/user-object.ts";
import { objectOf } from "../objects.ts";
import { groupObject } from "./support.ts";

/** `nth`: of the calls that the group makes of what was done, from 1. */
export type CrashPoint =
  /** The group has done it, and no row of that stays. */
  | { readonly kind: "before-commit" }
  /** It stands in rows, and neither is it answered nor does anybody hear of it. */
  | { readonly kind: "after-commit" }
  /** It is committed and goes round; the object of who asked for it ends before the answer. */
  | { readonly kind: "author-ends" }
  /** A member's object has taken it, and the group ends before it hears so. */
  | { readonly kind: "group-ends"; readonly nth: number }
  /** A member's object ends with what it was brought: nothing of it stays, or all. */
  | { readonly kind: "member-ends"; readonly nth: number; readonly committed: boolean };

interface Armed {
  readonly point: CrashPoint;
  readonly isMeant: (call: HandOff) => boolean;
  /** Whether the call that is meant has come. */
  isDone: boolean;
  told: number;
  /** Set as long as nobody is to hear of it. */
  isMute: boolean;
  struck: boolean;
}

const armed = new Map<string, Armed>();

/** From the call on that `isMeant`; who arms it asks `struck` in the end, or nothing was tested. */
export function armCrash(
  conversation: string,
  point: CrashPoint,
  isMeant: Armed["isMeant"],
): { struck(): boolean } {
  const crash = { point, isMeant, isDone: false, told: 0, isMute: false, struck: false };
  armed.set(conversation, crash);
  return { struck: () => crash.struck };
}

type Taken = HandOffReply | Promise<HandOffReply>;
type Half = { handOff(call: HandOff): Taken; readonly ctx: DurableObjectState };

const group = GroupObject.prototype as unknown as Half;
const user = UserObject.prototype as unknown as Half;
const asGroup = group.handOff;
const asUser = user.handOff;

group.handOff = function (this: Half, call) {
  const conversation = call.conversations[0]?.conversation ?? "";
  const crash = armed.get(conversation);
  if (crash === undefined || crash.isDone || !crash.isMeant(call)) return asGroup.call(this, call);
  crash.isDone = true;
  const { kind } = crash.point;
  crash.isMute = kind === "after-commit";
  const reply = asGroup.call(this, call);
  switch (kind) {
    case "before-commit":
      crash.struck = true;
      this.ctx.abort("before the commit");
      return reply;
    case "after-commit":
      return endAfterCommit(this, crash, reply);
    case "author-ends":
      crash.struck = true;
      return endAuthor(call, reply);
    default:
      return reply;
  }
};

async function endAfterCommit({ ctx }: Half, crash: Armed, reply: Taken): Promise<HandOffReply> {
  await ctx.storage.sync();
  crash.struck = true;
  crash.isMute = false;
  ctx.abort("after the commit");
  return reply;
}

/** The object that called ends, and its call with it. */
async function endAuthor({ from }: HandOff, reply: Taken): Promise<HandOffReply> {
  await ended(objectOf(from.slice("user:".length)));
  return reply;
}

user.handOff = function (this: Half, call) {
  const crash = armed.get(call.from);
  if (crash === undefined || !crash.isDone) return asUser.call(this, call);
  // The group is about to end: what it had begun to tell is lost on its way.
  if (crash.isMute) throw new Error("the call did not arrive");
  crash.told += 1;
  const { point } = crash;
  if (crash.struck || !("nth" in point) || point.nth !== crash.told) return asUser.call(this, call);
  crash.struck = true;
  return point.kind === "group-ends"
    ? endGroup(call.from, asUser.call(this, call))
    : endMember(this, point.committed, asUser.call(this, call));
};

async function endGroup(conversation: string, reply: Taken): Promise<HandOffReply> {
  await ended(groupObject(conversation));
  return reply;
}

async function endMember({ ctx }: Half, committed: boolean, reply: Taken): Promise<HandOffReply> {
  if (committed) await ctx.storage.sync();
  ctx.abort(committed ? "after the commit" : "before the commit");
  return reply;
}

/** An object that ends cannot answer: the call failing is the call having worked. */
async function ended(object: { crash(): Promise<void> }): Promise<void> {
  await object.crash().catch(() => undefined);
}
