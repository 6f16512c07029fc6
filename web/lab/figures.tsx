import { useConnection, useObservable } from "../../client/react/index.ts";
import { useSay } from "../text/text-context.ts";
import type { Faults } from "./faults.ts";
import { useCaughtUp } from "./use-caught-up.ts";

/** The numbers that tell the story: what waits, what was lost, what was made good. */
export function Figures({ faults }: { readonly faults: Faults }) {
  const say = useSay();
  const { waiting } = useConnection();
  const { connects, framesLost } = useObservable(faults.log.state);
  const caughtUp = useCaughtUp();
  const figures = [
    [say("labQueue"), waiting],
    [say("labFramesLost"), framesLost],
    [say("labReconnects"), Math.max(0, connects - 1)],
    [say("labCaughtUp"), caughtUp],
  ] as const;
  return (
    <dl className="figures">
      {figures.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
