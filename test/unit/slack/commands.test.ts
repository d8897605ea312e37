import { describe, expect, it } from "vitest";
import { commands } from "../../../commands/index.ts";
import type { Form } from "../../../src/chat/form.ts";
import { formOf } from "../../../src/chat/options.ts";
import { formView, submissionSchema, submittedValues } from "../../../src/slack/commands.ts";
import { defaultCatalog } from "../../../src/videos/catalog.ts";
import { modalBlocks } from "../../servers/slack/blocks.ts";
import { objectsIn } from "../../servers/slack/json.ts";
import { textOf } from "../../servers/slack/reading.ts";

const place = { channel: "C1", thread: "1.2" };
const prompt = { type: "text", description: "What to show", required: true, maxLength: 3_000 } as const;
const remix: Form = {
  command: "remix",
  title: "Remix",
  submitLabel: "Remix",
  intro: [["sora-2 <!here>"]],
  fields: [{ name: "prompt", option: prompt, initial: "a boat" }],
  hidden: { video: "0k3v8zq1xw" },
};
const view = (form: Form) => formView(form, place, defaultCatalog);

describe("formView", () => {
  it.each(commands.map((command) => [command.name, command] as const))(
    "Slack takes the form of %s",
    (_, command) => {
      const made = view(formOf(command, defaultCatalog));
      expect(modalBlocks.safeParse(made.blocks).error?.issues ?? []).toEqual([]);
      expect(made.title.text.length).toBeLessThanOrEqual(24);
      const seen = Object.keys(command.options).filter((name) => command.options[name]?.type !== "hidden");
      expect(made.blocks.filter(({ type }) => type === "input").map(({ block_id }) => block_id)).toEqual(
        seen,
      );
    },
  );

  it("has an input for every type of option, with what it starts with", () => {
    const [create] = commands;
    if (!create) throw new Error("no command");
    const { blocks } = view(formOf(create, defaultCatalog));
    expect(blocks).toMatchObject([
      { type: "rich_text" },
      {
        block_id: "prompt",
        optional: false,
        element: { type: "plain_text_input", multiline: true, max_length: 3000 },
      },
      { block_id: "image", optional: true, element: { type: "file_input", max_files: 1 } },
      { block_id: "model", element: { type: "static_select", initial_option: { value: "sora-2" } } },
      { block_id: "seconds", element: { type: "static_select", initial_option: { value: "4" } } },
      { block_id: "size", element: { type: "static_select" } },
    ]);
    expect(blocks.at(-1)).not.toHaveProperty("element.initial_option");
  });

  it("lets people pick a person, and keeps what is hidden to itself", () => {
    const by = { type: "person", description: "Whose videos" } as const;
    const from = { type: "hidden", description: "A cursor" } as const;
    const fields = [
      { name: "by", option: by, initial: "U1ADA" },
      { name: "from", option: from, initial: "c2" },
    ];
    const made = view({ ...remix, fields });
    expect(made.blocks).toMatchObject([
      { type: "rich_text" },
      { block_id: "by", element: { type: "users_select", initial_user: "U1ADA" } },
    ]);
    expect(modalBlocks.safeParse(made.blocks).error?.issues ?? []).toEqual([]);
    const values = { by: { value: { type: "users_select", selected_user: "U1BOB" } } };
    const submission = submissionSchema.parse({ ...made, state: { values } });
    expect(submittedValues(submission, () => "")).toEqual({ video: "0k3v8zq1xw", from: "c2", by: "U1BOB" });
  });

  it("takes numbers as numbers, and lists a hundred choices at most", () => {
    const choices = (count: number) => () =>
      Array.from({ length: count }, (_, at) => ({ value: `${at}`, label: `no. ${at}` }));
    const scale = { type: "number", description: "How much", min: 0.5, max: 20 } as const;
    const steps = { type: "number", description: "How many", min: 1, integer: true } as const;
    const fields = [
      { name: "scale", option: scale, initial: "2.5" },
      { name: "steps", option: steps },
      { name: "all", option: { type: "choice", description: "Which", choices: choices(100) }, initial: "7" },
      { name: "more", option: { type: "choice", description: "Which", choices: choices(101) }, initial: "7" },
    ] as const;
    const made = view({ ...remix, intro: [], fields: [...fields] });
    expect(modalBlocks.safeParse(made.blocks).error?.issues ?? []).toEqual([]);
    const number = { type: "number_input", action_id: "value" };
    expect(made.blocks.map((block) => ("element" in block ? block.element : undefined))).toMatchObject([
      { ...number, is_decimal_allowed: true, min_value: "0.5", max_value: "20", initial_value: "2.5" },
      { ...number, is_decimal_allowed: false, min_value: "1" },
      { type: "static_select", options: { length: 100 }, initial_option: { value: "7" } },
      { type: "plain_text_input", multiline: false, initial_value: "7" },
    ]);
  });

  it("lets people type where a person may also be another word", () => {
    const words = [{ value: "everyone", label: "everyone in this channel" }];
    const by = { type: "person", description: "Whose videos", words } as const;
    const made = view({ ...remix, fields: [{ name: "by", option: by, initial: "everyone" }] });
    expect(made.blocks[1]).toMatchObject({
      element: { type: "plain_text_input", initial_value: "everyone", multiline: false },
    });
  });

  it("starts with nobody where somebody is known by another word than their id", () => {
    const by = { type: "person", description: "Whose videos" } as const;
    const made = view({ ...remix, fields: [{ name: "by", option: by, initial: "me" }] });
    expect(made.blocks[1]).toMatchObject({ element: { type: "users_select" } });
    expect(made.blocks[1]).not.toHaveProperty("element.initial_user");
  });

  it("holds a prompt of 3,000 emoji, cut between two of them", () => {
    const made = view({
      ...remix,
      fields: [{ name: "prompt", option: prompt, initial: "😀".repeat(3_000) }],
    });
    expect(modalBlocks.safeParse(made.blocks).error?.issues ?? []).toEqual([]);
    expect(JSON.stringify(made.blocks)).not.toMatch(/\\ud/);
  });

  it("says a title that is too long for a modal above the inputs", () => {
    const made = view({ ...remix, title: "A title of more than twenty-four characters" });
    expect(made.title.text).toBe("/video remix");
    expect(textOf({ blocks: objectsIn(made.blocks) })).toContain(
      "A title of more than twenty-four characters",
    );
  });
});

