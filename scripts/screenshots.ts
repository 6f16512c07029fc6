/** `npm run screenshots`: the pictures of docs/, from the page and the console as they are now. */
import { buildPage } from "./build-page.mjs";
import { SHOTS } from "./screenshots/shots.ts";
import { Studio } from "./screenshots/studio.ts";

if (!buildPage()) throw new Error("The page does not build.");
const studio = await Studio.open();
try {
  for (const shot of SHOTS) {
    const bytes = await studio.take(shot);
    console.log(`docs/${shot.name}.webp  ${Math.round(bytes / 1_024)} KB`);
  }
} finally {
  await studio.close();
}
