import { useCallback, useState } from "react";
import { useAnnounce } from "../../../kit/announcer.tsx";
import { Scroller } from "../../../kit/scroller.tsx";
import { Answered } from "../../kit/answered.tsx";
import { Definition } from "../../kit/definition.tsx";
import { useQuestion } from "../../server/use-question.ts";
import { readDevices, revokeDevice } from "../../server/users.ts";
import { useOperator } from "../../session/operator-context.ts";
import { useOps } from "../../text/ops-wording.tsx";
import { DeviceRow } from "./device-row.tsx";

const EVERY_MS = 4_000;

export function DevicesPanel({ user }: { readonly user: string }) {
  const { say } = useOps();
  const { token } = useOperator();
  const announce = useAnnounce();
  const [failure, setFailure] = useState<string>();
  const question = useCallback((own: string) => readDevices(own, user), [user]);
  const { answer, ask } = useQuestion(question, EVERY_MS);
  const revoke = async (device: string) => {
    const revoked = await revokeDevice(token, user, device);
    setFailure(revoked.ok ? undefined : revoked.code);
    if (revoked.ok) announce(say("revoked", { device }));
    ask();
  };
  const columns = ["device", "name", "platform", "version", "seen", "behind"] as const;
  return (
    <section className="panel wide" aria-labelledby="devices-title">
      <header>
        <h2 id="devices-title">{say("usersTitle")}</h2>
        <Definition of={say("usersTitle")} text={say("usersDefinition")} />
      </header>
      {failure !== undefined && <p className="wrong">{say("failed", { code: failure })}</p>}
      <Answered answer={answer} missing={say("noDevicesOf", { user })} onRetry={ask}>
        {(devices) =>
          devices.length === 0 ? (
            <p className="hint">{say("noDevicesOf", { user })}</p>
          ) : (
            <Scroller className="table-scroll" label={say("usersTitle")}>
              <table>
                <thead>
                  <tr>
                    {columns.map((column) => (
                      <th
                        key={column}
                        scope="col"
                        className={column === "behind" ? "number" : undefined}
                      >
                        {say(column)}
                      </th>
                    ))}
                    <td />
                  </tr>
                </thead>
                <tbody>
                  {devices.map((device) => (
                    <DeviceRow key={device.device} device={device} onRevoke={revoke} />
                  ))}
                </tbody>
              </table>
            </Scroller>
          )
        }
      </Answered>
    </section>
  );
}
