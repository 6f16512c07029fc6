import { createContext, useContext } from "react";

export interface Operator {
  readonly token: string;
  signOut(): void;
}

const OperatorContext = createContext<Operator | undefined>(undefined);
export const OperatorProvider = OperatorContext.Provider;

export function useOperator(): Operator {
  const operator = useContext(OperatorContext);
  if (operator === undefined) throw new Error("useOperator outside of OperatorProvider");
  return operator;
}
