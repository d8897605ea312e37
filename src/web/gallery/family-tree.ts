import { html } from "hono/html";
import { shorten } from "../../chat/rich-text.ts";
import type { FamilyNode } from "../../jobs/family.ts";
import type { Html } from "../rich-text.ts";

/** Longest prompt in the tree, in characters. */
const PROMPT_MAX = 90;
const OPERATIONS = new Map([
  ["create", "Original"],
  ["remix", "Remix"],
  ["edit", "Edit"],
  ["extend", "Extension"],
]);

/** Every id in a family. */
export function idsOf(node: FamilyNode): string[] {
  return [node.id, ...node.children.flatMap(idsOf)];
}

/**
 * A family as nested lists. The gallery decides what of it is seen: a video that it does not show keeps its place
 * where others came of it, but nothing is told of it.
 * @param id whose page it stands on; @param shown the ids that the gallery shows.
 */
export function renderFamily(
  root: FamilyNode,
  { id, shown }: { id: string; shown: ReadonlySet<string> },
): Html | undefined {
  const visible = prune(root, shown);
  if (!visible || visible.children.length === 0) return undefined;
  const render = (node: FamilyNode): Html =>
    html`<li>
      <div class="relative">
        <span class="kinship">${OPERATIONS.get(node.operation) ?? node.operation}</span>
        ${shown.has(node.id) ? renderName(node, id) : html`<span class="aside">not shown here</span>`}
      </div>
      ${node.children.length > 0 && html`<ul>${node.children.map(render)}</ul>`}
    </li>`;
  return html`<section class="family" aria-labelledby="family">
    <h2 id="family">Family tree</h2>
    <ul>${render(visible)}</ul>
  </section>`;
}

/** Leaves out branches of which nothing is shown. */
function prune(node: FamilyNode, shown: ReadonlySet<string>): FamilyNode | undefined {
  const children = node.children.flatMap((child) => prune(child, shown) ?? []);
  return children.length > 0 || shown.has(node.id) ? { ...node, children } : undefined;
}

function renderName(node: FamilyNode, current: string): Html {
  const prompt = shorten(node.prompt, PROMPT_MAX) || "Untitled";
  if (node.id === current) return html`<span dir="auto" aria-current="page">${prompt}</span>`;
  return html`<a href="./${node.id}" dir="auto">${prompt}</a>`;
}
