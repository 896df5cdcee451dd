/**
 * Asks a web service for the public address of this host (`docs/spec/client.md` 8).
 *
 * @module
 */
import { runProgram } from "../exec/run.ts";
import { type Address, parseAddress } from "../net/address.ts";
import { specialKind } from "../net/special_address.ts";
import { parsePort } from "../net/service.ts";
import { systemReasonOf } from "../errors/reason.ts";
import type { AddressService } from "./plan.ts";
import { Problem, usageProblem } from "./problem.ts";
import { trustedCertificates } from "./trusted_certificates.ts";

/** An address, and which service answered it. */
export interface ResolvedAddress {
  readonly address: Address;
  /** The URL, or the command in quotes. */
  readonly via: string;
}

const DEFAULT_HOST = "www.cipherdyne.org/cgi-bin/myip";
/** Milliseconds after which the client stops waiting for a service. */
const DEADLINE = 10_000;
/** Longest answer that is read, in bytes. */
const MAX_ANSWER = 2000;
/** Most words of a command line, as in the C client. */
const MAX_WORDS = 28;

/**
 * The address that the service sees. It is asked over HTTPS, over plain HTTP if the plan demands it, or with the wget
 * that the plan names. All services of a list (`--resolve-url` with commas) are asked. The first answer in the order of
 * the list counts, and no other answer may contradict it.
 */
export async function resolveAddress(service: AddressService): Promise<ResolvedAddress | Problem> {
  if (service.wget !== undefined) return await askWget(service.wget, service);
  const urls = serviceUrls(service);
  if (urls instanceof Problem) return urls;
  const answers = await Promise.all(urls.map((url) => ask(url, service.userAgent)));
  const problems = answers.flatMap((answer) => answer instanceof Problem ? [answer] : []);
  const resolved = answers.flatMap((answer) => answer instanceof Problem ? [] : [answer]);
  const [first] = resolved;
  if (first === undefined) return noAnswer(problems);
  // The client may reach one service over IPv4 and another one over IPv6.
  const other = resolved.find(({ address }) =>
    address.family === first.address.family && address.text !== first.address.text
  );
  return other === undefined ? first : new Problem(
    `the services disagree: ${first.address.text} by ${first.via}, ${other.address.text} by ${other.via}`,
    { hint: "use -a with the address, or only the service you trust" },
  );
}

function noAnswer(problems: readonly Problem[]): Problem {
  const [first] = problems;
  return problems.length === 1 && first !== undefined ? first : new Problem(
    `no service answered with the public address:\n  ${
      problems.map(({ text }) => text).join("\n  ")
    }`,
    {
      hint: "use -a with the address, or -s",
      reference: problems.map(({ facts }) => facts.reference ?? "").join("\n"),
    },
  );
}

/** The URLs to ask. A missing scheme means HTTP with `--resolve-http-only`, otherwise HTTPS. */
export function serviceUrls({ url: written, isClear }: AddressService): URL[] | Problem {
  const scheme = isClear ? "http" : "https";
  const urls: URL[] = [];
  for (const text of (written ?? DEFAULT_HOST).split(",")) {
    const full = /^[a-z]+:\/\//i.test(text) ? text : `${scheme}://${text}`;
    const [, port] = /^[^/]*\/\/(?:\[[^\]]*\]|[^/:]*):([^/]*)/.exec(full) ?? [];
    if (port !== undefined && parsePort(port) === undefined) {
      return usageProblem(`--resolve-url: '${port}' is not a port from 1 to 65535`, {
        reference:
          "[*] resolve-url port value is invalid, must be in [1-65535]\nError parsing resolve-url",
      });
    }
    if (!URL.canParse(full) || !/^https?:\/\//i.test(full)) {
      return usageProblem(`--resolve-url: '${text}' is not an HTTP address`, {
        reference: "Error parsing resolve-url",
      });
    }
    const url = new URL(full);
    if (isClear && url.protocol === "https:") {
      return usageProblem("--resolve-http-only does not go with an https address", {
        reference: "[*] https is not supported for --resolve-http-only.",
      });
    }
    urls.push(url);
  }
  return urls;
}

