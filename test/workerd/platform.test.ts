/**
 * What the simulator takes for granted about the platform, each on the runtime itself. A runtime
 * that behaves otherwise turns one of these red: then the simulator proves nothing any more.
 */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { describe, expect, test, vi } from "vitest";
import { again, type Probe, type ProbeObject, probeOf } from "./fixtures/probe-object.ts";
import { socketTo } from "./fixtures/probe-socket.ts";

/** The platform's own first retry comes after two seconds and up to a quarter more. */
const FIRST_RETRY_MS = 2_600;
const WITHIN = { timeout: 10_000, interval: 10 };
const LATER = Date.now() + 3_600_000;
const MUCH_LATER = LATER + 3_600_000;
const ATTACHMENT_BYTES = 16_384;

function notesOf(probe: Probe): Promise<string[]> {
  return runInDurableObject(again(probe), (object: ProbeObject) => object.notes());
}

function alarmOf(probe: Probe): Promise<number | null> {
  return runInDurableObject(again(probe), (_, { storage }) => storage.getAlarm());
}

/** What somebody waits for, until another opens it; a promise would carry one's turn into the other's. */
class Door {
  #isOpen = false;

  readonly open = (): void => {
    this.#isOpen = true;
  };

  async opened(): Promise<void> {
    while (!this.#isOpen) await scheduler.wait(1);
  }
}

function reasonOf(call: Promise<unknown>): Promise<Record<string, unknown>> {
  return call.then(
    () => Promise.reject(new Error("it worked")),
    (error: Record<string, unknown>) => error,
  );
}

describe("storage", () => {
  test("P1 a throw takes back its transaction's rows, and the alarm set in it", async () => {
    const probe = probeOf({
      call: (object) => {
        const { storage } = object.state;
        object.note("before");
        void storage.setAlarm(MUCH_LATER);
        storage.transactionSync(() => {
          object.note("within");
          void storage.setAlarm(LATER);
          storage.sql.exec("INSERT INTO nowhere VALUES (1)");
        });
        return "not reached";
      },
    });
    expect(await reasonOf(probe.call())).toMatchObject({ message: /no such table/ });
    expect(await notesOf(probe)).toEqual(["before"]);
    expect(await alarmOf(probe)).toBe(MUCH_LATER);
  });

  test("P1 without a transaction a throw keeps what was written so far", async () => {
    const probe = probeOf({
      call: (object) => {
        object.note("kept");
        throw new Error("half-way");
      },
    });
    await reasonOf(probe.call());
    expect(await notesOf(probe)).toEqual(["kept"]);
  });

  test("P1 an object whose turn threw goes on with its memory", async () => {
    const probe = probeOf({
      call: (object, word) => {
        if (word === "throw") throw new Error("half-way");
        object.memory += word;
        return object.memory;
      },
    });
    await probe.call("a");
    await reasonOf(probe.call("throw"));
    expect(await again(probe).call("b")).toBe("ab");
  });

  test("P5 a crash in the turn of a write lets out no frame, and leaves no row", async () => {
    const probe = probeOf({
      message: (object, socket) => {
        object.note("written");
        socket.send("promised");
        object.state.abort("crash");
      },
    });
    const client = await socketTo(probe);
    client.socket.send("go");
    await expect.poll(client.closedWith, WITHIN).toBe(1006);
    expect(client.received).toEqual([]);
    expect(await notesOf(probe)).toEqual([]);
  });

  test("P5 after the commit a crash takes neither the frame nor the row", async () => {
    const probe = probeOf({
      message: async (object, socket) => {
        object.note("written");
        socket.send("promised");
        await object.state.storage.sync();
        object.state.abort("crash");
      },
    });
    const client = await socketTo(probe);
    client.socket.send("go");
    await expect.poll(client.closedWith, WITHIN).toBe(1006);
    expect(client.received).toEqual(["promised"]);
    expect(await notesOf(probe)).toEqual(["written"]);
  });

  test("P5 a call waits for the commit of the turn that makes it", async () => {
    const callee = probeOf({ call: (object, word) => String(object.note(word)) });
    const caller = probeOf({
      call: (object) => {
        object.note("written");
        void again(callee).call("from the dead");
        object.state.abort("crash");
        return "not reached";
      },
    });
    await reasonOf(caller.call());
    await callee.call("after");
    expect(await notesOf(callee)).toEqual(["after"]);
    expect(await notesOf(caller)).toEqual([]);
  });

  test("P6 writes that an await stands between are two commits", async () => {
    const probe = probeOf({
      call: async (object) => {
        object.note("first");
        await scheduler.wait(1);
        object.note("second");
        object.state.abort("crash");
        return "not reached";
      },
    });
    await reasonOf(probe.call());
    expect(await notesOf(probe)).toEqual(["first"]);
  });

  test("P6 a row and the alarm behind it are one commit, or none", async () => {
    const probe = probeOf({
      call: async (object, word) => {
        object.note(word);
        void object.state.storage.setAlarm(LATER);
        if (word === "committed") await object.state.storage.sync();
        object.state.abort("crash");
        return "not reached";
      },
    });
    await reasonOf(probe.call("lost"));
    expect([await notesOf(probe), await alarmOf(probe)]).toEqual([[], null]);
    await reasonOf(again(probe).call("committed"));
    expect([await notesOf(probe), await alarmOf(probe)]).toEqual([["committed"], LATER]);
  });

  test("P10 deleteAll leaves no row and no alarm", async () => {
    const probe = probeOf({
      call: async (object) => {
        object.note("written");
        await object.state.storage.setAlarm(LATER);
        await object.state.storage.deleteAll();
        const { sql } = object.state.storage;
        return JSON.stringify(sql.exec("SELECT name FROM sqlite_master").toArray());
      },
    });
    expect(await probe.call()).toBe("[]");
    expect(await alarmOf(probe)).toBeNull();
  });
});

describe("turns", () => {
  test("P3 P4 frames begin in order, and another one runs while one awaits", async () => {
    const door = new Door();
    const probe = probeOf({
      message: async (object, _, text) => {
        object.note(`${text} begins`);
        if (text === "1") await door.opened();
        else door.open();
        object.note(`${text} ends`);
      },
    });
    const { socket } = await socketTo(probe);
    socket.send("1");
    socket.send("2");
    const order = ["1 begins", "2 begins", "2 ends", "1 ends"];
    await expect.poll(() => notesOf(probe), WITHIN).toEqual(order);
  });

  test("P3 while the storage is awaited nothing else runs", async () => {
    const probe = probeOf({
      message: async (object, _, text) => {
        object.note(`${text} begins`);
        await object.state.storage.get("something");
        object.note(`${text} ends`);
      },
    });
    const { socket } = await socketTo(probe);
    socket.send("1");
    socket.send("2");
    const order = ["1 begins", "1 ends", "2 begins", "2 ends"];
    await expect.poll(() => notesOf(probe), WITHIN).toEqual(order);
  });

  test("P29 while an object waits for another's reply it takes calls and frames", async () => {
    const asked = new Door();
    const reply = new Door();
    const callee = probeOf({
      call: async () => {
        asked.open();
        await reply.opened();
        return "reply";
      },
    });
    const caller = probeOf({
      call: async (object, word) => {
        object.note(word);
        if (word === "ask") object.note(await again(callee).call());
        return "";
      },
      message: (object, socket) => {
        object.note("frame");
        socket.send("taken");
      },
    });
    const client = await socketTo(caller);
    const asking = caller.call("ask");
    await asked.opened();
    client.socket.send("go");
    await expect.poll(() => client.received, WITHIN).toEqual(["taken"]);
    await again(caller).call("call");
    reply.open();
    await asking;
    expect(await notesOf(caller)).toEqual(["ask", "frame", "call", "reply"]);
  });

  test("P8 nothing reaches an object before what its constructor waits for is done", async () => {
    const door = new Door();
    const probe = probeOf({
      born: (object) => {
        void object.state.blockConcurrencyWhile(async () => {
          await door.opened();
          object.memory = "ready";
        });
      },
      call: (object) => object.memory,
    });
    const calling = probe.call();
    door.open();
    expect(await calling).toBe("ready");
  });
});

describe("calls between objects", () => {
  test("P22 P24 a callee may commit and die: the caller can't tell it from not having been", async () => {
    const probe = probeOf({
      call: async (object) => {
        object.note("taken");
        await object.state.storage.sync();
        object.state.abort("crash");
        return "not reached";
      },
    });
    const reason = await reasonOf(probe.call());
    expect(reason).toMatchObject({ durableObjectReset: true });
    expect(reason).not.toHaveProperty("retryable");
    expect(await notesOf(probe)).toEqual(["taken"]);
  });

  test("P23 a stub that failed goes on failing, another one works", async () => {
    const probe = probeOf({
      call: (object, word) => {
        if (word === "die") object.state.abort("crash");
        return "alive";
      },
    });
    await reasonOf(probe.call("die"));
    await reasonOf(probe.call(""));
    expect(await again(probe).call("")).toBe("alive");
  });
});

describe("alarms", () => {
  test("P17 there is one, and the last to set it counts", async () => {
    const probe = probeOf({
      call: async ({ state }, at) => {
        await state.storage.setAlarm(Number(at));
        return String(await state.storage.getAlarm());
      },
    });
    for (const at of [LATER, MUCH_LATER, LATER]) {
      expect(await probe.call(String(at))).toBe(String(at));
    }
  });

  test("P13 one set into the past runs at once", async () => {
    const probe = probeOf({
      call: async ({ state }) => String(await state.storage.setAlarm(1)),
      alarm: (object) => object.note("ran"),
    });
    await probe.call();
    await expect.poll(() => notesOf(probe), WITHIN).toEqual(["ran"]);
  });

  test("P15 none is set while it runs", async () => {
    const probe = probeOf({
      call: async ({ state }) => String(await state.storage.setAlarm(Date.now())),
      alarm: async (object) => object.note(String(await object.state.storage.getAlarm())),
    });
    await probe.call();
    await expect.poll(() => notesOf(probe), WITHIN).toEqual(["null"]);
  });

  test("P13 set while it runs, for a time that is past, it runs again", async () => {
    let at = 0;
    const probe = probeOf({
      call: async ({ state }) => {
        at = Date.now();
        return String(await state.storage.setAlarm(at));
      },
      alarm: async (object) => {
        object.note("ran");
        // The simulator loses such an alarm, as other versions of the runtime do.
        if (object.notes().length < 3) await object.state.storage.setAlarm(at);
      },
    });
    await probe.call();
    await expect.poll(() => notesOf(probe), WITHIN).toEqual(["ran", "ran", "ran"]);
  });

  test("P13 set while it runs, for later, it is kept", async () => {
    const probe = probeOf({
      call: async ({ state }) => String(await state.storage.setAlarm(Date.now())),
      alarm: async (object) => {
        object.note("ran");
        await object.state.storage.setAlarm(LATER);
      },
    });
    await probe.call();
    await expect.poll(() => notesOf(probe), WITHIN).toEqual(["ran"]);
    expect(await alarmOf(probe)).toBe(LATER);
  });

  test("P11 one that throws is run again, and told so", async () => {
    const probe = probeOf({
      call: async ({ state }) => String(await state.storage.setAlarm(Date.now())),
      alarm: (object, run) => {
        object.note(`retry ${run?.retryCount}`);
        if (run?.retryCount === 0) throw new Error("the first time fails");
      },
    });
    await probe.call();
    await expect.poll(() => notesOf(probe), WITHIN).toEqual(["retry 0", "retry 1"]);
  });

  test("P12 one that is set while it runs stands in for the retry", async () => {
    const probe = probeOf({
      call: async ({ state }) => String(await state.storage.setAlarm(Date.now())),
      alarm: async (object, run) => {
        object.note(`retry ${run?.retryCount}`);
        if (object.notes().length > 1) return;
        await object.state.storage.setAlarm(Date.now() + 100);
        throw new Error("the first time fails");
      },
    });
    await probe.call();
    await expect.poll(() => notesOf(probe), WITHIN).toEqual(["retry 0", "retry 0"]);
  });

  test("P16 calls are taken while it waits, and a second run waits for its end", async () => {
    const door = new Door();
    let due = 0;
    const probe = probeOf({
      call: async (object, word) => {
        object.note(word);
        due = Date.now() + 1;
        return String(await object.state.storage.setAlarm(due));
      },
      alarm: async (object) => {
        object.note("begins");
        await door.opened();
        object.note("ends");
      },
    });
    await probe.call("set");
    await expect.poll(() => notesOf(probe), WITHIN).toEqual(["set", "begins"]);
    await probe.call("set again");
    await vi.waitUntil(() => Date.now() > due + 200, WITHIN);
    door.open();
    const order = ["set", "begins", "set again", "ends", "begins", "ends"];
    await expect.poll(() => notesOf(probe), WITHIN).toEqual(order);
  });

  test("P16 a crash while it runs makes it run again", async () => {
    const probe = probeOf({
      call: async ({ state }) => String(await state.storage.setAlarm(Date.now())),
      alarm: async (object, run) => {
        object.note(`retry ${run?.retryCount}`);
        await object.state.storage.sync();
        if (run?.retryCount === 0) object.state.abort("crash");
      },
    });
    await probe.call();
    await expect.poll(() => notesOf(probe), WITHIN).toEqual(["retry 0", "retry 1"]);
  });

  test("P16 a crash while it runs, once it has set the next, leaves that one alone", async () => {
    const probe = probeOf({
      call: async ({ state }) => String(await state.storage.setAlarm(Date.now())),
      alarm: async (object) => {
        object.note("ran");
        await object.state.storage.setAlarm(LATER);
        await object.state.storage.sync();
        object.state.abort("crash");
      },
    });
    await probe.call();
    await expect.poll(() => notesOf(probe), WITHIN).toEqual(["ran"]);
    await scheduler.wait(FIRST_RETRY_MS);
    expect([await notesOf(probe), await alarmOf(probe)]).toEqual([["ran"], LATER]);
  });

  test("P18 it survives a crash, and runs without anybody asking", async () => {
    const ran: string[] = [];
    const probe = probeOf({
      call: async ({ state }) => {
        await state.storage.setAlarm(Date.now() + 200);
        await state.storage.sync();
        state.abort("crash");
        return "not reached";
      },
      alarm: ({ memory }) => ran.push(memory),
    });
    await reasonOf(probe.call());
    await expect.poll(() => ran, WITHIN).toEqual([""]);
  });

  test("P18 it wakes an object that sleeps, whose sockets can be used", async () => {
    const probe = probeOf({
      call: async ({ state }) => String(await state.storage.setAlarm(Date.now() + 200)),
      alarm: ({ state }) => {
        for (const socket of state.getWebSockets()) socket.send("woken");
      },
    });
    const client = await socketTo(probe);
    await probe.call();
    await evictDurableObject(probe);
    await expect.poll(() => client.received, WITHIN).toEqual(["woken"]);
  });
});

describe("sleep", () => {
  test("P30 takes the memory; rows, sockets and their attachments stay", async () => {
    let lives = 0;
    const probe = probeOf({
      born: () => {
        lives += 1;
      },
      message: (object, socket, text) => {
        if (text === "learn") {
          object.memory = "known";
          object.note("known");
          socket.serializeAttachment({ session: "known" });
        }
        const { session } = (socket.deserializeAttachment() ?? {}) as { session?: string };
        socket.send([object.memory, ...object.notes(), session].join(" "));
      },
    });
    const client = await socketTo(probe);
    client.socket.send("learn");
    await expect.poll(() => client.received, WITHIN).toEqual(["known known known"]);
    await evictDurableObject(probe);
    client.socket.send("tell");
    await expect.poll(() => client.received[1], WITHIN).toBe(" known known");
    expect(lives).toBe(2);
  });

  test("P4 what came in meanwhile is taken in order, by one life", async () => {
    let lives = 0;
    const probe = probeOf({
      born: () => {
        lives += 1;
      },
      message: (_, socket, text) => socket.send(`answer ${text}`),
    });
    const { socket, received } = await socketTo(probe);
    await evictDurableObject(probe);
    const count = 200;
    for (let nth = 0; nth < count; nth += 1) socket.send(String(nth));
    await expect.poll(() => received.length, WITHIN).toBe(count);
    expect(received).toEqual(Array.from({ length: count }, (_, nth) => `answer ${nth}`));
    expect(lives).toBe(2);
  });

  test("P27 does not come while a reply is awaited", async () => {
    const asked = new Door();
    const reply = new Door();
    const callee = probeOf({
      call: async () => {
        asked.open();
        await reply.opened();
        return "reply";
      },
    });
    const caller = probeOf({
      call: async (object, word) => {
        object.memory = "kept";
        if (word === "ask") await again(callee).call();
        return object.memory;
      },
    });
    const asking = caller.call("ask");
    await asked.opened();
    const sleeping = evictDurableObject(again(caller));
    reply.open();
    expect(await asking).toBe("kept");
    await sleeping;
  });

  test("P16 a crash takes memory and sockets; the client hears 1006", async () => {
    const probe = probeOf({
      call: (object, word) => {
        if (word === "die") object.state.abort("crash");
        object.memory += word;
        return `${object.memory} ${object.state.getWebSockets().length}`;
      },
    });
    const client = await socketTo(probe);
    expect(await probe.call("a")).toBe("a 1");
    await reasonOf(probe.call("die"));
    await expect.poll(client.closedWith, WITHIN).toBe(1006);
    expect(await again(probe).call("b")).toBe("b 0");
  });
});

describe("sockets", () => {
  test("P30 an attachment holds 16,384 bytes and no more", async () => {
    const probe = probeOf({
      message: (_, socket, text) => {
        try {
          socket.serializeAttachment("x".repeat(Number(text)));
          socket.send("held");
        } catch {
          socket.send("refused");
        }
      },
    });
    const { socket, received } = await socketTo(probe);
    // The runtime's own framing of a string takes a few bytes.
    socket.send(String(ATTACHMENT_BYTES - 16));
    socket.send(String(ATTACHMENT_BYTES + 1));
    await expect.poll(() => received, WITHIN).toEqual(["held", "refused"]);
  });

  test("P32 P33 a heartbeat's exact text is answered in its sleep, by the answer set last", async () => {
    let lives = 0;
    const probe = probeOf({
      born: () => {
        lives += 1;
      },
      call: ({ state }, answer) => {
        state.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", answer));
        return answer;
      },
      message: ({ state }, socket) => {
        socket.send(String(Number(state.getWebSocketAutoResponseTimestamp(socket))));
      },
    });
    const { socket, received } = await socketTo(probe);
    await probe.call("pong 1");
    await probe.call("pong 2");
    await evictDurableObject(probe);
    const asleepAt = Date.now();
    socket.send("ping");
    await expect.poll(() => received, WITHIN).toEqual(["pong 2"]);
    expect(lives).toBe(1);
    socket.send("ping ");
    await expect.poll(() => received.length, WITHIN).toBe(2);
    expect(lives).toBe(2);
    expect(Number(received[1])).toBeGreaterThanOrEqual(asleepAt);
  });

  test("P36 a client that closes hangs until it is answered", async () => {
    const probe = probeOf({
      closed: (object, _, code) => object.note(String(code)),
      call: ({ state }) => {
        for (const socket of state.getWebSockets()) socket.close(4000, "");
        return "";
      },
    });
    const client = await socketTo(probe);
    client.socket.close(4000, "");
    await expect.poll(() => notesOf(probe), WITHIN).toEqual(["4000"]);
    expect(client.socket.readyState).toBe(WebSocket.CLOSING);
    expect(client.closedWith()).toBeUndefined();
  });

  test.each([1005, 1006, 1015])("P36 %d can't be sent as a code", async (code) => {
    const probe = probeOf({
      message: (_, socket) => {
        try {
          socket.close(code, "");
        } catch {
          socket.send("refused");
        }
      },
    });
    const { socket, received } = await socketTo(probe);
    socket.send("go");
    await expect.poll(() => received, WITHIN).toEqual(["refused"]);
  });

  test("P38 one that closes while its object sleeps wakes it, and is not listed any more", async () => {
    const seen: string[] = [];
    const probe = probeOf({
      message: (_, socket, text) => socket.serializeAttachment(text),
      closed: ({ state }, socket, code) => {
        const listed = state.getWebSockets().length;
        seen.push(`${code} ${String(socket.deserializeAttachment())} ${listed}`);
        socket.close(code, "");
      },
    });
    const client = await socketTo(probe);
    client.socket.send("session");
    await evictDurableObject(probe);
    client.socket.close(4001, "");
    await expect.poll(() => seen, WITHIN).toEqual(["4001 session 0"]);
    await expect.poll(client.closedWith, WITHIN).toBe(4001);
  });

  test("P38 frames that were under way when the object closed its socket still come", async () => {
    const seen: string[] = [];
    const probe = probeOf({
      message: (_, socket, text) => {
        seen.push(`${String(text)} ${socket.readyState === WebSocket.OPEN}`);
        if (text === "end") socket.close(4409, "");
      },
    });
    const client = await socketTo(probe);
    client.socket.send("end");
    client.socket.send("late");
    await expect.poll(client.closedWith, WITHIN).toBe(4409);
    expect(seen).toEqual(["end true", "late false"]);
  });

  test("P41 a binary frame comes as an ArrayBuffer", async () => {
    const probe = probeOf({
      message: (_, socket, message) => socket.send(String(message instanceof ArrayBuffer)),
    });
    const { socket, received } = await socketTo(probe);
    socket.send(new Uint8Array([1, 2, 3]));
    await expect.poll(() => received, WITHIN).toEqual(["true"]);
  });
});
