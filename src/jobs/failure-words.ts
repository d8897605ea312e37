import type { Failure } from "./job.ts";

/** A failure in a person's words: what happened, and what they can do. */
interface Words {
  matches: RegExp;
  what: string;
  advice: string;
  /** Whether the backend's own sentence helps to mend it. */
  quote: boolean;
  /** Only whoever runs the bot can mend it. */
  operator?: true;
}

/** First match wins; codes come from the backends and from this bot. */
const WORDS: readonly Words[] = [
  {
    matches: /too_large/,
    what: "The video is too large to be uploaded here.",
    advice: "Choose a shorter clip or a smaller size.",
    quote: false,
  },
  {
    matches: /^cannot_post_/,
    what: "The video could not be posted here.",
    advice: "Check that the bot may still view this channel, send messages and attach files.",
    quote: false,
  },
  {
    matches: /^media_not_found/,
    what: "A file that was kept for this video is no longer there.",
    advice: "Make it again, with its picture if it had one.",
    quote: false,
  },
  {
    matches: /^(media_|internal$)/,
    what: "Something went wrong on the bot's side.",
    advice: "Try again; tell the person who runs this bot if it happens again.",
    quote: false,
  },
  {
    matches: /^not_fetched_|not_ready|truncated|not_a_video|link_refused/,
    what: "The video was made, but its file could not be fetched whole.",
    advice: "Retry makes it anew; tell the person who runs this bot if it happens again.",
    quote: false,
  },
  {
    matches: /moderation|content_policy|safety/,
    what: "The prompt was refused by the content rules.",
    advice: "Nothing was made. Word it differently and try again.",
    quote: false,
  },
  {
    matches: /insufficient_quota|billing|budget_stopped/,
    what: "The video service's budget or quota is used up.",
    advice: "New videos are refused until it has some again, which the bot finds out by itself.",
    quote: false,
    operator: true,
  },
  {
    matches: /rate_limit|slowed|http_429/,
    what: "The video service had too much to do for an hour.",
    advice: "Nothing was made. Retry when it is quieter.",
    quote: false,
  },
  {
    matches: /^timed_out/,
    what: "The video service did not finish this video in time.",
    advice: "It was given up. Retry makes it anew.",
    quote: false,
  },
  {
    matches: /^cancelled/,
    what: "The video service stopped this video before it was finished.",
    advice: "Somebody stopped it there. Retry makes it anew.",
    quote: false,
  },
  {
    matches: /^video_gone/,
    what: "The video service lost this video while it was being made.",
    advice: "It forgets what it was making when it is restarted. Retry makes it anew.",
    quote: false,
  },
  {
    matches: /^redirected/,
    what: "The video service is somewhere else than this bot was told.",
    advice: "Tell the person who runs this bot.",
    quote: true,
    operator: true,
  },
  {
    matches: /unauthorized|invalid_api_key|http_401|http_403/,
    what: "The video service does not accept this bot's key.",
    advice: "Tell the person who runs this bot.",
    quote: false,
    operator: true,
  },
  {
    matches: /not_supported/,
    what: "The video service that this bot uses cannot do that.",
    advice: "Nothing was made, and it is not offered any more. Make a new video from its prompt.",
    quote: false,
  },
  {
    matches: /answer_lost/,
    what: "The video service's answer was lost, and the video is not in its list.",
    advice: "It may have been billed all the same, so nothing was sent again. Retry makes a new one.",
    quote: false,
  },
  {
    matches: /source_gone/,
    what: "The video service no longer has the video to remix.",
    advice: "Videos expire there after a while. Make a new one from its prompt.",
    quote: false,
  },
  {
    matches: /model_not_found|no_such_model/,
    what: "The video service does not have this model.",
    advice: "Choose another one, or tell the person who runs this bot.",
    quote: true,
    operator: true,
  },
  {
    matches: /not_found/,
    what: "The video service no longer has this video.",
    advice: "Videos expire there after a while. Retry makes it anew.",
    quote: false,
  },
  {
    matches: /invalid|bad_request|http_400|unsupported|mismatch/,
    what: "The video service did not accept the request.",
    advice: "Change it and try again.",
    quote: true,
  },
];

const UNKNOWN: Omit<Words, "matches"> = {
  what: "The video service had a problem.",
  advice: "Try again in a moment.",
  quote: true,
};

/** Says why a job failed, with the backend's sentence where that helps. */
export function explainFailure(failure: Failure): {
  what: string;
  advice: string;
  quote?: string;
  operator: boolean;
} {
  const words = WORDS.find(({ matches }) => matches.test(failure.code)) ?? UNKNOWN;
  return {
    what: words.what,
    advice: words.advice,
    operator: words.operator ?? false,
    ...(words.quote && failure.message !== "" && { quote: failure.message }),
  };
}
