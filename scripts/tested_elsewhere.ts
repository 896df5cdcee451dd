/**
 * Files of `lib/` with a branch and without their own test: the test that runs each, and why that test is the right
 * place. The coverage of the test showed each pair when it was added.
 *
 * @module
 */

/** One test that runs several files; paths are below `test/` and `lib/`. */
export interface SharedTest {
  readonly test: string;
  readonly why: string;
  readonly files: readonly string[];
}

/** In the order of the tests. */
export const TESTED_ELSEWHERE: readonly SharedTest[] = [
  {
    test: "cmd/daemon_commands_test.ts",
    why: "signals and locks of a daemon that runs",
    files: ["daemon/remote_control.ts"],
  },
  {
    test: "cmd/doctor_test.ts",
    why: "the whole command on a host of its own",
    files: [
      "capture/pcap_presence.ts",
      "doctor/questions.ts",
      "firewall/doctor_questions.ts",
      "firewall/global_ipv6.ts",
      "firewall/pf/module.ts",
    ],
  },
  {
    test: "cmd/explain_test.ts",
    why: "captures come from the command's own reader",
    files: ["capture/captured_packets.ts"],
  },
  {
    test: "cmd/invite_test.ts",
    why: "both ends are written in one run",
    files: ["client/invitation.ts", "config/access_addition.ts"],
  },
  {
    test: "cmd/keygen_test.ts",
    why: "the command line of one subcommand",
    files: ["client/key_generation.ts"],
  },
  {
    test: "cmd/knock_test.ts",
    why: "settings, files and packet of one knock",
    files: [
      "client/command_lines.ts",
      "client/make_packet.ts",
      "client/rc_file.ts",
      "client/seal_problem.ts",
      "client/validate.ts",
    ],
  },
  {
    test: "cmd/print_test.ts",
    why: "the samples are what the command prints",
    files: ["config/sample_conf.ts", "config/sample_fwknoprc.ts"],
  },
  {
    test: "cmd/prompt_test.ts",
    why: "needs a terminal, which the test makes",
    files: ["client/secret_prompt.ts"],
  },
  {
    test: "cmd/stanza_test.ts",
    why: "the listing is what the command prints",
    files: ["client/rc_show.ts"],
  },
  {
    test: "e2e/firewalld_test.ts",
    why: "needs firewalld",
    files: ["firewall/firewalld/doctor.ts", "firewall/firewalld/host.ts"],
  },
  {
    test: "e2e/ip_forwarding_test.ts",
    why: "changes a switch of the kernel, in a namespace",
    files: ["firewall/ip_forwarding.ts"],
  },
  {
    test: "e2e/knock_diagnosis_test.ts",
    why: "needs hosts with addresses of their own",
    files: ["client/own_addresses.ts"],
  },
  {
    test: "e2e/knock_wait_test.ts",
    why: "waits for a port of another host",
    files: ["client/wait_open.ts"],
  },
  {
    test: "e2e/resolve_https_test.ts",
    why: "needs a server with a certificate",
    files: ["client/trusted_certificates.ts"],
  },
  {
    test: "e2e/serve_advice_test.ts",
    why: "what a daemon says at its start",
    files: ["daemon/advice.ts"],
  },
  {
    test: "e2e/serve_lifecycle_test.ts",
    why: "start, reload and stop of a daemon",
    files: ["daemon/commands.ts", "daemon/daemon.ts", "daemon/parts.ts"],
  },
  {
    test: "e2e/setup_test.ts",
    why: "a set-up changes a host: its rules, its files, its processes",
    files: [
      "firewall/netfilter/reach.ts",
      "setup/lock.ts",
      "setup/plan.ts",
      "setup/steps.ts",
      "setup/system_host.ts",
    ],
  },
  {
    test: "e2e/listeners_test.ts",
    why: "every transport against every listener",
    files: [
      "capture/from_settings.ts",
      "capture/open_queue_server.ts",
      "client/raw_packet.ts",
    ],
  },
  {
    test: "interop/verbose_output_test.ts",
    why: "the same lines as the C daemon's",
    files: ["firewall/dry_run_firewall.ts"],
  },
  {
    test: "lib/install/install_test.ts",
    why: "what is changed is looked at after an installation and after a removal",
    files: ["install/file_changes.ts", "install/found.ts", "install/uninstall.ts"],
  },
  {
    test: "lib/release/verify_test.ts",
    why: "signatures are looked at beside those of minisign and signify, in whole releases",
    files: ["release/minisign.ts"],
  },
  {
    test: "e2e/upgrade_test.ts",
    why: "the new program is started, and its service under systemd",
    files: ["install/upgrade.ts"],
  },
  {
    test: "lib/capture/pcap_file_test.ts",
    why: "frames are read from a capture file",
    files: ["capture/frame_reader.ts"],
  },
  {
    test: "lib/capture/queue_server_test.ts",
    why: "needs a netfilter queue",
    files: ["capture/queue_drops.ts", "capture/queue_message.ts"],
  },
  {
    test: "lib/capture/sniffer_test.ts",
    why: "needs interfaces that come and go",
    files: ["capture/engine.ts", "capture/pcap_failure.ts", "capture/sniffed_interface.ts"],
  },
  {
    test: "lib/client/deliver_test.ts",
    why: "a destination is what is delivered to",
    files: ["client/destination.ts"],
  },
  {
    test: "lib/client/gpg_problem_test.ts",
    why: "its texts; what gpg does is in lib/gpg and interop",
    files: ["client/gpg.ts"],
  },
  {
    test: "lib/client/rc_edit_test.ts",
    why: "text is read back after each edit",
    files: ["client/rc_text.ts"],
  },
  {
    test: "lib/client/seal_test.ts",
    why: "the engine against the audited library, through a packet",
    files: ["crypto/engine.ts"],
  },
  {
    test: "lib/client/send_test.ts",
    why: "one test for both senders",
    files: ["client/runtime_sender.ts"],
  },
  {
    test: "lib/client/settings_test.ts",
    why: "rc file and options, joined",
    files: ["client/load_settings.ts"],
  },
  {
    test: "lib/config/access_conf_test.ts",
    why: "stanzas are built from a file only",
    files: ["config/access_stanza.ts", "config/stanza_contradictions.ts", "config/stanza_gpg.ts"],
  },
  {
    test: "lib/config/access_errors_test.ts",
    why: "a table of bad files with every message",
    files: ["config/access_value.ts", "config/stanza_keys.ts", "config/stanza_nat.ts"],
  },
  {
    test: "lib/config/dump_test.ts",
    why: "text and JSON side by side",
    files: ["config/dump_json.ts"],
  },
  {
    test: "lib/config/exposed_config_test.ts",
    why: "a draft is made by the parser of the file",
    files: ["config/stanza_draft.ts"],
  },
  {
    test: "lib/config/fwknoprc_test.ts",
    why: "rows are read by the parser of the file",
    files: ["config/client_rows.ts"],
  },
  {
    test: "lib/config/getopt_test.ts",
    why: "rows are read by getopt",
    files: ["config/client_options.ts"],
  },
  {
    test: "lib/config/openwrt_test.ts",
    why: "a UCI file as a source of settings",
    files: ["config/uci_source.ts"],
  },
  {
    test: "lib/config/server_errors_test.ts",
    why: "a table of bad files with every message",
    files: ["config/fwknopd_value.ts", "config/server_config.ts"],
  },
  {
    test: "lib/config/server_settings_test.ts",
    why: "several files make one set of settings",
    files: [
      "config/fwknopd_conf.ts",
      "config/settings_contradictions.ts",
      "config/settings_files.ts",
    ],
  },
  {
    test: "lib/config/stanza_commands_test.ts",
    why: "findings about one stanza, by their messages",
    files: ["config/cycle_variables.ts", "config/nat_switches.ts", "config/stanza_check.ts"],
  },
  {
    test: "lib/config/uci_test.ts",
    why: "words are read by the parser of the file",
    files: ["config/uci_words.ts"],
  },
  {
    test: "lib/config/variable_test.ts",
    why: "every row of both tables",
    files: ["config/fwknopd_variables.ts"],
  },
  {
    test: "lib/crypto/keyed_hmac_test.ts",
    why: "both ways against the audited library, and node's",
    files: ["crypto/hmac_sha256_simd.ts", "crypto/sha256_simd.ts", "crypto/wasm_code.ts"],
  },
  {
    test: "lib/daemon/pid_file_test.ts",
    why: "a lock is looked for as it is held",
    files: ["daemon/unlocked_daemon.ts"],
  },
  {
    test: "lib/exec/run_test.ts",
    why: "starting is tested by what runs",
    files: ["exec/guard.ts", "exec/start.ts"],
  },
  {
    test: "lib/firewall/choose_test.ts",
    why: "every firewall is offered the same hosts",
    files: ["firewall/iptables/module.ts", "firewall/nft/module.ts"],
  },
  {
    test: "lib/firewall/failing_programs_test.ts",
    why: "programs that fail in every way",
    files: ["firewall/runner.ts"],
  },
  {
    test: "lib/firewall/from_settings_test.ts",
    why: "every firewall from its settings",
    files: ["firewall/firewalld/module.ts"],
  },
  {
    test: "lib/firewall/ipfw/adapter_test.ts",
    why: "listings are read back by the adapter",
    files: ["firewall/ipfw/listing.ts"],
  },
  {
    test: "lib/firewall/ipfw/doctor/policy_test.ts",
    why: "conditions are parts of rules",
    files: ["firewall/ipfw/doctor/condition.ts"],
  },
  {
    test: "lib/firewall/iptables/start_test.ts",
    why: "needs iptables: what a start leaves",
    files: [
      "firewall/iptables/adapter.ts",
      "firewall/iptables/tear_down.ts",
      "firewall/iptables/prepare.ts",
      "firewall/iptables/probes.ts",
      "firewall/iptables/programs.ts",
      "firewall/iptables/view.ts",
    ],
  },
  {
    test: "lib/firewall/managed_iptables_test.ts",
    why: "needs iptables: grants from begin to end",
    files: [
      "firewall/enforcer.ts",
      "firewall/iptables/grant_rules.ts",
      "firewall/plan.ts",
      "firewall/rule_changes.ts",
      "firewall/upkeep.ts",
    ],
  },
  {
    test: "lib/firewall/managed_nft_test.ts",
    why: "needs nft: grants from begin to end",
    files: ["firewall/managed_firewall.ts", "firewall/nft/adapter.ts", "firewall/nft/schema.ts"],
  },
  {
    test: "lib/firewall/nat_traffic_test.ts",
    why: "needs a kernel that forwards packets",
    files: ["firewall/iptables/from_settings.ts", "firewall/nft/grant_elements.ts"],
  },
  {
    test: "lib/firewall/netfilter/examine_test.ts",
    why: "findings about whole hosts",
    files: ["firewall/forwarding_finding.ts"],
  },
  {
    test: "lib/firewall/netfilter/grants_test.ts",
    why: "findings about whole hosts",
    files: ["firewall/netfilter/grant_repairs.ts"],
  },
  {
    test: "lib/firewall/netfilter/repairs_test.ts",
    why: "a chain reference is part of a repair",
    files: ["firewall/netfilter/chain_reference.ts"],
  },
  {
    test: "lib/firewall/netfilter/soundness_test.ts",
    why: "random rules, with the kernel as judge",
    files: [
      "doctor/address_match.ts",
      "doctor/chain_walk.ts",
      "firewall/netfilter/inside.ts",
      "firewall/netfilter/ruleset.ts",
      "firewall/netfilter/environment.ts",
      "firewall/netfilter/translated_ports.ts",
      "firewall/nft/doctor/translation.ts",
    ],
  },
  {
    test: "lib/firewall/netfilter/packet_path_test.ts",
    why: "packets are followed through whole rulesets",
    files: [
      "firewall/iptables/doctor/policy.ts",
      "firewall/iptables/doctor/words.ts",
      "firewall/netfilter/grant_chain.ts",
      "firewall/netfilter/neighbours.ts",
      "firewall/netfilter/services.ts",
      "firewall/netfilter/stranger.ts",
      "firewall/netfilter/targets.ts",
      "firewall/netfilter/verdicts.ts",
    ],
  },
  {
    test: "lib/firewall/nft/doctor/faithful_listing_test.ts",
    why: "two listings of one ruleset",
    files: ["firewall/iptables/doctor/condition.ts", "firewall/nft/ruleset.ts"],
  },
  {
    test: "lib/firewall/nft/doctor/policy_test.ts",
    why: "conditions are parts of rules",
    files: ["firewall/nft/doctor/condition.ts"],
  },
  {
    test: "lib/firewall/odd_helpers_test.ts",
    why: "programs that behave oddly",
    files: ["firewall/run_once.ts"],
  },
  {
    test: "lib/firewall/pf/adapter_test.ts",
    why: "listings are read back by the adapter",
    files: ["firewall/pf/rule.ts"],
  },
  {
    test: "lib/firewall/pf/doctor/policy_test.ts",
    why: "conditions are parts of rules",
    files: ["firewall/pf/doctor/condition.ts"],
  },
  {
    test: "lib/firewall/requests_test.ts",
    why: "requests of any form",
    files: ["firewall/untrusted_data.ts"],
  },
  {
    test: "lib/firewall/sixth_firewall_test.ts",
    why: "the table of firewalls, with one more",
    files: ["firewall/ask.ts", "firewall/c_listing.ts", "firewall/firewalls.ts"],
  },
  {
    test: "lib/firewall/transit_traffic_test.ts",
    why: "needs a kernel that forwards packets",
    files: [
      "daemon/neighbours.ts",
      "firewall/iptables/doctor/tables.ts",
      "firewall/netfilter/questions.ts",
      "firewall/nft/handshake.ts",
      "firewall/nft/listing.ts",
      "firewall/ruleset_watch.ts",
    ],
  },
  {
    test: "lib/gpg/status_test.ts",
    why: "one text of gpg goes through all three",
    files: ["gpg/key_listing.ts", "gpg/signature.ts"],
  },
  {
    test: "lib/manual/completion/scripts_test.ts",
    why: "the scripts are run by the shells",
    files: [
      "manual/completion/bash.ts",
      "manual/completion/fish.ts",
      "manual/completion/program.ts",
      "manual/completion/values.ts",
      "manual/completion/zsh.ts",
    ],
  },
  {
    test: "lib/manual/help_test.ts",
    why: "the list is a part of the help",
    files: ["manual/option_list.ts"],
  },
  {
    test: "lib/manual/pages_test.ts",
    why: "pages are compared whole",
    files: [
      "config/invite_options.ts",
      "config/stanza_options.ts",
      "manual/command.ts",
      "manual/option_entries.ts",
      "manual/roff.ts",
      "manual/variable_entries.ts",
    ],
  },
  {
    test: "lib/report/hostile_text_test.ts",
    why: "every reporter with every event, texts from outside in each",
    files: [
      "report/command_report.ts",
      "report/decision_text.ts",
      "report/explain_json.ts",
      "report/field_dump.ts",
      "report/firewall_report.ts",
      "report/json_reporter.ts",
      "report/line_reporter.ts",
      "report/log_line.ts",
    ],
  },
  {
    test: "lib/report/trace_test.ts",
    why: "the trace is compared as it is shown",
    files: ["report/explanation.ts"],
  },
  {
    test: "lib/server/explain_test.ts",
    why: "an explanation from settings to text",
    files: ["report/finding_text.ts", "server/diagnose_keys.ts", "server/hmac_index.ts"],
  },
  { test: "lib/server/gpg_packets_test.ts", why: "needs gpg", files: ["server/gpg_turn.ts"] },
  {
    test: "lib/server/packet_processor_test.ts",
    why: "the gate is asked by the processor, in its order",
    files: ["server/replay_gate.ts"],
  },
  {
    test: "lib/server/refusals_test.ts",
    why: "every row of the table",
    files: ["server/nat_denials.ts"],
  },
  {
    test: "lib/server/repeat_filter_test.ts",
    why: "a refusal is what is filtered",
    files: ["server/refusal.ts"],
  },
  {
    test: "lib/server/replay_property_test.ts",
    why: "random runs of a server",
    files: ["server/server.ts"],
  },
  {
    test: "lib/server/replay_test.ts",
    why: "memory and file together",
    files: [
      "server/replay_cache.ts",
      "server/replay_file.ts",
      "server/replay_file_text.ts",
    ],
  },
  {
    test: "lib/server/settle_nat_test.ts",
    why: "both halves of a NAT decision",
    files: ["server/authorize_nat.ts"],
  },
  {
    test: "lib/server/vectors_test.ts",
    why: "the vectors name each mismatch",
    files: ["server/hmac_mismatches.ts"],
  },
  {
    test: "lib/server/what_a_packet_opens_test.ts",
    why: "every message against every stanza",
    files: ["server/policy.ts", "server/refusal_row.ts"],
  },
  {
    test: "lib/spa/fields_test.ts",
    why: "each check by the field it refuses",
    files: ["spa/message_check.ts"],
  },
  {
    test: "lib/spa/packet_test.ts",
    why: "what is sealed is opened again",
    files: ["spa/encode_fields.ts", "spa/seal.ts"],
  },
  {
    test: "lib/spa/vectors_test.ts",
    why: "the vectors hold every field",
    files: ["spa/field.ts", "spa/message.ts"],
  },
];
