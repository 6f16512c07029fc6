import { type ComponentType, createElement, type JSX, useEffect, useState } from "react";
import { useWording } from "./text-context.ts";

/**
 * A part of the page that comes when it is first shown, with the texts that only such parts have.
 * Without a network it may not come; it is asked for again when it is shown again.
 */
export function lazyPart<Props extends object>(
  load: () => Promise<{ readonly default: ComponentType<Props> }>,
): (props: Props) => JSX.Element | null {
  let loaded: ComponentType<Props> | undefined;
  // biome-ignore lint/correctness/noComponentHookFactories: made once, where a module begins
  return function LazyPart(props: Props) {
    const { say, hasMore, wantMore } = useWording();
    const [Part, setPart] = useState(() => loaded);
    const [failed, setFailed] = useState(false);
    useEffect(() => {
      const take = (module: { readonly default: ComponentType<Props> }) => {
        loaded = module.default;
        setPart(() => module.default);
        setFailed(false);
      };
      Promise.all([load(), wantMore()]).then(
        ([module]) => take(module),
        () => setFailed(true),
      );
    }, [wantMore]);
    if (failed) return createElement("p", { role: "alert", className: "hint" }, say("partMissing"));
    return Part === undefined || !hasMore ? null : createElement(Part, props);
  };
}
