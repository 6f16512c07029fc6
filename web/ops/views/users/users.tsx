import { type FormEvent, useState } from "react";
import { isUserId } from "../../../../protocol/names.ts";
import { usePlace } from "../../place/use-place.ts";
import { useOps } from "../../text/ops-wording.tsx";
import { DevicePanel } from "./device-panel.tsx";
import { DevicesPanel } from "./devices-panel.tsx";
import { HandOffsPanel } from "./hand-offs-panel.tsx";

export default function Users() {
  const { place } = usePlace();
  const { user, device } = place;
  return (
    <>
      <div className="panel wide lookups">
        <UserForm key={user} />
      </div>
      {user !== undefined && <DevicesPanel key={user} user={user} />}
      {user !== undefined && device !== undefined && (
        <DevicePanel key={`${user} ${device}`} user={user} device={device} />
      )}
      {user !== undefined && <HandOffsPanel key={user} user={user} />}
    </>
  );
}

function UserForm() {
  const { say } = useOps();
  const { place, go } = usePlace();
  const [user, setUser] = useState(place.user ?? "");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wanted = user.trim();
    if (isUserId(wanted)) go({ view: "users", range: place.range, user: wanted });
  };
  return (
    <form onSubmit={submit}>
      <label htmlFor="user-name">{say("user")}</label>
      <div className="ops-row">
        <input
          id="user-name"
          value={user}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          onInput={(event) => setUser(event.currentTarget.value)}
        />
        <button type="submit" className="button">
          {say("find")}
        </button>
      </div>
    </form>
  );
}
