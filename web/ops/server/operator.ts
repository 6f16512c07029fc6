import { type Answer, ask, textAt } from "../../server/ask.ts";

/** Development's sign-in gives the operator's role to anybody. */
export function signInAsOperator(user: string): Promise<Answer<string>> {
  const body = { user, role: "operator" };
  const read = (answer: unknown) => textAt(answer, "token");
  return ask("/v1/dev/sign-in", read, { method: "POST", body });
}

/** Whether the token is valid and an operator's. */
export function checkOperator(token: string): Promise<Answer<true>> {
  return ask("/v1/policy", () => true, { token });
}
