/** The words of an identifier such as `orderId`, `order_id` or `HTTPStatus`. */
export function wordsOf(identifier: string): string[] {
  return identifier
    .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .split(/[\s_\-.]+/u)
    .filter((word) => word !== '');
}

/** An identifier as it is said to a person: `orderId` → `Order id`, `userURL` → `User URL`. */
export function spokenName(identifier: string): string {
  const words = wordsOf(identifier).map((word) =>
    /^\p{Lu}{2,}$/u.test(word) ? word : word.toLowerCase(),
  );
  const spoken = words.join(' ');
  const [first = ''] = spoken;
  return spoken === '' ? identifier : first.toUpperCase() + spoken.slice(first.length);
}

/** An id that is not taken yet: the wanted one, else with `~2`, `~3` … behind it. */
export class FreshIds {
  readonly #taken: Set<string>;
  readonly #next = new Map<string, number>();

  constructor(taken: Iterable<string> = []) {
    this.#taken = new Set(taken);
  }

  /** Takes the id, or one made from it. Constant time over many ids that collide. */
  take(wanted: string): string {
    let id = wanted;
    for (let next = this.#next.get(wanted) ?? 2; this.#taken.has(id); next += 1) {
      id = `${wanted}~${next}`;
      this.#next.set(wanted, next + 1);
    }
    this.#taken.add(id);
    return id;
  }
}
