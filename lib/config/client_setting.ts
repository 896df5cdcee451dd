/**
 * The form of a row in the table of the client's settings.
 *
 * @module
 */
import type { Dialect } from "../dialect.ts";
import type { KindName, Range, ReferenceForms } from "./client_kinds.ts";
import type { GivenOption, OptionRow } from "./option.ts";

/** Members of a level and their values. */
type Members = Readonly<Record<string, unknown>>;

/** Other members that a value sets. */
interface Consequences<Level> {
  /** Members that are set as well. */
  readonly implies?: Level;
  /** Members that are set unless the level sets them. */
  readonly assumes?: Level;
}

/** An option of a setting. A switch without `sets` sets the member to `true`. */
export interface SettingOption<Level = Members>
  extends Omit<OptionRow, "brief">, Consequences<Level> {
  /** One line, if it differs from that of the variable. */
  readonly brief?: string;
  /** The kind of the argument, if it differs from that of the row. */
  readonly kind?: KindName;
  /** What a switch sets. */
  readonly sets?: Level;
  /** The options that it stands for. */
  readonly standsFor?: (argument: string) => readonly GivenOption[];
  /** Message about a bad argument that must not be shown. */
  readonly complaint?: string;
}

/** One setting. */
export interface Setting<Member = string, Level = Members> extends Consequences<Level> {
  /** The member that it sets; absent if the argument is checked here and used elsewhere. */
  readonly member?: Member;
  /** How a value is read and written. */
  readonly kind: KindName;
  /** For numbers. */
  readonly range?: Range;
  /** The number that `Y` stands for. */
  readonly yes?: number;
  /** Name in `.fwknoprc`, case-sensitive. */
  readonly variable?: string;
  /** Describes the variable in one line, in sentence case, without a full stop. */
  readonly brief?: string;
  /** The value if nothing sets it, as the file would write it. */
  readonly default?: string;
  /** The value is key material: never print it, and ask before it is replaced in the file. */
  readonly secret?: true;
  /** Not secret, but the client asks before it is replaced (`docs/spec/client.md` 6). */
  readonly critical?: true;
  /** An alias of another variable, which is never written. */
  readonly alias?: true;
  /** `native`: an extension that the C client refuses. `c`: only on the C client's command line. */
  readonly scope?: Dialect;
  readonly options?: readonly SettingOption<Level>[];
  /** Differences of the C client: the range of its option, the range of both, its messages. */
  readonly c?: ReferenceForms & { readonly optionRange?: Range; readonly range?: Range };
}
