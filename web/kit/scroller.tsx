import type { ReactNode } from "react";

interface ScrollerProps {
  readonly className: string;
  readonly label: string;
  readonly role?: "group" | "log";
  readonly children: ReactNode;
}

/**
 * Scrolls by itself where it is wider or higher than its place. Not every browser lets the keyboard
 * into what scrolls and holds nothing to press (WCAG 2.1.1), so it takes the focus.
 */
export function Scroller({ className, label, role = "group", children }: ScrollerProps) {
  // A log that nobody has asked for is read out to nobody.
  const aria = {
    role,
    "aria-label": label,
    ...(role === "log" && { "aria-live": "off" as const }),
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it holds text, and keys must scroll it in browsers that give a scroller no focus of its own (WCAG 2.1.1)
    <div className={className} tabIndex={0} {...aria}>
      {children}
    </div>
  );
}
