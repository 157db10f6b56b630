/**
 * Previews: a plan on what is visible and on disk, shown and not carried out.
 *
 * A preview looks while commands go on. What it saw counts only if none of them was about to change the same assets: a
 * commit under way may have put some of its files in place and not be visible yet, which would look like an edit of
 * somebody else's. Then it looks again, and at last when nothing else has its turn.
 */
import * as Effect from "effect/Effect"

import type { Command } from "../../domain/Command.ts"
import { looksOf } from "../../domain/commands/AllCommands.ts"
import { commitFailed } from "../../domain/Commit.ts"
import { previewOf } from "../../domain/PlanPreview.ts"
import type { Look } from "../../domain/Seen.ts"
import type { Snapshot } from "../../domain/Snapshot.ts"
import { inSpan } from "../Spans.ts"
import type { LaneTools } from "./LaneTools.ts"

/** How often a preview looks before it takes a turn in the lane. */
const freeLooks = 2

/**
 * True if what was looked at is the same in both snapshots. Where there is no asset, a snapshot cannot tell: somebody may
 * have made, or moved, the folders above it.
 */
const isSame = (looks: ReadonlyArray<Look>, before: Snapshot, after: Snapshot): boolean =>
  before === after || (before.registryFacts === after.registryFacts &&
    looks.every(({ root }) => {
      const asset = before.assets.get(root)
      return asset !== undefined && asset === after.assets.get(root)
    }))

/** Shows what a command would do. */
export const preview = Effect.fnUntraced(
  function*(lane: LaneTools, command: Command) {
    const { current, inTurn, planning } = lane
    const newUuids = yield* planning.newUuids(command)
    const look = Effect.suspend(() => planning.plan(current(), command, newUuids)).pipe(
      Effect.map(({ plan }) => previewOf(plan, lane.hash)),
      Effect.mapError(commitFailed)
    )
    for (let times = 0; times < freeLooks; times++) {
      const before = current()
      const looks = looksOf(before, command)
      if (lane.isChanging(looks)) break
      const shown = yield* look
      if (!lane.isChanging(looks) && isSame(looks, before, current())) return shown
    }
    return yield* inTurn(look)
  },
  inSpan("packer.preview")
)
