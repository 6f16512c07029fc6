import { useState } from "react";
import {
  brokenFields,
  DEFAULT_PLATFORM,
  type RetryDraft,
  type StrategyDraft,
} from "../../figures/retry-draft.ts";
import { useOps } from "../../text/ops-wording.tsx";
import { StrategyFields } from "./strategy-fields.tsx";
import { TextField } from "./text-field.tsx";

interface RetryFieldsProps {
  readonly draft: RetryDraft;
  readonly onChange: (draft: RetryDraft) => void;
}

/** What a platform may be called, so that it can be told from the fields around it. */
const PLATFORM = /^[\w.-]{1,32}$/;

export function RetryFields({ draft, onChange }: RetryFieldsProps) {
  const { say } = useOps();
  const { strategies } = draft;
  const set = (name: "maxAttempts" | "ttlMs" | "jitter") => (text: string) =>
    onChange({ ...draft, [name]: text });
  const broken = brokenFields(draft);
  const replace = (platform: string, next: StrategyDraft) =>
    onChange({
      ...draft,
      strategies: strategies.map((one) => (one.platform === platform ? next : one)),
    });
  const remove = (platform: string) =>
    onChange({ ...draft, strategies: strategies.filter((one) => one.platform !== platform) });
  return (
    <>
      <div className="setting-fields">
        <TextField
          id="retry-attempts"
          label={say("maxAttempts")}
          text={draft.maxAttempts}
          isWrong={broken.has("maxAttempts")}
          onChange={set("maxAttempts")}
        />
        <TextField
          id="retry-ttl"
          label={say("retryTtl")}
          unit="ms"
          text={draft.ttlMs}
          isWrong={broken.has("ttlMs")}
          onChange={set("ttlMs")}
        />
        <TextField
          id="retry-jitter"
          label={say("jitter")}
          text={draft.jitter}
          isWrong={broken.has("jitter")}
          onChange={set("jitter")}
        />
      </div>
      {strategies.map((strategy) => (
        <StrategyFields
          key={strategy.platform}
          draft={strategy}
          isWrong={broken.has(strategy.platform)}
          onChange={(next) => replace(strategy.platform, next)}
          onRemove={
            strategy.platform === DEFAULT_PLATFORM ? undefined : () => remove(strategy.platform)
          }
        />
      ))}
      <PlatformForm
        isTaken={(name) => strategies.some(({ platform }) => platform === name)}
        onAdd={(platform) => {
          const [first] = strategies;
          if (first === undefined) return;
          onChange({ ...draft, strategies: [...strategies, { ...first, platform }] });
        }}
      />
    </>
  );
}

/** A new platform begins with the strategy of all others. */
function PlatformForm({
  isTaken,
  onAdd,
}: {
  readonly isTaken: (platform: string) => boolean;
  readonly onAdd: (platform: string) => void;
}) {
  const { say } = useOps();
  const [name, setName] = useState("");
  const usable = PLATFORM.test(name) && !isTaken(name);
  const add = () => {
    onAdd(name);
    setName("");
  };
  return (
    <div className="setting new-platform">
      <label htmlFor="new-platform">{say("addPlatform")}</label>
      <div className="ops-row">
        <input
          id="new-platform"
          value={name}
          dir="ltr"
          placeholder="browser"
          onInput={(event) => setName(event.currentTarget.value.trim())}
        />
        <button type="button" className="button" disabled={!usable} onClick={add}>
          {say("addStrategy")}
        </button>
      </div>
    </div>
  );
}
