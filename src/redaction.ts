/** Takes secrets out of a text. */
export type Redact = (text: string) => string;

const CENSOR = "[redacted]";
/** Shorter ones could be words that mean something else. */
const SECRET_MIN = 8;

/** What is secret by its looks, whoever it belongs to: a proxy can quote the key that it has for somebody else. */
const LOOKS: readonly [RegExp, string][] = [
  // Name and password in an address, and parameters that sign one.
  [/(\b[a-z][a-z\d+.-]{0,20}:\/\/)[^\s/?#@]{1,300}@/gi, `$1${CENSOR}@`],
  [/([?&](?:[\w-]{0,40}(?:key|token|secret|signature|credential)|sig|hm)=)[^&\s"']+/gi, `$1${CENSOR}`],
  // The value of an Authorization header.
  [/\b(Bearer|Basic|Bot)( +)(?=\S{0,400}\d)[\w.~+/=-]{8,}/gi, `$1$2${CENSOR}`],
  // Keys of OpenAI and those who write them alike, Slack, GitHub, Hugging Face, Replicate; Discord's and JSON web tokens.
  [/\b(?:sk|pk|rk|xapp|xox[a-z]|gh[a-z]|hf|r8)[-_][\w*-]{6,}/g, CENSOR],
  [/\b[\w-]{20,100}\.[\w-]{5,300}\.[\w-]{20,100}/g, CENSOR],
];

/** @param secrets what is known to be secret: the configured keys and tokens. */
export function createRedaction(secrets: readonly string[]): Redact {
  // The longest first: one may begin with another.
  const sorted = secrets.filter(({ length }) => length >= SECRET_MIN).toSorted((a, b) => b.length - a.length);
  return (text) => {
    let out = text;
    for (const secret of sorted) out = out.replaceAll(secret, CENSOR);
    for (const [look, instead] of LOOKS) out = out.replaceAll(look, instead);
    return out;
  };
}
