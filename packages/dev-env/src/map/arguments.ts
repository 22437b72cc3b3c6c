export const MAP_USAGE = `Usage: npm run map -- FILE [--format json|mermaid]

Prints the journey of a workflow: as JSON (the default) or as a Mermaid state diagram. What was found
goes to the error output. Ends with 1 where a finding keeps the journey from running, with 2 where the
file cannot be read.`;

export type MapFormat = 'json' | 'mermaid';

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
      if (value !== 'json' && value !== 'mermaid') {
        return { problem: `--format takes json or mermaid, not ${value ?? 'nothing'}.` };
      }
      format = value;
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
