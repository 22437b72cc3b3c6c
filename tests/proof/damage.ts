import fc from 'fast-check';
import { arbitraryCase } from './arbitrary-workflows.js';
import { isList, isRecord, own, recordOf, type Json } from './json.js';

/** One change to a document: where, by number, and to what; `undefined` takes the value away. */
interface Damage {
  readonly at: number;
  readonly to: Json | undefined;
  /** Puts a copy of what stands elsewhere in its place instead. */
  readonly from: number | null;
}

const anything: fc.Arbitrary<Json | undefined> = fc.oneof(
  fc.constantFrom<Json | undefined>(undefined, null, '', ' ', '__proto__', [], {}, -1, 1e300, true),
  fc.constantFrom('<start.n>', '<loop.index>', '{{API_KEY}}', '\ud800', 'source', 'error', 'loop'),
  fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>,
);

const damage: fc.Arbitrary<Damage> = fc.record({
  at: fc.nat({ max: 100_000 }),
  to: anything,
  from: fc.option(fc.nat({ max: 100_000 }), { freq: 3 }),
});

/** Whatever JSON there is, and generated workflows with something wrong in them. */
export function arbitraryJson(): fc.Arbitrary<Json> {
  const damaged = fc
    .tuple(arbitraryCase(), fc.array(damage, { minLength: 1, maxLength: 6 }))
    .map(([{ document }, damages]) => damages.reduce<Json>(harm, document));
  return fc.oneof(
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 5 }) as fc.Arbitrary<Json> },
    { weight: 4, arbitrary: damaged },
  );
}

type Path = readonly string[];

/** Paths of all values within, outside first. */
function pathsIn(root: Json): Path[] {
  const open: { value: Json; path: Path }[] = [{ value: root, path: [] }];
  for (const { value, path } of open) {
    if (!isRecord(value) && !isList(value)) continue;
    for (const [key, item] of Object.entries(value))
      open.push({ value: item, path: [...path, key] });
  }
  return open.map(({ path }) => path);
}

function harm(document: Json, { at, to, from }: Damage): Json {
  const paths = pathsIn(document);
  const path = paths[at % paths.length] ?? [];
  const value = from === null ? to : valueAt(document, paths[from % paths.length] ?? []);
  return path.length === 0 ? (value ?? null) : (put(document, path, value) ?? null);
}

function valueAt(document: Json, path: Path): Json | undefined {
  let value: Json | undefined = document;
  for (const key of path) value = isList(value) ? value[Number(key)] : own(value, key);
  return value;
}

/** As deep as generated documents are. */
function put(value: Json, [key, ...rest]: Path, to: Json | undefined): Json | undefined {
  if (key === undefined) return to;
  if (isList(value)) {
    return value.flatMap((item, index) => {
      if (String(index) !== key) return [item];
      const changed = put(item, rest, to);
      return changed === undefined ? [] : [changed];
    });
  }
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).flatMap(([name, item]): [string, Json][] => {
    if (name !== key) return [[name, item]];
    const changed = put(item, rest, to);
    return changed === undefined ? [] : [[name, changed]];
  });
  return recordOf(entries);
}
