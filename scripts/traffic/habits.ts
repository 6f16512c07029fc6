/** What is wrong with the network or the app of a simulated person. */
export const HABITS = ["steady", "flaky", "slow", "lossy", "sleepy", "clumsy"] as const;
export type Habit = (typeof HABITS)[number];

/** Most people are well; the others show what the console is for. */
const MIX: readonly Habit[] = [
  "steady",
  "flaky",
  "steady",
  "sleepy",
  "steady",
  "slow",
  "steady",
  "lossy",
  "steady",
  "clumsy",
];

export function habitOf(index: number): Habit {
  return MIX[index % MIX.length] ?? "steady";
}

/** From `low` to `high`, evenly. */
export function between(low: number, high: number): number {
  return low + Math.random() * (high - low);
}
