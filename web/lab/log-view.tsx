import { useObservable } from "../../client/react/index.ts";
import { Scroller } from "../kit/scroller.tsx";
import { useWording } from "../text/text-context.ts";
import type { Say } from "../text/texts.ts";
import type { LabLog, LogLine } from "./log.ts";

/** The wire, newest first. */
export function LogView({ log }: { readonly log: LabLog }) {
  const { say, formats } = useWording();
  const { lines } = useObservable(log.state);
  return (
    <Scroller className="log" role="log" label={say("labLive")}>
      {lines.length === 0 && <p className="hint">{say("labNothing")}</p>}
      {lines.map((line) => (
        <p key={line.id} data-kind={line.kind}>
          <time>{formats.exact(line.at)}</time> {textOf(line, say)}
        </p>
      ))}
    </Scroller>
  );
}

function textOf(line: LogLine, say: Say): string {
  switch (line.kind) {
    case "opened":
      return say("logOpen");
    case "closed":
      return say("logClosed", { code: String(line.code) });
    case "lost":
      return say("logLost", { what: whatOf(line.frame) });
    case "sent":
      return say("logSent", { what: whatOf(line.frame) });
    case "received":
      return say("logReceived", { what: whatOf(line.frame) });
  }
}

function whatOf({ t, count }: { readonly t: string; readonly count: number }): string {
  return count > 1 ? `${t} × ${count}` : t;
}
