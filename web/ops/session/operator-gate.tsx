import { type ReactNode, useCallback, useMemo, useState } from "react";
import { keepToken, keptToken } from "./kept-token.ts";
import { OperatorProvider } from "./operator-context.ts";
import { SignIn } from "./sign-in.tsx";

/** Shows the console to whoever has an operator's token, and the way to one to everybody else. */
export function OperatorGate({ children }: { readonly children: ReactNode }) {
  const [token, setToken] = useState(keptToken);
  const change = useCallback((next: string | undefined) => {
    keepToken(next);
    setToken(next);
  }, []);
  const operator = useMemo(
    () => (token === undefined ? undefined : { token, signOut: () => change(undefined) }),
    [token, change],
  );
  if (operator === undefined) return <SignIn onToken={change} />;
  return <OperatorProvider value={operator}>{children}</OperatorProvider>;
}
