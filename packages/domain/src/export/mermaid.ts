import type { Journey, JourneyState, StateId, Transition } from '../journey/types.js';

const LABEL_LENGTH = 80;

/**
 * A journey as a Mermaid `stateDiagram-v2`. Whatever names hold, every label is one line of escaped
 * text and every id is made of letters, digits and underscores, the same for the same block.
 */
export function toMermaid(journey: Journey): string {
  const lines = ['stateDiagram-v2'];
  const titles = branchTitles(journey);
  const outgoing = new Map<StateId, Transition[]>(journey.states.map(({ id }) => [id, []]));
  for (const transition of journey.transitions) outgoing.get(transition.from)?.push(transition);
  for (const state of journey.states) {
    lines.push(
      `state "${escapeLabel(`${state.label} · ${kindOf(state)}`)}" as ${mermaidId(state.id)}`,
    );
  }
  if (journey.initial !== null) lines.push(`[*] --> ${mermaidId(journey.initial)}`);
  for (const state of journey.states) {
    const ways = outgoing.get(state.id) ?? [];
    for (const way of ways) lines.push(arrow(way.from, mermaidId(way.to), labelOf(way, titles)));
    for (const title of endsOf(state, ways)) lines.push(arrow(state.id, '[*]', title));
  }
  return `${lines.join('\n    ')}\n`;
}

function kindOf(state: JourneyState): string {
  return state.kind === 'tool' ? state.blockType : state.kind;
}

function branchTitles(journey: Journey): Map<string, string> {
  const titles = new Map<string, string>();
  for (const state of journey.states) {
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

/** Distinct for distinct ids: a hyphen becomes two underscores, all else its code between two. */
function mermaidId(id: StateId): string {
  const plain = (char: string) => (char === '-' ? '__' : `_${codeOf(char).toString(16)}_`);
  return `s_${id.slice(3).replace(/[^A-Za-z0-9]/gu, plain)}`;
}

function codeOf(char: string): number {
  return char.codePointAt(0) ?? 0;
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
