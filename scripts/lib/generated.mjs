/** Files that a program writes and the repository keeps: each script fails where they differ. */
export const GENERATED = [];
