/** Runs `body(use)`; everything that was given to `use` is ended afterwards, last first. */
export async function scope(body) {
  const owned = [];
  const use = async (thing) => {
    const started = await thing;
    owned.push(started);
    return started;
  };
  try {
    return await body(use);
  } finally {
    for (const thing of owned.toReversed()) await thing[Symbol.asyncDispose]();
  }
}
