const SIDE_PX = 320;
const TYPE = "image/jpeg";
const QUALITY = 0.85;

/** The middle of a picture, small enough to stand for somebody. Rejects for what is no picture. */
export async function squarePicture(file: Blob): Promise<Blob> {
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  const side = Math.min(bitmap.width, bitmap.height);
  const canvas = new OffscreenCanvas(SIDE_PX, SIDE_PX);
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("This browser draws nothing.");
  // What can be seen through would be black.
  context.fillStyle = "#fff";
  context.fillRect(0, 0, SIDE_PX, SIDE_PX);
  const left = (bitmap.width - side) / 2;
  const top = (bitmap.height - side) / 2;
  context.drawImage(bitmap, left, top, side, side, 0, 0, SIDE_PX, SIDE_PX);
  bitmap.close();
  return canvas.convertToBlob({ type: TYPE, quality: QUALITY });
}
