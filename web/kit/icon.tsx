const SPRITE = new URL("./icons.svg", import.meta.url).pathname;

/** The symbols of the sprite. */
export type IconName =
  | "archive"
  | "attach"
  | "back"
  | "check"
  | "checks"
  | "clock"
  | "close"
  | "copy"
  | "device"
  | "down"
  | "edit"
  | "file"
  | "folder"
  | "forward"
  | "info"
  | "keyboard"
  | "lab"
  | "leave"
  | "more"
  | "menu"
  | "moved"
  | "mute"
  | "people"
  | "person"
  | "pin"
  | "place"
  | "recall"
  | "reply"
  | "retry"
  | "search"
  | "send"
  | "settings"
  | "smile"
  | "timer"
  | "trash"
  | "unread"
  | "warning";

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
    <svg className={className} aria-hidden="true" focusable="false">
      <use href={`${SPRITE}#${name}`} />
    </svg>
  );
}
