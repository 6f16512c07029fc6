import type { Panel } from "../route/route.ts";
import { lazyPart } from "../text/lazy-part.tsx";

const Drawer = lazyPart(() => import("./drawer.tsx"));

/** Loaded when one is opened for the first time. */
export function DrawerHost({ panel }: { readonly panel: Panel }) {
  return <Drawer panel={panel} />;
}
