import { SETTING_NAMES, type SettingName } from "../../figures/setting-rules.ts";

type Title = "group_feed" | "group_rates" | "group_handOffs" | "group_storage";

export interface Group {
  readonly title: Title;
  readonly names: readonly SettingName[];
}

const NAMED: readonly Group[] = [
  {
    title: "group_feed",
    names: [
      "windowEntries",
      "windowBytes",
      "pageBytes",
      "retentionMs",
      "freshEntries",
      "ackDelayMs",
      "ackMaxMs",
      "minAckVersion",
    ],
  },
  {
    title: "group_rates",
    names: [
      "rateBurst",
      "ratePerSecond",
      "connectsPerMinute",
      "editWindowMs",
      "recallWindowMs",
      "recipients",
    ],
  },
  {
    title: "group_handOffs",
    names: ["handOffTimeoutMs", "handOffDelaysMs", "handOffTtlMs"],
  },
];

const named = new Set(NAMED.flatMap(({ names }) => names));

/** Whatever is in no other group stands in the last one, so that a new setting is not forgotten. */
export const GROUPS: readonly Group[] = [
  ...NAMED,
  { title: "group_storage", names: SETTING_NAMES.filter((name) => !named.has(name)) },
];
