import WebSocket from 'ws';

/*
 * The clients of the socket benchmark, in a process of their own. They speak the protocol by hand, and no
 * more of it than they need: what is measured is the server, and a whole client would cost more than it.
 */

/** What the benchmark asks of the clients. */
export type ClientOrder =
  | {
      readonly do: 'open';
      readonly url: string;
      readonly count: number;
      readonly join: object;
      readonly token: string;
    }
  /** Say so whenever as many events came as one batch is over all clients. */
  | { readonly do: 'count'; readonly perBatch: number }
  | { readonly do: 'report' }
  | { readonly do: 'close' };

/** What the clients tell. */
export type ClientWord =
  | { readonly is: 'opened'; readonly held: number }
  | { readonly is: 'batch' }
  | { readonly is: 'report'; readonly p50: number; readonly p99: number; readonly messages: number }
  | { readonly is: 'closed' };

/** Connections made at once. */
const AT_ONCE = 50;
const SENT_AT = '"text":"';

let sockets: WebSocket[] = [];
let perBatch = Infinity;
let messages = 0;
let events = 0;
let latencies: number[] = [];

const tell = (word: ClientWord): void => void process.send?.(word);
const now = (): number => performance.timeOrigin + performance.now();

function hear(data: string): void {
  if (data.startsWith('42["workflow-state-update"')) {
    messages += 1;
    return;
  }
  if (!data.startsWith('42["execution-event"')) return;
  messages += 1;
  events += 1;
  const at = data.indexOf(SENT_AT) + SENT_AT.length;
  latencies.push(now() - Number.parseFloat(data.slice(at, at + 40)));
  // Only events are counted: several batches may share one update of the state.
  if (events % perBatch === 0) tell({ is: 'batch' });
}

function open(url: string, token: string, join: object): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${url}/socket.io/?EIO=4&transport=websocket`, {
      perMessageDeflate: false,
    });
    socket.on('error', reject);
    socket.on('message', (raw: Buffer) => {
      const data = raw.toString('latin1');
      if (data === '2') socket.send('3');
      else if (data.startsWith('0')) socket.send(`40${JSON.stringify({ token })}`);
      else if (data.startsWith('40')) socket.send(`42${JSON.stringify(['join-session', join])}`);
      else if (data.startsWith('42["session-joined"')) resolve(socket);
      else if (data.startsWith('44')) reject(new TypeError(data.slice(0, 300)));
      else hear(data);
    });
  });
}

function report(): void {
  latencies.sort((a, b) => a - b);
  const quantile = (share: number): number =>
    Math.round((latencies[Math.floor(latencies.length * share)] ?? 0) * 100) / 100;
  tell({ is: 'report', p50: quantile(0.5), p99: quantile(0.99), messages });
  latencies = [];
  messages = 0;
}

process.on('message', (order: ClientOrder) => {
  void obey(order);
});

async function obey(order: ClientOrder): Promise<void> {
  switch (order.do) {
    case 'open':
      for (let opened = 0; opened < order.count; opened += AT_ONCE) {
        const count = Math.min(AT_ONCE, order.count - opened);
        const made = Array.from({ length: count }, () => open(order.url, order.token, order.join));
        sockets.push(...(await Promise.all(made)));
      }
      tell({ is: 'opened', held: sockets.filter((s) => s.readyState === WebSocket.OPEN).length });
      break;
    case 'count':
      perBatch = order.perBatch;
      messages = 0;
      events = 0;
      latencies = [];
      break;
    case 'report':
      report();
      break;
    case 'close':
      for (const socket of sockets) socket.terminate();
      sockets = [];
      tell({ is: 'closed' });
      break;
  }
}
