import { describe, expect, test } from "vitest";
import type { Role } from "../../../protocol/groups.ts";
import { type Action, may } from "../../../worker/core/group/rights.ts";

const OPEN = { writers: "all", inviters: "all" } as const;
const CLOSED = { writers: "admins", inviters: "admins" } as const;
const ROLES: readonly Role[] = ["owner", "admin", "member"];

/** Who may in an open and in a closed group; `o`wner, `a`dmin, `m`ember. */
const ALONE: Partial<Record<Action, readonly [string, string]>> = {
  write: ["oam", "oa"],
  react: ["oam", "oam"],
  change: ["oa", "oa"],
  add: ["oam", "oa"],
  link: ["oa", "oa"],
};

/** Over whom: `oa` reads "an owner over an admin". The rest is not allowed. */
const OVER: Partial<Record<Action, readonly string[]>> = {
  "recall-other": ["oa", "om", "am"],
  remove: ["oa", "om", "am"],
  silence: ["oa", "om", "am"],
  appoint: ["oa", "om"],
  "hand-over": ["oa", "om"],
};

const letter = (role: Role) => role.slice(0, 1);

describe("who may do what in a group", () => {
  const alone = Object.entries(ALONE).flatMap(([action, [open, closed]]) =>
    ROLES.flatMap((role) => [
      { action, role, group: OPEN, is: open.includes(letter(role)) },
      { action, role, group: CLOSED, is: closed.includes(letter(role)) },
    ]),
  );
  test.each(alone)("$role, $action, $group.writers: $is", ({ action, role, group, is }) => {
    expect(may(action as Action, role, group)).toBe(is);
  });

  const over = Object.entries(OVER).flatMap(([action, pairs]) =>
    ROLES.flatMap((role) =>
      ROLES.map((whom) => ({
        action,
        role,
        whom,
        is: pairs.includes(letter(role) + letter(whom)),
      })),
    ),
  );
  test.each(over)("$role, $action over $whom: $is", ({ action, role, whom, is }) => {
    for (const group of [OPEN, CLOSED]) expect(may(action as Action, role, group, whom)).toBe(is);
  });

  test("every action is in one of the tables", () => {
    expect([...Object.keys(ALONE), ...Object.keys(OVER)]).toHaveLength(10);
  });
});
