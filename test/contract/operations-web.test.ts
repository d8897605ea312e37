import { createBotMemory } from "../fixtures/bot.ts";
import { attributes, textOf } from "../fixtures/markup.ts";
import { startWebBot, type WebBot } from "../fixtures/web-bot.ts";
import { adminOperationsSuite } from "./suites/admin-operations-suite.ts";
import { channelOperationsSuite } from "./suites/channel-operations-suite.ts";
import { forgedRequestsSuite } from "./suites/forged-requests-suite.ts";
import { type Hands, type OperationsHarness, widePicture } from "./suites/operations-harness.ts";
import { videoOperationsSuite } from "./suites/video-operations-suite.ts";

const pictureAddress = "https://pictures.example/kite.png";

/** The labels of an element's buttons, in their order. */
const labelsIn = (html: string) =>
  [...html.matchAll(/<button class="button"[^>]*>([^<]*)<\/button>/g)].map(([, label = ""]) => label.trim());

/** The one user of the page, in one tab; requests are those that the page's own script sends. */
function handsOf(web: WebBot): Hands {
  /** Private answers that the tab shows, oldest first. */
  let answers: string[] = [];
  let dialog = "";
  const isPage = (html: string) => /^<article class="[^"]* page"/.test(html);
  const pageOf = () => answers.findLast(isPage);
  const toldOf = () => answers.findLast((html) => !isPage(html)) ?? "";

  /** Does with an answer what the page's script does. */
  async function take(response: Response, replaced?: string): Promise<void> {
    const html = await response.text();
    if (html.includes("<dialog")) dialog = html;
    const articles = html.match(/<article[\s\S]*?<\/article>/g) ?? [];
    if (replaced === undefined || response.headers.has("hx-retarget")) answers.push(...articles);
    else answers = answers.flatMap((answer) => (answer === replaced ? articles : answer));
  }

  async function messages(): Promise<string[]> {
    const html = await (await fetch(web.url)).text();
    return html.match(/<article class="message" id=[\s\S]*?<\/article>/g) ?? [];
  }

  /** What the nth button with that label carries. */
  function carried(html: string, label: string, nth = 0): string {
    const found = [...html.matchAll(/<button class="button"[^>]* value="([^"]*)">([^<]*)<\/button>/g)];
    const value = found.filter(([, , words = ""]) => words.trim() === label)[nth]?.[1];
    if (value === undefined) throw new Error(`There is no button “${label}”.`);
    return value;
  }

  return {
    id: "you",
    async command(name, values = {}) {
      const fields = Object.entries(values).map(([field, value]): [string, string | File] => [
        field,
        typeof value === "string"
          ? value
          : new File([new Uint8Array(value)], "picture.png", { type: "image/png" }),
      ]);
      await take(await web.post(`/commands/${name}`, Object.fromEntries(fields)));
    },
    async press(label) {
      const message = (await messages()).findLast((html) => labelsIn(html).includes(label)) ?? "";
      await take(await web.post("/buttons", { button: carried(message, label) }));
    },
    async pressPage(label, nth) {
      const on = pageOf() ?? "";
      const [page = ""] = attributes(on, "input", "value");
      await take(await web.post("/buttons", { button: carried(on, label, nth), page }), on);
    },
    forge: async (action, argument) =>
      take(await web.post("/buttons", { button: `v1:${action}:${argument}` })),
    async carry(id) {
      const response = await web.post("/buttons", { button: id });
      if (response.status === 400) answers.push(await response.text());
      else await take(response);
    },
    async submit(values) {
      const hidden = [...dialog.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)];
      const checked = [...dialog.matchAll(/<input type="radio" name="([^"]*)" value="([^"]*)" checked/g)];
      const given = [...hidden, ...checked].map(([, name = "", value = ""]) => [name, value]);
      const [path = ""] = attributes(dialog, "form", "action");
      await take(await web.post(path, { ...Object.fromEntries(given), ...values }));
    },
    async page() {
      const html = pageOf();
      if (html === undefined) return undefined;
      const posters = [...attributes(html, "img", "src"), ...attributes(html, "video", "poster")];
      return { text: textOf(html), buttons: labelsIn(html), pictures: posters.length };
    },
    told: async () => textOf(toldOf()),
    async file() {
      const [address] = attributes(toldOf(), "a", "href");
      if (address === undefined) return undefined;
      return Buffer.from(await (await fetch(`${web.url}${address}`)).arrayBuffer());
    },
    async form() {
      const names = ["textarea", "input"].flatMap((element) => attributes(dialog, element, "name"));
      const inOrder = [...dialog.matchAll(/<(?:textarea|input)\b[^>]* name="([^"]*)"/g)].map(
        ([, name = ""]) => name,
      );
      const hidden = new Set(
        [...dialog.matchAll(/<input type="hidden" name="([^"]*)"/g)].map(([, name = ""]) => name),
      );
      return names.length === 0 ? undefined : [...new Set(inOrder)].filter((name) => !hidden.has(name));
    },
  };
}

async function start(): Promise<OperationsHarness> {
  const memory = await createBotMemory(Date.now);
  const pictures = new Map([[pictureAddress, await widePicture()]]);
  const web = await startWebBot({ memory, pictures, operatorIds: ["you"] });
  const you = handsOf(web);
  return {
    bot: web,
    memory,
    channel: { platform: "web", workspace: "local", channel: "playground" },
    single: true,
    requester: you,
    member: you,
    moderator: you,
    operator: you,
    stranger: undefined,
    pictureAddress,
    async messages() {
      const html = await (await fetch(web.url)).text();
      return (html.match(/<article class="message" id=[\s\S]*?<\/article>/g) ?? []).map((article) => ({
        text: textOf(article),
        buttons: labelsIn(article),
        video: article.includes("<video"),
      }));
    },
    close: () => web.stop(),
  };
}

videoOperationsSuite("the playground", start);
adminOperationsSuite("the playground", start);
channelOperationsSuite("the playground", start);
forgedRequestsSuite("the playground", start);
