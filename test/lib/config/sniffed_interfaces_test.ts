import { commandWords } from "../../../lib/config/command_words.ts";
import { interfaceNames } from "../../../lib/config/sniffed_interfaces.ts";
import { assertEquals } from "../../assert.ts";

Deno.test("PCAP_INTF names one or more interfaces, with or without blanks", () => {
  assertEquals(interfaceNames({ PCAP_INTF: "eth0" }), ["eth0"]);
  assertEquals(interfaceNames({ PCAP_INTF: "eth0, ppp0,wlan0 " }), ["eth0", "ppp0", "wlan0"]);
  assertEquals(interfaceNames({ PCAP_INTF: "any," }), ["any"]);
});

Deno.test("a command is split at blanks, and blanks around it add no word", () => {
  assertEquals(commandWords(" ip  netns\texec x iptables "), [
    "ip",
    "netns",
    "exec",
    "x",
    "iptables",
  ]);
  assertEquals(commandWords(" "), []);
});
