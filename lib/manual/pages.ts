/**
 * The manual pages, made from the tables of options and variables.
 *
 * @module
 */
import { ACCESS_ROWS } from "../config/access_variables.ts";
import { CLIENT_OPTIONS } from "../config/client_options.ts";
import { FWKNOPD_ROWS, type FwknopdName } from "../config/fwknopd_variables.ts";
import { FWKNOPRC_VARIABLES } from "../config/client_rows.ts";
import { SERVER_OPTIONS } from "../config/server_options.ts";
import type { Build } from "../config/variable.ts";
import type { Commands } from "./command.ts";
import { cEntries, commandEntries, commandSection } from "./option_entries.ts";
import {
  type Block,
  type Entry,
  listSection,
  type ManualPage,
  type ManualSection,
  textSection,
} from "./page.ts";
import * as accessConf from "./prose/access_conf.ts";
import * as fwknop from "./prose/fwknop.ts";
import * as fwknopd from "./prose/fwknopd.ts";
import * as fwknopdConf from "./prose/fwknopd_conf.ts";
import * as fwknoprc from "./prose/fwknoprc.ts";
import { clientEntry, serverEntry } from "./variable_entries.ts";

/** Every page by its name. */
export const MANUAL_PAGES = {
  fwknop: fwknopPage,
  fwknopd: fwknopdPage,
  fwknoprc: fwknoprcPage,
  "access.conf": accessConfPage,
  "fwknopd.conf": fwknopdConfPage,
} satisfies Readonly<Record<string, (commands: Commands) => ManualPage>>;

const SERVE_OPTIONS = SERVER_OPTIONS.filter(({ only }) => only !== "c");

function fwknopPage(commands: Commands): ManualPage {
  const own = Object.entries(commands).filter(([, { group }]) => group !== "Server");
  return {
    name: "fwknop",
    section: 1,
    brief: "client, server and tools for Single Packet Authorization",
    synopsis: ["`fwknop` _COMMAND_ [_OPTION_]...", "`fwknop` _OPTION_..."],
    sections: [
      textSection("Description", fwknop.DESCRIPTION),
      listSection("Commands", commandEntries(commands)),
      ...own.map(([name, command]) =>
        commandSection(name, command, {
          rows: SERVE_OPTIONS,
          where: "The same as for `fwknop serve`, see fwknopd(8)",
        })
      ),
      {
        title: "As the C client",
        blocks: [
          { kind: "text", text: fwknop.C_CLIENT },
          { kind: "entries", entries: cEntries(CLIENT_OPTIONS) },
        ],
      },
      {
        title: "Exit status",
        blocks: [
          { kind: "entries", entries: literalEntries(fwknop.EXIT_STATUSES) },
          { kind: "text", text: fwknop.EXIT_REMARK },
        ],
      },
      listSection("Environment", literalEntries(fwknop.ENVIRONMENT)),
      listSection("Files", literalEntries(fwknop.FILES)),
      textSection("Examples", fwknop.EXAMPLES),
      textSection("Differences from fwknop 2.6.10", fwknop.DIFFERENCES),
      seeAlso(
        "fwknopd(8)",
        "fwknoprc(5)",
        "fwknop-access.conf(5)",
        "fwknopd.conf(5)",
        "ssh_config(5)",
      ),
    ],
  };
}

function fwknopdPage(commands: Commands): ManualPage {
  const own = Object.entries(commands).filter(([, { group }]) => group === "Server");
  return {
    name: "fwknopd",
    section: 8,
    brief: "the server of Single Packet Authorization",
    synopsis: ["`fwknop serve` [_OPTION_]...", "`fwknopd` [_OPTION_]..."],
    sections: [
      textSection("Description", fwknopd.DESCRIPTION),
      ...own.map(([name, command]) =>
        commandSection(
          name,
          command,
          name === "serve"
            ? undefined
            : { rows: SERVE_OPTIONS, where: "The same as for `fwknop serve`" },
        )
      ),
      {
        title: "As fwknopd",
        blocks: [
          { kind: "text", text: fwknopd.C_DAEMON },
          { kind: "entries", entries: cEntries(SERVER_OPTIONS) },
        ],
      },
      listSection("Signals", literalEntries(fwknopd.SIGNALS)),
      listSection("Exit status", literalEntries(fwknopd.EXIT_STATUSES)),
      listSection("Files", serverFiles()),
      textSection("Security", fwknopd.SECURITY),
      textSection("Examples", fwknopd.EXAMPLES),
      textSection("Differences from fwknopd 2.6.10", fwknopd.DIFFERENCES),
      seeAlso("fwknop(1)", "fwknop-access.conf(5)", "fwknopd.conf(5)", "iptables(8)", "nft(8)"),
    ],
  };
}

