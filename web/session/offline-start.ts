const SCRIPT = "/service-worker.js";

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): string };
}

let begun = false;

/** From the next visit on, the chat opens without a network too. */
export function startOffline(): void {
  if (begun || !("serviceWorker" in navigator)) return;
  begun = true;
  // Private windows and blocked storage have none: the page works all the same.
  navigator.serviceWorker.register(trustedScript()).catch(() => undefined);
}

/** The page's policy lets no script in by a plain address, but by this one rule. */
function trustedScript(): string {
  const { trustedTypes } = globalThis as { readonly trustedTypes?: TrustedTypes };
  const policy = trustedTypes?.createPolicy("holdfast", { createScriptURL: () => SCRIPT });
  return policy?.createScriptURL(SCRIPT) ?? SCRIPT;
}
