/** What a page can tell of a picture or film before it is sent. */
import type { SendFileOptions } from "../file-model.ts";

export type Preview = Required<Pick<SendFileOptions, "width" | "height">> &
  Pick<SendFileOptions, "thumbnail" | "durationMs">;

/** The longer side of a thumbnail, in pixels: sharp on a phone, some 10 to 20 KB. */
const SIDE = 480;
const QUALITY = 0.75;
const FIRST_FRAME_MS = 5_000;

/**
 * Size, length and a small picture of an image or video, for `sendFile`; undefined for whatever
 * this browser can't show. A picture that is small already stands for itself.
 */
export async function makeThumbnail(blob: Blob): Promise<Preview | undefined> {
  try {
    if (blob.type.startsWith("video/")) return await ofVideo(blob);
    return blob.type.startsWith("image/") ? await ofImage(blob) : undefined;
  } catch {
    return undefined;
  }
}

async function ofImage(blob: Blob): Promise<Preview> {
  const image = await createImageBitmap(blob, { imageOrientation: "from-image" });
  try {
    const { width, height } = image;
    if (Math.max(width, height) <= SIDE) return { width, height };
    return { width, height, ...(await drawn(image, width, height)) };
  } finally {
    image.close();
  }
}

async function ofVideo(blob: Blob): Promise<Preview> {
  const url = URL.createObjectURL(blob);
  const video = document.createElement("video");
  try {
    video.muted = true;
    video.preload = "auto";
    video.src = url;
    await firstFrame(video);
    const { videoWidth: width, videoHeight: height, duration } = video;
    const durationMs = Number.isFinite(duration)
      ? { durationMs: Math.round(duration * 1_000) }
      : {};
    return { width, height, ...durationMs, ...(await drawn(video, width, height)) };
  } finally {
    video.removeAttribute("src");
    URL.revokeObjectURL(url);
  }
}

function firstFrame(video: HTMLVideoElement): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("no frame in time")), FIRST_FRAME_MS);
    const end = (done: () => void) => () => {
      clearTimeout(timer);
      done();
    };
    video.addEventListener("loadeddata", end(resolve), { once: true });
    video.addEventListener(
      "error",
      end(() => reject(new Error("no film"))),
      { once: true },
    );
  });
}

async function drawn(
  source: CanvasImageSource,
  width: number,
  height: number,
): Promise<Pick<Preview, "thumbnail">> {
  const scale = Math.min(1, SIDE / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  canvas.getContext("2d")?.drawImage(source, 0, 0, canvas.width, canvas.height);
  const thumbnail = await new Promise<Blob | null>((resolve) =>
    canvas.toBlob(resolve, "image/webp", QUALITY),
  );
  return thumbnail === null ? {} : { thumbnail };
}
