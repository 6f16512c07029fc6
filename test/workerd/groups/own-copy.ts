/** What one user's copy of a group is to hold: told by the group's log alone. */
import type { Member } from "../../../worker/core/group/state.ts";
import type { Truth } from "./rest.ts";

interface Said {
  readonly kind: string;
  readonly history?: string;
  readonly members?: readonly string[];
  readonly target?: number;
  readonly users?: readonly string[];
}

const saidIn = ({ body }: Truth) => body as Said;

export function isBy({ id }: Truth, user: string): boolean {
  return id.startsWith(`${user}:`);
}

/**
 * What this user's object may have been handed, and nothing else (R15): what was said while they were
 * there, and before that where whoever comes is shown the past.
 */
export function openTo(log: readonly Truth[], user: string): readonly Truth[] {
  const isPastShown = log.some((entry) => saidIn(entry).history === "start");
  let open: Truth[] = [];
  let isThere = false;
  for (const entry of log) {
    const wasThere = isThere;
    isThere = isThereAfter(entry, user, wasThere);
    // By one's own word one is still told that one goes, by another's not.
    const isLastWord = wasThere && isBy(entry, user);
    if (isThere && !wasThere && isPastShown) open = log.slice(0, entry.number);
    else if (isThere || isLastWord) open.push(entry);
  }
  return open;
}

function isThereAfter(entry: Truth, user: string, wasThere: boolean): boolean {
  const { kind, members = [], users = [] } = saidIn(entry);
  switch (kind) {
    case "group-create":
      return isBy(entry, user) || members.includes(user);
    case "members-add":
      return wasThere || users.includes(user);
    case "joined":
      return wasThere || isBy(entry, user);
    case "members-remove":
      return wasThere && !users.includes(user);
    case "leave":
      return wasThere && !isBy(entry, user);
    default:
      return wasThere;
  }
}

/**
 * An entry as this user's devices are fed it, who have these numbers. What lies before their view, or
 * is no more theirs, is a stub that names nothing but their own (R15); so is an edit of what they do
 * not have, for a recall would leave its words (R11).
 */
export function asFed(
  entry: Truth,
  { user, state, from }: Member,
  has: ReadonlySet<number>,
): Truth {
  const stub = { ...entry, body: { kind: "withheld" }, changes: undefined };
  const isSeen = state === "member" && entry.number >= from;
  if (!isSeen) return isBy(entry, user) ? stub : { ...stub, id: "" };
  const { kind, target = 0 } = saidIn(entry);
  return kind === "edit" && !has.has(target) ? stub : entry;
}
