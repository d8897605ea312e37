import type { Option } from "../../commands/command.ts";
import type { Line } from "./rich-text.ts";

/** One input of a form: an option's declaration and what it starts with. */
export interface FormField {
  name: string;
  option: Option;
  initial?: string;
}

/** A form that runs a command when it is submitted. */
export interface Form {
  command: string;
  title: string;
  submitLabel: string;
  /** Shown above the inputs. */
  intro: Line[];
  fields: FormField[];
  /** Values that travel with the form unseen. */
  hidden: Record<string, string>;
}

/** What a field is called where people read it: "Negative prompt". */
export function fieldTitle(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`.replaceAll("_", " ");
}
