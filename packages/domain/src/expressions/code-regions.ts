import { parse, parseExpressionAt, type AnyNode, type Comment, type Options } from 'acorn';

/** A stretch of code that is not read as code. */
export interface Region {
  readonly kind: 'string' | 'template' | 'regex' | 'comment';
  /** UTF-16 offsets, end exclusive. A template's stretches between `${…}` are regions of their own. */
  readonly start: number;
  readonly end: number;
  /** With `string`: its value. */
  readonly cooked: string;
  /** With `string`: it is the key of a property (`{'a': 1}`). */
  readonly isKey: boolean;
}

/**
 * The strings, templates, regular expressions and comments of a function body or an expression, in
 * order. Code that does not parse has none: it fails in the sandbox with the author's syntax error.
 */
export function readRegions(code: string): Region[] {
  const comments: Comment[] = [];
  const root = parseCode(code, comments);
  if (!root) return [];
  const regions = literalRegions(root);
  for (const { start, end } of comments) regions.push(region('comment', start, end));
  return regions.sort((a, b) => a.start - b.start);
}

function parseCode(code: string, comments: Comment[]): AnyNode | null {
  const options: Options = {
    ecmaVersion: 'latest',
    sourceType: 'script',
    allowReturnOutsideFunction: true,
    allowAwaitOutsideFunction: true,
    onComment: comments,
  };
  for (const read of [() => parse(code, options), () => parseExpressionAt(code, 0, options)]) {
    comments.length = 0;
    try {
      return read();
    } catch {
      // A syntax error, or nesting too deep for the parser's stack: try the next reading.
    }
  }
  return null;
}

/** Walks with a list of its own, as deep code would exhaust the stack. */
function literalRegions(root: AnyNode): Region[] {
  const regions: Region[] = [];
  const pending: AnyNode[] = [root];
  const keys = new Set<unknown>();
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (isKeyed(node) && !node.computed) keys.add(node.key);
    if (node.type === 'TemplateElement') {
      regions.push(region('template', node.start, node.end));
    } else if (node.type === 'Literal') {
      if (node.regex) regions.push(region('regex', node.start, node.end));
      else if (typeof node.value === 'string') {
        regions.push({
          ...region('string', node.start, node.end),
          cooked: node.value,
          isKey: keys.has(node),
        });
      }
    }
    for (const child of Object.values(node) as unknown[]) {
      for (const item of Array.isArray(child) ? (child as unknown[]) : [child]) {
        if (isNode(item)) pending.push(item);
      }
    }
  }
  return regions;
}

function region(kind: Region['kind'], start: number, end: number): Region {
  return { kind, start, end, cooked: '', isKey: false };
}

function isKeyed(
  node: AnyNode,
): node is Extract<AnyNode, { type: 'Property' | 'MethodDefinition' | 'PropertyDefinition' }> {
  return (
    node.type === 'Property' ||
    node.type === 'MethodDefinition' ||
    node.type === 'PropertyDefinition'
  );
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}
