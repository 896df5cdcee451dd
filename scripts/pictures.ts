/**
 * `deno task pictures`: the pictures of `docs/pictures`, from real runs in network namespaces: `fwknop serve -vtf` with
 * a good knock and a refused one, and `fwknop explain` of a captured packet.
 *
 * The programs run on a terminal of 80 columns. The first line of a picture is the command as an administrator types it;
 * the run here also names the files of its own folder (`-c`, `-a`). Three things differ in each run and are replaced:
 * the age of a packet ("sent N s ago") by 0 s, the milliseconds that are left of a grant by 30000, and the second at
 * which it ends by 1800000030. The client's port is fixed with `--source-port`. Keys are new in each run and are in no
 * output.
 *
 * @module
 */
import {
  CLIENT_ADDRESS,
  FirstKnock,
  SERVER_ADDRESS,
  SOURCE_PROGRAM,
} from "../test/support/first_knock.ts";
import { LoggedProcess } from "../test/support/logged_process.ts";
import { Lab, type Namespace, until } from "../test/support/namespace.ts";
import { ROOT } from "./process.ts";
import { drawTerminal } from "./terminal_picture.ts";

/** The programs that the runs need. */
export const PICTURE_PROGRAMS: readonly string[] = ["nft", "script", "stty", "tcpdump"];

/** The width of the terminal. */
const COLUMNS = 80;
const SOURCE_PORT = "40000";
const FOLDER = `${ROOT}docs/pictures`;

/** One word of a shell's command line. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** Starts a program on a terminal; its lines come with the terminal's colours. */
function onTerminal(
  namespace: Namespace,
  folder: string,
  words: readonly string[],
): LoggedProcess {
  const command = `stty cols ${COLUMNS} -echo; exec ${words.map(quoted).join(" ")}`;
  return new LoggedProcess(
    namespace.spawn(["script", "-qefc", command, "/dev/null"], {
      cwd: folder,
      clearEnv: true,
      env: {
        PATH: Deno.env.get("PATH") ?? "",
        HOME: Deno.env.get("HOME") ?? folder,
        DENO_DIR: Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME")}/.cache/deno`,
        LC_ALL: "C.UTF-8",
        SHELL: "/bin/sh",
        TERM: "xterm",
      },
      // `script` ends when its input does.
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }),
  );
}

/** The lines without what differs in each run, and without the carriage returns of the terminal. */
export function steadyLines(lines: readonly string[]): string[] {
  return lines.map((line) =>
    line.replace(/\r$/, "")
      .replace(/sent -?\d+ s ago/, "sent 0 s ago")
      .replace(/timeout \d+ms/, "timeout 30000ms")
      .replace(/_exp_\d+/, "_exp_1800000030")
  );
}

/** The lines of `serve -vtf`, and those of `explain`. */
async function runPrograms(
  stage: FirstKnock,
  folder: string,
): Promise<{ serve: string[]; explain: string[] }> {
  const { server } = stage;
  const files = ["-c", `${folder}/fwknopd.conf`, "-a", `${folder}/access.conf`];
  const daemon = onTerminal(server, folder, [...SOURCE_PROGRAM, "serve", "-vtf", ...files]);
  const knock = async (...extra: string[]): Promise<void> => {
    const { code, stderr } = await stage.knock("-U", "alice", "-S", SOURCE_PORT, ...extra);
    if (code !== 0) throw new Error(`fwknop knock ended with ${code}: ${stderr}`);
  };
  await daemon.line(/main event loop/, { seconds: 30 });
  await knock();
  await daemon.line(/^add element/);
  await knock("-A", "tcp/3306");
  await daemon.line(/add tcp\/3306 to/);
  const serve = [...daemon.lines];
  await daemon.stop();

  const file = `${folder}/knock.pcap`;
  const words = ["tcpdump", "-U", "-Z", "root", "-i", "eth0", "-w", file, "udp", "port", "62201"];
  const capture = new LoggedProcess(
    server.spawn(words, { stdin: "null", stdout: "piped", stderr: "piped" }),
  );
  await capture.line(/listening on/);
  await knock("--hmac-digest-type", "sha512");
  // The header of the file has 24 bytes.
  await until("the packet is in the file", () => Deno.statSync(file).size > 24);
  await capture.stop("SIGINT");
  const explained = onTerminal(server, folder, [...SOURCE_PROGRAM, "explain", ...files, file]);
  await explained.line(/write HMAC_DIGEST_TYPE/, { seconds: 30 });
  await until("explain has ended", () => !explained.isRunning, 10);
  return { serve, explain: explained.lines };
}

/** Runs the programs and draws the pictures: the name of each file, and its text. */
export async function drawPictures(lab: Lab, folder: string): Promise<Map<string, string>> {
  const stage = await FirstKnock.build({
    lab,
    folder,
    program: SOURCE_PROGRAM,
    accessTimeout: 30,
    firewall: "nft",
  });
  const access = `${folder}/access.conf`;
  await Deno.writeTextFile(access, "NAME laptop\n", { append: true });
  const { serve, explain } = await runPrograms(stage, folder);
  await stage.service.stop();
  const typed = (command: string, lines: readonly string[]): string[] => [
    `\x1b[2m# \x1b[22m\x1b[1m${command}\x1b[22m`,
    ...steadyLines(lines),
  ];
  return new Map([
    [
      "serve.svg",
      drawTerminal(
        `fwknop serve -vtf: the server prints each step of a knock from ${CLIENT_ADDRESS} that it accepts, and of one that it refuses`,
        typed("fwknop serve -vtf", serve),
        COLUMNS,
      ),
    ],
    [
      "explain.svg",
      drawTerminal(
        `fwknop explain: the step at which ${SERVER_ADDRESS} refuses a captured packet, and what to change`,
        typed("fwknop explain knock.pcap", explain),
        COLUMNS,
      ),
    ],
  ]);
}

if (import.meta.main) {
  const lab = new Lab();
  const folder = await Deno.makeTempDir({ prefix: "fwknop-pictures-" });
  try {
    await Deno.mkdir(FOLDER, { recursive: true });
    for (const [name, text] of await drawPictures(lab, folder)) {
      await Deno.writeTextFile(`${FOLDER}/${name}`, text);
      console.log(`docs/pictures/${name}`);
    }
  } finally {
    lab.remove();
    await Deno.remove(folder, { recursive: true });
  }
}
