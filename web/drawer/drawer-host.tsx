import { lazy, Suspense } from "react";
import type { Panel } from "../route/route.ts";

const Drawer = lazy(() => import("./drawer.tsx"));

/** Loaded when one is opened for the first time. */
export function DrawerHost({ panel }: { readonly panel: Panel }) {
  return (
    <Suspense fallback={null}>
      <Drawer panel={panel} />
    </Suspense>
  );
}
