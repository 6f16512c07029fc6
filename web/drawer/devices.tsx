import { listDevices } from "../server/devices.ts";
import { useSay } from "../text/text-context.ts";
import { DeviceRow } from "./device-row.tsx";
import { useAnswer } from "./use-answer.ts";

const REFRESH_MS = 4_000;

export function Devices() {
  const say = useSay();
  const { answer, ask } = useAnswer(listDevices, REFRESH_MS);
  if (answer === undefined) return <p className="hint">{say("loading")}</p>;
  if (!answer.ok) return <p role="alert">{say("loadFailed", { code: answer.code })}</p>;
  const devices = [...answer.value].sort((a, b) => b.seenAt - a.seenAt);
  return (
    <>
      <p className="hint">{say("devicesHint")}</p>
      <ul className="devices">
        {devices.map((device) => (
          <DeviceRow key={device.device} device={device} onChanged={ask} />
        ))}
      </ul>
    </>
  );
}
