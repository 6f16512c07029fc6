/** The story of one message, asked of the server's ledger. */
import { isCount, isText, listOf, shape } from "../core/decode.ts";
import { HoldfastError } from "../errors.ts";
import type { MessageInfo } from "../info-model.ts";
import type { Questions } from "./questions.ts";

const isCountOrNull = (value: unknown) => value === null || isCount(value);

const isInfo = shape({
  number: isCountOrNull,
  acceptedAt: isCount,
  routed: (value) => typeof value === "boolean",
  devices: listOf(
    shape({
      user: isText,
      device: isText,
      status: isText,
      nextRetryAt: isCountOrNull,
      pushes: listOf(
        shape({ route: isText, attempts: isCount, firstPushAt: isCount, ackedAt: isCountOrNull }),
      ),
    }),
  ),
});

export async function askMessageInfo(questions: Questions, id: string): Promise<MessageInfo> {
  const body = await questions.get(`/v1/messages/${encodeURIComponent(id)}/trace`);
  if (!isInfo(body)) throw new HoldfastError("internal");
  return body as MessageInfo;
}
