import type { OpsSay } from "./ops-wording.tsx";

/** How an entry came to a device; as the server names it, for a way that a newer one may know. */
export function routeText(route: string, say: OpsSay): string {
  switch (route) {
    case "live":
    case "retry":
    case "catch-up":
    case "urgent":
      return say(`route_${route}`);
    default:
      return route;
  }
}
