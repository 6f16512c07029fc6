export interface Scrolling {
  readonly frames: number;
  /** Longer than 25 ms: a frame was missed. */
  readonly slow: number;
  /** With no message in the middle of the list. */
  readonly blank: number;
  readonly p95Ms: number;
}

const SLOW_MS = 25;

export function frame(): Promise<number> {
  return new Promise((done) => requestAnimationFrame(done));
}

/** Scrolls the messages by so many px in each frame; upwards when negative. */
export async function scroll(pxPerFrame: number, frames: number): Promise<Scrolling> {
  const scroller = document.querySelector(".scroller");
  const durations: number[] = [];
  let blank = 0;
  let before = await frame();
  for (let n = 0; n < frames; n += 1) {
    scroller?.scrollBy(0, pxPerFrame);
    const now = await frame();
    durations.push(now - before);
    before = now;
    if (scroller !== null && isBlank(scroller)) blank += 1;
  }
  durations.sort((a, b) => a - b);
  return {
    frames,
    slow: durations.filter((ms) => ms > SLOW_MS).length,
    blank,
    p95Ms: durations[Math.floor(frames * 0.95)] ?? 0,
  };
}

/** Gaps between messages are narrower than the distance of these points. */
function isBlank(scroller: Element): boolean {
  const { left, top, width, height } = scroller.getBoundingClientRect();
  const shows = (share: number, at: number) =>
    document.elementFromPoint(left + width * share, top + height / 2 + at)?.closest(".row-place");
  return [-30, 0, 30].every((at) => !shows(0.5, at) && !shows(0.1, at) && !shows(0.9, at));
}
