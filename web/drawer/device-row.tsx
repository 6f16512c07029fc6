import { useState } from "react";
import { useNow } from "../hooks/use-now.ts";
import { Icon } from "../kit/icon.tsx";
import { type DeviceInfo, revokeDevice } from "../server/devices.ts";
import { freshToken } from "../session/credentials.ts";
import { useSession } from "../session/session-context.ts";
import { useWording } from "../text/text-context.ts";

interface DeviceRowProps {
  readonly device: DeviceInfo;
  readonly onChanged: () => void;
}

export function DeviceRow({ device, onChanged }: DeviceRowProps) {
  const { say, formats } = useWording();
  const { user, client } = useSession();
  const [asking, setAsking] = useState(false);
  const [failed, setFailed] = useState<string>();
  const now = useNow(undefined);
  const here = client.device === device.device;
  const revoke = async () => {
    const answer = await revokeDevice(device.device, await freshToken(user));
    setAsking(false);
    setFailed(answer.ok ? undefined : answer.code);
    onChanged();
  };
  const seen = say("deviceSeen", {
    time: `${formats.day(device.seenAt, now)} ${formats.time(device.seenAt)}`,
  });
  return (
    <li data-device={device.device}>
      <Icon name="device" />
      <div>
        <p>
          <strong>{device.name || device.platform}</strong>{" "}
          {here && <span className="tag">{say("thisDevice")}</span>}
        </p>
        <p className="hint">
          <code>{device.device.slice(0, 8)}</code> · {device.online ? say("deviceOnline") : seen}
          {device.behind > 0 && ` · ${say("deviceBehind", { n: device.behind })}`}
        </p>
        {failed !== undefined && <p className="wrong">{say("loadFailed", { code: failed })}</p>}
      </div>
      <button
        type="button"
        className={asking ? "link danger" : "link"}
        onClick={() =>
          asking ? revoke().catch(() => setFailed("unauthenticated")) : setAsking(true)
        }
        onBlur={() => setAsking(false)}
      >
        {say(asking ? "revokeAsk" : "revoke")}
      </button>
    </li>
  );
}
