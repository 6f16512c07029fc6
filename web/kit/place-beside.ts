const GAP_PX = 4;

/** Puts a fixed element below what it belongs to, or above where there is no room. */
export function placeBeside(element: HTMLElement, anchor: DOMRect, atItsEnd: boolean): void {
  const { offsetWidth: width, offsetHeight: height } = element;
  const rtl = document.dir === "rtl";
  const wanted = atItsEnd === rtl ? anchor.left : anchor.right - width;
  const below = anchor.bottom + GAP_PX;
  const top = below + height > innerHeight ? anchor.top - height - GAP_PX : below;
  element.style.left = `${clamp(wanted, GAP_PX, innerWidth - width - GAP_PX)}px`;
  element.style.top = `${clamp(top, GAP_PX, innerHeight - height - GAP_PX)}px`;
}

function clamp(value: number, min: number, max: number): number {
  return Math.max(min, Math.min(value, max));
}
