import { useCallback, useEffect, useState } from "react";
import type { Preferences, PreferencesPatch } from "../../client/index.ts";
import { useSession } from "../session/session-context.ts";
import { useSay } from "../text/text-context.ts";

const WHO_WRITES = ["everyone", "contacts"] as const;
const WHO_SEES = ["everyone", "contacts", "nobody"] as const;

/** What others may do and know: it holds for the user on all devices, so the server keeps it. */
export function PreferencesSettings() {
  const say = useSay();
  const { client } = useSession();
  const [kept, setKept] = useState<Preferences>();
  const [isLost, setLost] = useState(false);
  const take = useCallback((asked: Promise<Preferences>) => {
    const taken = (preferences: Preferences) => {
      setKept(preferences);
      setLost(false);
    };
    void asked.then(taken, () => setLost(true));
  }, []);
  useEffect(() => take(client.preferences()), [client, take]);
  const set = (patch: PreferencesPatch) => take(client.setPreferences(patch));
  return (
    <>
      <label>
        <input
          type="checkbox"
          disabled={kept === undefined}
          checked={kept?.readReceipts ?? false}
          onChange={({ currentTarget: { checked } }) => set({ readReceipts: checked })}
        />{" "}
        {say("receipts")}
      </label>
      <p className="hint">{say("receiptsHint")}</p>
      <Choice
        label={say("whoWrites")}
        values={WHO_WRITES}
        value={kept?.writers}
        onChoose={(writers) => set({ writers })}
      />
      <p className="hint">{say("whoWritesHint")}</p>
      <Choice
        label={say("whoSees")}
        values={WHO_SEES}
        value={kept?.presence}
        onChoose={(presence) => set({ presence })}
      />
      {isLost && <p className="wrong">{say("preferencesLost")}</p>}
    </>
  );
}

type Audience = (typeof WHO_SEES)[number];

interface ChoiceProps<Value extends Audience> {
  readonly label: string;
  readonly values: readonly Value[];
  readonly value: Value | undefined;
  onChoose(value: Value): void;
}

function Choice<Value extends Audience>({ label, values, value, onChoose }: ChoiceProps<Value>) {
  const say = useSay();
  const names: Record<Audience, string> = {
    everyone: say("everyone"),
    contacts: say("contacts"),
    nobody: say("nobody"),
  };
  return (
    <label className="field">
      <span>{label}</span>
      <select
        disabled={value === undefined}
        value={value}
        onChange={({ currentTarget: { selectedIndex } }) => {
          const chosen = values[selectedIndex];
          if (chosen !== undefined) onChoose(chosen);
        }}
      >
        {values.map((one) => (
          <option key={one} value={one}>
            {names[one]}
          </option>
        ))}
      </select>
    </label>
  );
}
