export const MAP_USAGE = `Usage: npm run map -- FILE [CALLED …] [--format json|mermaid|xstate|text]

Prints the journey of a workflow: as JSON (the default), as a Mermaid state diagram or as XState machines.
What was found goes to the error output. As text it prints a summary, what was found included. Further
files are workflows that it calls, by their ids, file names or names. Ends with 1 where a finding keeps the
journey from running, with 2 where a file cannot be read.`;

const FORMATS = ['json', 'mermaid', 'xstate', 'text'] as const;

export type MapFormat = (typeof FORMATS)[number];

export interface MapArguments {
  readonly file: string;
  /** Files of the workflows that it calls. */
  readonly called: readonly string[];
  readonly format: MapFormat;
}

/** The arguments, or what is wrong with them. */
export function mapArguments(args: readonly string[]): MapArguments | { readonly problem: string } {
  const files: string[] = [];
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
    } else {
      files.push(arg);
    }
  }
  const [file, ...called] = files;
  return file === undefined ? { problem: 'A file is missing.' } : { file, called, format };
}
