import { type RefObject, useLayoutEffect } from "react";
import type { Route } from "../route/route.ts";
import { useNavigation } from "../route/use-route.ts";
import { useSession } from "../session/session-context.ts";

/** The keys that work wherever the focus is; those of a part are handled there, and stop there. */
export function useChatShortcuts(search: RefObject<HTMLInputElement | null>): void {
  const { client } = useSession();
  const { route, go } = useNavigation();

  // With the screen that it belongs to: a key pressed right after it must not act on the one before.
  useLayoutEffect(() => {
    const step = (by: number) => {
      const ids = client.conversations.get().map(({ id }) => id);
      const at = ids.indexOf(route.conversation ?? "");
      const next = ids[at < 0 ? 0 : at + by];
      if (next !== undefined) go({ ...route, conversation: next });
    };
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      const act = actionFor(event);
      if (act === undefined) return;
      event.preventDefault();
      if (act === "search") focusSearch(search.current, () => go(withoutPanes(route)));
      else if (act === "help") go({ ...route, panel: { kind: "shortcuts" } });
      else if (act === "next") step(1);
      else if (act === "previous") step(-1);
      else leave(route, go);
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, [client, route, go, search]);
}

type Action = "search" | "help" | "next" | "previous" | "leave";

function actionFor(event: KeyboardEvent): Action | undefined {
  const { key, altKey } = event;
  const command = event.ctrlKey || event.metaKey;
  if (command && key.toLowerCase() === "k") return "search";
  if (command && key === "/") return "help";
  if (altKey && key === "ArrowDown") return "next";
  if (altKey && key === "ArrowUp") return "previous";
  return key === "Escape" ? "leave" : undefined;
}

/** On a narrow screen the list has to be shown first. */
function focusSearch(input: HTMLInputElement | null, showList: () => void): void {
  if (input === null) return;
  if (input.offsetParent === null) showList();
  requestAnimationFrame(() => input.focus());
}

function withoutPanes({ panel: _, conversation: __, ...rest }: Route): Route {
  return rest;
}

/** From the innermost outwards: the drawer, then (on a narrow screen) the conversation. */
function leave(route: Route, go: (route: Route) => void): void {
  const { panel, ...rest } = route;
  if (panel !== undefined) return go(rest);
  if (matchMedia("(width < 45rem)").matches) go(withoutPanes(route));
  else document.querySelector<HTMLElement>("[data-composer]")?.focus();
}
