import { type Attachment, Collection, ComponentType, type ModalData } from "discord.js";
import { describe, expect, it } from "vitest";
import { commands } from "../../../commands/index.ts";
import type { Form } from "../../../src/chat/form.ts";
import { formOf } from "../../../src/chat/options.ts";
import { decodeForm, encodeForm, modalOf, submittedValues } from "../../../src/discord/forms.ts";
import { defaultCatalog } from "../../../src/videos/catalog.ts";

const prompt = {
  type: "text",
  description: "What should be different",
  required: true,
  maxLength: 3_000,
} as const;
const remix: Form = {
  command: "remix",
  title: "Remix",
  submitLabel: "Remix",
  intro: [["sora-2 · 4 s"]],
  fields: [{ name: "prompt", option: prompt, initial: "a boat" }],
  hidden: { video: "0k3v8zq1xw" },
};

describe("modalOf", () => {
  it("shows the intro and the prefilled prompt, and carries what is hidden", () => {
    expect(modalOf(remix, defaultCatalog)).toEqual({
      custom_id: "v1:form:remix:video=0k3v8zq1xw",
      title: "Remix",
      components: [
        { type: ComponentType.TextDisplay, content: "sora-2 · 4 s" },
        {
          type: ComponentType.Label,
          label: "Prompt",
          description: "What should be different",
          component: {
            type: ComponentType.TextInput,
            custom_id: "prompt",
            style: 2,
            required: true,
            max_length: 3_000,
            value: "a boat",
          },
        },
      ],
    });
  });

  it("has a fitting input for every option of create", () => {
    const [create] = commands;
    const modal = create && modalOf(formOf(create, defaultCatalog), defaultCatalog);
    const inputs = modal?.components.map((part) => ("component" in part ? part.component : part));
    expect(inputs).toMatchObject([
      { type: ComponentType.TextInput, custom_id: "prompt", required: true },
      { type: ComponentType.FileUpload, custom_id: "image", required: false, min_values: 0, max_values: 1 },
      { type: ComponentType.StringSelect, custom_id: "model", required: false },
      { type: ComponentType.StringSelect, options: [{ value: "4", default: true }, {}, {}] },
      { type: ComponentType.StringSelect, options: [{ value: "720x1280" }, {}, {}, {}] },
    ]);
  });

  it("takes a person's name as a short text, and shows nothing that is hidden", () => {
    const by = { type: "person", description: "Whose videos" } as const;
    const at = { type: "hidden", description: "Where in the list" } as const;
    const fields = [
      { name: "by", option: by, initial: "ada" },
      { name: "at", option: at, initial: "c2" },
    ];
    expect(modalOf({ ...remix, intro: [], fields }, defaultCatalog).components).toMatchObject([
      {
        component: {
          type: ComponentType.TextInput,
          custom_id: "by",
          style: 1,
          required: false,
          value: "ada",
        },
      },
    ]);
  });

  it("does without its intro where every place is taken", () => {
    const fields = Array.from({ length: 5 }, (_, index) => ({ name: `prompt${index}`, option: prompt }));
    const modal = modalOf({ ...remix, fields }, defaultCatalog);
    expect(modal.components.map(({ type }) => type)).toEqual(Array(5).fill(ComponentType.Label));
  });

  it("has room for five inputs: required ones first, then the optional ones in their order", () => {
    const seed = { type: "number", description: "The same again" } as const;
    const choices = () =>
      Array.from({ length: 40 }, (_, at) => ({ value: `${at + 1}`, label: `${at + 1} seconds` }));
    const seconds = { type: "choice", description: "How long", choices } as const;
    const fields = [
      ...["one", "two", "three"].map((name) => ({ name, option: seed })),
      { name: "seconds", option: seconds, initial: "8" },
      ...["four", "five"].map((name) => ({ name, option: seed })),
      { name: "prompt", option: prompt },
    ];
    const modal = modalOf({ ...remix, intro: [], fields }, defaultCatalog);
    expect(modal.components).toMatchObject([
      ...["one", "two", "three"].map((name) => ({
        component: { custom_id: name, style: 1, required: false },
      })),
      // Too many for a list: it is typed, and reads as in a line.
      { component: { type: ComponentType.TextInput, custom_id: "seconds", style: 1, value: "8" } },
      { component: { custom_id: "prompt", required: true } },
    ]);
  });

  it("keeps within Discord's limits of a form", () => {
    const modal = modalOf(
      {
        ...remix,
        title: "t".repeat(99),
        fields: [{ name: "prompt", option: prompt, initial: "x".repeat(5_000) }],
      },
      defaultCatalog,
    );
    expect(modal.title.length).toBe(45);
    expect(modal.components[1]).toMatchObject({ component: { value: "x".repeat(3_000) } });
    const fields = Array.from({ length: 6 }, (_, index) => ({ name: `prompt${index}`, option: prompt }));
    expect(() => modalOf({ ...remix, fields }, defaultCatalog)).toThrow("too long");
  });
});

describe("the form's id", () => {
  it("brings back what it carries", () => {
    const key = { command: "remix", hidden: { video: "0k3v8zq1xw", note: "a=b&c:d é" } };
    expect(decodeForm(encodeForm(key))).toEqual(key);
    expect(decodeForm(encodeForm({ command: "create", hidden: {} }))).toEqual({
      command: "create",
      hidden: {},
    });
  });

  it("refuses what Discord would, and what is not ours", () => {
    expect(() => encodeForm({ command: "remix", hidden: { video: "v".repeat(99) } })).toThrow(
      "longer than 100",
    );
    expect(decodeForm("v1:remix:0k3v8zq1xw")).toBeUndefined();
    expect(decodeForm("v2:form:remix:video=1")).toBeUndefined();
  });
});

describe("submittedValues", () => {
  it("reads texts and choices, and leaves out what is empty", () => {
    const common = { id: 1, customId: "x" };
    const text = (value: string): ModalData => ({ ...common, type: ComponentType.TextInput, value });
    const select = (values: string[]): ModalData => ({ ...common, type: ComponentType.StringSelect, values });
    const files = { values: [], attachments: new Collection<string, Attachment>() };
    const values = submittedValues(
      [
        ["prompt", text("a boat")],
        ["note", text("")],
        ["size", select(["720x1280"])],
        ["model", select([])],
        ["image", { ...common, type: ComponentType.FileUpload, ...files }],
      ],
      ({ name }) => name,
    );
    expect(values).toEqual({ prompt: "a boat", size: "720x1280" });
  });
});
