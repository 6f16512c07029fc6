import { useState } from "react";
import { PlaceLink } from "../../place/place-link.tsx";
import { usePlace } from "../../place/use-place.ts";
import type { DeviceInfo } from "../../server/users.ts";
import { useOps } from "../../text/ops-wording.tsx";

interface DeviceRowProps {
  readonly device: DeviceInfo;
  readonly onRevoke: (device: string) => Promise<void>;
}

export function DeviceRow({ device, onRevoke }: DeviceRowProps) {
  const { say, amounts } = useOps();
  const { place } = usePlace();
  const { device: id, name, platform, version, seenAt, online, behind } = device;
  return (
    <tr>
      <th scope="row">
        <PlaceLink to={{ ...place, device: id }}>
          <code dir="ltr">{id}</code>
        </PlaceLink>
      </th>
      <td>{name}</td>
      <td>{platform}</td>
      <td>{version}</td>
      <td>{online ? <span className="tag">{say("online")}</span> : amounts.moment(seenAt)}</td>
      <td className="number">{amounts.count(behind)}</td>
      <td>
        <RevokeButton device={id} onRevoke={onRevoke} />
      </td>
    </tr>
  );
}

/** Asks before it does. */
function RevokeButton({
  device,
  onRevoke,
}: {
  readonly device: string;
  readonly onRevoke: (device: string) => Promise<void>;
}) {
  const { say } = useOps();
  const [asking, setAsking] = useState(false);
  if (!asking) {
    return (
      <button type="button" className="link danger" onClick={() => setAsking(true)}>
        {say("revoke")}
      </button>
    );
  }
  return (
    <span className="ops-row">
      <button type="button" className="button danger" onClick={() => void onRevoke(device)}>
        {say("revokeYes")}
      </button>
      <button type="button" className="button quiet" onClick={() => setAsking(false)}>
        {say("cancel")}
      </button>
    </span>
  );
}
