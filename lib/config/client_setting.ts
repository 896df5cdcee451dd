/**
 * What a row of the client's settings says.
 *
 * @module
 */
import type { Dialect } from "../dialect.ts";
import type { KindName, Range, ReferenceForms } from "./client_kinds.ts";
import type { GivenOption, OptionRow } from "./option.ts";

/** Members of a level and their values. */
type Members = Readonly<Record<string, unknown>>;

/** What a value brings with it. */
interface Consequences<Level> {
  /** Members that are set too. */
  readonly implies?: Level;
  /** Members that are set unless the level says something already. */
  readonly assumes?: Level;
}

/** An option of a setting. A switch that says nothing else sets the member to `true`. */
export interface SettingOption<Level = Members>
  extends Omit<OptionRow, "brief">, Consequences<Level> {
  /** One line, where it is not that of the variable. */
  readonly brief?: string;
  /** The kind of the argument, where it is not that of the row. */
  readonly kind?: KindName;
  /** What a switch sets. */
  readonly sets?: Level;
  /** The options in whose place it stands. */
  readonly standsFor?: (argument: string) => readonly GivenOption[];
  /** What is said about a bad argument that must not be shown. */
  readonly complaint?: string;
}

/** One setting. */
export interface Setting<Member = string, Level = Members> extends Consequences<Level> {
  /** What it sets; absent: the argument is checked here and used elsewhere. */
  readonly member?: Member;
  /** How a value is read and written. */
  readonly kind: KindName;
  /** For numbers. */
  readonly range?: Range;
  /** The number that `Y` stands for. */
  readonly yes?: number;
  /** Name in `.fwknoprc`, case-sensitive. */
  readonly variable?: string;
  /** What the variable is: one line, in sentence case, without a full stop. */
  readonly brief?: string;
  /** What holds where nothing sets it, as the file would write it. */
  readonly default?: string;
  /** The value is key material: never print it, and ask before it is replaced in the file. */
  readonly secret?: true;
  /** Not secret, but asked about all the same before it is replaced (`docs/spec/client.md` 6). */
  readonly critical?: true;
  /** Another name of a variable, which is not written. */
  readonly alias?: true;
  /** `native`: ours; the C client refuses it. `c`: only the C client's command line has it. */
  readonly scope?: Dialect;
  readonly options?: readonly SettingOption<Level>[];
  /** What differs for the C client: the range of its option, the range of both, its lines. */
  readonly c?: ReferenceForms & { readonly optionRange?: Range; readonly range?: Range };
}
