export const MAP_USAGE = `Usage: npm run map -- FILE [--format json|mermaid|xstate|text]

Prints the journey of a workflow: as JSON (the default), as a Mermaid state diagram or as XState machines.
What was found goes to the error output. As text it prints a summary, what was found included. Ends with 1 where a finding keeps the journey from running, with 2 where the
file cannot be read.`;

const FORMATS = ['json', 'mermaid', 'xstate', 'text'] as const;

export type MapFormat = (typeof FORMATS)[number];

export interface MapArguments {
  readonly file: string;
  readonly format: MapFormat;
}

/** The arguments, or what is wrong with them. */
export function mapArguments(args: readonly string[]): MapArguments | { readonly problem: string } {
  let file: string | null = null;
  let format: MapFormat = 'json';
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? '';
    const [name, inline] = arg.split('=', 2);
    if (name === '--format') {
      const value = inline ?? args[(index += 1)];
      const known = FORMATS.find((name) => name === value);
      if (known === undefined) {
        const names = 'json, mermaid, xstate or text';
        return { problem: `--format takes ${names}, not ${value ?? 'nothing'}.` };
      }
      format = known;
    } else if (arg.startsWith('-')) {
      return { problem: `There is no option ${arg}.` };
    } else if (file !== null) {
      return { problem: `One file at a time, please: ${file} or ${arg}.` };
    } else {
      file = arg;
    }
  }
  return file === null ? { problem: 'A file is missing.' } : { file, format };
}
