import type { Journey, JourneyState, StateId, Transition } from '../journey/types.js';
import { graphOf, type JourneyGraph } from '../session/graph.js';
import { codeOf, plainId } from './plain-id.js';

const LABEL_LENGTH = 80;

/**
 * A journey as a Mermaid `stateDiagram-v2`. Loops and parallels are composite states around their bodies;
 * a child workflow is one that the calls of it lead to. A call from within a child names what it calls
 * instead: where two call each other, Mermaid would never finish the layout. Whatever names hold, every label is one line of
 * escaped text and every id is made of letters, digits and underscores, the same for the same block.
 */
export function toMermaid(journey: Journey): string {
  const drawing = new Drawing(journey);
  drawing.draw('', journey.initial === null ? [] : [journey.initial], 1);
  for (const { key, name, initial } of journey.children ?? []) {
    drawing.compose(`c_${plainId(key, '__')}`, name, key, initial === null ? [] : [initial], 1);
  }
  return ['stateDiagram-v2', ...drawing.lines, ''].join('\n');
}

/** Containers nest 10 deep at the most, so that drawing them inside one another is bounded. */
class Drawing {
  readonly lines: string[] = [];
  readonly #graph: JourneyGraph;
  readonly #titles: ReadonlyMap<string, string>;

  constructor(journey: Journey) {
    this.#graph = graphOf(journey);
    this.#titles = branchTitles(journey);
  }

  /** The states of a body, with the ways into, between and out of them. */
  draw(body: string, first: readonly StateId[], depth: number): void {
    const { bodies, states, outgoing } = this.#graph;
    const inside = (bodies.get(body) ?? []).flatMap((id) => states.get(id) ?? []);
    for (const state of inside) this.#declare(state, depth);
    for (const id of first) this.#write(depth, `[*] --> ${mermaidId(id)}`);
    for (const state of inside) {
      const ways = outgoing.get(state.id) ?? [];
      for (const way of ways) {
        this.#write(depth, arrow(way.from, mermaidId(way.to), labelOf(way, this.#titles)));
      }
      for (const title of endsOf(state, ways)) {
        this.#write(depth, arrow(state.id, '[*]', title));
      }
      if (state.kind === 'subjourney' && state.calls !== null && state.child === undefined) {
        this.#write(depth, arrow(state.id, `c_${plainId(state.calls, '__')}`, 'calls'));
      }
    }
  }

  /** A state around a body. */
  compose(id: string, label: string, body: string, first: readonly StateId[], depth: number): void {
    this.#write(depth, `state "${escapeLabel(label)}" as ${id} {`);
    this.draw(body, first, depth + 1);
    this.#write(depth, '}');
  }

  #declare(state: JourneyState, depth: number): void {
    const asked = 'slots' in state ? state.slots.map(({ label }) => label).join(', ') : '';
    const label = `${state.label} · ${this.#kindOf(state)}${asked === '' ? '' : ` · ${asked}`}`;
    const enters = this.#graph.enters.get(state.id) ?? [];
    if (enters.length > 0) {
      const first = enters.map(({ to }) => to);
      this.compose(mermaidId(state.id), label, state.id, first, depth);
    } else {
      this.#write(depth, `state "${escapeLabel(label)}" as ${mermaidId(state.id)}`);
    }
  }

  #kindOf(state: JourneyState): string {
    if (state.kind === 'loop') return `${state.kind} ${state.loopType}`;
    if (state.kind === 'subjourney' && state.calls !== null && state.child !== undefined) {
      return `calls ${this.#graph.children.get(state.calls)?.name ?? state.calls}`;
    }
    return state.kind === 'tool' ? state.blockType : state.kind;
  }

  #write(depth: number, line: string): void {
    this.lines.push(`${'    '.repeat(depth)}${line}`);
  }
}

function branchTitles(journey: Journey): Map<string, string> {
  const titles = new Map<string, string>();
  for (const state of journey.states) {
    if (state.kind === 'router') {
      for (const { id, title } of state.routes) titles.set(JSON.stringify([state.id, id]), title);
    }
    if (state.kind !== 'fork') continue;
    for (const { id, title, expression } of state.branches) {
      const text = expression === null || expression === '' ? title : `${title} ${expression}`;
      titles.set(JSON.stringify([state.id, id]), text);
    }
  }
  return titles;
}

function labelOf(way: Transition, titles: ReadonlyMap<string, string>): string {
  if (way.kind === 'error') return 'error';
  if (way.branchId === null) return '';
  return titles.get(JSON.stringify([way.from, way.branchId])) ?? way.branchId;
}

/** Labels of the ways by which a journey ends in a state; one without label for a last state. */
function endsOf(state: JourneyState, ways: readonly Transition[]): string[] {
  if (ways.some(({ kind }) => kind === 'next')) return [];
  if (state.kind !== 'fork') return ways.some(({ kind }) => kind === 'branch') ? [] : [''];
  const connected = new Set(ways.map(({ branchId }) => branchId));
  return state.branches.filter(({ id }) => !connected.has(id)).map(({ title }) => title);
}

function arrow(from: StateId, to: string, label: string): string {
  const text = escapeLabel(label);
  return `${mermaidId(from)} --> ${to}${text === '' ? '' : ` : ${text}`}`;
}

function mermaidId(id: StateId): string {
  return `s_${plainId(id.slice(3), '__')}`;
}

/** Mermaid reads `#35;` as the character of that number; letters and a few signs need none. */
function escapeLabel(text: string): string {
  const line = text.replace(/[\s\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  const chars = Array.from(line);
  const cut = chars.length > LABEL_LENGTH ? [...chars.slice(0, LABEL_LENGTH - 1), '…'] : chars;
  return cut
    .map((char) => (/[\p{L}\p{M}\p{N} .,·…+*=/'?!_-]/u.test(char) ? char : `#${codeOf(char)};`))
    .join('');
}
