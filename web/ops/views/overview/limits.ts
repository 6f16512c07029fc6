/** Beyond these an operator should look. */
export const LIMITS = {
  /** What Xianyu publishes for its own channel. */
  downlinkSuccess: 0.97,
  compensationP95Ms: 60_000,
  alarmLagP95Ms: 5_000,
} as const;
