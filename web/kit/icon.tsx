const PATHS = {
  archive: "M4 5h16v4H4zM5.5 9v10h13V9M10 13h4",
  back: "M15 5l-7 7 7 7",
  check: "M5 12.5l4.5 4.5L19 7.5",
  checks: "M2.5 12.5l4.5 4.5L16 8M11 16l1 1 9-9",
  clock: "M12 7v5l3 2M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18",
  close: "M6 6l12 12M18 6L6 18",
  copy: "M9 9h10v11H9zM5 15V4h10",
  device: "M8 3h8a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1M11 18h2",
  down: "M12 5v14M5.5 12.5L12 19l6.5-6.5",
  edit: "M4 20l1-4L16.5 4.5l3 3L8 19l-4 1M14 7l3 3",
  folder: "M3.5 6h6l2 2.5h9V19h-17z",
  forward: "M13 6l6 6-6 6M19 12H9a5 5 0 0 0-5 5v1",
  info: "M12 11v6M12 7.5v.01M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18",
  keyboard: "M3 7h18v10H3zM7 11h.01M11 11h.01M15 11h.01M8 14h8",
  lab: "M10 3h4M11 3v6l-5.5 9a2 2 0 0 0 1.7 3h9.6a2 2 0 0 0 1.7-3L13 9V3M8 15h8",
  leave: "M14 4h5v16h-5M10 8l-4 4 4 4M6 12h9",
  more: "M6 12h.01M12 12h.01M18 12h.01",
  menu: "M4 7h16M4 12h16M4 17h16",
  moved: "M5 12h14M9 8l-4 4 4 4",
  mute: "M6 10a6 6 0 0 1 9.5-4.9M18 9.5V14l2 3H8M10 20h4M4 4l16 16",
  people:
    "M9 5a3.2 3.2 0 1 0 0 6.4A3.2 3.2 0 0 0 9 5M3 19c0-3 2.5-5 6-5s6 2 6 5M15.5 5.5a3 3 0 0 1 0 5.5M17.5 14.5c2 .6 3.5 2.2 3.5 4.5",
  pin: "M9 4h6l-1 6 3 3v2H7v-2l3-3-1-6M12 15v5",
  recall: "M4 9h10a5 5 0 0 1 0 10H8M8 5L4 9l4 4",
  reply: "M11 6l-6 6 6 6M5 12h10a4 4 0 0 1 4 4v2",
  retry: "M19 5v5h-5M19 10a7.5 7.5 0 1 0 0 5",
  search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14M16 16l4.5 4.5",
  send: "M4 12L20 4l-5 16-3.5-6.5L4 12M11.5 13.5L20 4",
  settings:
    "M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6M12 2.5v3M12 18.5v3M2.5 12h3M18.5 12h3M5.3 5.3l2.1 2.1M16.6 16.6l2.1 2.1M18.7 5.3l-2.1 2.1M7.4 16.6l-2.1 2.1",
  smile: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M8.5 14.5a4.5 4.5 0 0 0 7 0M9 9.5h.01M15 9.5h.01",
  trash: "M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13",
  unread: "M4 6h9M20 11v7H4V6M4 7l8 6 4-3M19 3.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5",
  warning: "M12 7v7M12 17v.01M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18",
} as const;

export type IconName = keyof typeof PATHS;

/** Directions follow the writing: these turn round in a right-to-left page. */
const TURNS: ReadonlySet<IconName> = new Set([
  "back",
  "forward",
  "leave",
  "moved",
  "reply",
  "recall",
  "send",
]);

/** Decoration only: what it means is said in text beside it or in its button's label. */
export function Icon({ name }: { readonly name: IconName }) {
  const className = TURNS.has(name) ? "icon turns" : "icon";
  return (
    <svg className={className} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
