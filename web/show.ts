import { type ComponentType, createElement } from "react";
import { createRoot } from "react-dom/client";

/** The whole of a page; both have the same place for it. */
export function show(Page: ComponentType): void {
  const place = document.getElementById("page");
  if (place === null) throw new Error("The page has no #page.");
  createRoot(place).render(createElement(Page));
}
