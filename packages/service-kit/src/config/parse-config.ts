import * as z from 'zod';
import { ConfigError, type ConfigProblem } from './config-error.js';
import { variableRegistry, type VariableMeta } from './variables.js';

/** The environment as a process has it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A zod schema from the environment to one group of settings; make it with {@link settings}. */
export type SettingsGroup = z.ZodType;

/** Groups by name, nested as the configuration shall be. */
export interface SettingsTree {
  readonly [name: string]: SettingsGroup | SettingsTree;
}

/** What a {@link SettingsTree} parses to. */
export type Parsed<S> = S extends z.ZodType
  ? z.output<S>
  : { readonly [K in keyof S]: Parsed<S[K]> };

/** One variable, for the page that lists the settings. */
export interface VariableDescription extends VariableMeta {
  readonly variable: string;
  readonly required: boolean;
  /** Absent for a required variable, one without a default and a secret one. */
  readonly default?: unknown;
}

/**
 * A group of settings: the variables that it reads and the value that they make. Rules across
 * variables go into `build`, which reports by `refuse(variable, 'must be …')`.
 */
export function settings<S extends z.ZodRawShape, T>(
  variables: S,
  build: (
    values: z.output<z.ZodObject<S>>,
    refuse: (variable: keyof S & string, message: string) => void,
  ) => T,
) {
  return z.object(variables).transform((values, context): T =>
    build(values, (name, message) => {
      context.addIssue({ code: 'custom', path: [name], message });
    }),
  );
}

/**
 * Reads nested, typed settings from an environment. An empty variable counts as unset.
 *
 * @example
 * const { config, secrets } = parseConfig(
 *   { config: { http: httpSettings() }, secrets: { jwt: jwtSecret() } },
 *   process.env,
 * );
 * @throws {ConfigError} with every problem of every group.
 */
export function parseConfig<const S extends SettingsTree>(tree: S, env: Environment): Parsed<S> {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''),
  );
  const problems: ConfigProblem[] = [];
  const parsed = parseTree(tree, given, problems);
  if (problems.length > 0) throw new ConfigError(withoutRepeats(problems));
  return parsed as Parsed<S>;
}

/** Every variable that a tree of settings reads, each once, by name. */
export function describeVariables(tree: SettingsTree): VariableDescription[] {
  const found = new Map<string, VariableDescription>();
  for (const group of groupsOf(tree)) {
    for (const [name, schema] of Object.entries(shapeOf(group))) {
      if (!found.has(name)) found.set(name, describe(name, schema));
    }
  }
  return [...found.values()].sort((a, b) => (a.variable < b.variable ? -1 : 1));
}

function parseTree(
  node: SettingsGroup | SettingsTree,
  env: Environment,
  problems: ConfigProblem[],
): unknown {
  if (!(node instanceof z.ZodType)) {
    return Object.fromEntries(
      Object.entries(node).map(([name, child]) => [name, parseTree(child, env, problems)]),
    );
  }
  const result = node.safeParse(env);
  if (result.success) return result.data;
  const shape = shapeOf(node);
  problems.push(...result.error.issues.map((issue) => toProblem(issue, env, shape)));
  return undefined;
}

function toProblem(
  issue: z.core.$ZodIssue,
  env: Environment,
  shape: Readonly<Record<string, z.ZodType>>,
): ConfigProblem {
  const variable = String(issue.path[0] ?? '');
  const schema = shape[variable];
  const value = env[variable];
  const hidden = value !== undefined && schema !== undefined && metaOf(schema)?.secret === true;
  return { variable, given: hidden ? '(secret)' : value, message: issue.message };
}

/** Settings and secrets may read the same variable, such as a URL with a password in it. */
function withoutRepeats(problems: readonly ConfigProblem[]): ConfigProblem[] {
  const keyed = new Map(problems.map((p) => [`${p.variable}\n${p.message}`, p]));
  return [...keyed.values()];
}

function groupsOf(node: SettingsGroup | SettingsTree): SettingsGroup[] {
  return node instanceof z.ZodType ? [node] : Object.values(node).flatMap(groupsOf);
}

/** The variables of a group: the shape of the object that its transform starts from. */
function shapeOf(group: z.ZodType): Readonly<Record<string, z.ZodType>> {
  const source = group instanceof z.ZodPipe ? group.in : group;
  return source instanceof z.ZodObject ? source.shape : {};
}

function metaOf(schema: z.ZodType): VariableMeta | undefined {
  return variableRegistry.get(unwrap(schema));
}

function unwrap(schema: z.ZodType): z.ZodType {
  const wrapped = schema instanceof z.ZodDefault || schema instanceof z.ZodOptional;
  return wrapped ? unwrap(schema.unwrap() as z.ZodType) : schema;
}

function describe(variable: string, schema: z.ZodType): VariableDescription {
  const meta = metaOf(schema) ?? { accepts: 'text' };
  const required = !(schema instanceof z.ZodDefault || schema instanceof z.ZodOptional);
  const shown = schema instanceof z.ZodDefault && meta.secret !== true;
  return { variable, required, ...meta, ...(shown && { default: schema.def.defaultValue }) };
}
