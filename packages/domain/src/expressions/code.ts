import { setOwn, type JsonObject, type JsonValue } from '../json.js';
import { readRegions, type Region } from './code-regions.js';
import { scanReferences, type ReferenceToken } from './references.js';
import { Gathering, type Found, type Lookup, type Resolved } from './resolution.js';
import { foundText } from './text.js';

/** Code with identifiers in place of its references, and what these are bound to. */
export interface BoundCode {
  readonly code: string;
  readonly bindings: JsonObject;
}

/** A place in the code where a reference stood. */
interface Site {
  readonly token: ReferenceToken;
  readonly found: Found;
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** A string literal on its way to becoming one bound string. */
interface OpenLiteral {
  readonly region: Region;
  readonly name: string;
  readonly done: string[];
  rest: string;
}

interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Replaces the references of a JavaScript function body or expression by identifiers that are bound
 * to the values, so that no value is ever read as code. Where a reference stands inside a string
 * literal the whole literal becomes one bound string, inside a template a `${…}`; regular expressions
 * keep their text, and comments count for nothing. Lines keep their numbers. References to nothing
 * known stay as they are written.
 */
export function bindCode(code: string, lookup: Lookup, prefix = '__ref_'): Resolved<BoundCode> {
  const gathering = new Gathering(lookup);
  return gathering.finish(fillCode(code, gathering, prefix));
}

/** @see bindCode */
export function fillCode(code: string, gathering: Gathering, prefix: string): BoundCode {
  let free = prefix;
  while (code.includes(free)) free += '_';
  const { draft, sites } = placeIdentifiers(code, gathering, free);
  if (sites.length === 0) return { code, bindings: {} };
  const binder = new Binder(gathering, draft, free);
  const regions = readRegions(draft);
  let next = 0;
  for (const site of sites) {
    let region = regions[next];
    while (region && region.end <= site.start) region = regions[(next += 1)];
    binder.bind(site, region && region.start <= site.start ? region : null);
  }
  return binder.finish();
}

/** Puts an identifier, with room around it, where each known reference stands. */
function placeIdentifiers(
  code: string,
  gathering: Gathering,
  prefix: string,
): { draft: string; sites: Site[] } {
  const names = new Map<string, string>();
  const parts: string[] = [];
  const sites: Site[] = [];
  let from = 0;
  let length = 0;
  for (const token of scanReferences(code)) {
    const found = gathering.peek(token);
    if (found.kind === 'unknown') continue;
    const key = JSON.stringify([token.kind, token.name, token.path]);
    const name = names.get(key) ?? `${prefix}${names.size}`;
    names.set(key, name);
    const between = code.slice(from, token.start);
    const placed = ` ${name} `;
    const start = length + between.length;
    sites.push({ token, found, name, start, end: start + placed.length });
    parts.push(between, placed);
    length = start + placed.length;
    from = token.end;
  }
  parts.push(code.slice(from));
  return { draft: parts.join(''), sites };
}

/** Decides, site by site, what stands in the final code and what it is bound to. */
class Binder {
  readonly #gathering: Gathering;
  readonly #draft: string;
  readonly #prefix: string;
  readonly #bindings: Record<string, JsonValue> = {};
  readonly #replacements: Replacement[] = [];
  #literal: OpenLiteral | null = null;
  #literals = 0;

  constructor(gathering: Gathering, draft: string, prefix: string) {
    this.#gathering = gathering;
    this.#draft = draft;
    this.#prefix = prefix;
  }

  bind(site: Site, region: Region | null): void {
    if (region?.kind === 'comment') return;
    if (region?.kind === 'regex') {
      this.#replacements.push({ start: site.start, end: site.end, text: site.token.raw });
      return;
    }
    this.#gathering.use(site.token, site.found);
    if (region?.kind === 'string') this.#bindLiteral(site, region);
    else if (region?.kind === 'template') this.#bindInTemplate(site);
    else this.#set(site.name, site.found.kind === 'value' ? site.found.value : null);
  }

  #bindLiteral(site: Site, region: Region): void {
    if (this.#literal?.region !== region) {
      this.#closeLiteral();
      const name = `${this.#prefix}s${this.#literals}`;
      this.#literals += 1;
      this.#literal = { region, name, done: [], rest: region.cooked };
      // A key that is not a literal must stand in brackets.
      const text = region.isKey ? `[${name}]` : ` ${name} `;
      this.#replacements.push({ start: region.start, end: region.end, text });
    }
    const { done, rest } = this.#literal;
    const placed = ` ${site.name} `;
    const at = rest.indexOf(placed);
    if (at < 0) return;
    done.push(rest.slice(0, at), foundText(site.token, site.found));
    this.#literal.rest = rest.slice(at + placed.length);
  }

  #closeLiteral(): void {
    if (!this.#literal) return;
    const { name, done, rest } = this.#literal;
    this.#set(name, done.join('') + rest);
    this.#literal = null;
  }

  #bindInTemplate(site: Site): void {
    const name = `${site.name}t`;
    // In `\<a.b>` the backslash would take the `$` for itself.
    let backslashes = 0;
    while (this.#draft[site.start - 1 - backslashes] === '\\') backslashes += 1;
    const start = site.start - (backslashes % 2);
    this.#replacements.push({ start, end: site.end, text: `\${${name}}` });
    this.#set(name, foundText(site.token, site.found));
  }

  #set(name: string, value: JsonValue): void {
    setOwn(this.#bindings, name, value);
  }

  finish(): BoundCode {
    this.#closeLiteral();
    const parts: string[] = [];
    let from = 0;
    for (const { start, end, text } of this.#replacements) {
      parts.push(this.#draft.slice(from, start), text);
      from = end;
    }
    parts.push(this.#draft.slice(from));
    return { code: parts.join(''), bindings: this.#bindings };
  }
}
