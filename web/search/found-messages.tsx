import { useState } from "react";
import { useNow } from "../hooks/use-now.ts";
import { useNavigation } from "../route/use-route.ts";
import { useSay } from "../text/text-context.ts";
import { FoundRow } from "./found-row.tsx";
import { useFound } from "./use-found.ts";
import "../styles/search.css";

const MINUTE_MS = 60_000;

// lazy() takes a module's default.
/** Messages that hold what was typed, below the conversations of that name. */
export default function FoundMessages({ query }: { readonly query: string }) {
  const say = useSay();
  const now = useNow(MINUTE_MS);
  const { conversation } = useNavigation().route;
  const [isHere, setHere] = useState(false);
  const [hasFile, setHasFile] = useState(false);
  const here = isHere && conversation !== undefined ? { conversation } : {};
  const { kind, hits, more } = useFound(query, { ...here, hasFile });
  return (
    <section className="found-messages" aria-label={say("foundMessages")}>
      <header>
        <h3>{say("foundMessages")}</h3>
        {conversation !== undefined && (
          <Chip on={isHere} onChange={setHere} text={say("searchHere")} />
        )}
        <Chip on={hasFile} onChange={setHasFile} text={say("searchFiles")} />
      </header>
      <ul className="conversations" aria-busy={kind === "loading"}>
        {hits.map((hit) => (
          <FoundRow key={hit.message.key} hit={hit} now={now} />
        ))}
      </ul>
      {kind === "loaded" && hits.length === 0 && more === undefined && (
        <p className="hint" role="status">
          {say("nothingFound")}
        </p>
      )}
      {kind === "failed" && (
        <p className="hint" role="status">
          {say("searchFailed")}
        </p>
      )}
      {more !== undefined && (
        <button type="button" className="button quiet" onClick={more}>
          {say(kind === "failed" ? "tryAgain" : "searchMore")}
        </button>
      )}
    </section>
  );
}

interface ChipProps {
  readonly on: boolean;
  readonly text: string;
  onChange(on: boolean): void;
}

function Chip({ on, text, onChange }: ChipProps) {
  return (
    <button type="button" className="chip" aria-pressed={on} onClick={() => onChange(!on)}>
      {text}
    </button>
  );
}
