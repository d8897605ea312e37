import type { HttpAnswer } from "../http-server.ts";

/** An element of an XML document: its children, or its text. */
export type Xml = { [name: string]: Xml | Xml[] } | string | number | boolean;

function render(name: string, content: Xml | Xml[]): string {
  if (Array.isArray(content)) return content.map((each) => render(name, each)).join("");
  if (typeof content !== "object") return `<${name}>${escaped(String(content))}</${name}>`;
  const children = Object.entries(content).map(([child, inner]) => render(child, inner));
  return `<${name}>${children.join("")}</${name}>`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** An answer with an XML document; an array is one element for each of its items. */
export function xmlAnswer(root: string, content: Xml, status = 200): HttpAnswer {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n${render(root, content)}`;
  return { status, headers: { "content-type": "application/xml" }, body };
}

/** An error as S3 sends it; also what tests inject. */
export function s3Error(status: number, code: string, message: string): HttpAnswer & { status: number } {
  return xmlAnswer("Error", { Code: code, Message: message, RequestId: "4442587FB7D0A2F9" }, status);
}
