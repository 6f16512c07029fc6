import { useObservable } from "../../client/react/index.ts";
import { useWording } from "../text/text-context.ts";
import type { Say } from "../text/texts.ts";
import type { LabLog, LogLine } from "./log.ts";

/** The wire, newest first. */
export function LogView({ log }: { readonly log: LabLog }) {
  const { say, formats } = useWording();
  const { lines } = useObservable(log.state);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
    <div className="log" role="log" aria-live="off" aria-label={say("labLive")} tabIndex={0}>
      {lines.length === 0 && <p className="hint">{say("labNothing")}</p>}
      {lines.map((line) => (
        <p key={line.id} data-kind={line.kind}>
          <time>{formats.exact(line.at)}</time> {textOf(line, say)}
        </p>
      ))}
    </div>
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
