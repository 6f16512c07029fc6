/** Who takes part, who talks to whom, and with which devices. */
import { type Habit, habitOf } from "./habits.ts";

export interface Member {
  readonly user: string;
  readonly friends: readonly string[];
  readonly devices: readonly { readonly platform: string; readonly habit: Habit }[];
  /** Has one more device, with an app too old to ack. */
  readonly hasOldApp: boolean;
}

const NAMES = (
  "ada alan barbara carol dennis donald edsger emmy frances grace hedy ida john joan karen ken " +
  "leslie lynn margaret mary niklaus radia richard rozsa shafi sophie tim tony vint wang"
).split(" ");
const PLATFORMS = ["browser", "ios", "android", "node"];

export function castOf(people: number): readonly Member[] {
  const users = Array.from({ length: people }, (_, index) => userOf(index));
  return users.map((user, index) => ({
    user,
    friends: [1, 2, 5].map((step) => users[(index + step) % people] ?? user),
    devices: devicesOf(index),
    hasOldApp: index % 9 === 4,
  }));
}

function userOf(index: number): string {
  const name = NAMES[index % NAMES.length] ?? "someone";
  const round = Math.floor(index / NAMES.length);
  return round === 0 ? `demo.${name}` : `demo.${name}${round + 1}`;
}

/** Every third person has a second device, which is well. */
function devicesOf(index: number): Member["devices"] {
  const first = { platform: platformOf(index), habit: habitOf(index) };
  if (index % 3 !== 0) return [first];
  return [first, { platform: platformOf(index + 1), habit: "steady" }];
}

function platformOf(index: number): string {
  return PLATFORMS[index % PLATFORMS.length] ?? "node";
}
