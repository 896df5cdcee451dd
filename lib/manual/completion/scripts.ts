/**
 * The completion scripts by shell.
 *
 * @module
 */
import type { Commands } from "../command.ts";
import { bashCompletion } from "./bash.ts";
import { fishCompletion } from "./fish.ts";
import { zshCompletion } from "./zsh.ts";

/** Every shell there is a script for. */
export const COMPLETIONS = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
} satisfies Readonly<Record<string, (commands: Commands) => string>>;
