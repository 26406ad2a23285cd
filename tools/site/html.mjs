// Valid HTML: html-validate's standard rules on every page that a browser opens.
import { join } from "node:path";
import { HtmlValidate } from "html-validate";

const RULES = new HtmlValidate({
  root: true,
  extends: ["html-validate:standard", "html-validate:a11y"],
});

/** Yield a fault for each message, one for each rule and page. */
export async function* validate(root, names, exceptions) {
  for (const name of names) {
    const report = await RULES.validateFile(join(root, name));
    const messages = report.results.flatMap((result) => result.messages);
    for (const [rule, all] of grouped(messages)) {
      const left = all.filter(({ message, selector }) => !exceptions.excuse("html", rule, `${message} ${selector ?? ""}`));
      if (left.length) yield `html: ${name}:${left[0].line}: ${rule}: ${left[0].message} (${left.length}) ${left[0].selector ?? ""}`.trim();
    }
  }
}

function grouped(messages) {
  const found = new Map();
  for (const message of messages) found.set(message.ruleId, [...(found.get(message.ruleId) ?? []), message]);
  return found;
}
