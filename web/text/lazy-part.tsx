import { type ComponentType, createElement, lazy, Suspense, useEffect } from "react";
import { useWording } from "./text-context.ts";

/** A part of the page that comes when it is first shown, with the texts that only such parts have. */
export function lazyPart<Props extends object>(
  load: () => Promise<{ readonly default: ComponentType<Props> }>,
): (props: Props) => React.JSX.Element | null {
  const Part = lazy(load);
  // biome-ignore lint/correctness/noComponentHookFactories: made once, where a module begins
  return function LazyPart(props: Props) {
    const { hasMore, wantMore } = useWording();
    useEffect(wantMore, [wantMore]);
    if (!hasMore) return null;
    return <Suspense fallback={null}>{createElement(Part, props)}</Suspense>;
  };
}
