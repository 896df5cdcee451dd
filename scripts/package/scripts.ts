/**
 * What the packages run on the host when they are installed, upgraded and removed. Debian and rpm give their scripts
 * different arguments, and the work is the same.
 *
 * A first installation starts nothing: there are no settings yet, and a daemon that starts by itself may close a port.
 *
 * @module
 */
import { SERVICES } from "../../lib/install/contents.ts";

const NAMES = Object.keys(SERVICES).join(" ");

const IF_SYSTEMD = "[ -d /run/systemd/system ]";

/** After files were put in place. */
const RELOAD = `if ${IF_SYSTEMD}; then
  systemctl daemon-reload
fi`;

/** After an upgrade: services that run get the new program. The grants in force stay. */
const RESTART = `if ${IF_SYSTEMD}; then
  systemctl try-restart ${NAMES}
fi`;

/** Before the program goes: the daemon takes its rules out while it still can. */
const STOP = `if ${IF_SYSTEMD}; then
  systemctl disable --now --quiet ${NAMES} 2>/dev/null || true
fi`;

/** What only \`purge\` removes: the state of the daemon, not the settings and keys, which the administrator wrote. */
const PURGE = `rm -rf /run/fwknop /var/lib/fwknop /var/lib/private/fwknop
  rmdir --ignore-fail-on-non-empty /etc/fwknop 2>/dev/null || true
  if [ -d /etc/fwknop ]; then
    echo "fwknop: these files hold your settings and keys, and stay:"
    find /etc/fwknop -type f | sed 's/^/  /'
  fi`;

/** Scripts of the Debian package by name (deb-postinst(5) and the others). */
export const DEB_SCRIPTS: Readonly<Record<string, string>> = {
  postinst: script(`if [ "$1" = configure ]; then
${indent(RELOAD)}
  if [ -n "$2" ]; then
${indent(indent(RESTART))}
  fi
fi`),
  prerm: script(`if [ "$1" = remove ]; then
${indent(STOP)}
fi`),
  postrm: script(`if [ "$1" = remove ]; then
${indent(RELOAD)}
fi
if [ "$1" = purge ]; then
  ${PURGE}
fi`),
};

/** Sections of the rpm spec by name. The argument is the number of versions that stay installed. */
export const RPM_SCRIPTS: Readonly<Record<string, string>> = {
  post: `${RELOAD}
if [ "$1" -gt 1 ]; then
${indent(RESTART)}
fi`,
  preun: `if [ "$1" -eq 0 ]; then
${indent(STOP)}
fi`,
  postun: RELOAD,
};

function script(body: string): string {
  return `#!/bin/sh\nset -e\n${body}\nexit 0\n`;
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, "  ");
}