function fwknoprcPage(): ManualPage {
  return {
    name: "fwknoprc",
    section: 5,
    brief: "stanzas and keys of the fwknop client",
    synopsis: ["`~/.fwknoprc`"],
    sections: [
      textSection("Description", fwknoprc.DESCRIPTION),
      listSection("Variables", FWKNOPRC_VARIABLES.map(clientEntry)),
      textSection("Example", fwknoprc.EXAMPLE),
      textSection("Differences from fwknop 2.6.10", fwknoprc.DIFFERENCES),
      seeAlso("fwknop(1)", "fwknop-access.conf(5)"),
    ],
  };
}

function accessConfPage(): ManualPage {
  return {
    // PAM has a page access.conf(5), and no two packages of a distribution may have one file.
    name: "fwknop-access.conf",
    section: 5,
    brief: "which clients may open what on a fwknop server",
    synopsis: [`\`${defaultOf("ACCESS_FILE")}\``],
    sections: [
      textSection("Description", accessConf.DESCRIPTION),
      listSection("Variables", ACCESS_ROWS.map(serverEntry)),
      listSection("Directives", entries(accessConf.DIRECTIVES)),
      textSection("Addresses and services", accessConf.LISTS),
      textSection("Limits", accessConf.LIMITS),
      textSection("Command cycles", accessConf.CYCLES),
      textSection("Examples", accessConf.EXAMPLES),
      seeAlso("fwknop(1)", "fwknopd(8)", "fwknopd.conf(5)"),
    ],
  };
}

function fwknopdConfPage(): ManualPage {
  const builds = Object.keys(fwknopdConf.BUILD_TITLES) as Build[];
  const general = FWKNOPD_ROWS.filter(({ builds }) => builds === undefined);
  const blocks = builds.flatMap((build): Block[] => [
    { kind: "heading", text: fwknopdConf.BUILD_TITLES[build] },
    {
      kind: "entries",
      entries: FWKNOPD_ROWS.filter((row) => row.builds?.[0] === build).map(serverEntry),
    },
  ]);
  return {
    name: "fwknopd.conf",
    section: 5,
    brief: "settings of the fwknop server",
    synopsis: [`\`${defaultOf("CONFIG_FILE")}\``],
    sections: [
      textSection("Description", fwknopdConf.DESCRIPTION),
      {
        title: "Variables",
        blocks: [{ kind: "entries", entries: general.map(serverEntry) }, ...blocks],
      },
      textSection("Examples", fwknopdConf.EXAMPLES),
      seeAlso("fwknop(1)", "fwknopd(8)", "fwknop-access.conf(5)", "pcap-filter(7)"),
    ],
  };
}

function entries(table: Readonly<Record<string, string>>): Entry[] {
  return Object.entries(table).map(([term, text]) => ({ term, text }));
}

function literalEntries(table: Readonly<Record<string, string>>): Entry[] {
  return Object.entries(table).map(([term, text]) => ({ term: `\`${term}\``, text }));
}

function defaultOf(name: FwknopdName): string {
  const path = FWKNOPD_ROWS.find((row) => row.name === name)?.default ?? "";
  const [variable, inner] = /^\$([A-Z_]+)/.exec(path) ?? [];
  const row = FWKNOPD_ROWS.find(({ name }) => name === inner);
  return row?.default === undefined ? path : path.replace(variable ?? "", row.default);
}

function serverFiles(): Entry[] {
  return Object.entries(fwknopd.FILES).map(([name, text]) => ({
    term: `\`${defaultOf(name as FwknopdName)}\``,
    text: `${text} \`${name}\` sets the path.`,
  }));
}

function seeAlso(...pages: readonly string[]): ManualSection {
  return textSection("See also", pages.map((page) => page.replace(/^[^(]+/, "`$&`")).join(", "));
}
