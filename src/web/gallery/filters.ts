import { html } from "hono/html";
import type { Gallery } from "../../gallery/gallery.ts";
import type { Html } from "../rich-text.ts";
import { isFiltered, type Place, writePlace } from "./place.ts";

/** What the filters offer. */
export type Facets = Awaited<ReturnType<Gallery["facets"]>>;

interface Choice {
  value: string;
  label: string;
}

/** The order of the videos, in words; the first needs no word in the address. */
const SORTS: Choice[] = [
  { value: "", label: "Newest first" },
  { value: "oldest", label: "Oldest first" },
  { value: "stars", label: "Most stars" },
];

/** Search and filters: a form that puts all of it into the address. */
export function renderFilters({ place, facets }: { place: Place; facets: Facets }): Html {
  const { search, by, model, sort } = place.query;
  const people = facets.people.map(({ id, name }) => ({ value: id, label: name }));
  const models = facets.models.map((id) => ({ value: id, label: id }));
  const narrowed = isFiltered(place);
  const all = `./${writePlace({ query: sort ? { sort } : {} })}`;
  return html`<form class="box-office" role="search" method="get" action="./">
    <div class="search-field">
      <label for="search">Search</label>
      <input id="search" name="search" type="search" maxlength="200" dir="auto" autocomplete="off" placeholder="Words of the prompt" value="${search ?? ""}" />
    </div>
    ${renderSelect({ name: "by", label: "By", all: "Everyone", choices: people, chosen: by })}
    ${renderSelect({ name: "model", label: "Model", all: "All models", choices: models, chosen: model })}
    ${renderSelect({ name: "sort", label: "Order", choices: SORTS, chosen: sort })}
    <button class="button" data-style="primary">Show</button>
    ${narrowed && html`<a class="clear" href="${all}">Clear</a>`}
  </form>`;
}

function renderSelect({
  name,
  label,
  all,
  choices,
  chosen,
}: {
  name: string;
  label: string;
  all?: string;
  choices: Choice[];
  chosen: string | undefined;
}): Html {
  // An address may ask for somebody whose videos are gone; the form says what is asked for all the same.
  const stray = chosen !== undefined && !choices.some(({ value }) => value === chosen);
  return html`<div>
    <label for="${name}">${label}</label>
    <select id="${name}" name="${name}">
      ${all && html`<option value="">${all}</option>`}
      ${choices.map(({ value, label: text }) => renderOption({ value, label: text }, value === (chosen ?? "")))}
      ${stray && renderOption({ value: chosen, label: `${chosen} (no video)` }, true)}
    </select>
  </div>`;
}

function renderOption({ value, label }: Choice, selected: boolean): Html {
  return html`<option value="${value}" dir="auto"${selected && html` selected`}>${label}</option>`;
}
