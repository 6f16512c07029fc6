/** What a runtime without a page tells of itself and of its network. */
import type { Lifecycle, Network } from "../ports.ts";

export const headlessLifecycle: Lifecycle = {
  kind: "headless",
  visible: () => true,
  saving: () => false,
  subscribe: () => () => {},
};

/** It is not told; its sockets find out. */
export const untoldNetwork: Network = {
  online: () => true,
  subscribe: () => () => {},
};
