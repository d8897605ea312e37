import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

type Schema = Record<string, unknown>;

/** The part of an OpenAPI 3.1 document that describes request bodies. */
export interface OpenApiDocument {
  paths: Record<string, Record<string, OpenApiOperation>>;
  components?: Schema;
}

interface OpenApiOperation {
  requestBody?: { content: Record<string, { schema: Schema }> };
}

/** A request body as a test sent it. */
export interface RecordedBody {
  /** Method and path; names in braces may stand for parts of the path. */
  operation: string;
  /** Default: application/json. */
  mediaType?: string;
  /** A form is an object of its fields, a file in it `{"$file": "video/mp4"}`. */
  body: unknown;
}

/** What the official description says about a body. */
export interface Verdict {
  /** As the description names it. */
  operation: string;
  /** `/path/in/the/body what is wrong there`; none: the body is right. */
  errors: string[];
}

const recordedFile = {
  type: "object",
  required: ["$file"],
  properties: { $file: { type: "string" } },
  unevaluatedProperties: false,
};

/** Checks recorded bodies against the schemas of one OpenAPI document. */
export function createBodyChecker(document: OpenApiDocument): (recorded: RecordedBody) => Verdict {
  const ajv = new Ajv2020({
    strict: false,
    validateSchema: false,
    allErrors: true,
    verbose: true,
    logger: false,
  });
  addFormats.default(ajv);
  const { paths, components } = tighten(document) as OpenApiDocument;
  const operations = listOperations(paths);
  const validators = new Map<Schema, ValidateFunction>();

  function validatorOf(schema: Schema): ValidateFunction {
    const known = validators.get(schema);
    if (known) return known;
    const validator = ajv.compile({ ...schema, components });
    validators.set(schema, validator);
    return validator;
  }

  return ({ operation: asked, mediaType = "application/json", body }) => {
    const found = operations.find(({ pattern }) => pattern.test(asked));
    if (!found) return { operation: asked, errors: ["there is no such operation"] };
    const { operation, content } = found;
    const schema = content[mediaType]?.schema;
    if (!schema) return { operation, errors: [`takes no ${mediaType}`] };
    const validator = validatorOf(schema);
    const errors = validator(body) ? [] : describeErrors(validator.errors ?? []);
    return { operation, errors };
  };
}

/** Paths with fewer names in braces come first: `/messages/@original` before `/messages/{message_id}`. */
function listOperations(paths: OpenApiDocument["paths"]) {
  const listed = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { requestBody }]) => {
      const operation = `${method.toUpperCase()} ${path}`;
      const source = operation.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/\{\w+\}/g, "[^/ ]+");
      return { operation, content: requestBody?.content ?? {}, pattern: new RegExp(`^${source}$`) };
    }),
  );
  return listed.sort((a, b) => nameCount(a.operation) - nameCount(b.operation));
}

function nameCount(operation: string): number {
  return operation.split("{").length;
}

/**
 * The description with two changes. A property that it does not name is wrong: most are optional, so that a misspelt
 * one would pass. And a file, which OpenAPI types as a string, is an object as in the records.
 */
function tighten(value: unknown, isPart = false): unknown {
  if (Array.isArray(value)) return value.map((item) => tighten(item, isPart));
  if (typeof value !== "object" || value === null) return value;
  if ("format" in value && value.format === "binary") return recordedFile;
  const closed = Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, tighten(part, key === "allOf")]),
  );
  const isOpen = "additionalProperties" in value;
  const namesProperties = "properties" in value || "allOf" in value;
  return namesProperties && !isOpen && !isPart ? { ...closed, unevaluatedProperties: false } : closed;
}

/** Of a union every branch complains; shown is what is deepest in the body, and of the branch with the right `type`. */
function describeErrors(errors: readonly ErrorObject[]): string[] {
  const typeErrors = errors.filter(
    (error) => error.keyword === "enum" && error.instancePath.endsWith("/type"),
  );
  const isOfOtherType = ({ instancePath, parentSchema }: ErrorObject) =>
    typeErrors.some(
      (error) =>
        error.instancePath === `${instancePath}/type` &&
        error.parentSchema === parentSchema?.properties?.type,
    );
  const telling = errors.filter(
    (error) =>
      !/^(one|any)Of$/.test(error.keyword) &&
      !typeErrors.includes(error) &&
      !isOfOtherType(error) &&
      !isNamed(error),
  );
  const shown = [telling, typeErrors, errors].find((list) => list.length > 0) ?? [];
  const depth = (error: ErrorObject) => pathOf(error).split("/").length;
  const deepest = Math.max(...shown.map(depth));
  return [...new Set(shown.filter((error) => depth(error) === deepest).map(describe))];
}

/** A property that is wrong is reported as unknown as well. */
function isNamed({ params, parentSchema }: ErrorObject): boolean {
  return Object.keys(parentSchema?.properties ?? {}).includes(params.unevaluatedProperty);
}

function describe(error: ErrorObject): string {
  const { allowedValue, allowedValues = allowedValue } = error.params;
  const allowed = allowedValues === undefined ? "" : `: ${JSON.stringify(allowedValues)}`;
  const problem = error.keyword === "unevaluatedProperties" ? "is unknown" : error.message;
  return `${pathOf(error) || "/"} ${problem}${allowed}`;
}

/** Where in the body the error is; for an unknown property, the property itself. */
function pathOf({ instancePath, params }: ErrorObject): string {
  return params.unevaluatedProperty === undefined
    ? instancePath
    : `${instancePath}/${params.unevaluatedProperty}`;
}
