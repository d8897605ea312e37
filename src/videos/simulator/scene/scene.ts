import { createRandom, hashText } from "./random.ts";

/** What a clip shows, read from its prompts. Two equal scenes are drawn alike. */
export interface Scene {
  /** Where shapes, places and speeds come from. */
  readonly seed: number;
  readonly mood: "dawn" | "day" | "dusk" | "night" | "storm" | "deep";
  readonly ground: "hills" | "mountains" | "dunes" | "sea" | "city" | "forest" | "space" | "deep";
  readonly weather: "clear" | "rain" | "snow" | "petals" | "leaves" | "fireflies" | "bubbles" | "confetti";
  readonly subject:
    | "boat"
    | "kite"
    | "balloon"
    | "rocket"
    | "lighthouse"
    | "cat"
    | "birds"
    | "fish"
    | "lanterns";
  /** Hue of the subject, in degrees. */
  readonly accentHue: number;
  /** Hue that the sky is drawn to, in degrees; undefined: the mood's own. */
  readonly skyHue: number | undefined;
  /** Degrees by which all colours are turned, so that a remix is told from its parent at a glance. */
  readonly hueShift: number;
  readonly lightning: boolean;
}

/** Degrees of the colour wheel. */
const remixTurn = -34;

/** Words and what they bring into the picture. Later lines win: a thing brings its home, a named place replaces it. */
const vocabulary: readonly (readonly [RegExp, Partial<Scene>])[] = [
  [/\b(birds?|gulls?|crows?|geese)\b/i, { subject: "birds" }],
  [/\b(lantern|candle)s?\b/i, { subject: "lanterns", accentHue: 28 }],
  [/\b(boat|ship|canoe|sailboat|yacht)s?\b/i, { subject: "boat", ground: "sea" }],
  [/\b(kite)s?\b/i, { subject: "kite" }],
  [/\b(balloon|airship)s?\b/i, { subject: "balloon" }],
  [/\b(rocket|spaceship|spacecraft|astronaut)s?\b/i, { subject: "rocket" }],
  [/\b(lighthouse)s?\b/i, { subject: "lighthouse", ground: "sea" }],
  [/\b(cat|kitten|kitty)s?\b/i, { subject: "cat", ground: "hills" }],
  [
    /\b(fish|fishes|whale|dolphin|shark)s?\b/i,
    { subject: "fish", ground: "deep", mood: "deep", weather: "bubbles" },
  ],
  [/\b(hill|meadow|field|garden|village|valley|farm)s?\b/i, { ground: "hills" }],
  [/\b(mountain|alp|peak|cliff|glacier|volcano)(e?s)?\b/i, { ground: "mountains" }],
  [/\b(dune|desert|canyon|savanna|mars)s?\b/i, { ground: "dunes" }],
  [/\b(forest|wood|tree|jungle|pine)s?\b/i, { ground: "forest" }],
  [/\b(sea|ocean|wave|lake|river|beach|island|harbou?r|sail|surf)s?\b/i, { ground: "sea" }],
  [/\b(city|cities|street|skyline|tokyo|paris|london|rooftop|downtown|neon)s?\b/i, { ground: "city" }],
  [/\b(space|galaxy|planet|astronaut|nebula|orbit|cosmos|alien)s?\b/i, { ground: "space", mood: "night" }],
  [/\b(underwater|reef|coral|deep sea|aquarium)s?\b/i, { ground: "deep", mood: "deep", weather: "bubbles" }],
  [/\b(day|noon|summer|sunny|bright)\b/i, { mood: "day" }],
  [/\b(dawn|sunrise|morning|spring)\b/i, { mood: "dawn" }],
  [/\b(dusk|sunset|evening|twilight|autumn|golden hour)\b/i, { mood: "dusk" }],
  [/\b(night|midnight|moon|moonlight|stars?|starry|dark|neon)\b/i, { mood: "night" }],
  [/\b(rain|rainy|drizzle|wet)\b/i, { weather: "rain", mood: "storm" }],
  [/\b(storm|thunder|lightning|hurricane)s?\b/i, { weather: "rain", mood: "storm", lightning: true }],
  [/\b(snow|snowy|winter|blizzard|ice|christmas)\b/i, { weather: "snow" }],
  [/\b(petal|cherry|blossom|flower|rose)s?\b/i, { weather: "petals", accentHue: 336 }],
  [/\b(leaf|leaves|autumn)\b/i, { weather: "leaves", accentHue: 24 }],
  [/\b(firefly|fireflies|spark|ember|fire|magic)s?\b/i, { weather: "fireflies" }],
  [/\b(confetti|party|birthday|celebration|parade)\b/i, { weather: "confetti" }],
];

/** Colour words and their hues in degrees. */
const hues = new Map(
  Object.entries({
    red: 4,
    scarlet: 4,
    orange: 26,
    amber: 38,
    gold: 44,
    golden: 44,
    yellow: 50,
    lime: 86,
    green: 136,
    emerald: 150,
    turquoise: 174,
    teal: 180,
    cyan: 188,
    blue: 214,
    indigo: 240,
    violet: 268,
    purple: 280,
    magenta: 312,
    pink: 336,
  }),
);

const subjectAtHome: Record<Scene["ground"], readonly [Scene["subject"], ...Scene["subject"][]]> = {
  hills: ["balloon", "kite", "birds"],
  mountains: ["balloon", "birds"],
  dunes: ["kite", "balloon", "birds"],
  sea: ["boat", "birds"],
  city: ["birds", "lanterns"],
  forest: ["birds", "lanterns", "balloon"],
  space: ["rocket"],
  deep: ["fish"],
};

/**
 * Reads a scene from the prompts that led to a video, the oldest first. The first one gives the seed, so a remix keeps
 * its parent's shapes and motion; what a later prompt names (night, rain, a colour) changes, and a prompt that names
 * nothing new turns the colours.
 */
export function readScene(prompts: readonly [string, ...string[]]): Scene {
  const [first, ...remixes] = prompts;
  const seed = hashText(first);
  const random = createRandom(seed);
  const named = namedIn(first);
  const ground = named.ground ?? random.pick(["hills", "mountains", "dunes", "sea", "forest", "city"]);
  let scene: Scene = {
    seed,
    ground,
    mood: random.pick(["dusk", "dawn", "night", "day", "dusk"]),
    weather: "clear",
    subject: random.pick(subjectAtHome[ground]),
    accentHue: random.pick([4, 24, 46, 174, 330]),
    skyHue: undefined,
    hueShift: 0,
    lightning: false,
    ...named,
  };
  for (const prompt of remixes) {
    const changed: Scene = { ...scene, ...namedIn(prompt) };
    const same = JSON.stringify(changed) === JSON.stringify(scene);
    scene = same ? { ...scene, hueShift: scene.hueShift + remixTurn } : changed;
  }
  return scene;
}

/** What a prompt names; a colour is the subject's where there is one, and the sky's otherwise. */
function namedIn(prompt: string): Partial<Scene> {
  const named: Partial<Scene> = Object.assign(
    {},
    ...vocabulary.map(([words, brings]) => (words.test(prompt) ? brings : {})),
  );
  const words = prompt.toLowerCase().match(/[a-z]+/g) ?? [];
  const hue = words.map((word) => hues.get(word)).findLast((found) => found !== undefined);
  if (hue === undefined) return named;
  return { ...named, accentHue: hue, ...(named.subject === undefined && { skyHue: hue }) };
}
