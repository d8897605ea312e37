import type { ChatAdapter, ChatRequest, ImageAttachment, PlatformName } from "../chat/adapter.ts";
import { UserError } from "../errors.ts";
import type { Health } from "../health.ts";
import type { MediaStore } from "../media/media-store.ts";
import type { SettingsStore } from "../settings/settings.ts";
import { type Catalog, type ClipSettings, settleClip, type VideoModel } from "../videos/catalog.ts";
import { settleExtras } from "../videos/extras.ts";
import type { VideosClient } from "../videos/videos-client.ts";
import type { BackendPace } from "./backend-pace.ts";
import { copyImage, refitImage } from "./earlier-image.ts";
import type { Intake } from "./intake.ts";
import { type Derivation, isDeleted, isEnded, type Job } from "./job.ts";
import type { JobAccess } from "./job-access.ts";
import { createJobId } from "./job-store.ts";
import type { Permissions } from "./permissions.ts";
import type { Quotes } from "./quotes.ts";
import { keepImage, loadPicture, nearestSize } from "./reference-image.ts";
import {
  checkPrompt,
  checkStep,
  deletedWithPicture,
  inherited,
  notOffered,
  outOfMoney,
  quoteGone,
  takesNoImage,
} from "./request-checks.ts";
import type { Submission } from "./submission.ts";

/** What people may leave open. */
export type WantedClip = Partial<Record<keyof ClipSettings, string | undefined>>;

/**
 * Takes requests for videos. Everything a person can mend is a UserError, thrown before anything is paid. What costs more
 * than people are to spend without being asked is kept until they confirm it: these then resolve to undefined.
 */
export interface JobService {
  /** @param wanted.like a job whose picture and extras are used where none are given. */
  create(
    request: ChatRequest,
    wanted: WantedClip & {
      prompt: string;
      image?: ImageAttachment | undefined;
      extras?: Record<string, string>;
      like?: string | undefined;
    },
  ): Promise<Job | undefined>;
  /** Makes something new from a finished video; an extension needs `addSeconds`. */
  derive(
    request: ChatRequest,
    wanted: { operation: Derivation; parentJobId: string; prompt: string; addSeconds?: string },
  ): Promise<Job | undefined>;
  /** Runs an ended job's request again, for whoever asks. @throws UserError while it is under way. */
  retry(request: ChatRequest, jobId: string): Promise<Job | undefined>;
  /** Makes what somebody was asked about. @throws UserError when there is nothing to answer (any more). */
  confirm(request: ChatRequest, jobId: string): Promise<Job>;
  /** Leaves it. @throws UserError as well when it was answered already: it may have been made. */
  decline(request: ChatRequest, jobId: string): Promise<void>;
}

interface Dependencies {
  access: JobAccess;
  permissions: Permissions;
  settings: SettingsStore;
  adapters: ReadonlyMap<PlatformName, ChatAdapter>;
  media: MediaStore;
  videos: Pick<VideosClient, "supports">;
  catalog: Catalog;
  submission: Submission;
  quotes: Quotes;
  pace: Pick<BackendPace, "stopped">;
  intake: Pick<Intake, "requireOpen">;
  health: Pick<Health, "requireWell">;
}

