/** What a call to an object ends with when the object takes too long. */
class DeadlineError extends Error {
  override readonly name = "DeadlineError";
}

/** The call's outcome, or a DeadlineError after `deadlineMs`; the call itself may still go on. */
export async function within<T>(call: Promise<T>, deadlineMs: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new DeadlineError(`no answer in ${deadlineMs} ms`)),
      deadlineMs,
    );
  });
  try {
    return await Promise.race([call, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
