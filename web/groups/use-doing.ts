import { useState } from "react";
import { HoldfastError, type SendHandle } from "../../client/index.ts";
import { useSay } from "../text/text-context.ts";
import { reasonOf } from "../thread/reason.ts";

/** Does something in the group and tells why it was refused, if it was. */
export function useDoing(): readonly [failure: string, act: (handle: SendHandle) => void] {
  const say = useSay();
  const [failure, setFailure] = useState("");
  const act = (handle: SendHandle) => {
    setFailure("");
    handle.accepted.catch((error: unknown) => {
      const code = error instanceof HoldfastError ? error.code : "internal";
      if (code !== "closed") setFailure(reasonOf(code, say));
    });
  };
  return [failure, act];
}
