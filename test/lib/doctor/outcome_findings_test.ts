import {
  openText,
  serviceFindings,
  sessionFindings,
  spaPortFindings,
} from "../../../lib/doctor/outcome_findings.ts";
import { assertEquals } from "../../assert.ts";

const SSH = { protocol: "tcp", port: 22 } as const;
const repair = (family: number) => `repair ${family}`;

Deno.test("the doctor finds a service closed, open or unclear, for each family", () => {
  const found = (four: "dropped" | "accepted", six: "dropped" | "unclear", look?: string) =>
    serviceFindings(SSH, [{ family: 4, end: four }, { family: 6, end: six }], repair, look);
  assertEquals(found("dropped", "dropped"), [
    { state: "good", text: "tcp/22 is closed to those who do not knock" },
  ]);
  assertEquals(found("accepted", "unclear", "look"), [
    { state: "bad", text: `${openText(SSH, 4)}: knocking protects nothing`, repair: "repair 4" },
    {
      state: "unclear",
      text: "Rules with other conditions decide about tcp/22 over IPv6",
      repair: "look",
    },
  ]);
  assertEquals(Object.hasOwn(found("dropped", "unclear")[0] ?? {}, "repair"), false);
});

Deno.test("the doctor finds whether packets reach the server's port", () => {
  const states = (end: "accepted" | "dropped" | "unclear") =>
    spaPortFindings(SSH, [{ family: 4, end }], repair).map(({ state }) => state);
  assertEquals([states("accepted"), states("dropped"), states("unclear")], [
    ["good"],
    ["bad"],
    ["unclear"],
  ]);
});

Deno.test("the doctor reports sessions that die, for each family", () => {
  assertEquals(sessionFindings([], repair).map(({ state }) => state), ["good"]);
  assertEquals(sessionFindings([4, 6], repair).map((finding) => finding.repair), [
    "repair 4",
    "repair 6",
  ]);
});
