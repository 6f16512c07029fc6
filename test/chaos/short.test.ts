import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sdkDevice } from "../support/cast.ts";
import { Stage } from "../support/stage.ts";
import { CASES, runCase } from "./suite.ts";

const SEED = 1;

/** The short form of `npm run chaos`, case by case. */
describe("chaos", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open();
  });
  afterAll(() => stage.close());

  test.each(CASES)("$name", async (one) => {
    const result = await runCase(one, stage, { short: true, seed: SEED, make: sdkDevice });
    const { name, lost, duplicated, unexpected, recovered, findings } = result;
    console.log(JSON.stringify({ name, lost, duplicated, unexpected, recovered }));
    expect(findings).toEqual([]);
    expect({ lost, duplicated, unexpected }).toEqual({ lost: 0, duplicated: 0, unexpected: 0 });
    expect(recovered).toBeGreaterThan(0);
  });
});
