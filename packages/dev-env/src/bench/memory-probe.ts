/*
 * Loaded before a service's own `main.js` (`node --expose-gc --import`): tells what memory is in use after
 * everything unused was collected, whenever it is asked.
 */
process.on('message', (question) => {
  if (question !== 'memory') return;
  // Twice: what the first round's finalizers let go of is collected by the second.
  globalThis.gc?.();
  globalThis.gc?.();
  process.send?.(process.memoryUsage());
});
// To be asked is no reason to live on.
process.channel?.unref();