/** The URLs that are asked without encryption, although `--resolve-http-only` was not given. */
export function clearUrls(service: AddressService): URL[] {
  if (service.isClear) return [];
  const urls = serviceUrls(service);
  return urls instanceof Problem ? [] : urls.filter(({ protocol }) => protocol === "http:");
}

/**
 * The address in an answer, or the reason why the answer is refused. White space around the address is cut. Any other
 * text is refused: a page of a captive portal is not an address, even if it contains one. An address that no client can
 * have is refused too: `0.0.0.0` in a packet admits every source.
 */
export function readAnswer(text: string): Address | string {
  const address = parseAddress(text.trim());
  if (address === undefined) return `it did not answer with an address but with '${excerpt(text)}'`;
  const kind = specialKind(address);
  return kind === undefined
    ? address
    : `it answered ${address.text}, ${kind}, from which no client knocks`;
}

async function ask(url: URL, userAgent: string): Promise<ResolvedAddress | Problem> {
  let answer: string;
  // Make a new connection. One that is left from an earlier look-up may have the address that this host had then.
  using client = Deno.createHttpClient({
    poolMaxIdlePerHost: 0,
    ...(url.protocol === "https:" ? trustedCertificates() : {}),
  });
  try {
    const response = await fetch(url, {
      client,
      headers: { "user-agent": userAgent, accept: "*/*" },
      redirect: "error",
      signal: AbortSignal.timeout(DEADLINE),
    });
    if (!response.ok) {
      await response.body?.cancel();
      return askProblem(url, `it answered ${response.status}`);
    }
    answer = await readStart(response);
  } catch (error) {
    return askProblem(url, fetchReason(error));
  }
  const address = readAnswer(answer);
  return typeof address === "string" ? askProblem(url, address) : { address, via: url.href };
}

function askProblem(url: URL, reason: string): Problem {
  return new Problem(`${url.href} did not answer with the public address: ${reason}`, {
    hint: "use -a with the address, -s, or another --resolve-url",
    reference: `[-] Could not resolve IP via: '${url.href}'\n    ${reason}`,
  });
}

function fetchReason(error: unknown): string {
  if (error instanceof DOMException && error.name === "TimeoutError") {
    return `no answer after ${DEADLINE / 1000} s`;
  }
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return systemReasonOf(cause).replace(/^error sending request for url \([^)]*\)(: )?/, "") ||
    "the connection failed";
}

/** The first bytes of a body, as text. */
async function readStart(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > MAX_ANSWER) break;
  }
  return text.slice(0, MAX_ANSWER);
}

function excerpt(text: string): string {
  const line = text.trim().replace(/[^\x20-\x7e]+/g, " ");
  return line.length > 40 ? `${line.slice(0, 40)}…` : line;
}

/** `-w`: the command is split at blanks and runs without a shell. */
async function askWget(
  command: string,
  service: AddressService,
): Promise<ResolvedAddress | Problem> {
  const urls = serviceUrls({ ...service, isClear: false });
  if (urls instanceof Problem) return urls;
  const url = urls[0]?.href.replace(/\/$/, "") ?? "";
  const agent = service.wgetNamesItself ? [] : ["-U", service.userAgent];
  const words = [
    ...command.split(/\s+/).filter((word) => word !== ""),
    ...agent,
    "--secure-protocol=auto",
    "--quiet",
    "-O",
    "-",
    url,
  ];
  const line = words.join(" ");
  if (words.length > MAX_WORDS) return usageProblem(`--wget-cmd has more than ${MAX_WORDS} words`);
  const failed = (reason: string) =>
    new Problem(`'${line}' did not print the public address: ${reason}`, {
      hint: "leave out --wget-cmd: fwknop can ask the service itself",
      reference: `[-] Could not resolve IP via: '${line}'\n    ${reason}`,
    });
  const ended = await runProgram("user", words, { milliseconds: DEADLINE });
  if ("why" in ended) return failed(ended.reason);
  if (ended.how === "late") return failed(`no answer after ${DEADLINE / 1000} s`);
  const [first = ""] = new TextDecoder().decode(ended.stdout).split("\n");
  if (ended.code !== 0 && first === "") return failed(`it exited with ${ended.code}`);
  const address = readAnswer(first);
  return typeof address === "string" ? failed(address) : { address, via: `'${line}'` };
}
