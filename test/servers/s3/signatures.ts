import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { type HttpRequest, Refusal } from "../http-server.ts";
import { s3Error } from "./xml.ts";

/** Whom the server lets in. */
export interface S3Keys {
  accessKeyId: string;
  secretAccessKey: string;
  region: string;
}

/** What is signed, and by what: from the headers, or from the query of a link. */
interface Claim {
  credential: string;
  date: string;
  signedHeaders: string;
  signature: string;
  payloadHash: string;
}

/** docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html: 15 minutes either way. */
const MAX_SKEW_MS = 900_000;
const UNSIGNED = "UNSIGNED-PAYLOAD";

const sha256 = (bytes: string | Buffer) => createHash("sha256").update(bytes).digest("hex");
const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();

/** Checks a request's signature of version 4 as S3 does, in its headers or in its query. @throws Refusal */
export function requireSignature(request: HttpRequest, keys: S3Keys, now: number): void {
  const isLink = request.query.has("X-Amz-Signature");
  const claim = isLink ? claimOfLink(request, now) : claimOfHeaders(request, now);
  const [accessKeyId, day = "", region, service, end] = claim.credential.split("/");
  if (accessKeyId !== keys.accessKeyId)
    throw refusal("InvalidAccessKeyId", "The access key that was given does not exist.");
  if (region !== keys.region)
    throw refusal(
      "AuthorizationHeaderMalformed",
      `The region ${region} is wrong; expecting ${keys.region}.`,
      400,
    );
  if (service !== "s3" || end !== "aws4_request" || !claim.date.startsWith(day))
    throw refusal("AuthorizationHeaderMalformed", "The credential scope is wrong.", 400);
  if (!claim.signedHeaders.split(";").includes("host"))
    throw refusal("AccessDenied", "The host has to be signed.");

  const scope = `${day}/${region}/s3/aws4_request`;
  const toSign = ["AWS4-HMAC-SHA256", claim.date, scope, sha256(canonical(request, claim))].join("\n");
  const dayKey = hmac(`AWS4${keys.secretAccessKey}`, day);
  const key = hmac(hmac(hmac(dayKey, keys.region), "s3"), "aws4_request");
  const expected = hmac(key, toSign);
  const given = Buffer.from(claim.signature, "hex");
  if (given.length !== expected.length || !timingSafeEqual(given, expected))
    throw refusal("SignatureDoesNotMatch", "The request signature we calculated does not match.");
}

function claimOfHeaders({ headers, bytes }: HttpRequest, now: number): Claim {
  const pattern =
    /^AWS4-HMAC-SHA256 Credential=([^, ]+), ?SignedHeaders=([^, ]+), ?Signature=([0-9a-f]{64})$/;
  const [, credential, signedHeaders, signature] = pattern.exec(headers.authorization ?? "") ?? [];
  if (credential === undefined || signedHeaders === undefined || signature === undefined)
    throw refusal("AccessDenied", "Access Denied");
  const date = one(headers["x-amz-date"]);
  const payloadHash = one(headers["x-amz-content-sha256"]);
  if (Math.abs(timeOf(date) - now) > MAX_SKEW_MS)
    throw refusal("RequestTimeTooSkewed", "The difference between the times is too large.");
  if (payloadHash !== UNSIGNED && payloadHash !== sha256(bytes))
    throw refusal("XAmzContentSHA256Mismatch", "The payload is not what its hash says.", 400);
  return { credential, date, signedHeaders, signature, payloadHash };
}

function claimOfLink({ query }: HttpRequest, now: number): Claim {
  const value = (name: string) => query.get(`X-Amz-${name}`) ?? "";
  if (value("Algorithm") !== "AWS4-HMAC-SHA256")
    throw refusal("AuthorizationQueryParametersError", "The algorithm is not known.", 400);
  const date = value("Date");
  const seconds = Number(value("Expires"));
  if (!(seconds >= 1 && seconds <= 604_800))
    throw refusal("AuthorizationQueryParametersError", "X-Amz-Expires has to be 1 to 604800.", 400);
  if (timeOf(date) - now > MAX_SKEW_MS || now > timeOf(date) + seconds * 1000)
    throw refusal("AccessDenied", "Request has expired");
  return {
    credential: value("Credential"),
    date,
    signedHeaders: value("SignedHeaders"),
    signature: value("Signature"),
    payloadHash: UNSIGNED,
  };
}

function canonical({ method, path, query, headers }: HttpRequest, claim: Claim): string {
  const parameters = [...query]
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort();
  const signed = claim.signedHeaders.split(";");
  const lines = signed.map((name) => `${name}:${one(headers[name]).trim().replace(/ +/g, " ")}`);
  const parts = [method, path, parameters.join("&"), ...lines, "", claim.signedHeaders, claim.payloadHash];
  return parts.join("\n");
}

/** As RFC 3986 has it, which `encodeURIComponent` leaves some marks of. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function timeOf(date: string): number {
  const iso = date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z");
  const time = Date.parse(iso);
  if (Number.isNaN(time)) throw refusal("AccessDenied", "The request has no valid date.");
  return time;
}

function one(header: string | string[] | undefined): string {
  return Array.isArray(header) ? header.join(",") : (header ?? "");
}

function refusal(code: string, message: string, status = 403): Refusal {
  return new Refusal(s3Error(status, code, message));
}
