/**
 * `fetch` as code in the sandbox has it: requests are put into an outbox, which the host empties, and
 * their promises are settled with what the host answers. There is no function of the host behind it.
 */
export const FETCH = `(function (maxRequests) {
  const { parse, stringify } = JSON;
  const open = new Map();
  let outbox = [];
  let asked = 0;

  const headersOf = (given) => {
    const pairs = typeof given?.entries === 'function'
      ? [...given.entries()]
      : Array.isArray(given) ? given : Object.entries(given ?? {});
    return Object.fromEntries(pairs.map(([name, value]) => [String(name), String(value)]));
  };
  const readHeaders = (record) => ({
    get: (name) => record[String(name).toLowerCase()] ?? null,
    has: (name) => Object.hasOwn(record, String(name).toLowerCase()),
    keys: () => Object.keys(record).values(),
    values: () => Object.values(record).values(),
    entries: () => Object.entries(record).values(),
    forEach: (use) => Object.entries(record).forEach(([name, value]) => use(value, name)),
    [Symbol.iterator]: () => Object.entries(record).values(),
  });
  const responseOf = ({ status, headers, url, text }, from) => {
    let isRead = false;
    const read = () => {
      if (isRead) throw new TypeError('The body was read already.');
      isRead = true;
      return text;
    };
    return {
      status,
      statusText: '',
      ok: status >= 200 && status < 300,
      url,
      redirected: url !== from,
      headers: readHeaders(headers),
      get bodyUsed() { return isRead; },
      text: async () => read(),
      json: async () => parse(read()),
    };
  };
  const bodyOf = (body) => {
    if (body === undefined || body === null || typeof body === 'string') return body ?? null;
    throw new TypeError('fetch sends text; write JSON.stringify(…) for other values.');
  };

  if (maxRequests > 0) {
    globalThis.fetch = async (input, init) => {
      if (asked >= maxRequests) {
        throw new Error('A function may make ' + maxRequests + ' requests, no more.');
      }
      const call = {
        __proto__: null,
        id: (asked += 1),
        url: String(input),
        method: String(init?.method ?? 'GET'),
        headers: headersOf(init?.headers),
        body: bodyOf(init?.body),
      };
      const reply = await new Promise((resolve) => {
        open.set(call.id, resolve);
        outbox.push(call);
      });
      if (!reply.ok) throw new TypeError('fetch failed: ' + reply.message);
      return responseOf(reply, call.url);
    };
  }
  return {
    calls: () => {
      const text = stringify(outbox);
      outbox = [];
      return text;
    },
    answer: (text) => {
      const { id, answer } = parse(text);
      const settle = open.get(id);
      open.delete(id);
      settle?.(answer);
    },
  };
})`;
