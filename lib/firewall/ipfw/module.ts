/**
 * ipfw of FreeBSD, with sets of our own.
 *
 * @module
 */
import type { ServerSettings } from "../../config/fwknopd_variables.ts";
import type { FirewallModule } from "../firewall_module.ts";
import { ipfwAdapter, type IpfwSettings, type IpfwView } from "./adapter.ts";

/** The module of ipfw. */
export const ipfw: FirewallModule<IpfwSettings, IpfwView> = {
  kind: "ipfw",
  program: "ipfw",
  owns: "IPFW",
  flushes: "IPFW",
  signs: {},
  fromSettings: ({ settings, command }) => ipfwSettings(settings, command),
  adapter: ipfwAdapter,
  checkSeconds: ({ IPFW_EXPIRE_PURGE_INTERVAL }) => IPFW_EXPIRE_PURGE_INTERVAL,
  async doctor() {
    const { examineIpfw } = await import("./doctor/examine.ts");
    return (questions, { settings, command }) =>
      examineIpfw(questions, ipfwSettings(settings, command));
  },
};

function ipfwSettings(settings: ServerSettings, command: string): IpfwSettings {
  return {
    command,
    start: settings.IPFW_START_RULE_NUM,
    maxRules: settings.IPFW_MAX_RULES,
    activeSet: settings.IPFW_ACTIVE_SET_NUM,
    expireSet: settings.IPFW_EXPIRE_SET_NUM,
    checkState: settings.IPFW_ADD_CHECK_STATE,
  };
}
