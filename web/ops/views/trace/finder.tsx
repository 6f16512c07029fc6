import { type FormEvent, useCallback, useState } from "react";
import { isUserId } from "../../../../protocol/names.ts";
import { Answered } from "../../kit/answered.tsx";
import { PlaceLink } from "../../place/place-link.tsx";
import { usePlace } from "../../place/use-place.ts";
import { useQuestion } from "../../server/use-question.ts";
import { type MessageHead, readMessages } from "../../server/users.ts";
import { useOps } from "../../text/ops-wording.tsx";

const MINUTE_MS = 60_000;
const AROUND_MINUTES = 10;

/** Finds messages that a user sent or got around a time. */
export function Finder() {
  const { say } = useOps();
  const { place, go } = usePlace();
  const [user, setUser] = useState(place.user ?? "");
  const [around, setAround] = useState(() => inputTime(place.at ?? Date.now()));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const at = new Date(around).getTime();
    if (isUserId(user.trim()) && !Number.isNaN(at)) go({ ...place, user: user.trim(), at });
  };
  return (
    <form onSubmit={submit}>
      <label htmlFor="find-user">{say("findByUser")}</label>
      <div className="ops-row">
        <input
          id="find-user"
          value={user}
          placeholder={say("user")}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          onInput={(event) => setUser(event.currentTarget.value)}
        />
        <input
          type="datetime-local"
          aria-label={say("around")}
          value={around}
          onInput={(event) => setAround(event.currentTarget.value)}
        />
        <button type="submit" className="button">
          {say("find")}
        </button>
      </div>
      <p className="hint">{say("within", { n: AROUND_MINUTES })}</p>
      {place.user !== undefined && place.at !== undefined && (
        <Found user={place.user} at={place.at} />
      )}
    </form>
  );
}

function Found({ user, at }: { readonly user: string; readonly at: number }) {
  const { say } = useOps();
  const question = useCallback(
    (token: string) =>
      readMessages(token, user, at - AROUND_MINUTES * MINUTE_MS, at + AROUND_MINUTES * MINUTE_MS),
    [user, at],
  );
  const { answer, ask } = useQuestion(question);
  return (
    <Answered answer={answer} missing={say("noMessages")} onRetry={ask}>
      {(messages) =>
        messages.length === 0 ? (
          <p className="hint">{say("noMessages")}</p>
        ) : (
          <ul className="found">
            {messages.map((message) => (
              <FoundMessage key={message.id} {...message} />
            ))}
          </ul>
        )
      }
    </Answered>
  );
}

function FoundMessage({ id, at, conversation, number, kind }: MessageHead) {
  const { amounts } = useOps();
  const { place } = usePlace();
  return (
    <li>
      <PlaceLink
        to={{ ...place, message: id }}
        aria-current={id === place.message ? "true" : undefined}
      >
        <span>{amounts.moment(at)}</span>
        <code dir="ltr">{id}</code>
        <span className="hint">
          {conversation} · {amounts.count(number)} · {kind}
        </span>
      </PlaceLink>
    </li>
  );
}

/** As the input wants it: local, without a zone. */
function inputTime(at: number): string {
  const local = new Date(at - new Date(at).getTimezoneOffset() * MINUTE_MS);
  return local.toISOString().slice(0, 16);
}
