// What is let pass, one by one, each with its reason. One that excuses nothing any more is a fault itself.
import { readFileSync } from "node:fs";

export class Exceptions {
  /** entries: [{ tool, rule, match, reason }]; match is a part of the fault's element or message. */
  constructor(entries) {
    for (const entry of entries) {
      for (const key of ["tool", "rule", "match", "reason"]) {
        if (!entry[key]) throw new Error(`An exception has no ${key}: ${JSON.stringify(entry)}.`);
      }
    }
    this.entries = entries.map((entry) => ({ ...entry, used: 0 }));
  }

  static read(path) {
    return new Exceptions(JSON.parse(readFileSync(path, "utf8")));
  }

  excuse(tool, rule, text) {
    const entry = this.entries.find((one) => one.tool === tool && one.rule === rule && text.includes(one.match));
    if (entry) entry.used += 1;
    return Boolean(entry);
  }

  /** Faults of the exceptions themselves, once these tools have run. */
  unused(tools) {
    return this.entries
      .filter((entry) => tools.includes(entry.tool) && !entry.used)
      .map(({ tool, rule, match }) => `${tool}: the exception for ${rule} (${match}) excuses nothing: remove it`);
  }
}
