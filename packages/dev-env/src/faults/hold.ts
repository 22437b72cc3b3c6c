/*
 * Loaded before a service's own `main.js` (`node --import`): what takes a second of a start, reading the
 * modules, is done ahead, and the program begins when its port is told. So a replica that was killed is back
 * in a moment, and two of them serve though one is killed every second.
 */
await import('@sim/conversation-service');
const told = new Promise<void>((resolve) => {
  process.once('message', ({ port }: { readonly port: number }) => {
    process.env['PORT'] = String(port);
    resolve();
  });
});
// Whoever holds it may be gone without a word.
process.once('disconnect', () => process.exit(1));
process.send?.('held');
await told;
