/** Takes a line about what happens, for whoever reads a run; most runs nobody reads. */
export type Journal = (line: () => string) => void;

export const NO_JOURNAL: Journal = () => {};
