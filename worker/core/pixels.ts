/** Width × height as a picture's own head tells it; 0 where it does not. */
export function pixelsOf(type: string, head: Uint8Array): number {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  try {
    switch (type) {
      case "image/png":
        return view.getUint32(16) * view.getUint32(20);
      case "image/gif":
        return view.getUint16(6, true) * view.getUint16(8, true);
      case "image/webp":
        return webp(view);
      case "image/jpeg":
        return jpeg(view);
      default:
        return 0;
    }
  } catch (error) {
    // The head ends before it says so.
    if (error instanceof RangeError) return 0;
    throw error;
  }
}

/** One of three layouts, named at byte 12. */
function webp(view: DataView): number {
  const layout = view.getUint8(15);
  if (layout === 0x58) return (uint24(view, 24) + 1) * (uint24(view, 27) + 1);
  if (layout === 0x4c) {
    const bits = view.getUint32(21, true);
    return ((bits & 0x3fff) + 1) * (((bits >>> 14) & 0x3fff) + 1);
  }
  return (view.getUint16(26, true) & 0x3fff) * (view.getUint16(28, true) & 0x3fff);
}

function uint24(view: DataView, at: number): number {
  return view.getUint16(at, true) + (view.getUint8(at + 2) << 16);
}

/** Segment after segment up to the first start of frame. */
function jpeg(view: DataView): number {
  let at = 2;
  for (;;) {
    if (view.getUint8(at) !== 0xff) return 0;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (isFrame(marker)) return view.getUint16(at + 5) * view.getUint16(at + 7);
    at += 2 + view.getUint16(at + 2);
  }
}

/** SOF0 … SOF15 without the tables that stand between them. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}
