/** The part of `fmt/colors` that is used; the package has no declarations of its own. */
export function bold(text: string): string;
export function dim(text: string): string;
export function green(text: string): string;
export function red(text: string): string;
/** Colours are written only where this was last set to `true`. */
export function setColorEnabled(value: boolean): void;
