import type { SettingsPatch } from "../../../../protocol/settings.ts";
import type { Change } from "../../server/policy.ts";
import { useOps } from "../../text/ops-wording.tsx";

interface HistoryProps {
  readonly changes: readonly Change[];
  readonly onUndo: (was: SettingsPatch) => void;
}

export function History({ changes, onUndo }: HistoryProps) {
  const { say } = useOps();
  if (changes.length === 0) return <p className="hint">{say("noHistory")}</p>;
  return (
    <ol className="history">
      {changes.map((change) => (
        <ChangeRow key={`${change.at} ${change.by}`} change={change} onUndo={onUndo} />
      ))}
    </ol>
  );
}

function ChangeRow({
  change: { at, by, patch, was },
  onUndo,
}: {
  readonly change: Change;
  readonly onUndo: (was: SettingsPatch) => void;
}) {
  const { say, amounts } = useOps();
  const before: Readonly<Record<string, unknown>> = was ?? {};
  return (
    <li>
      <p>
        <b>{amounts.moment(at)}</b> <span className="hint">{say("changedBy", { user: by })}</span>
        {was !== undefined && (
          <button type="button" className="link" onClick={() => onUndo(was)}>
            {say("undo")}
          </button>
        )}
      </p>
      <ul>
        {Object.entries(patch).map(([name, value]) => (
          <li key={name} dir="ltr">
            <code>
              {name}: {brief(before[name])} → {brief(value)}
            </code>
          </li>
        ))}
      </ul>
    </li>
  );
}

function brief(value: unknown): string {
  return value === undefined ? "?" : JSON.stringify(value).replaceAll('"', "");
}
