import fc from "property-testing";
import { parseUci, type UciFile } from "../../../lib/config/uci.ts";
import { assert, assertEquals } from "../../assert.ts";
import { findings } from "../../support/config_files.ts";
import { plainSections, quoteUci } from "../../support/uci_arbitrary.ts";

function plain({ sections }: UciFile) {
  return sections.map(({ type, name, options }) => ({
    type,
    name,
    options: options.map((option) => [option.name, option.value]),
  }));
}

Deno.test("a value of UCI is read with its position, however it is quoted", () => {
  const gap = fc.constantFrom(" ", "\t", " \t ");
  const way = fc.nat({ max: 2 });
  fc.assert(
    fc.property(plainSections, gap, fc.infiniteStream(way), (sections, blank, ways) => {
      const text = sections.map(({ type, name, options }) => {
        const head = `config${blank}${type}${name === undefined ? "" : `${blank}'${name}'`} # x\n`;
        return head + options.map(([option, value]) => {
          const quoted = quoteUci(value, ways.next().value ?? 0);
          return `${blank}option${blank}${option}${blank}${quoted}${blank}\n`;
        }).join("");
      }).join("\n# between\n");
      const file = parseUci(text, "f");
      assertEquals(file.diagnostics, []);
      assertEquals(plain(file), sections.map((section) => ({ ...section })));
      const lines = text.split("\n");
      for (const option of file.sections.flatMap(({ options }) => options)) {
        const { position, valuePosition } = option;
        const line = lines[position.line - 1] ?? "";
        assert(line.slice(position.column - 1).startsWith(option.name));
        const start = line.slice(valuePosition.column - 1);
        assert(option.value === "" || /^['"\\]/.test(start) || start[0] === option.value[0]);
      }
    }),
  );
});

Deno.test("the output of uci show reads as the same, with quotes or, as older versions print it, without", () => {
  const quotes = fc.infiniteStream(fc.boolean());
  fc.assert(fc.property(plainSections, quotes, (sections, quoted) => {
    const shown = (value: string): string =>
      /^['"]/.test(value) || quoted.next().value === true ? quoteUci(value, 0) : value;
    const text = sections.map(({ type, options }, index) => {
      const section = `fwknopd.@${type}[${index}]`;
      return `${section}=${type}\n` +
        options.map(([name, value]) => `${section}.${name}=${shown(value)}\n`).join("");
    }).join("");
    const file = parseUci(text, "f");
    assertEquals(file.diagnostics, []);
    assertEquals(
      plain(file).map(({ type, options }) => ({ type, options })),
      sections.map(({ type, options }) => ({ type, options })),
    );
  }));
});

Deno.test("no text makes the parser throw, and every error has a position", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(..."config option'\"#;\\ \t\nfw.@[0]=") }),
      (text) => {
        for (const { position } of parseUci(text, "f").diagnostics) {
          const line = text.split("\n")[(position?.line ?? 0) - 1];
          assert(line !== undefined && (position?.column ?? 0) <= line.length + 1);
        }
      },
    ),
  );
});

Deno.test("mistakes are errors with a position and a hint", () => {
  const cases: readonly (readonly [text: string, error: string, hint: string])[] = [
    [
      "confg access\n",
      "f:1:1 'confg' is not one of package, config, option, list",
      "Did you mean config?",
    ],
    ["config\n", "f:1:1 Expected a type and perhaps a name after config", "config access"],
    ["option A b\n", "f:1:8 A stands before the first section", "config access"],
    [
      "config a\n\toption A\n",
      "f:2:2 Expected a name and a value after option",
      "option SOURCE 'ANY'",
    ],
    [
      "config a\n\toption A b c\n",
      "f:2:2 Expected a name and a value after option",
      "option SOURCE 'ANY'",
    ],
    [
      "config a\n\tlist A b\n",
      "f:2:2 list has no meaning here",
      "Write one option with the values joined by commas",
    ],
    ["config a\n option A 'b\n", "f:2:11 The quote ' has no end on this line", "Close it"],
    ["config a\n option A b;c\n", "f:2:12 ';' ends a statement", "Put the value in quotes"],
    ["config a\n option A b\\\n", "f:2:12 Nothing follows '\\'", "Write '\\\\'"],
    [
      "config a\n option A '\x01'\n",
      "f:2:11 The value is not text",
      "Write UTF-8 without control characters",
    ],
    ["a.b=c\na.d.e='f'\n", "f:2:1 The section a.d has no line of its own", "a.d=TYPE"],
    [
      "a.b=c\nnonsense\n",
      "f:2:1 The line is not as uci show prints it",
      "FILE.SECTION.OPTION='VALUE'",
    ],
    [
      "a.b=c\na.b.e='f' 'g'\n",
      "f:2:7 Expected one value",
      "Write one option with the values joined by commas",
    ],
  ];
  for (const [text, error, hint] of cases) {
    const { diagnostics } = parseUci(text, "f");
    assertEquals(findings(diagnostics, "error"), [error], text);
    assertEquals(diagnostics[0]?.hint, hint, text);
  }
});
