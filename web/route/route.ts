import { isUserId, parseConversation } from "../../client/index.ts";

/** What is shown, whole in the address: a link opens the same, and back goes back. */
export interface Route {
  /** Who uses this window; absent: nobody has signed in. */
  readonly user?: string;
  /** A further device of the same user in the same browser; absent: the browser's own. */
  readonly device?: string;
  readonly conversation?: string;
  /** Number of the message in it that is to be shown. */
  readonly at?: number;
  readonly panel?: Panel;
  /** Which conversations are listed: `unread`, `archived` … or the id of a folder; absent: all. */
  readonly list?: string;
  /** Token of an invitation to the conversation. */
  readonly join?: string;
  readonly lab?: boolean;
  /** The start page with two demo users side by side. */
  readonly demo?: boolean;
}

export type Panel =
  | { readonly kind: "devices" }
  | { readonly kind: "settings" }
  | { readonly kind: "shortcuts" }
  | { readonly kind: "newGroup" }
  | { readonly kind: "profile" }
  /** About the one whom one talks with. */
  | { readonly kind: "person" }
  /** About the group that is shown. */
  | { readonly kind: "group" }
  | { readonly kind: "info"; readonly message: string };

const PLAIN_PANELS: readonly Panel["kind"][] = [
  "devices",
  "settings",
  "shortcuts",
  "newGroup",
  "profile",
  "person",
  "group",
];
const LINK_TOKEN = /^[A-Za-z0-9_-]{22}$/;
const LIST = /^[A-Za-z0-9_-]{1,32}$/;
const SLOT = /^[A-Za-z0-9]{1,8}$/;

export function parseRoute(search: string): Route {
  const query = new URLSearchParams(search);
  const user = query.get("as") ?? "";
  const invitation = invitationOf(query);
  if (!isUserId(user)) return { ...(query.has("demo") && { demo: true }), ...invitation };
  const device = query.get("device") ?? "";
  const conversation = query.get("c") ?? "";
  const at = Number(query.get("at") ?? 0);
  const list = query.get("list") ?? "";
  const panel = parsePanel(query.get("panel") ?? "", query.get("message"));
  return {
    user,
    ...(SLOT.test(device) && { device }),
    ...(parseConversation(conversation) !== undefined && { conversation }),
    ...invitation,
    ...(Number.isSafeInteger(at) && at > 0 && { at }),
    ...(panel !== undefined && { panel }),
    ...(LIST.test(list) && { list }),
    ...(query.has("lab") && { lab: true }),
  };
}

export function formatRoute(route: Route): string {
  const pairs: [string, string][] = [];
  if (route.demo) pairs.push(["demo", "on"]);
  if (route.user !== undefined) pairs.push(["as", route.user]);
  if (route.device !== undefined) pairs.push(["device", route.device]);
  if (route.conversation !== undefined) pairs.push(["c", route.conversation]);
  if (route.join !== undefined) pairs.push(["join", route.join]);
  if (route.at !== undefined) pairs.push(["at", String(route.at)]);
  if (route.panel !== undefined) pairs.push(["panel", route.panel.kind]);
  if (route.panel?.kind === "info") pairs.push(["message", route.panel.message]);
  if (route.list !== undefined) pairs.push(["list", route.list]);
  if (route.lab) pairs.push(["lab", "on"]);
  if (pairs.length === 0) return "/";
  return `/?${pairs.map(([name, value]) => `${name}=${encode(value)}`).join("&")}`;
}

/** Kept for whoever has to sign in first. */
function invitationOf(query: URLSearchParams): Pick<Route, "conversation" | "join"> {
  const conversation = query.get("c") ?? "";
  const join = query.get("join") ?? "";
  const isOne = LINK_TOKEN.test(join) && parseConversation(conversation)?.kind === "group";
  return isOne ? { conversation, join } : {};
}

function parsePanel(kind: string, message: string | null): Panel | undefined {
  if (PLAIN_PANELS.some((plain) => plain === kind)) return { kind } as Panel;
  return kind === "info" && message ? { kind, message } : undefined;
}

/** Names stay readable: these characters mean nothing in a query. */
function encode(value: string): string {
  return encodeURIComponent(value).replace(/%3A/g, ":").replace(/%2C/g, ",").replace(/%40/g, "@");
}
