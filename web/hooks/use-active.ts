import { useEffect, useState } from "react";

/** Whether somebody looks at this tab: it is shown, and its window has the focus. */
export function useActive(): boolean {
  const [active, setActive] = useState(isActive);
  useEffect(() => {
    const update = () => setActive(isActive());
    addEventListener("focus", update);
    addEventListener("blur", update);
    document.addEventListener("visibilitychange", update);
    return () => {
      removeEventListener("focus", update);
      removeEventListener("blur", update);
      document.removeEventListener("visibilitychange", update);
    };
  }, []);
  return active;
}

function isActive(): boolean {
  return document.visibilityState === "visible" && document.hasFocus();
}