/** Checks requests, each until nothing of it can be wrong any more; what is left is the submission's. */
export function createJobService(dependencies: Dependencies): JobService {
  const { access, permissions, settings, adapters, media, videos, catalog } = dependencies;
  const { submission, quotes, pace, intake, health } = dependencies;

  /** All that can be wrong with a request whatever it is for. */
  async function admit({ actor, destination }: ChatRequest, parent?: Job): Promise<void> {
    health.requireWell();
    await intake.requireOpen();
    const stopped = pace.stopped();
    if (stopped) throw outOfMoney(stopped.until);
    await permissions.require("create", actor, destination);
    if (parent) await permissions.require("remix", actor, destination, parent);
    await adapters.get(destination.platform)?.checkAccess(destination);
  }

  async function createFrom(request: ChatRequest, picture: ImageAttachment | undefined, wanted: WantedClip) {
    const loaded = picture && (await loadPicture(picture));
    const offered = await settings.catalogFor(request.actor.id, request.destination);
    const clip = settleClip(offered, wanted);
    const model = modelOf(clip);
    if (!loaded || model.sizes.length === 0) return { clip, model, loaded };
    return { clip: { ...clip, size: wanted.size ?? nearestSize(loaded, model.sizes) }, model, loaded };
  }

  /** The catalogue's entry of a settled clip. */
  function modelOf({ model }: ClipSettings): VideoModel {
    const found = catalog.models.find(({ id }) => id === model);
    if (!found) throw new UserError("unknown_model", `There is no model “${model}” here.`, "model");
    return found;
  }

  return {
    async create(request, { prompt, image, extras = {}, like, ...wanted }) {
      const text = checkPrompt(prompt);
      await admit(request);
      const id = createJobId();
      const before = like === undefined ? undefined : await access.find(request, like);
      // Deleted while the form was open: without its picture it would be another video.
      if (before && isDeleted(before) && !image) throw deletedWithPicture();
      const earlier = before?.request.operation === "create" ? before.request : undefined;
      const { clip, model, loaded } = await createFrom(request, image, wanted);
      if ((loaded ?? earlier?.image) && !model.image) throw takesNoImage(model, catalog);
      const settled = settleExtras(catalog, model, { ...inherited(earlier?.extras, model), ...extras });
      const reference = loaded
        ? await keepImage(id, loaded, clip.size, media)
        : await refitImage(id, earlier, clip, media);
      return submission.submit(request, id, {
        operation: "create",
        prompt: text,
        ...clip,
        ...(reference && { image: reference }),
        ...(Object.keys(settled).length > 0 && { extras: settled }),
      });
    },

    async derive(request, { operation, parentJobId, prompt, addSeconds }) {
      const text = checkPrompt(prompt);
      const parent = await access.findFinished(request, parentJobId);
      if (!videos.supports(operation)) throw notOffered(operation);
      const { model, seconds, size } = parent.request;
      const length = operation === "extend" ? checkStep(seconds, addSeconds) : undefined;
      await admit(request, parent);
      return submission.submit(request, createJobId(), {
        operation,
        prompt: text,
        model,
        seconds: length ?? seconds,
        size,
        parentJobId: parent.id,
        sourceVideoId: parent.video?.id ?? "",
        ...(addSeconds !== undefined && operation === "extend" && { addSeconds }),
      });
    },

    async retry(request, jobId) {
      const job = await access.find(request, jobId);
      if (!isEnded(job) && job.phase !== "failing")
        throw new UserError("not_ended", `Video ${job.id} is still being made.`, "video");
      if (isDeleted(job))
        throw new UserError("deleted", `Video ${job.id} was deleted with its prompt.`, "video");
      const wanted = job.request;
      if (wanted.operation === "create") {
        await admit(request);
        const id = createJobId();
        const { image: old, ...rest } = wanted;
        const image = await copyImage(id, old, media);
        return submission.submit(request, id, { ...rest, ...(image && { image }) });
      }
      if (!videos.supports(wanted.operation)) throw notOffered(wanted.operation);
      await admit(request, await access.findFinished(request, wanted.parentJobId));
      return submission.submit(request, createJobId(), wanted);
    },

    async confirm(request, jobId) {
      const { destination, actor } = request;
      const quote = await quotes.take(jobId, { platform: destination.platform, id: actor.id });
      if (!quote) throw quoteGone();
      try {
        const { request: wanted } = quote;
        const parent =
          wanted.operation === "create" ? undefined : await access.findFinished(request, wanted.parentJobId);
        await admit(request, parent);
        return await submission.accept(request, jobId, wanted, quote.usd);
      } catch (error) {
        // What can be mended, or passes, can be confirmed once more then.
        await quotes.keep(quote);
        throw error;
      }
    },

    async decline({ destination, actor }, jobId) {
      const quote = await quotes.take(jobId, { platform: destination.platform, id: actor.id });
      if (!quote) throw quoteGone();
      await media.delete(jobId);
    },
  };
}
