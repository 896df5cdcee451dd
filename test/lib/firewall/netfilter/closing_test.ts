import { parsePolicy } from "../../../../lib/firewall/iptables/doctor/policy.ts";
import { judgeRuleset } from "../../../../lib/firewall/netfilter/examine.ts";
import type { Ruleset } from "../../../../lib/firewall/netfilter/ruleset.ts";
import { parseServices } from "../../../../lib/net/service.ts";
import { assertEquals } from "../../../assert.ts";
import { linuxQuestions } from "../../../support/doctor.ts";

/** The settings that hints about these services name, each hint once. */
function settings(protect: string, asked: string, rules = "-P INPUT ACCEPT"): string[] {
  const ruleset: Ruleset = {
    filter: { 4: parsePolicy(`${rules}\n`) },
    commands: { 4: "iptables", 6: "ip6tables" },
  };
  const questions = linuxQuestions("nft", {
    protect: services(protect),
    services: services(asked),
  });
  const repairs = judgeRuleset(questions, ruleset).flatMap(({ repair }) => repair ?? []);
  return [...new Set(repairs.filter((repair) => repair.startsWith("Set ")))];
}

function services(list: string) {
  return list === "" ? [] : parseServices(list.replaceAll(" ", "")) ?? [];
}

Deno.test("a hint about NFT_PROTECT names the whole list: the protected services and all missing ones", () => {
  const whole = (list: string) => [`Set NFT_PROTECT ${list} in fwknopd.conf`];
  assertEquals(settings("tcp/22", "tcp/22, tcp/2200"), whole("tcp/22, tcp/2200"));
  assertEquals(
    settings("tcp/8443, tcp/22", "tcp/22, tcp/2200, udp/53"),
    whole("tcp/8443, tcp/22, tcp/2200, udp/53"),
    "hints that are followed in turn undo nothing",
  );
  assertEquals(settings("", "tcp/22, tcp/2200"), whole("tcp/22, tcp/2200"));
});

Deno.test("a hint about NFT_PROTECT leaves out what the host's own rules close", () => {
  const rules = "-P INPUT ACCEPT\n-A INPUT -p tcp -m tcp --dport 22 -j DROP";
  assertEquals(settings("", "tcp/22, tcp/2200", rules), [
    "Set NFT_PROTECT tcp/2200 in fwknopd.conf",
  ]);
});