describe("submittedValues", () => {
  const { callback_id, private_metadata } = view(remix);
  const submitted = (values: object) =>
    submissionSchema.parse({ callback_id, private_metadata, state: { values } });
  const file = {
    name: "a.png",
    mimetype: "image/png",
    size: 3,
    url_private: "https://files.slack.com/a.png",
  };

  it("joins what was filled in with what travelled unseen, and leaves out what is empty", () => {
    const submission = submitted({
      prompt: { value: { type: "plain_text_input", value: "a boat" } },
      size: { value: { type: "static_select", selected_option: { value: "720x1280", text: {} } } },
      model: { value: { type: "static_select", selected_option: null } },
      seconds: { value: { type: "plain_text_input", value: null } },
      image: { value: { type: "file_input", files: [] } },
    });
    expect(submission.private_metadata).toMatchObject(place);
    expect(submittedValues(submission, () => "")).toEqual({
      video: "0k3v8zq1xw",
      prompt: "a boat",
      size: "720x1280",
    });
  });

  it("hands the picture over", () => {
    const submission = submitted({
      image: { value: { type: "file_input", files: [{ ...file, id: "F1" }] } },
    });
    expect(submittedValues(submission, ({ url_private }) => url_private)).toMatchObject({
      image: file.url_private,
    });
  });
});
