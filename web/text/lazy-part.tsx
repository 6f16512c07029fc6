import { type ComponentType, createElement, type JSX, useEffect, useState } from "react";
import { useWording } from "./text-context.ts";

interface Part<Props extends object> {
  readonly load: () => Promise<{ readonly default: ComponentType<Props> }>;
  /** Once it has come, it is shown at once. */
  loaded?: ComponentType<Props>;
}

/**
 * A part of the page that comes when it is first shown, with the texts that only such parts have.
 * Without a network it may not come; it is asked for again when it is shown again.
 */
export function lazyPart<Props extends object>(
  load: Part<Props>["load"],
): (props: Props) => JSX.Element {
  const part: Part<Props> = { load };
  return (props) => createElement(Loading<Props>, { part, props });
}

interface LoadingProps<Props extends object> {
  readonly part: Part<Props>;
  readonly props: Props;
}

function Loading<Props extends object>({ part, props }: LoadingProps<Props>) {
  const { say, hasMore, wantMore } = useWording();
  const [Shown, setShown] = useState(() => part.loaded);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    const take = (module: { readonly default: ComponentType<Props> }) => {
      part.loaded = module.default;
      setShown(() => module.default);
      setFailed(false);
    };
    Promise.all([part.load(), wantMore()]).then(
      ([module]) => take(module),
      () => setFailed(true),
    );
  }, [part, wantMore]);
  if (failed) return createElement("p", { role: "alert", className: "hint" }, say("partMissing"));
  return Shown === undefined || !hasMore ? null : createElement(Shown, props);
}
