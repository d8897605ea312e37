import { pino } from "pino";
import { expect, it } from "vitest";
import { createGallery } from "../../../src/gallery/gallery.ts";
import { createStars } from "../../../src/gallery/stars.ts";
import { backfill } from "../../../src/jobs/backfill.ts";
import { createJobStore } from "../../../src/jobs/job-store.ts";
import { createListing } from "../../../src/jobs/listing.ts";
import { createStore } from "../../../src/store/create-store.ts";
import { aJob } from "../../fixtures/jobs.ts";

it("jobs of release 0.1 get histories, messages and galleries, once", async () => {
  const store = await createStore({ url: "memory:" });
  const now = () => 9_000_000;
  const jobs = createJobStore({ store, now });
  const gallery = createGallery({ store });
  const list = createListing({ jobs, gallery, stars: createStars({ store, gallery }) });
  const documents = store.collection<object>({ name: "job", version: 1 });
  const recent = store.collection<object>({ name: "recent", version: 1 });
  const done = aJob({ id: "done", phase: "delivered", deliveredAt: 2_000_000 });
  await documents.insert("done", done);
  await documents.insert("failed", aJob({ id: "failed", phase: "failed" }));
  await recent.insert("web:w1:ada", { ids: ["done", "failed"] });

  for (let time = 1; time <= 2; time++) {
    await backfill({ store, jobs, list, now, logger: pino({ level: "silent" }) });
    const history = await jobs.history({ platform: done.destination.platform, person: "ada" });
    expect(history.map(({ id }) => id).sort()).toEqual(["done", "failed"]);
    expect((await gallery.page(done.destination, {}, { limit: 9 })).entries).toMatchObject([
      { id: "done", at: 2_000_000 },
    ]);
    expect((await jobs.byMessage(done.destination))?.id).toBeDefined();
    expect(await Array.fromAsync(recent.entries())).toEqual([]);
  }
});
